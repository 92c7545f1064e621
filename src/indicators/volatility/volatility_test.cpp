#include <gtest/gtest.h>

#include <cmath>

#include "indicators/testing.h"
#include "indicators/volatility/atr.h"
#include "indicators/volatility/choppiness.h"
#include "indicators/volatility/historical_volatility.h"
#include "indicators/volatility/mass_index.h"
#include "indicators/volatility/true_range.h"
#include "indicators/volatility/ulcer_index.h"

namespace cw::indicators {
namespace {

using testing::expect_sound;

// High, low, close of four bars, whose true ranges are 2 (the first has no close before it), 3, 1 and 4.2.
constexpr double kBars[][3] = {{10, 8, 9}, {12, 10, 11}, {10.5, 10, 10.2}, {7, 6, 6}};

template <class K>
std::vector<double> answers(K kernel) {
  std::vector<double> all;
  for (const auto& [high, low, close] : kBars) all.push_back(kernel.step(high, low, close));
  return all;
}

TEST(Volatility, KeepsTheKernelsPromises) {
  expect_sound(TrueRange<false>{}, "hlc");
  expect_sound(TrueRange<true>{}, "hlc");
  for (const int length : {1, 2, 14, 200}) {
    for (const Seed seed : {Seed::talib, Seed::pine}) {
      expect_sound(Atr{length, seed}, "hlc");
      expect_sound(Natr{length, seed}, "hlc");
    }
    expect_sound(Choppiness{length + 1}, "hlc");
    expect_sound(HistoricalVolatility{length, 365}, "c");
    expect_sound(MassIndex{length, 5}, "hl");
    expect_sound(MassIndex{5, length}, "hl");
    expect_sound(UlcerIndex{length}, "c");
  }
}

TEST(TrueRange, ReachesToTheCloseBefore) {
  const auto without = answers(TrueRange<false>{});
  const auto with = answers(TrueRange<true>{});
  EXPECT_TRUE(is_nan(without[0]));
  EXPECT_DOUBLE_EQ(with[0], 2);
  for (const auto& ranges : {without, with}) {
    EXPECT_DOUBLE_EQ(ranges[1], 3);
    EXPECT_DOUBLE_EQ(ranges[2], 1);
    EXPECT_DOUBLE_EQ(ranges[3], 4.2);
  }
}

// Length 2. Without the first bar: (3 + 1) / 2 = 2, (2 + 4.2) / 2. With it: (2 + 3) / 2 = 2.5, (2.5 + 1) / 2, …
TEST(Atr, LeavesTheFirstBarOutAndPineCountsIt) {
  const auto talib = answers(Atr{2});
  EXPECT_TRUE(is_nan(talib[1]));
  EXPECT_DOUBLE_EQ(talib[2], 2);
  EXPECT_DOUBLE_EQ(talib[3], 3.1);
  const auto pine = answers(Atr{2, Seed::pine});
  EXPECT_TRUE(is_nan(pine[0]));
  EXPECT_DOUBLE_EQ(pine[1], 2.5);
  EXPECT_DOUBLE_EQ(pine[2], 1.75);
  EXPECT_DOUBLE_EQ(pine[3], 2.975);
}

TEST(Natr, IsInPercentOfTheCloseAndZeroWhereThatIsZero) {
  EXPECT_DOUBLE_EQ(answers(Natr{2})[2], 100 * 2 / 10.2);
  EXPECT_DOUBLE_EQ(answers(Natr{1})[1], 100 * 3 / 11.0);
  Natr natr{1};
  EXPECT_TRUE(is_nan(natr.step(1, -1, 0)));
  EXPECT_EQ(natr.step(1, -1, 0), 0);
  EXPECT_DOUBLE_EQ(natr.step(1, -1, 0.5), 400);
}

// Length 2. Way 3 + 1 in a box from 10 to 12; way 1 + 4.2 in a box from 6 to 10.5.
TEST(Choppiness, ComparesTheWayWithTheRange) {
  const auto chop = answers(Choppiness{2});
  EXPECT_TRUE(is_nan(chop[1]));
  EXPECT_NEAR(chop[2], 100, 1e-12);
  EXPECT_NEAR(chop[3], 100 * std::log(5.2 / 4.5) / std::log(2.0), 1e-12);
}

TEST(Choppiness, IsAHundredOnAFlatMarketAndSmallOnAStraightOne) {
  Choppiness flat{3};
  Choppiness straight{10};
  double last = 0;
  for (int i = 0; i < 30; ++i) {
    const double chop = flat.step(5, 5, 5);
    if (i >= 3) EXPECT_EQ(chop, 100);
    last = straight.step(i, i, i);
  }
  // A way of 10 in a box of 9: the step into the window is part of the way alone.
  EXPECT_NEAR(last, 100 * std::log10(10.0 / 9), 1e-12);
}

// Two returns, ln 1.1 and ln 0.9: their deviation is half their distance.
TEST(HistoricalVolatility, IsTheDeviationOfTheReturnsOfAYear) {
  HistoricalVolatility hv{2, 4};
  EXPECT_TRUE(is_nan(hv.step(100)));
  EXPECT_TRUE(is_nan(hv.step(110)));
  const double wanted = 100 * 2 * (std::log(1.1) - std::log(0.9)) / 2;
  EXPECT_NEAR(hv.step(99), wanted, 1e-12 * wanted);
}

TEST(HistoricalVolatility, SkipsPricesWithoutALogarithm) {
  HistoricalVolatility hv{2, 4};
  HistoricalVolatility whole{2, 4};
  for (const double x : {100.0, 0.0, 110.0, -5.0, 99.0, 101.0}) {
    const double got = hv.step(x);
    if (x > 0) {
      EXPECT_TRUE(testing::same_bits(got, whole.step(x)));
    } else {
      EXPECT_TRUE(is_nan(got));
    }
  }
}

// Moves of 1e-9 up and down around 1e6: their deviation is 1e-9, of which a logarithm of the price would keep no digit.
TEST(HistoricalVolatility, KeepsItsDigitsInACalmMarketAtALargePrice) {
  HistoricalVolatility hv{50, 1};
  double last = 0;
  for (int i = 0; i < 200; ++i) last = hv.step(1'048'576.0 + (i % 2 == 0 ? 0.0 : 1.0 / 1024));
  const double move = 1.0 / 1024 / 1'048'576.0;
  EXPECT_NEAR(last, 100 * move, 1e-6 * 100 * move);
}

// EMA length 2, sum length 2, ranges 1 3 2 6. EMA: 2, 2, 14/3; of it: 2, 34/9; ratios 1 and 21/17.
TEST(MassIndex, FollowsTheHandWorkedSeries) {
  MassIndex mass{2, 2};
  EXPECT_TRUE(is_nan(mass.step(1, 0)));
  EXPECT_TRUE(is_nan(mass.step(3, 0)));
  EXPECT_TRUE(is_nan(mass.step(7, 5)));
  EXPECT_DOUBLE_EQ(mass.step(16, 10), 1 + 21.0 / 17);
}

TEST(MassIndex, IsItsLengthWithoutAnyRange) {
  MassIndex mass{9, 25};
  double last = 0;
  for (int i = 0; i < 100; ++i) last = mass.step(5, 5);
  EXPECT_EQ(last, 25);
  // After movement, a flat market whose average range decays until no digits are left.
  mass.step(7, 5);
  for (int i = 0; i < 20'000; ++i) last = mass.step(5, 5);
  EXPECT_EQ(last, 25);
}

// Length 2. Falls: 20 % of 10, none of 12, 25 % of 12.
TEST(UlcerIndex, IsTheRootOfTheMeanSquaredFall) {
  UlcerIndex ulcer{2};
  EXPECT_TRUE(is_nan(ulcer.step(10)));
  EXPECT_TRUE(is_nan(ulcer.step(8)));
  EXPECT_DOUBLE_EQ(ulcer.step(12), std::sqrt(200.0));
  EXPECT_DOUBLE_EQ(ulcer.step(9), std::sqrt(312.5));
  UlcerIndex zero{1};
  EXPECT_EQ(zero.step(0), 0);
}

}  // namespace
}  // namespace cw::indicators
