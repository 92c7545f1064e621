#include "backtest/sweep/tpe.h"

#include <cmath>
#include <functional>
#include <set>

#include <gtest/gtest.h>

#include "base/random.h"

namespace cw::backtest {
namespace {

using strategy::InputKind;

Axis numbers(const char* name, std::size_t count) {
  Axis axis{name, InputKind::Int, {}};
  for (std::size_t i = 0; i < count; ++i) axis.values.emplace_back(static_cast<double>(i));
  return axis;
}

const Space kSpace =
    Space::make({numbers("a", 40), numbers("b", 40), {"kind", InputKind::Choice, {"one", "two", "three", "four"}}})
        .value();

/// A hill with its top at (29, 8, "three"), rough as results of strategies are: 0 at the top.
double hill(std::uint64_t cell) {
  const auto at = kSpace.places(cell);
  const double a = (static_cast<double>(at[0]) - 29) / 40;
  const double b = (static_cast<double>(at[1]) - 8) / 40;
  const double rough = 0.02 * static_cast<double>(mix64(cell) >> 11) * 0x1p-53;
  return (cell == kSpace.cell_at({29, 8, 2}) ? 0 : -rough) - a * a - b * b - (at[2] == 2 ? 0 : 0.3);
}

/// The best value that a guided search finds in so many trials.
double guided(std::uint64_t seed, std::size_t trials, const std::function<double(std::uint64_t)>& value_of,
              std::vector<Tried>* all = nullptr) {
  std::vector<Tried> tried;
  const CellOrder order(kSpace.cells(), seed);
  for (std::size_t k = 0; k < kTpeStart; ++k) tried.push_back({order.cell_of(k), value_of(order.cell_of(k))});
  while (tried.size() < trials) {
    const auto cells =
        propose_cells(kSpace, tried, std::min(kTpeGeneration, trials - tried.size()), seed + tried.size());
    for (const auto cell : cells) tried.push_back({cell, value_of(cell)});
  }
  double best = -HUGE_VAL;
  for (const auto& one : tried) best = std::isnan(one.value) ? best : std::max(best, one.value);
  if (all != nullptr) *all = tried;
  return best;
}

double by_chance(std::uint64_t seed, std::size_t trials) {
  const CellOrder order(kSpace.cells(), seed);
  double best = -HUGE_VAL;
  for (std::size_t k = 0; k < trials; ++k) best = std::max(best, hill(order.cell_of(k)));
  return best;
}

TEST(ProposeCells, FindsMoreThanChanceOnAverage) {
  constexpr int kSearches = 40;
  constexpr std::size_t kTrials = 100;
  double found = 0;
  double chance = 0;
  int better = 0;
  for (std::uint64_t seed = 1; seed <= kSearches; ++seed) {
    const double one = guided(1'000 * seed, kTrials, hill);
    const double other = by_chance(1'000 * seed, kTrials);
    found += one / kSearches;
    chance += other / kSearches;
    better += one > other ? 1 : 0;
  }
  // By chance 100 of 6,400 cells leave the top about a tenth of each axis away.
  EXPECT_GT(found, chance / 2) << "below the top: guided " << found << ", by chance " << chance;
  EXPECT_GE(better, kSearches * 3 / 4);
}

TEST(ProposeCells, NeverProposesWhatWasTried) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    std::vector<Tried> tried;
    guided(seed, 300, hill, &tried);
    std::set<std::uint64_t> cells;
    for (const auto& one : tried) cells.insert(one.cell);
    EXPECT_EQ(cells.size(), 300U);
  }
}

TEST(ProposeCells, CanTryEveryCellOfASpace) {
  const Space small = Space::make({numbers("a", 5), numbers("b", 6)}).value();
  std::vector<Tried> tried;
  while (tried.size() < 30) {
    const auto cells = propose_cells(small, tried, std::min<std::size_t>(7, 30 - tried.size()), tried.size());
    for (const auto cell : cells) tried.push_back({cell, -static_cast<double>(cell)});
  }
  std::set<std::uint64_t> cells;
  for (const auto& one : tried) cells.insert(one.cell);
  EXPECT_EQ(cells.size(), 30U);
}

TEST(ProposeCells, IsTheSameForTheSameSeedAndOnlyThen) {
  std::vector<Tried> tried;
  guided(3, 60, hill, &tried);
  EXPECT_EQ(propose_cells(kSpace, tried, 8, 5), propose_cells(kSpace, tried, 8, 5));
  EXPECT_NE(propose_cells(kSpace, tried, 8, 5), propose_cells(kSpace, tried, 8, 6));
}

TEST(ProposeCells, KeepsAwayFromCellsWithoutAValue) {
  // Half of the space has none: a < 20.
  const auto half = [](std::uint64_t cell) { return kSpace.places(cell)[0] < 20 ? std::nan("") : hill(cell); };
  std::vector<Tried> tried;
  guided(11, 120, half, &tried);
  std::size_t without = 0;
  for (std::size_t i = kTpeStart; i < tried.size(); ++i) without += std::isnan(tried[i].value) ? 1 : 0;
  EXPECT_LT(without, 20U);  // by chance 50
}

TEST(ProposeCells, ManagesWithoutAnyValue) {
  std::vector<Tried> tried;
  for (std::uint64_t cell = 0; cell < 20; ++cell) tried.push_back({cell, std::nan("")});
  EXPECT_EQ(propose_cells(kSpace, tried, 8, 1).size(), 8U);
}

}  // namespace
}  // namespace cw::backtest
