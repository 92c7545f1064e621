#include "backtest/sweep/report.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "backtest/robustness/sharpe_chance.h"
#include "base/require.h"

namespace cw::backtest {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// Sample variance of the trials' Sharpe ratios of one period; NaN under two.
double variance_of_sharpes(const std::vector<const CellResult*>& cells) {
  std::vector<double> sharpes;
  for (const CellResult* one : cells) {
    const double sharpe = one->returns.n < 2 ? kNaN : sharpe_of(one->returns);
    if (!std::isnan(sharpe)) sharpes.push_back(sharpe);
  }
  if (sharpes.size() < 2) return kNaN;
  const double deviation = moments(sharpes).deviation();
  return deviation * deviation;
}

}  // namespace

std::string_view name(LuckVerdict verdict) {
  switch (verdict) {
    case LuckVerdict::unknown: return "unknown";
    case LuckVerdict::not_better_than_luck: return "not_better_than_luck";
    case LuckVerdict::better_than_luck: return "better_than_luck";
  }
  return {};
}

std::optional<BestCell> best_cell(const Sweep& sweep) {
  const auto cells = sweep.finished(0);
  const auto& objective = sweep.plan().objective;
  const CellResult* best = nullptr;
  std::uint64_t ran = 0;
  for (const CellResult* one : cells) {
    ran += has_run(one->why) ? 1 : 0;
    if (one->why != WhyNot::none) continue;
    const double worth = objective.worth(one->objective);
    const double most = best == nullptr ? kNaN : objective.worth(best->objective);
    // Of equal ones the cell with the smaller number, whatever order they were tried in.
    if (best == nullptr || worth > most || (worth == most && one->trial.cell < best->trial.cell)) best = one;
  }
  if (best == nullptr) return std::nullopt;
  BestCell found{.cell = best->trial.cell, .objective = best->objective, .figures = best->figures};
  found.trials = ran + sweep.plan().earlier_trials;
  found.trials_sharpe_variance = variance_of_sharpes(cells);
  found.deflated_sharpe = best->returns.n == 0 ? kNaN
                                               : deflated_sharpe(best->returns, static_cast<double>(found.trials),
                                                                 found.trials_sharpe_variance);
  if (!std::isnan(found.deflated_sharpe))
    found.verdict =
        found.deflated_sharpe >= kBelieved ? LuckVerdict::better_than_luck : LuckVerdict::not_better_than_luck;
  return found;
}

Result<HeatMap> heat_map(const Sweep& sweep, std::size_t x, std::size_t y, HeatMap::Of of) {
  const auto& axes = sweep.plan().space.axes();
  CW_REQUIRE(x < axes.size() && y < axes.size());
  if (x == y)
    return std::unexpected(Error{Errc::bad_parameter, "heat_map: it takes two different inputs", {}, "heat_map"});
  const std::size_t columns = axes[x].values.size();
  const std::size_t places = columns * axes[y].values.size();
  if (places > kHeatMapCellsMost)
    return std::unexpected(Error{Errc::limit_exceeded,
                                 fmt::format("heat_map: {} places are over the limit of {}", places, kHeatMapCellsMost),
                                 {},
                                 "heat_map"});
  HeatMap map{.x = x, .y = y, .of = of, .values = std::vector<double>(places, kNaN)};
  std::vector<double> counts(of == HeatMap::Of::mean ? places : 0);
  const auto& objective = sweep.plan().objective;
  for (const CellResult* one : sweep.finished(0)) {
    if (one->why != WhyNot::none) continue;
    const auto at = sweep.plan().space.places(one->trial.cell);
    const std::size_t place = at[y] * columns + at[x];
    double& value = map.values[place];
    if (of == HeatMap::Of::mean) {
      value = (std::isnan(value) ? 0 : value) + one->objective;
      ++counts[place];
    } else if (std::isnan(value) || objective.worth(one->objective) > objective.worth(value)) {
      value = one->objective;
    }
  }
  for (std::size_t i = 0; i < counts.size(); ++i) map.values[i] /= counts[i] > 0 ? counts[i] : 1;
  return map;
}

Result<Overfitting> overfitting_of(const Sweep& sweep) {
  const auto& shape = sweep.shape();
  if (shape.overfitting_blocks == 0)
    return fail(Errc::bad_input, fmt::format("{} days are too few to cut into blocks", shape.periods));
  auto table = OverfittingTable::make(shape.periods, shape.overfitting_blocks);
  if (!table) return pass_on(table);
  for (const CellResult* one : sweep.finished(0)) {
    if (!one->variant.sums.empty()) table->add(one->variant);
  }
  return table->measure();
}

Result<Stability> stability_of(const Sweep& sweep, const SweepData& data, const BestCell& best,
                               const std::function<bool()>& go_on) {
  const auto& plan = sweep.plan();
  Stability found{.best = best.objective, .mean = kNaN, .worst = kNaN, .kept = kNaN};
  std::vector<double> objectives;
  std::vector<Trial> missing;
  for (const auto cell : plan.space.neighbours(best.cell)) {
    if (const CellResult* one = sweep.of_cell(cell)) {
      objectives.push_back(one->objective);
    } else {
      missing.push_back({0, plan.trials + missing.size(), cell});
    }
  }
  // The whole run alone is asked for.
  SweepShape whole = sweep.shape();
  whole.folds.clear();
  whole.overfitting_blocks = 0;
  const auto ran = run_cells(plan, whole, data, missing, go_on);
  if (!ran) return pass_on(ran);
  if (ran->size() < missing.size()) return fail(Errc::cancelled, "stopped");
  for (const auto& one : *ran) objectives.push_back(one.objective);

  double sum = 0;
  for (const double objective : objectives) {
    if (std::isnan(objective)) {
      ++found.silent;
      continue;
    }
    ++found.neighbours;
    sum += objective;
    const bool is_worse = plan.objective.worth(objective) < plan.objective.worth(found.worst);
    if (std::isnan(found.worst) || is_worse) found.worst = objective;
  }
  if (found.neighbours == 0) return found;
  found.mean = sum / static_cast<double>(found.neighbours);
  if (best.objective > 0 && found.mean > 0) {
    const double ratio = found.mean / best.objective;
    found.kept = plan.objective.worth(1) > 0 ? ratio : 1 / ratio;
  }
  return found;
}

}  // namespace cw::backtest
