#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "app/cli_meaning.h"
#include "app/cli_parser.h"
#include "base/number.h"
#include "base/printable.h"

// The command that tries many values of a strategy's inputs.
namespace cw::app {
namespace {

constexpr std::size_t kThreadsMost = 256;

/// A whole number of a flag; nothing where it is absent.
Result<std::optional<std::int64_t>> whole_of_flag(const std::string& text, std::string_view flag, std::int64_t least) {
  if (text.empty()) return std::optional<std::int64_t>{};
  const auto number = parse_int(text);
  if (!number || *number < least)
    return usage(fmt::format("{} takes a whole number from {} on, not '{}'", flag, least, printable(text)), "sweep");
  return std::optional{*number};
}

}  // namespace

void Parser::add_sweep() {
  CLI::App* const sweep = command(
      app_, "sweep", "Tries many values of a strategy's inputs on history, and says what the best ones are worth",
      "  candlewick sweep --symbol BTCUSDT --strategy ema-cross --grid fast=5:50:5 --grid slow=20:200:10\n"
      "  candlewick sweep --symbol BTCUSDT --strategy ema-cross --grid fast=5:50 --grid slow=20:200 --search tpe "
      "--trials 300\n"
      "  candlewick sweep --symbol BTCUSDT,ETHUSDT,SOLUSDT --strategy donchian-breakout --max-positions 2 "
      "--grid entry_length=10:60:10\n"
      "  candlewick sweep --candles binance-BTC-USDT-1h.csv.gz --strategy mine.yaml --grid fast=5,8,13 --folds 5 "
      "--state mine.sweep");
  sweep
      ->add_option("--grid", raw_.grid,
                   "Values of an input: fast=5:50:5 (from, to, step) or fast=5,8,13; once an input")
      ->type_name("NAME=VALUES")
      ->expected(1)
      ->take_all();
  sweep->add_option("--search", raw_.search, "grid: all cells; random; tpe: guided by those before (default: grid)")
      ->type_name("HOW");
  sweep->add_option("--trials", raw_.trials, "Cells of a random or guided search (default: 200)")->type_name("N");
  sweep->add_option("--seed", raw_.seed, "Of a random or guided search (default: 1)")->type_name("N");
  sweep
      ->add_option("--objective", raw_.objective,
                   "sharpe, sortino, calmar, omega, return, cagr, profit_factor, win_rate, expectancy, sqn or "
                   "max_drawdown (default: sharpe)")
      ->type_name("FIGURE");
  sweep
      ->add_option("--folds", raw_.folds,
                   "Tests of a walk-forward: choose on what was before, judge on what comes after")
      ->type_name("N");
  sweep->add_option("--walk-forward", raw_.walk_forward, "rolling or anchored (default: rolling)")->type_name("KIND");
  sweep->add_option("--purge", raw_.purge, "Last bars of a training that are left out")->type_name("BARS");
  sweep->add_option("--embargo", raw_.embargo, "Further bars left unused before a test")->type_name("BARS");
  sweep->add_option("--heat-map", raw_.heat_map, "The two inputs of the heat map: fast,slow (default: the first two)")
      ->type_name("X,Y");
  sweep->add_option("--heat-map-of", raw_.heat_map_of, "best or mean of the other inputs' values (default: best)")
      ->type_name("WHAT");
  sweep->add_option("--state", raw_.state, "Keep what is finished in this file; the same command goes on from it")
      ->type_name("FILE");
  sweep->add_option("--threads", raw_.threads, "Default: as many as the machine has")->type_name("N");
  run_options(*sweep);
}

Result<CommandArgs> Parser::read_sweep() {
  SweepArgs args;
  auto run = read_run("sweep");
  if (!run) return pass_on(run);
  args.run = std::move(*run);
  if (raw_.grid.empty()) return usage("'candlewick sweep' needs a --grid: an input and the values to try", "sweep");
  for (const auto& text : raw_.grid) {
    const auto equals = text.find('=');
    if (equals == std::string::npos || equals == 0)
      return usage(fmt::format("--grid takes NAME=FROM:TO:STEP or NAME=A,B,C, not '{}'", printable(text)), "sweep");
    args.sweep.grid.emplace_back(text.substr(0, equals), text.substr(equals + 1));
  }
  if (!raw_.search.empty()) args.sweep.search = raw_.search;
  if (!raw_.objective.empty()) args.sweep.objective = raw_.objective;
  if (!raw_.walk_forward.empty()) args.sweep.walk_forward = raw_.walk_forward;
  struct Flag {
    const std::string& text;
    std::string_view name;
    std::int64_t least;
    std::int64_t& into;
  };
  std::int64_t seed = 1;
  std::int64_t threads = 0;
  std::int64_t trials = 0;
  for (const auto& flag :
       {Flag{raw_.trials, "--trials", 1, trials}, Flag{raw_.seed, "--seed", 0, seed},
        Flag{raw_.folds, "--folds", 1, args.sweep.folds}, Flag{raw_.purge, "--purge", 0, args.sweep.purge},
        Flag{raw_.embargo, "--embargo", 0, args.sweep.embargo}, Flag{raw_.threads, "--threads", 1, threads}}) {
    const auto number = whole_of_flag(flag.text, flag.name, flag.least);
    if (!number) return pass_on(number);
    if (*number) flag.into = **number;
  }
  if (trials > 0) args.sweep.trials = trials;
  args.sweep.seed = static_cast<std::uint64_t>(seed);
  if (threads > 0) args.threads = std::min(static_cast<std::size_t>(threads), kThreadsMost);
  if (!raw_.heat_map.empty()) {
    const auto comma = raw_.heat_map.find(',');
    if (comma == std::string::npos)
      return usage(fmt::format("--heat-map takes two inputs, X,Y, not '{}'", printable(raw_.heat_map)), "sweep");
    args.heat_map = {raw_.heat_map.substr(0, comma), raw_.heat_map.substr(comma + 1)};
  }
  if (!raw_.heat_map_of.empty() && raw_.heat_map_of != "best" && raw_.heat_map_of != "mean")
    return usage(fmt::format("--heat-map-of takes best or mean, not '{}'", printable(raw_.heat_map_of)), "sweep");
  args.heat_map_of_mean = raw_.heat_map_of == "mean";
  args.state = raw_.state;
  return CommandArgs{std::move(args)};
}

}  // namespace cw::app
