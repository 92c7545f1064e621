#include "app/cli.h"

#include <algorithm>
#include <functional>
#include <memory>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <CLI/CLI.hpp>

#include "app/cli_meaning.h"
#include "base/masked_url.h"
#include "base/nearest.h"
#include "base/number.h"
#include "base/printable.h"

namespace cw::app {
namespace {

using Texts = std::vector<std::string>;

/// What the parser fills in: texts as given, read into values once the whole line is known to be sound in form.
struct Raw {
  std::string data_dir, config_file;
  Texts sets;
  std::vector<std::pair<std::string, std::shared_ptr<std::string>>> keyed;  // key and value of each flag that sets one
  std::vector<std::pair<CLI::Option*, FlagSetting>> key_flags;
  Texts files, misbehave;
  std::string venue, symbol, timeframe, from, to, limit, before, format, port, replay, certificate, key;
  bool replace = false, dry_run = false, version = false;
};

/// The parser and what it fills in. One object a command line.
class Parser {
 public:
  Parser();
  Result<Invocation> parse(const Texts& arguments);

 private:
  CLI::App* command(CLI::App& parent, std::string name, const std::string& what, const std::string& examples);
  void common_options(CLI::App& app);
  void key_flag(CLI::App& app, const std::string& flag, const std::string& key, const std::string& help);
  void format_option(CLI::App& app, const Texts& formats);
  void add_serve();
  void add_import();
  void add_candles();
  void add_candles_admin(CLI::App& candles);
  void add_feed();
  void add_practice();
  void add_config();

  Error explain(const CLI::ParseError& error);
  Error unexpected_argument();
  const CLI::App* deepest() const;
  std::string deepest_name() const;
  std::string usage_name() const;
  Result<void> read_common(Invocation& into);
  Result<void> refuse_empty();
  bool is_key_flag(const CLI::Option* option) const;
  Result<CommandArgs> read_args();
  Result<std::optional<market::Timeframe>> read_timeframe();
  OutputFormat read_format() const;

  Result<CommandArgs> read_import();
  Result<CommandArgs> read_candles();
  Result<CommandArgs> read_prune();
  Result<CommandArgs> read_practice();

