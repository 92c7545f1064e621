#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "backtest/equity_pass.h"
#include "backtest/sweep/sweep.h"

namespace cw::backtest {

/// One fold: what its training chose, and what that was worth afterwards.
struct FoldResult {
  WalkForwardWindow window;  // indices of SweepData::times
  bool is_chosen = false;    // false: no cell had an objective in the training; nothing was traded in the test
  std::uint64_t cell = 0;
  double in_sample = 0;      // the objective in the training
  double out_of_sample = 0;  // in the test; NaN where it is not told
  CellFigures in_sample_figures{};
  CellFigures out_of_sample_figures{};
};

/// An account that was optimised anew before each test.
struct WalkForwardResult {
  std::vector<FoldResult> folds;
  std::vector<PeriodEnd> equity;  // of the tests one after the other, at the end of each period
  Figures figures;                // of the same
  double initial_capital = 0;
  double final_equity = 0;
  /// Growth a moment in the tests over growth a moment in the trainings that chose: how much of what was promised was kept.
  /// NaN where the trainings promised nothing.
  double efficiency = 0;
};

/// Judges a finished sweep with folds: each test is run with the cell that its training liked most (of equal ones the
/// first). The account goes on from test to test; what is open at a test's end is closed at its last close, for the
/// next test begins with other rules. A training begins with the plan's capital.
///
/// Errors  those of run_cells; Errc::cancelled where `go_on` answered no
/// Source  R. Pardo, The Evaluation and Optimization of Trading Strategies, 2008 (walk-forward efficiency)
Result<WalkForwardResult> judge_walk_forward(const Sweep& sweep, const SweepData& data,
                                             const std::function<bool()>& go_on = {});

}  // namespace cw::backtest
