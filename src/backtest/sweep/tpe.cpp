#include "backtest/sweep/tpe.h"

#include <algorithm>
#include <cmath>
#include <unordered_set>

#include "backtest/statistics.h"
#include "base/random.h"
#include "base/require.h"

namespace cw::backtest {
namespace {

/// The chance of each place of one axis.
class AxisDensity {
 public:
  AxisDensity(const Axis& axis, std::vector<std::size_t> tried) : chance_(axis.values.size(), 0.0) {
    if (axis.is_ordered()) {
      std::ranges::sort(tried);
      add_curves(tried);
    } else {
      for (const std::size_t place : tried) chance_[place] += 1;
      for (double& chance : chance_) chance += 1 / static_cast<double>(chance_.size());
    }
    double sum = 0;
    for (const double chance : chance_) sum += chance;
    for (double& chance : chance_) chance /= sum;
  }

  double log_chance(std::size_t place) const { return std::log(chance_[place]); }

  std::size_t draw(Random& random) const {
    double left = random.uniform();
    for (std::size_t place = 0; place + 1 < chance_.size(); ++place) {
      left -= chance_[place];
      if (left < 0) return place;
    }
    return chance_.size() - 1;
  }

 private:
  /// A normal curve over the axis, what lies beyond its ends cut off.
  void add_curve(double middle, double width) {
    const auto count = static_cast<double>(chance_.size());
    const double begin = normal_cdf((-0.5 - middle) / width);
    const double all = normal_cdf((count - 0.5 - middle) / width) - begin;
    double before = begin;
    for (std::size_t place = 0; place < chance_.size(); ++place) {
      const double upto = normal_cdf((static_cast<double>(place) + 0.5 - middle) / width);
      chance_[place] += (upto - before) / all;
      before = upto;
    }
  }

  void add_curves(const std::vector<std::size_t>& tried) {
    constexpr double kNarrowest = 100;
    const auto range = static_cast<double>(chance_.size());
    const double least = range / std::min(kNarrowest, 1 + static_cast<double>(tried.size()));
    for (std::size_t i = 0; i < tried.size(); ++i) {
      const auto here = static_cast<double>(tried[i]);
      const double left = i == 0 ? here + 0.5 : here - static_cast<double>(tried[i - 1]);
      const double right = i + 1 == tried.size() ? range - 0.5 - here : static_cast<double>(tried[i + 1]) - here;
      add_curve(here, std::clamp(std::max(left, right), least, range));
    }
    add_curve((range - 1) / 2, range);
  }

  std::vector<double> chance_;
};

/// A density over the space, of some tried cells.
class Density {
 public:
  Density(const Space& space, const std::vector<std::vector<std::size_t>>& places_of_cells) {
    for (std::size_t axis = 0; axis < space.axes().size(); ++axis) {
      std::vector<std::size_t> places;
      for (const auto& of_cell : places_of_cells) places.push_back(of_cell[axis]);
      axes_.emplace_back(space.axes()[axis], std::move(places));
    }
  }

  double log_chance(const std::vector<std::size_t>& places) const {
    double sum = 0;
    for (std::size_t axis = 0; axis < axes_.size(); ++axis) sum += axes_[axis].log_chance(places[axis]);
    return sum;
  }

  std::vector<std::size_t> draw(Random& random) const {
    std::vector<std::size_t> places;
    for (const auto& axis : axes_) places.push_back(axis.draw(random));
    return places;
  }

 private:
  std::vector<AxisDensity> axes_;
};

/// The good ones and the others, best first; what has no value last.
std::pair<Density, Density> good_and_bad(const Space& space, std::span<const Tried> tried) {
  std::vector<std::pair<double, std::size_t>>
      worth;  // negative, so that the best come first; of equal ones the earlier
  std::size_t told = 0;
  for (std::size_t i = 0; i < tried.size(); ++i) {
    const bool has_value = !std::isnan(tried[i].value);
    told += has_value ? 1 : 0;
    worth.emplace_back(has_value ? -tried[i].value : HUGE_VAL, i);
  }
  std::ranges::sort(worth);
  const auto good = static_cast<std::size_t>(std::ceil(kTpeGoodShare * static_cast<double>(told)));
  std::vector<std::vector<std::size_t>> places[2];
  for (std::size_t i = 0; i < worth.size(); ++i)
    places[i < good ? 0 : 1].push_back(space.places(tried[worth[i].second].cell));
  return {Density(space, places[0]), Density(space, places[1])};
}

}  // namespace

std::vector<std::uint64_t> propose_cells(const Space& space, std::span<const Tried> tried, std::size_t count,
                                         std::uint64_t seed) {
  CW_REQUIRE(tried.size() + count <= space.cells());
  const auto [good, bad] = good_and_bad(space, tried);
  std::unordered_set<std::uint64_t> taken;
  for (const Tried& one : tried) taken.insert(one.cell);
  // Where all candidates are taken, the next free cell of a random order is as good.
  const CellOrder order(space.cells(), mix64(seed));
  std::uint64_t at = 0;
  Random random{seed};
  std::vector<std::uint64_t> proposed;
  while (proposed.size() < count) {
    std::optional<std::uint64_t> best;
    double best_ratio = 0;
    for (std::size_t k = 0; k < kTpeCandidates; ++k) {
      const auto places = good.draw(random);
      const auto cell = space.cell_at(places);
      if (taken.contains(cell)) continue;
      const double ratio = good.log_chance(places) - bad.log_chance(places);
      if (best && !(ratio > best_ratio)) continue;
      best = cell;
      best_ratio = ratio;
    }
    while (!best) {
      const auto cell = order.cell_of(at++);
      if (!taken.contains(cell)) best = cell;
    }
    taken.insert(*best);
    proposed.push_back(*best);
  }
  return proposed;
}

}  // namespace cw::backtest
