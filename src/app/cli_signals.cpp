#include <CLI/CLI.hpp>

#include "app/cli_meaning.h"
#include "app/cli_parser.h"

// The commands of signals.
namespace cw::app {

void Parser::add_signals() {
  CLI::App* const signals = command(app_, "signals", "What signals were worth, and what they are made of",
                                    "  candlewick signals record BTCUSDT --timeframe 1h");
  signals->require_subcommand(1, 1);
  CLI::App* const record =
      command(*signals, "record", "Judges every signal that a symbol's stored history would have given, after costs",
              "  candlewick signals record BTCUSDT --timeframe 1h\n"
              "  candlewick signals record BTCUSDT --timeframe 4h --horizon 1d --from 2024-01-01 --format json");
  record->add_option("SYMBOL", raw_.symbol, "BTCUSDT or binance:BTCUSDT")->type_name("");
  record->add_option("--timeframe", raw_.timeframe, "1m 5m 15m 1h 4h 1d (default: 1h)")->type_name("TF");
  record
      ->add_option("--horizon", raw_.horizon,
                   "How long a signal is given: 1h, 4h or 1d (default: the next above the timeframe)")
      ->type_name("HORIZON");
  record->add_option("--from", raw_.from, "First signal judged: 2024-08-05, 2024-08-05T14:22 (UTC) or milliseconds")
      ->type_name("TIME");
  record->add_option("--to", raw_.to, "End, not included")->type_name("TIME");
  format_option(*record, {"table", "json"});

  CLI::App* const verify =
      command(*signals, "verify", "Makes every kept signal anew from the stored candles and names those that differ",
              "  candlewick signals verify\n"
              "  candlewick signals verify BTCUSDT");
  verify->add_option("SYMBOL", raw_.symbol, "Only this symbol's (default: all)")->type_name("");

  CLI::App* const components =
      command(*signals, "components", "Prints the components that scores are made of, to copy and change",
              "  candlewick signals components > mine.json\n"
              "  candlewick signals components --check mine.json");
  components->add_option("--check", raw_.components, "Instead, looks whether this file's components are good")
      ->type_name("FILE");
}

Result<CommandArgs> Parser::read_signals_record() {
  if (raw_.symbol.empty()) return usage("'candlewick signals record' needs a SYMBOL", deepest_name());
  SignalsRecordArgs args;
  args.symbol = raw_.symbol;
  if (!raw_.timeframe.empty()) {
    const auto timeframe = signals::parse_signal_timeframe(raw_.timeframe);
    if (!timeframe) return usage("--timeframe: " + timeframe.error().message, deepest_name());
    args.timeframe = *timeframe;
  }
  if (!raw_.horizon.empty()) {
    const auto horizon = signals::parse_horizon(raw_.horizon);
    if (!horizon) return usage("--horizon: " + horizon.error().message, deepest_name());
    args.horizon = *horizon;
  }
  const auto from = time_of_flag(raw_.from, "--from", deepest_name());
  if (!from) return pass_on(from);
  const auto to = time_of_flag(raw_.to, "--to", deepest_name());
  if (!to) return pass_on(to);
  if (*from && *to && **from >= **to) return usage("--from must be before --to", deepest_name());
  args.from = *from;
  args.to = *to;
  args.format = read_format();
  return CommandArgs{std::move(args)};
}

}  // namespace cw::app
