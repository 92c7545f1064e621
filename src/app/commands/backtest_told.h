#pragma once

#include <optional>
#include <span>
#include <string>

#include "app/cli.h"
#include "app/console.h"
#include "backtest/equity_pass.h"
#include "backtest/report/report_html.h"
#include "backtest/run_json.h"
#include "lab/run.h"

namespace cw::app {

/// A run whose bars are in memory: what is asked of it more than once.
struct BacktestCase {
  const lab::PreparedRun& run;
  std::span<const lab::RunMarket> markets;
  lab::LoadedRun& loaded;
  backtest::RunFacts facts;
};

/// Looks for leaks in each instrument's rules, once where they are the same, and says how far it is: the first report with a
/// leak, else the first one. None where there are too few bars. Errors  those of check_leaks
Result<std::optional<backtest::LeakReport>> leaks_of(Console& console, const BacktestCase& of);

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
