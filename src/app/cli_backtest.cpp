#include <array>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "app/cli_meaning.h"
#include "app/cli_parser.h"
#include "base/printable.h"

// The command that tests a strategy on history.
namespace cw::app {

void Parser::add_backtest() {
  CLI::App* const backtest = command(
      app_, "backtest", "Tests a strategy on stored candles, or a file's",
      "  candlewick backtest --symbol BTCUSDT --timeframe 1h --strategy ema-cross\n"
      "  candlewick backtest --symbol BTCUSDT --strategy ema-cross --input fast=10 --commission binance --json\n"
      "  candlewick backtest --candles binance-BTC-USDT-1h.csv.gz --strategy mine.yaml --slippage fixed_bps:5\n"
      "  candlewick backtest --symbol BTCUSDT --strategy supertrend --report supertrend.html --trades-csv trades.csv");
  run_options(*backtest);
  backtest
      ->add_option("--metrics-as", raw_.metrics_as,
                   "Also the figures of freqtrade, backtesting.py or vectorbt, as they "
                   "would print them")
      ->type_name("PACKAGE");
  backtest->add_option("--report", raw_.report, "Write a report, one page of HTML")->type_name("FILE");
  backtest->add_option("--trades-csv", raw_.trades_csv, "Write the trades")->type_name("FILE");
  backtest->add_option("--equity-csv", raw_.equity_csv, "Write the equity at each bar")->type_name("FILE");
}

Result<CommandArgs> Parser::read_backtest() {
  auto run = read_run("backtest");
  if (!run) return pass_on(run);
  BacktestArgs args = std::move(*run);
  args.report = raw_.report;
  args.trades_csv = raw_.trades_csv;
  args.equity_csv = raw_.equity_csv;
  const std::array files{&args.report, &args.trades_csv, &args.equity_csv};
  for (std::size_t i = 0; i < files.size(); ++i) {
    for (std::size_t k = 0; k < i; ++k) {
      if (!files[i]->empty() && *files[i] == *files[k])
        return usage(fmt::format("two things cannot be written to one file, '{}'", printable(*files[i])), "backtest");
    }
  }
  if (!raw_.metrics_as.empty()) {
    const auto peer = backtest::parse_peer(raw_.metrics_as);
    if (!peer) return usage("--metrics-as: " + peer.error().message, "backtest");
    args.metrics_as = *peer;
  }
  return CommandArgs{std::move(args)};
}

}  // namespace cw::app