  CLI::App app_{"Candlewick: a self-hosted trading desk for crypto markets.", "candlewick"};
  Raw raw_;
};

Parser::Parser() {
  app_.require_subcommand(0, 1);
  app_.set_help_flag("-h,--help", "Says what there is");
  app_.add_flag("--version", raw_.version, "Prints the version");
  app_.footer(
      "'candlewick COMMAND --help' tells more about one, with examples. Every command works whether or not the server "
      "runs.\nExit codes: 0 good, 2 the command line or the configuration is wrong, 1 anything else.");
  common_options(app_);
  add_serve();
  add_import();
  add_candles();
  add_feed();
  add_practice();
  add_config();
  command(app_, "version", "Prints the version", "  candlewick version");
}

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
                                  "  candlewick serve --market practice");
  key_flag(*serve, "--host", "server.host", "The loopback address to listen on");
  key_flag(*serve, "--port", "server.port", "The port to listen on; 0 takes a free one");
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

const CLI::App* Parser::deepest() const {
  const CLI::App* app = &app_;
  while (!app->get_subcommands().empty()) app = app->get_subcommands().front();
  return app;
}

/// What stands before a command's own name in its usage line.
std::string Parser::usage_name() const {
  if (deepest() == &app_) return "";
  const std::string name = deepest_name();
  const std::size_t blank = name.rfind(' ');
  return blank == name.npos ? "candlewick" : "candlewick " + name.substr(0, blank);
}

std::string Parser::deepest_name() const {
  std::string name;
  for (const CLI::App* app = &app_; !app->get_subcommands().empty();) {
    app = app->get_subcommands().front();
    name += (name.empty() ? "" : " ") + app->get_name();
  }
  return name;
}

Error Parser::unexpected_argument() {
  const Texts extras = app_.remaining(true);
  const std::string word = extras.empty() ? "" : extras.front();
  const CLI::App* const at = deepest();
  Texts known;
  if (word.starts_with("-")) {
    for (const CLI::Option* option : at->get_options()) {
      for (const std::string& name : option->get_lnames()) known.push_back("--" + name);
    }
    const std::string flag = word.substr(0, word.find('='));  // its value may be a secret
    const Texts near = nearest_names(flag, known, 2);
    return usage(fmt::format("{} is no flag of 'candlewick{}{}'{}", printable(flag), at == &app_ ? "" : " ",
                             deepest_name(), did_you_mean(near)),
                 deepest_name())
        .error();
  }
  for (const CLI::App* sub : at->get_subcommands([](const CLI::App*) { return true; }))
    known.push_back(sub->get_name());
  const bool has_its_argument = std::ranges::any_of(
      at->get_options(), [](const CLI::Option* option) { return option->get_positional() && option->count() > 0; });
  if (known.empty() || has_its_argument) {
    return usage(fmt::format("'{}' is one argument too many for 'candlewick {}'", printable(word), deepest_name()),
                 deepest_name())
        .error();
  }
  return usage(fmt::format("'{}' is no command{}", printable(word), did_you_mean(nearest_names(word, known, 2))),
               deepest_name())
      .error();
}

Error Parser::explain(const CLI::ParseError& error) {
  if (dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr) return unexpected_argument();
  std::string message = error.what();
  if (dynamic_cast<const CLI::RequiredError*>(&error) != nullptr && message.starts_with("A subcommand is required")) {
    // A word that is no subcommand is reported as a missing one; name the word instead.
    if (!app_.remaining(true).empty()) return unexpected_argument();
    message = fmt::format("'candlewick {}' needs a command of its own", deepest_name());
  }
  if (dynamic_cast<const CLI::ArgumentMismatch*>(&error) != nullptr) {
    if (const std::size_t name_end = message.find(": At Most 1 required but received "); name_end != message.npos)
      message = message.substr(0, name_end) + (message.ends_with(" 2") ? " is given twice" : " is given several times");
  }
  if (const std::size_t own = message.find("--format takes"); own != std::string::npos) message.erase(0, own);
  return usage(std::move(message), deepest_name()).error();
}

Result<Invocation> Parser::parse(const Texts& arguments) {
  Texts reversed{arguments.rbegin(), arguments.rend()};
  Invocation invocation;
  try {
    app_.parse(reversed);
  } catch (const CLI::CallForHelp&) {
    // Nobody can be helped with a command that does not exist.
    const Texts extras = app_.remaining(true);
    const bool has_commands = !deepest()->get_subcommands([](const CLI::App*) { return true; }).empty();
    if (has_commands && !extras.empty() && !extras.front().starts_with('-'))
      return std::unexpected(unexpected_argument());
    invocation.name = "help";
    invocation.args = HelpArgs{deepest()->help(usage_name())};
    return invocation;
  } catch (const CLI::ParseError& error) {
    return std::unexpected(explain(error));
  }
  invocation.name = deepest_name();
  if (raw_.version) invocation.name = "version";
  if (const auto full = refuse_empty(); !full) return pass_on(full);
  if (const auto common = read_common(invocation); !common) return pass_on(common);
  if (invocation.name == "serve") {
    if (const auto served = ask_for_replay(invocation.flags); !served) return pass_on(served);
  }
  if (invocation.name.empty()) {
    invocation.args = HelpArgs{app_.help()};
    return invocation;
  }
  auto args = read_args();
  if (raw_.version) args = CommandArgs{VersionArgs{}};
  if (!args) return pass_on(args);
  invocation.args = std::move(*args);
  return invocation;
}

Result<void> Parser::read_common(Invocation& into) {
  if (!raw_.data_dir.empty()) into.data_dir = raw_.data_dir;
  if (!raw_.config_file.empty()) into.config_file = raw_.config_file;
  for (std::size_t i = 0; i < raw_.key_flags.size(); ++i) {
    auto& [option, setting] = raw_.key_flags[i];
    if (option->count() == 0) continue;
    setting.value = *raw_.keyed[i].second;
    into.flags.push_back(setting);
  }
  for (const std::string& text : raw_.sets) {
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos)
      return usage(fmt::format("--set takes KEY=VALUE, not '{}'", printable(masked_url(text))), deepest_name());
    into.flags.push_back({text.substr(0, equals), text.substr(equals + 1), "--set"});
  }
  return {};
}

bool Parser::is_key_flag(const CLI::Option* option) const {
  return std::ranges::any_of(raw_.key_flags, [&](const auto& flag) { return flag.first == option; });
}

/// An empty text is no value. What it means for a key of the configuration, the configuration says.
Result<void> Parser::refuse_empty() {
  for (const CLI::App* app = &app_;; app = app->get_subcommands().front()) {
    for (const CLI::Option* option : app->get_options()) {
      if (is_key_flag(option) || std::ranges::find(option->results(), "") == option->results().end()) continue;
      if (option->get_expected_max() == 0) continue;
      return usage(fmt::format("{} is given an empty text", option->get_name()), deepest_name());
    }
    if (app->get_subcommands().empty()) return {};
  }
}

