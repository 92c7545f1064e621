#include "app/cli_parser.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <CLI/CLI.hpp>

#include "base/nearest.h"
#include "base/printable.h"

// Every command with its flags and words.
namespace cw::app {

CLI::App* Parser::command(CLI::App& parent, std::string name, const std::string& what, const std::string& examples) {
  CLI::App* const sub = parent.add_subcommand(std::move(name), what);
  sub->footer("Examples:\n" + examples);
  common_options(*sub);
  return sub;
}

void Parser::common_options(CLI::App& app) {
  app.add_option("--data-dir", raw_.data_dir,
                 "The folder that holds everything (default: CANDLEWICK_DATA_DIR, else "
                 "~/.local/share/candlewick)")
      ->type_name("DIR");
  app.add_option("--config", raw_.config_file, "The configuration file (default: candlewick.toml in the data folder)")
      ->type_name("FILE");
  app.add_option("--set", raw_.sets, "Sets any key of the configuration: --set log.level=debug")
      ->type_name("KEY=VALUE")
      ->expected(1)
      ->take_all();
}

void Parser::key_flag(CLI::App& app, const std::string& flag, const std::string& key, const std::string& help) {
  auto value = std::make_shared<std::string>();
  CLI::Option* const option = app.add_option_function<std::string>(
      flag, [value](const std::string& text) { *value = text; }, fmt::format("{} [{}]", help, key));
  raw_.keyed.emplace_back(key, value);
  raw_.key_flags.emplace_back(option, FlagSetting{key, {}, flag});
}

/// A flag that takes no value: it sets its key to true.
void Parser::key_switch(CLI::App& app, const std::string& flag, const std::string& key, const std::string& help) {
  CLI::Option* const option = app.add_flag_callback(flag, [] {}, fmt::format("{} [{}]", help, key));
  raw_.keyed.emplace_back(key, std::make_shared<std::string>("true"));
  raw_.key_flags.emplace_back(option, FlagSetting{key, {}, flag});
}

void Parser::format_option(CLI::App& app, const Texts& formats) {
  app.add_option("--format", raw_.format, fmt::format("{} (default: {})", fmt::join(formats, ", "), formats.front()))
      ->check([formats](const std::string& text) -> std::string {
        if (std::ranges::find(formats, text) != formats.end()) return {};
        return fmt::format("--format takes {}, not '{}'{}", fmt::join(formats, ", "), printable(text),
                           did_you_mean(nearest_names(text, formats)));
      })
      ->type_name("FORMAT");
}

void Parser::add_serve() {
  CLI::App* const serve = command(app_, "serve", "Follows the market and serves the dashboard and the API",
                                  "  candlewick serve\n"
                                  "  candlewick serve --port 9000 --data-dir /srv/candlewick\n"
                                  "  candlewick serve --market practice\n"
                                  "  candlewick serve --host 0.0.0.0 --tls-self-signed");
  key_flag(*serve, "--host", "server.host",
           "The address to listen on; other than loopback needs TLS or a trusted proxy");
  key_flag(*serve, "--port", "server.port", "The port to listen on; 0 takes a free one");
  key_flag(*serve, "--tls-cert", "server.tls_cert", "Speak TLS with this certificate chain (PEM)");
  key_flag(*serve, "--tls-key", "server.tls_key", "The certificate's private key (PEM)");
  key_switch(*serve, "--tls-self-signed", "server.tls_self_signed",
             "Speak TLS with a certificate of the server's own making");
  key_flag(*serve, "--market", "market.mode", "auto, live, practice or replay");
  key_flag(*serve, "--replay", "replay.symbol", "What a replay plays; without --market it asks for one");
  key_flag(*serve, "--speed", "practice.speed", "Seconds of the practice market or a replay in one second");
  key_flag(*serve, "--seed", "practice.seed", "The practice market's seed");
  key_flag(*serve, "--web-dir", "server.web_dir", "The folder of the built dashboard");
  key_flag(*serve, "--log-level", "log.level", "debug, info, warn or error");
}

void Parser::add_import() {
  CLI::App* const import =
      command(app_, "import", "Stores candles from files: CSV, CSV.gz, freqtrade JSON",
              "  candlewick import binance-BTC-USDT-1m.csv.gz\n"
              "  candlewick import BTCUSDT-1m-2024-05.csv --venue binance --symbol BTCUSDT --timeframe 1m\n"
              "  candlewick import *.csv.gz --replace");
  import->add_option("FILE", raw_.files, "The files; each is stored as a whole or not at all")
      ->required()
      ->expected(1, CLI::detail::expected_max_vector_size);
  import->add_option("--venue", raw_.venue, "The venue, where the file's name does not say it")->type_name("NAME");
  import->add_option("--symbol", raw_.symbol, "The symbol, where the file's name does not say it")->type_name("SYMBOL");
  import->add_option("--timeframe", raw_.timeframe, "The timeframe, where the file's name does not say it")
      ->type_name("TF");
  import->add_flag("--replace", raw_.replace, "Let the file's rows win over stored ones that differ");
}

void Parser::add_candles() {
  CLI::App* const candles =
      command(app_, "candles", "Prints stored candles; lists, checks and prunes them",
              "  candlewick candles BTCUSDT --timeframe 4h --limit 20\n"
              "  candlewick candles binance:BTCUSDT --timeframe 1d --from 2024-01-01 --to 2024-07-01 --format csv\n"
              "  candlewick candles list\n"
              "  candlewick candles check BTCUSDT");
  candles->require_subcommand(0, 1);
  candles->add_option("SYMBOL", raw_.symbol, "BTCUSDT or binance:BTCUSDT");
  candles->add_option("--timeframe", raw_.timeframe, "1m 3m 5m 15m 30m 1h 2h 4h 6h 8h 12h 1d 1w (default: 1h)")
      ->type_name("TF");
  candles->add_option("--from", raw_.from, "First open time: 2024-08-05, 2024-08-05T14:22 (UTC) or milliseconds")
      ->type_name("TIME");
  candles->add_option("--to", raw_.to, "End, not included")->type_name("TIME");
  candles->add_option("--limit", raw_.limit, "At most so many: the first ones with --from, else the newest")
      ->type_name("N");
  format_option(*candles, {"table", "csv", "json"});
  add_candles_admin(*candles);
}

void Parser::add_candles_admin(CLI::App& candles) {
  CLI::App* const list = command(candles, "list", "Lists the stored series", "  candlewick candles list --format json");
  format_option(*list, {"table", "csv", "json"});

  CLI::App* const check =
      command(candles, "check",
              "Reports gaps, duplicates, spikes and other flaws; repairs nothing. Exit code 0, whatever it finds",
              "  candlewick candles check BTCUSDT\n"
              "  candlewick candles check binance:BTCUSDT --timeframe 1m --format json");
  check->add_option("SYMBOL", raw_.symbol, "BTCUSDT or binance:BTCUSDT")->required();
  check->add_option("--timeframe", raw_.timeframe, "Only this stored series (default: all of the symbol)")
      ->type_name("TF");
  format_option(*check, {"table", "json"});

  CLI::App* const prune = command(candles, "prune", "Removes old candles, by the configured retention or before a time",
                                  "  candlewick candles prune --dry-run\n"
                                  "  candlewick candles prune BTCUSDT --timeframe 1m --before 2024-01-01");
  prune->add_option("SYMBOL", raw_.symbol, "Only this instrument (default: all)");
  prune->add_option("--timeframe", raw_.timeframe, "Only series of this timeframe")->type_name("TF");
  prune->add_option("--before", raw_.before, "Remove what opens before this time, whatever the retention says")
      ->type_name("TIME");
  prune->add_flag("--dry-run", raw_.dry_run, "Only say what would be removed");
}

void Parser::add_feed() {
  CLI::App* const feed = command(app_, "feed", "Looks into what exchanges send",
                                 "  candlewick feed decode --venue binance < raw-messages");
  feed->require_subcommand(1, 1);
  CLI::App* const decode = command(*feed, "decode", "Reads raw messages, one a line, and prints events as JSON lines",
                                   "  candlewick feed decode --venue binance < raw-messages");
  decode->add_option("--venue", raw_.venue, "Whose messages: binance")->required()->type_name("NAME");
}

void Parser::add_practice() {
  CLI::App* const practice = command(app_, "practice", "Runs a local exchange that speaks Binance's wire formats",
                                     "  candlewick practice --port 8090\n"
                                     "  candlewick practice --replay BTCUSDT --from 2024-08-05 --speed 60\n"
                                     "  candlewick practice --misbehave drop=6 --misbehave garbage=0.001");
  practice->add_option("--port", raw_.port, "The port to listen on (loopback); 0 takes a free one (default: 8090)")
      ->type_name("N");
  practice
      ->add_option("--replay", raw_.replay, "Play the stored 1m candles of this instrument instead of inventing some")
      ->type_name("SYMBOL");
  practice
      ->add_option("--from", raw_.from,
                   "Where the market's clock begins: 2024-08-05, 2024-08-05T14:22 (UTC) or milliseconds (default: now; "
                   "in a replay a week after its first candle)")
      ->type_name("TIME");
  key_flag(*practice, "--speed", "practice.speed", "Seconds of the market that pass in one second");
  key_flag(*practice, "--seed", "practice.seed", "What the generated prices follow from");
  practice->add_option("--tls-cert", raw_.certificate, "Speak TLS with this certificate chain (PEM)")
      ->type_name("FILE");
  practice->add_option("--tls-key", raw_.key, "The certificate's private key (PEM)")->type_name("FILE");
  practice
      ->add_option(
          "--misbehave", raw_.misbehave,
          "drop, slow, outage: times an hour; hole, duplicate, disorder, 429, garbage, cut: a share from 0 to 1")
      ->type_name("FAULT=P")
      ->expected(1)
      ->take_all();
}

void Parser::add_config() {
  CLI::App* const config =
      command(app_, "config", "Shows the configuration",
              "  candlewick config show\n  candlewick config show --format toml > candlewick.toml");
  config->require_subcommand(1, 1);
  CLI::App* const show =
      command(*config, "show",
              "Prints each effective value and where it comes from, of the server where one runs; secrets are masked",
              "  candlewick config show\n  candlewick config show --set server.port=9000 --format json");
  format_option(*show, {"table", "json", "toml"});
  command(*config, "docs", "Prints docs/configuration.md, made from the settings themselves",
          "  candlewick config docs > docs/configuration.md");
}

}  // namespace cw::app
