#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "backtest/figures.h"
#include "backtest/portfolio.h"

namespace cw::backtest {

/// A run that is to be made again, otherwise.
struct Rerun {
  std::span<const RunPart> parts;
  RunSettings settings{};
  std::function<bool()> cancelled{};  // asked before each run
};

/// What is told of each of several runs.
struct RunSummary {
  FigureValue net_profit{};
  FigureValue total_return{};
  FigureValue sharpe{};
  FigureValue max_drawdown{};
  std::uint64_t trades = 0;  // closed ones
  std::uint64_t ambiguous_bars = 0;
};

/// The run under one policy of fills.
struct PolicyRun {
  trading::FillPolicy policy{};
  bool is_asked = false;  // the policy of the run itself
  bool is_run = false;    // false: the magnifier, without bars to walk
  RunSummary summary{};
};

/// The run under each time of fills (next_open, close) with each way inside a bar (pessimistic, adaptive, magnifier),
/// in this order. Participation stays as it is.
///
/// Errors  those of run_parts; Errc::cancelled; Errc::bad_input where no bar lies in the period
/// Cost    4 runs, 6 where there are lower bars
Result<std::vector<PolicyRun>> under_each_policy(const Rerun& of);

/// The run where each fill costs so much.
struct CostPoint {
  double bps = 0;  // of the value of each fill, of maker and taker alike, in the place of commission and slippage
  RunSummary summary{};
};

/// What costs do to a run.
struct CostCurve {
  std::vector<CostPoint> points{};         // at kCostsBps
  std::optional<double> break_even_bps{};  // the least cost of a fill at which the net profit falls to 0, to 0.01
  std::string why_none{};                  // of no break-even: a sentence
};

inline constexpr double kCostsBps[] = {0, 1, 2, 5, 10, 20, 30, 50, 75, 100};
inline constexpr double kDearestBps = 1'000;

/// The run with its commission and slippage replaced by a share of each fill's value; funding stays. The break-even
/// lies in the first of the steps of kCostsBps, 200, 500 and kDearestBps over which the net profit falls under 0, and
/// is found by halving it.
///
/// Errors  as under_each_policy
/// Cost    10 to 30 runs
Result<CostCurve> cost_curve(const Rerun& of);

}  // namespace cw::backtest
