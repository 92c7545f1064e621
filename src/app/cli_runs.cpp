#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "app/cli_meaning.h"
#include "app/cli_parser.h"
#include "base/number.h"
#include "base/printable.h"

// What the commands share that test a strategy on history: which one, on what, and how a run is made.
namespace cw::app {

void Parser::run_options(CLI::App& app) {
  app.add_option("--strategy", raw_.strategy, "The name of one that is shipped, or a file: YAML or JSON")
      ->type_name("NAME|FILE");
  app.add_option("--symbol", raw_.symbol,
                 "Stored candles of this instrument: BTCUSDT or binance:BTCUSDT; of several that share one "
                 "account BTCUSDT,ETHUSDT")
      ->type_name("SYMBOL[,…]");
  app.add_option("--candles", raw_.candles,
                 "A file that 'import' reads, instead; its timeframe is --timeframe, else what its name says")
      ->type_name("FILE");
  app.add_option("--timeframe", raw_.timeframe, "1m … 1w (default: the strategy's own)")->type_name("TF");
  app.add_option("--input", raw_.inputs, "A value for an input of the strategy: --input fast=10")
      ->type_name("NAME=VALUE")
      ->expected(1)
      ->take_all();
  app.add_option("--capital", raw_.capital, "What the account begins with (default: 10000)")->type_name("AMOUNT");
  app.add_option("--commission", raw_.commission,
                 "bps:10, percent:0.08/0.1 (maker/taker), fixed:1.5, binance, coinbase, kraken, none (default: "
                 "bps:10)")
      ->type_name("WHAT");
  app.add_option("--commission-bps", raw_.commission_bps, "The same as --commission bps:…")->type_name("BPS");
  app.add_option("--slippage", raw_.slippage,
                 "none, fixed_bps:5, spread:4, volatility:0.1, volume_share (default: none)")
      ->type_name("MODEL");
  app.add_option(
         "--funding", raw_.funding,
         "What holding costs: perpetual:0.01 (percent every eight hours, longs pay shorts), borrow:7.5 (percent a year "
         "of shorts), none (default: none)")
      ->type_name("WHAT");
  app.add_option("--fill", raw_.fill, "next_open or close (default: next_open)")->type_name("WHEN");
  app.add_option("--intrabar", raw_.intrabar,
                 "pessimistic, adaptive, or magnifier, which walks shorter candles: the stored ones of the symbol, or "
                 "--lower-candles (default: pessimistic)")
      ->type_name("ORDER");
  app.add_option("--lower-candles", raw_.lower_candles, "Beside --candles: a file of shorter ones for the magnifier")
      ->type_name("FILE");
  app.add_option("--protections", raw_.protections, "default or none")->type_name("WHICH");
  app.add_option("--max-positions", raw_.max_positions, "Positions open at once (default: 0, one a symbol)")
      ->type_name("NUMBER");
  app.add_option("--exposure", raw_.exposure,
                 "What all positions may be worth, in percent of equity; over 100 is borrowed (default: 100)")
      ->type_name("PERCENT");
  app.add_option("--symbol-exposure", raw_.symbol_exposure,
                 "The same of one symbol (default: an equal share of --exposure)")
      ->type_name("PERCENT");
  app.add_flag("--close-at-end", raw_.close_at_end, "Close an open position at the last close");
  app.add_option("--from", raw_.from, "First bar acted on: 2024-08-05, 2024-08-05T14:22 (UTC) or milliseconds")
      ->type_name("TIME");
  app.add_option("--to", raw_.to, "End, not included")->type_name("TIME");
  app.add_flag("--no-checks", raw_.no_checks, "Do not look for leaks; by default one ends the command");
  app.add_flag("--json", raw_.json, "The whole result as JSON");
}

Result<BacktestArgs> Parser::read_run(std::string_view command) {
  BacktestArgs args;
  if (raw_.strategy.empty())
    return usage(fmt::format("'candlewick {}' needs a --strategy: the name of one that is shipped, or a file", command),
                 command);
  if (raw_.symbol.empty() == raw_.candles.empty())
    return usage("give --symbol for stored candles or --candles for a file's, one of the two", command);
  args.strategy = raw_.strategy;
  args.symbol = raw_.symbol;
  args.candles = raw_.candles;
  const auto timeframe = timeframe_of_flag(raw_.timeframe, command);
  if (!timeframe) return pass_on(timeframe);
  args.timeframe = *timeframe;
  const auto from = time_of_flag(raw_.from, "--from", command);
  if (!from) return pass_on(from);
  const auto to = time_of_flag(raw_.to, "--to", command);
  if (!to) return pass_on(to);
  if (*from && *to && **from >= **to) return usage("--from must be before --to", command);
  args.from = *from;
  args.to = *to;
  for (const auto& text : raw_.inputs) {
    const auto equals = text.find('=');
    if (equals == std::string::npos || equals == 0)
      return usage(fmt::format("--input takes NAME=VALUE, not '{}'", printable(text)), command);
    if (!args.inputs.emplace(text.substr(0, equals), text.substr(equals + 1)).second)
      return usage(fmt::format("--input names '{}' twice", printable(text.substr(0, equals))), command);
  }
  if (!raw_.commission.empty() && !raw_.commission_bps.empty())
    return usage("--commission and --commission-bps say the same thing: give one of them", command);
  if (!raw_.capital.empty()) args.capital = raw_.capital;
  if (!raw_.commission.empty()) args.commission = raw_.commission;
  if (!raw_.commission_bps.empty()) args.commission = "bps:" + raw_.commission_bps;
  if (!raw_.slippage.empty()) args.slippage = raw_.slippage;
  if (!raw_.funding.empty()) args.funding = raw_.funding;
  if (!raw_.fill.empty() && raw_.fill != "next_open" && raw_.fill != "close")
    return usage(fmt::format("--fill takes next_open or close, not '{}'", printable(raw_.fill)), command);
  args.fills_at_close = raw_.fill == "close";
  for (const auto intrabar :
       {trading::Intrabar::pessimistic, trading::Intrabar::adaptive, trading::Intrabar::magnifier}) {
    if (raw_.intrabar == trading::name(intrabar)) args.intrabar = intrabar;
  }
  if (!raw_.intrabar.empty() && raw_.intrabar != trading::name(args.intrabar))
    return usage(fmt::format("--intrabar takes pessimistic, adaptive or magnifier, not '{}'", printable(raw_.intrabar)),
                 command);
  if (!raw_.lower_candles.empty() && raw_.candles.empty())
    return usage("--lower-candles goes with --candles: of a stored symbol the stored ones are walked", command);
  if (args.intrabar == trading::Intrabar::magnifier && raw_.symbol.empty() && raw_.lower_candles.empty())
    return usage("--intrabar magnifier needs shorter candles: give --lower-candles FILE", command);
  args.lower_candles = raw_.lower_candles;
  if (!raw_.protections.empty() && raw_.protections != "default" && raw_.protections != "none")
    return usage(fmt::format("--protections takes default or none, not '{}'", printable(raw_.protections)), command);
  args.protections = raw_.protections != "none";
  args.close_at_end = raw_.close_at_end;
  if (!raw_.max_positions.empty()) {
    const auto most = parse_int(raw_.max_positions);
    if (!most || *most < 0 || *most > 1'000)
      return usage(fmt::format("--max-positions takes 0 to 1000, not '{}'", printable(raw_.max_positions)), command);
    args.max_positions = static_cast<int>(*most);
  }
  const auto percent = [](const std::string& text) {
    const auto number = parse_double(text);
    return number && *number > 0 && *number <= 10'000 ? number : std::nullopt;
  };
  for (const auto& [text, flag] :
       {std::pair{&raw_.exposure, "--exposure"}, {&raw_.symbol_exposure, "--symbol-exposure"}}) {
    if (!text->empty() && !percent(*text))
      return usage(fmt::format("{} takes a percentage above 0, at most 10000, not '{}'", flag, printable(*text)),
                   command);
  }
  args.exposure_percent = percent(raw_.exposure).value_or(100);
  args.symbol_exposure_percent = percent(raw_.symbol_exposure);
  args.checks = !raw_.no_checks;
  args.json = raw_.json;
  return args;
}

}  // namespace cw::app
