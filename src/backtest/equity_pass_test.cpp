#include "backtest/equity_pass.h"

#include <bit>
#include <limits>

#include <gtest/gtest.h>

#include "backtest/testing.h"

namespace cw::backtest {
namespace {

using market::Timeframe;
using testing::daily;
using testing::kStart;
using testing::MadeRun;
using testing::walk;

constexpr std::int64_t kDay = 86'400'000;
constexpr std::int64_t kHour = 3'600'000;

/// Every number of the facts, as bits.
std::vector<std::uint64_t> bits(const EquityFacts& facts) {
  const auto& fell = facts.drawdown;
  std::vector<std::uint64_t> found{facts.bars,
                                   static_cast<std::uint64_t>(facts.begins_at_ms),
                                   static_cast<std::uint64_t>(facts.ends_at_ms),
                                   facts.bars_in_market,
                                   static_cast<std::uint64_t>(fell.peak_at_ms),
                                   static_cast<std::uint64_t>(fell.trough_at_ms),
                                   static_cast<std::uint64_t>(fell.recovered_at_ms.value_or(-1)),
                                   fell.bars,
                                   fell.bars_to_trough,
                                   fell.count,
                                   fell.sum_of_bars,
                                   fell.longest_bars};
  for (const double x : {facts.final_equity, facts.mean_equity, facts.sum_of_exposure, facts.largest_exposure,
                         fell.depth, fell.sum_of_depths, fell.sum_of_squares, fell.peak}) {
    found.push_back(std::bit_cast<std::uint64_t>(x));
  }
  for (const auto& period : facts.periods) {
    found.push_back(static_cast<std::uint64_t>(period.day));
    found.push_back(std::bit_cast<std::uint64_t>(period.equity));
    found.push_back(std::bit_cast<std::uint64_t>(period.benchmark));
  }
  return found;
}

TEST(EquityPass, GivesTheSameBitsInAnyPortions) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const MadeRun run = walk(1000 + seed * 37, seed);
    const auto whole = bits(run.facts());
    Random random(seed);
    EquityPass pass(run.capital, run.first_price, run.timeframe);
    for (std::size_t at = 0; at < run.size();) {
      const std::size_t count = std::min<std::size_t>(run.size() - at, random.below(seed % 3 == 0 ? 3 : 200));
      pass.add(run.rows().subspan(at, count));
      at += count;
    }
    EXPECT_EQ(bits(pass.finish()), whole) << "seed " << seed;
  }
}

/// The drawdowns by their definition, a row at a time.
DrawdownFacts by_definition(const MadeRun& run) {
  const std::int64_t step = market::duration(run.timeframe).count();
  DrawdownFacts found;
  double peak = run.capital;
  std::size_t peak_bar = 0;
  std::int64_t peak_at = run.time.front();
  for (std::size_t i = 0; i < run.size();) {
    if (run.equity[i] >= peak) {
      peak = run.equity[i];
      peak_at = run.time[i] + step;
      peak_bar = i + 1;
      ++i;
      continue;
    }
    std::size_t low = i;
    std::size_t end = i;
    for (; end < run.size() && run.equity[end] < peak; ++end) {
      if (run.equity[end] < run.equity[low]) low = end;
      const double under = (peak - run.equity[end]) / peak;
      found.sum_of_squares += under * under;
    }
    const bool recovered = end < run.size();
    const std::uint64_t bars = (recovered ? end + 1 : end) - peak_bar;
    const double depth = (peak - run.equity[low]) / peak;
    ++found.count;
    found.sum_of_depths += depth;
    found.sum_of_bars += bars;
    found.longest_bars = std::max(found.longest_bars, bars);
    if (depth > found.depth) {
      found.depth = depth;
      found.peak_at_ms = peak_at;
      found.trough_at_ms = run.time[low] + step;
      found.recovered_at_ms.reset();
      if (recovered) found.recovered_at_ms = run.time[end] + step;
      found.bars = bars;
      found.bars_to_trough = low + 1 - peak_bar;
    }
    i = end;
  }
  return found;
}

TEST(EquityPass, FindsTheDrawdownsOfTheDefinition) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    const MadeRun run = walk(200 + seed * 31, seed, Timeframe::h1, seed % 3 == 0 ? 0.002 : 0);
    const auto found = run.facts().drawdown;
    const auto wanted = by_definition(run);
    EXPECT_DOUBLE_EQ(found.depth, wanted.depth) << "seed " << seed;
    EXPECT_EQ(found.peak_at_ms, wanted.peak_at_ms) << "seed " << seed;
    EXPECT_EQ(found.trough_at_ms, wanted.trough_at_ms) << "seed " << seed;
    EXPECT_EQ(found.recovered_at_ms, wanted.recovered_at_ms) << "seed " << seed;
    EXPECT_EQ(found.bars, wanted.bars) << "seed " << seed;
    EXPECT_EQ(found.bars_to_trough, wanted.bars_to_trough) << "seed " << seed;
    EXPECT_EQ(found.count, wanted.count) << "seed " << seed;
    EXPECT_EQ(found.sum_of_bars, wanted.sum_of_bars) << "seed " << seed;
    EXPECT_EQ(found.longest_bars, wanted.longest_bars) << "seed " << seed;
    EXPECT_NEAR(found.sum_of_depths, wanted.sum_of_depths, 1e-12 * wanted.sum_of_depths) << "seed " << seed;
    EXPECT_NEAR(found.sum_of_squares, wanted.sum_of_squares, 1e-11 * wanted.sum_of_squares) << "seed " << seed;
  }
}

