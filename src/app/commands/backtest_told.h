#pragma once

#include <memory>
#include <string>

#include "app/cli.h"
#include "app/console.h"
#include "backtest/equity_pass.h"
#include "backtest/report/report_html.h"
#include "backtest/run_json.h"
#include "strategy/compile.h"

namespace cw::app {

/// A strategy that has been compiled, with the bars it runs over: what is asked of it more than once.
struct BacktestCase {
  const strategy::Document& document;
  const strategy::Program& program;
  const expr::Graph& graph;
  expr::NamedSeries* named = nullptr;
  const expr::Plan& plan;  // has seen no bar
  market::CandleSpan bars;
  trading::LowerBars lower_bars{};
  backtest::RunSettings settings;
  backtest::RunFacts facts;
};

/// Looks for leaks, and says how far it is. Errors  those of check_leaks
Result<backtest::LeakReport> leaks_of(Console& console, const BacktestCase& of);

/// What is told besides the run itself: the break-even and robustness always, the policies where they differ or
/// somebody reads them (a report, JSON), another backtester's figures where they are asked for. Errors  those of the
/// re-runs
Result<backtest::RunExtras> extras_of(Console& console, const BacktestArgs& args, const BacktestCase& of,
                                      const backtest::RunResult& result);

/// The run for a terminal.
std::string backtest_table(const backtest::RunFacts& facts, const backtest::RunResult& result,
                           const backtest::Metrics& metrics, const backtest::RunExtras& extras);

/// Writes the files that the command line asks for, then prints the run. Errors  those of Console::write_file
Result<void> tell_backtest(Console& console, const BacktestArgs& args, const BacktestCase& of,
                           const backtest::RunResult& result, const backtest::RunExtras& extras);

}  // namespace cw::app
