#include <algorithm>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "app/cli_meaning.h"
#include "app/cli_parser.h"
#include "base/nearest.h"
#include "base/number.h"
#include "base/printable.h"
#include "evaluation/program.h"

// The commands of the expression language.
namespace cw::app {
namespace {

const std::vector<std::string> kSeeds{"talib", "pine"};

/// `NAME=VALUE`: a number, true or false, else a text.
Result<std::pair<std::string, InputValue>> input_of(const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0)
    return usage(fmt::format("--input takes NAME=VALUE, not '{}'", printable(text)), "eval");
  const std::string value = text.substr(equals + 1);
  InputValue read = value;
  if (value == "true") read = 1.0;
  if (value == "false") read = 0.0;
  if (const auto number = parse_double(value)) read = *number;
  return std::pair{text.substr(0, equals), std::move(read)};
}

}  // namespace

void Parser::expression_options(CLI::App& app) {
  app.add_option("--expr", raw_.expressions, "An expression of the language; may be given again")
      ->type_name("TEXT")
      ->expected(1)
      ->take_all();
  app.add_option("--timeframe", raw_.timeframe, "1m 3m 5m 15m 30m 1h 2h 4h 6h 8h 12h 1d 1w (default: 1h)")
      ->type_name("TF");
  app.add_option("--seed", raw_.seed, "How recursive averages begin: talib or pine (default: talib)")
      ->type_name("SEED");
}

void Parser::add_language() {
  CLI::App* const eval = command(
      app_, "eval", "Prints the values of expressions over candles, stored ones or a file's",
      "  candlewick eval --symbol BTCUSDT --timeframe 1h --expr \"ta.rsi(close, 14)\"\n"
      "  candlewick eval --candles binance-BTC-USDT-1m.csv.gz --expr \"ta.ema(close, 12)\" --expr close --format json\n"
      "  candlewick eval --symbol BTCUSDT --timeframe 4h --from 2024-01-01 --script squeeze.pine --input Length=21");
  expression_options(*eval);
  eval->add_option("--symbol", raw_.symbol, "Stored candles of this instrument: BTCUSDT or binance:BTCUSDT")
      ->type_name("SYMBOL");
  eval->add_option("--candles", raw_.candles,
                   "A file that 'import' reads, instead; its timeframe is --timeframe, else what its name says")
      ->type_name("FILE");
  eval->add_option("--script", raw_.script, "A file with a script of the language; '-' is stdin")->type_name("FILE");
  eval->add_option("--input", raw_.inputs, "A value for an input of the texts, by name or title: --input Length=21")
      ->type_name("NAME=VALUE")
      ->expected(1)
      ->take_all();
  eval->add_option("--from", raw_.from, "First open time printed: 2024-08-05, 2024-08-05T14:22 (UTC) or milliseconds")
      ->type_name("TIME");
  eval->add_option("--to", raw_.to, "End, not included")->type_name("TIME");
  format_option(*eval, {"csv", "json"});

  CLI::App* const screen =
      command(app_, "screen", "Looks for expressions in the newest closed bar of every stored symbol",
              "  candlewick screen --expr \"ta.rsi(close, 14) < 30\" --timeframe 1h\n"
              "  candlewick screen --expr \"volume > 2 * ta.sma(volume, 20)\" --expr \"ta.rsi(close, 14)\" --sort \"1 "
              "desc\" --limit 10");
  expression_options(*screen);
  screen
      ->add_option("--sort", raw_.sort,
                   "A number column by its place from 1, or by its title, then asc or desc: \"1 desc\"")
      ->type_name("COLUMN");
  screen->add_option("--limit", raw_.limit, "At most so many symbols")->type_name("N");
  format_option(*screen, {"table", "csv", "json"});

  CLI::App* const language =
      command(app_, "language", "Describes the expression language", "  candlewick language docs > docs/language.md");
  language->require_subcommand(1, 1);
  command(*language, "docs", "Prints docs/language.md, made from the table of functions itself",
          "  candlewick language docs > docs/language.md");
}

Result<indicators::Seed> Parser::read_seed() const {
  if (raw_.seed.empty() || raw_.seed == "talib") return indicators::Seed::talib;
  if (raw_.seed == "pine") return indicators::Seed::pine;
  return usage(fmt::format("--seed takes talib or pine, not '{}'{}", printable(raw_.seed),
                           did_you_mean(nearest_names(raw_.seed, kSeeds))),
               deepest_name());
}

Result<void> Parser::check_expressions(std::size_t count) const {
  if (count == 0) return usage("at least one --expr is needed", deepest_name());
  if (count > evaluation::kExpressionsMost) {
    return usage(fmt::format("{} expressions are given; at most {} go together", count, evaluation::kExpressionsMost),
                 deepest_name());
  }
  return {};
}

Result<CommandArgs> Parser::read_eval() {
  EvalArgs args;
  args.expressions = raw_.expressions;
  args.symbol = raw_.symbol;
  args.candles = raw_.candles;
  args.script = raw_.script;
  if (args.symbol.empty() == args.candles.empty())
    return usage("'candlewick eval' needs one of --symbol SYMBOL and --candles FILE", "eval");
  if (args.candles == "-" && args.script == "-") return usage("--candles and --script cannot both be stdin", "eval");
  if (args.expressions.empty() && args.script.empty())
    return usage("'candlewick eval' needs an --expr or a --script", "eval");
  const auto count = check_expressions(args.expressions.size() + (args.script.empty() ? 0 : 1));
  if (!count) return pass_on(count);
  const auto timeframe = read_timeframe();
  if (!timeframe) return pass_on(timeframe);
  args.timeframe = *timeframe;
  const auto from = time_of_flag(raw_.from, "--from", "eval");
  if (!from) return pass_on(from);
  const auto to = time_of_flag(raw_.to, "--to", "eval");
  if (!to) return pass_on(to);
  if (*from && *to && **from >= **to) return usage("--from must be before --to", "eval");
  args.from = *from;
  args.to = *to;
  const auto seed = read_seed();
  if (!seed) return pass_on(seed);
  args.seed = *seed;
  for (const std::string& text : raw_.inputs) {
    auto input = input_of(text);
    if (!input) return pass_on(input);
    if (!args.inputs.insert(std::move(*input)).second)
      return usage(fmt::format("--input {} is given twice", printable(text.substr(0, text.find('=')))), "eval");
  }
  args.format = raw_.format == "json" ? OutputFormat::json : OutputFormat::csv;
  return CommandArgs{std::move(args)};
}

Result<CommandArgs> Parser::read_screen() {
  ScreenArgs args;
  args.expressions = raw_.expressions;
  if (const auto count = check_expressions(args.expressions.size()); !count) return pass_on(count);
  const auto timeframe = read_timeframe();
  if (!timeframe) return pass_on(timeframe);
  args.timeframe = timeframe->value_or(market::Timeframe::h1);
  const auto limit = limit_of_flag(raw_.limit, "screen");
  if (!limit) return pass_on(limit);
  args.limit = *limit;
  const auto seed = read_seed();
  if (!seed) return pass_on(seed);
  args.seed = *seed;
  args.sort = raw_.sort;
  args.format = read_format();
  return CommandArgs{std::move(args)};
}

}  // namespace cw::app