// 1000 1100 990 1045 1100 1210 1089: the first fall is of 10 % and ends where 1100 is back; the second has not ended.
TEST(EquityPass, FollowsTheHandWorkedDrawdowns) {
  const auto fell = daily({1100, 990, 1045, 1100, 1210, 1149.5}).facts().drawdown;
  EXPECT_EQ(fell.count, 2U);
  EXPECT_DOUBLE_EQ(fell.depth, 0.1);
  EXPECT_EQ(fell.peak_at_ms, kStart + kDay);
  EXPECT_EQ(fell.trough_at_ms, kStart + 2 * kDay);
  EXPECT_EQ(fell.recovered_at_ms, kStart + 4 * kDay);
  EXPECT_EQ(fell.bars, 3U);
  EXPECT_EQ(fell.bars_to_trough, 1U);
  EXPECT_EQ(fell.longest_bars, 3U);
  EXPECT_DOUBLE_EQ(fell.sum_of_depths, 0.15);
  EXPECT_DOUBLE_EQ(fell.sum_of_squares, 0.1 * 0.1 + 0.05 * 0.05 + 0.05 * 0.05);
}

TEST(EquityPass, CountsTheStartingCapitalAsAPeak) {
  const auto fell = daily({900, 950}).facts().drawdown;
  EXPECT_DOUBLE_EQ(fell.depth, 0.1);
  EXPECT_EQ(fell.peak_at_ms, kStart);
  EXPECT_EQ(fell.bars, 2U);
  EXPECT_FALSE(fell.recovered_at_ms.has_value());
}

TEST(EquityPass, EndsAPeriodWithEachUtcDayThatHasBars) {
  MadeRun run;  // hours from Monday 00:00
  for (int i = 0; i < 60; ++i) run.push(1000 + i, 100 + i);
  run.time[59] += 5 * 24 * kHour;  // what was Wednesday 11:00 is Monday 11:00
  const auto facts = run.facts();
  ASSERT_EQ(facts.periods.size(), 4U);
  EXPECT_EQ(facts.periods[0].day, kStart / kDay);
  EXPECT_EQ(facts.periods[0].equity, 1023);
  EXPECT_EQ(facts.periods[1].benchmark, 147);
  EXPECT_EQ(facts.periods[2].equity, 1058);
  EXPECT_EQ(facts.periods[3].day, kStart / kDay + 7);
  EXPECT_EQ(facts.returns().size(), 4U);
  EXPECT_NEAR(facts.returns()[0], 0.023, 1e-12);
  EXPECT_DOUBLE_EQ(facts.benchmark_returns()[1], 147.0 / 123 - 1);
}

TEST(EquityPass, TakesBarsLongerThanADayAsPeriods) {
  MadeRun run;
  run.timeframe = Timeframe::w1;
  for (int i = 0; i < 10; ++i) run.push(1000 + i);
  const auto facts = run.facts();
  EXPECT_EQ(facts.periods.size(), 10U);
  EXPECT_EQ(facts.periods[0].day, kStart / kDay + 6);
  EXPECT_DOUBLE_EQ(facts.periods_a_year(), 365.0 / 7);
  EXPECT_DOUBLE_EQ(facts.years(), 70.0 / 365);
}

TEST(EquityPass, AddsUpWhatWasHeld) {
  MadeRun run;
  for (int i = 0; i < 100; ++i) run.push(1000, 100, i < 25 ? 500 : (i < 50 ? -1500 : 0));
  const auto facts = run.facts();
  EXPECT_TRUE(facts.exposure_known);
  EXPECT_EQ(facts.bars_in_market, 50U);
  EXPECT_DOUBLE_EQ(facts.sum_of_exposure, 25 * 0.5 + 25 * 1.5);
  EXPECT_DOUBLE_EQ(facts.largest_exposure, 1.5);
  EXPECT_DOUBLE_EQ(facts.mean_equity, 1000);
}

TEST(EquityPass, EndsTheReturnsWhereEverythingIsLost) {
  bool ruined = false;
  const auto returns = daily({1100, 550, -20, 300}).facts().returns(&ruined);
  EXPECT_TRUE(ruined);
  ASSERT_EQ(returns.size(), 3U);
  EXPECT_DOUBLE_EQ(returns[1], -0.5);
  EXPECT_EQ(returns[2], -1);
}

TEST(EquityPass, MakesOfNoRowsARunOfNoLength) {
  EquityPass pass(1000, 100, Timeframe::m1);
  const auto facts = pass.finish();
  EXPECT_EQ(facts.bars, 0U);
  EXPECT_EQ(facts.final_equity, 1000);
  EXPECT_EQ(facts.drawdown.count, 0U);
  EXPECT_TRUE(facts.periods.empty());
}

}  // namespace
}  // namespace cw::backtest