Result<std::optional<market::Timeframe>> Parser::read_timeframe() {
  return timeframe_of_flag(raw_.timeframe, deepest_name());
}

OutputFormat Parser::read_format() const {
  if (raw_.format == "csv") return OutputFormat::csv;
  if (raw_.format == "json") return OutputFormat::json;
  if (raw_.format == "toml") return OutputFormat::toml;
  return OutputFormat::table;
}

std::optional<std::string> given(const std::string& text) { return text.empty() ? std::nullopt : std::optional{text}; }

Result<CommandArgs> Parser::read_import() {
  const auto timeframe = read_timeframe();
  if (!timeframe) return pass_on(timeframe);
  auto args = checked_import({raw_.files, given(raw_.venue), given(raw_.symbol), *timeframe, raw_.replace});
  if (!args) return pass_on(args);
  return CommandArgs{std::move(*args)};
}

Result<CommandArgs> Parser::read_candles() {
  if (raw_.symbol.empty()) return usage("'candlewick candles' needs a SYMBOL, or one of list, check, prune", "candles");
  const auto timeframe = read_timeframe();
  if (!timeframe) return pass_on(timeframe);
  const auto from = time_of_flag(raw_.from, "--from", deepest_name());
  if (!from) return pass_on(from);
  const auto to = time_of_flag(raw_.to, "--to", deepest_name());
  if (!to) return pass_on(to);
  const auto limit = limit_of_flag(raw_.limit, deepest_name());
  if (!limit) return pass_on(limit);
  if (*from && *to && **from >= **to) return usage("--from must be before --to", "candles");
  return CommandArgs{
      CandlesArgs{raw_.symbol, timeframe->value_or(market::Timeframe::h1), *from, *to, *limit, read_format()}};
}

Result<CommandArgs> Parser::read_prune() {
  const auto timeframe = read_timeframe();
  if (!timeframe) return pass_on(timeframe);
  const auto before = time_of_flag(raw_.before, "--before", deepest_name());
  if (!before) return pass_on(before);
  return CommandArgs{CandlesPruneArgs{given(raw_.symbol), *timeframe, *before, raw_.dry_run}};
}

Result<CommandArgs> Parser::read_practice() {
  PracticeArgs args;
  if (!raw_.port.empty()) {
    const auto port = parse_int(raw_.port);
    if (!port || *port < 0 || *port > 65535)
      return usage(fmt::format("--port takes a whole number from 0 to 65535, not '{}'", printable(raw_.port)),
                   "practice");
    args.port = static_cast<std::uint16_t>(*port);
  }
  if (raw_.certificate.empty() != raw_.key.empty()) return usage("--tls-cert and --tls-key go together", "practice");
  args.replay = given(raw_.replay);
  const auto from = time_of_flag(raw_.from, "--from", deepest_name());
  if (!from) return pass_on(from);
  args.from = *from;
  if (!raw_.certificate.empty()) args.certificate = raw_.certificate;
  if (!raw_.key.empty()) args.key = raw_.key;
  args.misbehave = raw_.misbehave;
  return CommandArgs{std::move(args)};
}

Result<CommandArgs> Parser::read_args() {
  const std::string name = deepest_name();
  if (name == "serve") return CommandArgs{ServeArgs{}};
  if (name == "import") return read_import();
  if (name == "candles") return read_candles();
  if (name == "candles list") return CommandArgs{CandlesListArgs{read_format()}};
  if (name == "candles check") {
    const auto timeframe = read_timeframe();
    if (!timeframe) return pass_on(timeframe);
    return CommandArgs{CandlesCheckArgs{raw_.symbol, *timeframe, read_format()}};
  }
  if (name == "candles prune") return read_prune();
  if (name == "feed decode") return CommandArgs{FeedDecodeArgs{raw_.venue}};
  if (name == "practice") return read_practice();
  if (name == "config show") return CommandArgs{ConfigShowArgs{read_format()}};
  if (name == "config docs") return CommandArgs{ConfigDocsArgs{}};
  return CommandArgs{VersionArgs{}};
}

}  // namespace

Result<Invocation> parse_command_line(const std::vector<std::string>& arguments) { return Parser{}.parse(arguments); }

}  // namespace cw::app
