#include "backtest/robustness/random_entries.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

#include "base/random.h"

namespace cw::backtest {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

std::vector<double> noise(std::size_t n, Random& random) {
  std::vector<double> returns(n);
  for (double& r : returns) r = random.normal();
  return returns;
}

std::vector<std::uint32_t> random_entries(std::size_t n, double share, Random& random) {
  std::vector<std::uint32_t> entries;
  for (std::uint32_t i = 0; i < n; ++i) {
    if (random.chance(share)) entries.push_back(i);
  }
  return entries;
}

/// How far the p-values' own distribution is from the uniform one, at most (Kolmogorov, Smirnov).
double from_uniform(std::vector<double> p) {
  std::ranges::sort(p);
  double furthest = 0;
  const auto n = static_cast<double>(p.size());
  for (std::size_t i = 0; i < p.size(); ++i) {
    furthest = std::max(
        {furthest, std::abs(p[i] - static_cast<double>(i) / n), std::abs(p[i] - static_cast<double>(i + 1) / n)});
  }
  return furthest;
}

class EntryTests : public testing::TestWithParam<EntryDraw> {};

TEST_P(EntryTests, HaveUniformPValuesOfRandomEntries) {
  Random random(17);
  constexpr int kRuns = 400;
  std::vector<double> p;
  for (int run = 0; run < kRuns; ++run) {
    const auto returns = noise(400, random);
    const auto entries = random_entries(400, 0.1, random);
    const std::vector pools{EntryPool{returns, entries}};
    p.push_back(test_entries(pools, {200, GetParam(), static_cast<std::uint64_t>(run)}).value().p_value);
  }
  EXPECT_LT(from_uniform(p), 1.63 / std::sqrt(kRuns));  // 1 % of uniform samples are further off
}

TEST_P(EntryTests, SeeEntriesThatKnowTheFuture) {
  Random random(23);
  const auto returns = noise(1000, random);
  std::vector<std::uint32_t> entries;
  for (std::uint32_t i = 0; i < 1000; ++i) {
    if (returns[i] > 1) entries.push_back(i);
  }
  const std::vector pools{EntryPool{returns, entries}};
  const auto test = test_entries(pools, {500, GetParam(), 1}).value();
  EXPECT_LE(test.p_value, 2.0 / 501);
  EXPECT_GT(test.observed, test.random.quantile[4]);
  EXPECT_EQ(test.n, entries.size());
}

TEST_P(EntryTests, LeaveOutTheBarsAtWhichNothingCanEnter) {
  Random random(29);
  std::vector<double> returns = noise(200, random);
  for (std::size_t i = 150; i < 200; ++i) returns[i] = kNaN;
  const std::vector<std::uint32_t> entries{1, 5, 9, 20, 31, 44, 60, 80, 99, 120, 149};
  const std::vector pools{EntryPool{returns, entries}};
  EXPECT_TRUE(std::isfinite(test_entries(pools, {500, GetParam(), 1}).value().random.mean));
}

TEST_P(EntryTests, TakeBothSidesTogether) {
  Random random(31);
  std::vector<double> up = noise(300, random);
  std::vector<double> down = up;
  for (double& r : down) r = -r;
  const auto longs = random_entries(300, 0.1, random);
  const auto shorts = random_entries(300, 0.1, random);
  const std::vector pools{EntryPool{up, longs}, EntryPool{down, shorts}};
  double sum = 0;
  for (const auto at : longs) sum += up[at];
  for (const auto at : shorts) sum += down[at];
  const auto test = test_entries(pools, {200, GetParam(), 1}).value();
  EXPECT_EQ(test.n, longs.size() + shorts.size());
  EXPECT_NEAR(test.observed, sum / static_cast<double>(test.n), 1e-12);
}

TEST_P(EntryTests, CallEqualReturnsNoBetter) {
  const std::vector<double> returns(100, 0.1);
  const std::vector<std::uint32_t> entries{3, 10, 17, 24, 31, 38, 45, 52, 59, 66};
  const std::vector pools{EntryPool{returns, entries}};
  EXPECT_EQ(test_entries(pools, {100, GetParam(), 1}).value().p_value, 1);
}

INSTANTIATE_TEST_SUITE_P(Draws, EntryTests, testing::Values(EntryDraw::scatter, EntryDraw::rotate));

// Trades of 20 bars that begin side by side share most of their outcome: scattered ones do not.
TEST(EntryTest, HoldsForOverlappingTradesWhereEntriesAreRotated) {
  Random random(37);
  constexpr int kRuns = 300;
  std::vector<double> p;
  for (int run = 0; run < kRuns; ++run) {
    const auto moves = noise(1020, random);
    std::vector<double> returns(1000);
    for (std::size_t i = 0; i < 1000; ++i) {
      for (std::size_t k = 0; k < 20; ++k) returns[i] += moves[i + k];
    }
    std::vector<std::uint32_t> entries;  // in bursts
    for (std::uint32_t burst = 0; burst < 5; ++burst) {
      const auto at = static_cast<std::uint32_t>(burst * 200 + random.below(180));
      for (std::uint32_t i = 0; i < 10; ++i) entries.push_back(at + i);
    }
    const std::vector pools{EntryPool{returns, entries}};
    p.push_back(test_entries(pools, {200, EntryDraw::rotate, static_cast<std::uint64_t>(run)}).value().p_value);
  }
  EXPECT_LT(from_uniform(p), 1.63 / std::sqrt(kRuns));
}

TEST(EntryTest, NamesWhatIsWrong) {
  const std::vector<double> returns{0.1, kNaN, 0.2, 0.3};
  const auto error_of = [&](std::vector<std::uint32_t> entries) {
    const std::vector pools{EntryPool{returns, entries}};
    return test_entries(pools, {}).error().message;
  };
  EXPECT_EQ(error_of({0, 1}), "the entry at bar 1 has no return");
  EXPECT_EQ(error_of({0, 4}), "entry 1 at bar 4 lies behind the last bar or does not rise");
  EXPECT_EQ(error_of({2, 0}), "entry 1 at bar 0 lies behind the last bar or does not rise");
  EXPECT_EQ(error_of({0, 2}), "2 entries are too few: it takes 10");
  EXPECT_EQ(test_entries({}, {99, EntryDraw::rotate, 1}).error().field, "draws");
}

}  // namespace
}  // namespace cw::backtest
