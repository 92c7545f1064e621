#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "backtest/sweep/sweep.h"

namespace cw::backtest {

/// What the deflated Sharpe ratio says of a sweep's best cell.
enum class LuckVerdict : std::uint8_t {
  unknown,               // too little to tell
  not_better_than_luck,  // the best of so many worthless cells could well look like it
  better_than_luck       // it could in one of twenty cases at most
};
std::string_view name(LuckVerdict verdict);
inline constexpr double kBelieved = 0.95;  // deflated Sharpe ratio from which on luck is not enough

/// The cell with the most of the objective, with what keeps a person from believing it too soon.
struct BestCell {
  std::uint64_t cell = 0;
  double objective = 0;
  CellFigures figures{};
  double deflated_sharpe = 0;         // NaN where it can not be told
  std::uint64_t trials = 0;           // that it was chosen among: cells that ran, and those before this sweep
  double trials_sharpe_variance = 0;  // of the trials' Sharpe ratios of one period
  LuckVerdict verdict = LuckVerdict::unknown;
};

/// The best of the cells that are finished; of equal ones the first. None has an objective: none.
/// Cost  O(cells)
std::optional<BestCell> best_cell(const Sweep& sweep);

/// The best cell beside the cells one step away from it, on each ordered axis both ways. A hill is to be believed
/// sooner than a needle.
struct Stability {
  std::size_t neighbours = 0;  // that have an objective
  std::size_t silent = 0;      // that have none
  double best = 0;             // the best cell's objective
  double mean = 0;             // of the neighbours'; NaN of none
  double worst = 0;
  double kept = 0;  // mean / best where both are above zero, else NaN; of drawdowns best / mean
};

/// One table of a sweep: two axes, and the objective of each of their pairs over the other axes.
struct HeatMap {
  enum class Of : std::uint8_t { best, mean };
  std::size_t x = 0;  // axes
  std::size_t y = 0;
  Of of = Of::best;
  std::vector<double> values;  // row by row, a row a value of y; NaN where nothing is known
};

inline constexpr std::size_t kHeatMapCellsMost = 1'000'000;

/// Errors  Errc::bad_parameter, field `heat_map`: one axis twice; Errc::limit_exceeded: over kHeatMapCellsMost places
Result<HeatMap> heat_map(const Sweep& sweep, std::size_t x, std::size_t y, HeatMap::Of of);

/// The probability of overfitting over the cells that ran (at most kVariantsMost of them, a mixed sample), by their
/// Sharpe ratios whatever the objective is.
/// Errors  Errc::bad_input: the run has too few days, or too few cells ran; those of OverfittingTable::measure
Result<Overfitting> overfitting_of(const Sweep& sweep);

/// Runs what of the best cell's neighbours was not looked at (they do not count as trials: nothing is chosen among
/// them) and compares.
/// Errors  those of run_cells; Errc::cancelled where `go_on` answered no
Result<Stability> stability_of(const Sweep& sweep, const SweepData& data, const BestCell& best,
                               const std::function<bool()>& go_on = {});

}  // namespace cw::backtest
