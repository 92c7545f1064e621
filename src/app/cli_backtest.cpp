#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "app/cli_meaning.h"
#include "app/cli_parser.h"
#include "base/number.h"
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
  backtest->add_option("--strategy", raw_.strategy, "The name of one that is shipped, or a file: YAML or JSON")
      ->type_name("NAME|FILE");
  backtest->add_option("--symbol", raw_.symbol, "Stored candles of this instrument: BTCUSDT or binance:BTCUSDT")
      ->type_name("SYMBOL");
  backtest
      ->add_option("--candles", raw_.candles,
                   "A file that 'import' reads, instead; its timeframe is --timeframe, else what its name says")
      ->type_name("FILE");
  backtest->add_option("--timeframe", raw_.timeframe, "1m … 1w (default: the strategy's own)")->type_name("TF");
  backtest->add_option("--input", raw_.inputs, "A value for an input of the strategy: --input fast=10")
      ->type_name("NAME=VALUE")
      ->expected(1)
      ->take_all();
  backtest->add_option("--capital", raw_.capital, "What the account begins with (default: 10000)")->type_name("AMOUNT");
  backtest
      ->add_option("--commission", raw_.commission,
                   "bps:10, percent:0.08/0.1 (maker/taker), fixed:1.5, binance, coinbase, kraken, none (default: "
                   "bps:10)")
      ->type_name("WHAT");
  backtest->add_option("--commission-bps", raw_.commission_bps, "The same as --commission bps:…")->type_name("BPS");
  backtest
      ->add_option("--slippage", raw_.slippage,
                   "none, fixed_bps:5, spread:4, volatility:0.1, volume_share (default: none)")
      ->type_name("MODEL");
  backtest->add_option("--fill", raw_.fill, "next_open or close (default: next_open)")->type_name("WHEN");
  backtest
      ->add_option(
          "--intrabar", raw_.intrabar,
          "pessimistic, adaptive, or magnifier, which walks shorter candles: the stored ones of the symbol, or "
          "--lower-candles (default: pessimistic)")
      ->type_name("ORDER");
  backtest
      ->add_option("--lower-candles", raw_.lower_candles, "Beside --candles: a file of shorter ones for the magnifier")
      ->type_name("FILE");
  backtest->add_option("--protections", raw_.protections, "default or none")->type_name("WHICH");
  backtest->add_flag("--close-at-end", raw_.close_at_end, "Close an open position at the last close");
  backtest->add_option("--from", raw_.from, "First bar acted on: 2024-08-05, 2024-08-05T14:22 (UTC) or milliseconds")
      ->type_name("TIME");
  backtest->add_option("--to", raw_.to, "End, not included")->type_name("TIME");
  backtest->add_flag("--no-checks", raw_.no_checks, "Do not look for leaks; by default one ends the command");
  backtest
      ->add_option("--metrics-as", raw_.metrics_as,
                   "Also the figures of freqtrade, backtesting.py or vectorbt, as they "
                   "would print them")
      ->type_name("PACKAGE");
  backtest->add_flag("--json", raw_.json, "The whole result as JSON");
  backtest->add_option("--report", raw_.report, "Write a report, one page of HTML")->type_name("FILE");
  backtest->add_option("--trades-csv", raw_.trades_csv, "Write the trades")->type_name("FILE");
  backtest->add_option("--equity-csv", raw_.equity_csv, "Write the equity at each bar")->type_name("FILE");
}

Result<CommandArgs> Parser::read_backtest() {
  BacktestArgs args;
  if (raw_.strategy.empty())
    return usage("'candlewick backtest' needs a --strategy: the name of one that is shipped, or a file", "backtest");
  if (raw_.symbol.empty() == raw_.candles.empty())
    return usage("give --symbol for stored candles or --candles for a file's, one of the two", "backtest");
  args.strategy = raw_.strategy;
  args.symbol = raw_.symbol;
  args.candles = raw_.candles;
  const auto timeframe = timeframe_of_flag(raw_.timeframe, "backtest");
  if (!timeframe) return pass_on(timeframe);
  args.timeframe = *timeframe;
  const auto from = time_of_flag(raw_.from, "--from", "backtest");
  if (!from) return pass_on(from);
  const auto to = time_of_flag(raw_.to, "--to", "backtest");
  if (!to) return pass_on(to);
  if (*from && *to && **from >= **to) return usage("--from must be before --to", "backtest");
  args.from = *from;
  args.to = *to;
  for (const auto& text : raw_.inputs) {
    const auto equals = text.find('=');
    if (equals == std::string::npos || equals == 0)
      return usage(fmt::format("--input takes NAME=VALUE, not '{}'", printable(text)), "backtest");
    args.inputs[text.substr(0, equals)] = text.substr(equals + 1);
  }
  if (!raw_.commission.empty() && !raw_.commission_bps.empty())
    return usage("--commission and --commission-bps say the same thing: give one of them", "backtest");
  if (!raw_.capital.empty()) args.capital = raw_.capital;
  if (!raw_.commission.empty()) args.commission = raw_.commission;
  if (!raw_.commission_bps.empty()) args.commission = "bps:" + raw_.commission_bps;
  if (!raw_.slippage.empty()) args.slippage = raw_.slippage;
  if (!raw_.fill.empty() && raw_.fill != "next_open" && raw_.fill != "close")
    return usage(fmt::format("--fill takes next_open or close, not '{}'", printable(raw_.fill)), "backtest");
  args.fills_at_close = raw_.fill == "close";
  for (const auto intrabar :
       {trading::Intrabar::pessimistic, trading::Intrabar::adaptive, trading::Intrabar::magnifier}) {
    if (raw_.intrabar == trading::name(intrabar)) args.intrabar = intrabar;
  }
  if (!raw_.intrabar.empty() && raw_.intrabar != trading::name(args.intrabar))
    return usage(fmt::format("--intrabar takes pessimistic, adaptive or magnifier, not '{}'", printable(raw_.intrabar)),
                 "backtest");
  if (!raw_.lower_candles.empty() && raw_.candles.empty())
    return usage("--lower-candles goes with --candles: of a stored symbol the stored ones are walked", "backtest");
  if (args.intrabar == trading::Intrabar::magnifier && raw_.symbol.empty() && raw_.lower_candles.empty())
    return usage("--intrabar magnifier needs shorter candles: give --lower-candles FILE", "backtest");
  args.lower_candles = raw_.lower_candles;
  if (!raw_.protections.empty() && raw_.protections != "default" && raw_.protections != "none")
    return usage(fmt::format("--protections takes default or none, not '{}'", printable(raw_.protections)), "backtest");
  args.protections = raw_.protections != "none";
  args.close_at_end = raw_.close_at_end;
  args.checks = !raw_.no_checks;
  args.json = raw_.json;
  args.report = raw_.report;
  args.trades_csv = raw_.trades_csv;
  args.equity_csv = raw_.equity_csv;
  if (!raw_.metrics_as.empty()) {
    const auto peer = backtest::parse_peer(raw_.metrics_as);
    if (!peer) return usage("--metrics-as: " + peer.error().message, "backtest");
    args.metrics_as = *peer;
  }
  return CommandArgs{std::move(args)};
}

}  // namespace cw::app
