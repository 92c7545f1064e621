#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <random>
#include <vector>

#include "indicators/momentum/bop.h"
#include "indicators/momentum/cci.h"
#include "indicators/momentum/rci.h"
#include "indicators/momentum/stoch.h"
#include "indicators/momentum/stoch_rsi.h"
#include "indicators/momentum/uo.h"
#include "indicators/momentum/wpr.h"
#include "indicators/testing.h"

namespace cw::indicators {
namespace {

using testing::expect_sound;

TEST(Stoch, KeepsTheKernelsPromises) {
  for (const int length : {1, 2, 3, 14, 60}) expect_sound(Stoch{length}, "chl");
  expect_sound(StochFull{14, 3, 3}, "hlc");
  expect_sound(StochFull{2, 1, 5}, "hlc");
  expect_sound(StochFull{1, 1, 1}, "hlc");
}

// Length 2: the window is 8 to 12, then 9 to 13. Smoothed by 2: k (50 + 25) / 2, (25 + 0) / 2; d (37.5 + 12.5) / 2.
TEST(Stoch, FollowsTheHandWorkedSeries) {
  Stoch stoch{2};
  EXPECT_TRUE(is_nan(stoch.step(9, 11, 8)));
  EXPECT_DOUBLE_EQ(stoch.step(10, 12, 9), 50);
  EXPECT_DOUBLE_EQ(stoch.step(10, 13, 10), 25);
  EXPECT_DOUBLE_EQ(stoch.step(20, 11, 10), 100 * 10.0 / 3);  // a source beyond the window

  StochFull full{2, 2, 2};
  (void)full.step(11, 8, 9);
  (void)full.step(12, 9, 10);
  const auto warming = full.step(13, 10, 10);
  EXPECT_TRUE(is_nan(warming[0]) && is_nan(warming[1]));  // k is there, but both begin together
  const auto [k, d] = full.step(11, 10, 10);
  EXPECT_DOUBLE_EQ(k, 12.5);
  EXPECT_DOUBLE_EQ(d, 25);
}

TEST(Stoch, OfAWindowOfOnePriceIsZero) {
  Stoch stoch{3};
  Wpr wpr{3};
  StochFull full{3, 2, 2};
  for (int i = 0; i < 12; ++i) {
    const double s = stoch.step(5, 5, 5);
    const double w = wpr.step(5, 5, 5);
    const auto f = full.step(5, 5, 5);
    if (i >= 2) EXPECT_TRUE(s == 0 && w == 0);
    if (i >= 4) EXPECT_TRUE(f[0] == 0 && f[1] == 0);
  }
}

TEST(Wpr, KeepsTheKernelsPromises) {
  for (const int length : {1, 2, 14, 60}) expect_sound(Wpr{length}, "hlc");
}

TEST(Wpr, FollowsTheHandWorkedSeries) {
  Wpr wpr{2};
  EXPECT_TRUE(is_nan(wpr.step(11, 8, 9)));
  EXPECT_DOUBLE_EQ(wpr.step(12, 9, 10), -50);
  EXPECT_DOUBLE_EQ(wpr.step(13, 10, 13), 0);
  EXPECT_DOUBLE_EQ(wpr.step(12, 9, 9), -100);
}

TEST(StochRsi, KeepsTheKernelsPromises) {
  expect_sound(StochRsi{14, 14, 3, 3}, "c");
  expect_sound(StochRsi{14, 5, 1, 3}, "c");
  expect_sound(StochRsi{2, 2, 1, 1, Seed::pine}, "c");
}

// RSI of length 2 as worked for Rsi: 100, 33.3, 76. Its stochastic of length 2: 0 of 66.7, then all of it.
TEST(StochRsi, FollowsTheHandWorkedSeries) {
  StochRsi stoch{2, 2, 1, 2};
  std::vector<std::array<double, 2>> answers;
  for (const double x : {10.0, 12.0, 13.0, 10.0, 14.0}) answers.push_back(stoch.step(x));
  EXPECT_EQ(stoch.lookback(), 4);
  EXPECT_TRUE(is_nan(answers[3][0]) && is_nan(answers[3][1]));
  EXPECT_DOUBLE_EQ(answers[4][0], 100);
  EXPECT_DOUBLE_EQ(answers[4][1], 50);
}

// While the price stands still the RSI does too, but for its last digits: these are not stretched to 0 to 100.
TEST(StochRsi, OfAPriceThatStandsStillIsZero) {
  StochRsi stoch{14, 5, 1, 1};
  for (const double x : {1.0, 2.0, 1.7, 1.9, 1.3}) (void)stoch.step(x);
  for (int i = 0; i < 300; ++i) {
    const auto answer = stoch.step(1.37);
    if (i >= 20) ASSERT_EQ(answer[0], 0) << i;
  }
}

TEST(Cci, KeepsTheKernelsPromises) {
  for (const int length : {1, 2, 7, 8, 9, 20, 60}) expect_sound(Cci{length}, "c");
}

// 1 2 6: mean 3, distances 2 1 3, mean deviation 2. 2 6 1: mean 3, distances 1 3 2.
TEST(Cci, FollowsTheHandWorkedSeries) {
  Cci cci{3};
  EXPECT_TRUE(is_nan(cci.step(1)));
  EXPECT_TRUE(is_nan(cci.step(2)));
  EXPECT_DOUBLE_EQ(cci.step(6), 3 / 0.03);
  EXPECT_DOUBLE_EQ(cci.step(1), -2 / 0.03);
}

TEST(Cci, OfAFlatWindowIsZeroAndOfLastDigitsToo) {
  Cci cci{4};
  for (int i = 0; i < 30; ++i) {
    const double flat = cci.step(0.1);
    if (i >= 3) EXPECT_EQ(flat, 0);
  }
  EXPECT_EQ(cci.step(std::nextafter(0.1, 1)), 0);
  EXPECT_GT(cci.step(0.1 + 1e-12), 100);
}

TEST(Uo, KeepsTheKernelsPromises) {
  expect_sound(Uo{7, 14, 28}, "hlc");
  expect_sound(Uo{1, 1, 2}, "hlc");
}

// Lengths 1, 1, 2. Bar 2: true range 8 to 12, close 11: 3 of 4. Bar 3: the last close 11 is the true low of 12 to 15: 4 of 4.
TEST(Uo, FollowsTheHandWorkedSeries) {
  Uo uo{1, 1, 2};
  EXPECT_TRUE(is_nan(uo.step(10, 8, 9)));
  EXPECT_TRUE(is_nan(uo.step(12, 8, 11)));
  EXPECT_DOUBLE_EQ(uo.step(15, 12, 15), 100 * (4 + 2 + 7.0 / 8) / 7);
}

TEST(Uo, OfAFlatSeriesIsZero) {
  Uo uo{1, 2, 3};
  for (int i = 0; i < 9; ++i) {
    const double flat = uo.step(5, 5, 5);
    if (i >= 3) EXPECT_EQ(flat, 0);
  }
}

TEST(Bop, KeepsTheKernelsPromises) { expect_sound(Bop{}, "ohlc"); }

TEST(Bop, IsTheBodyOverTheRange) {
  Bop bop;
  EXPECT_DOUBLE_EQ(bop.step(10, 14, 10, 13), 0.75);
  EXPECT_DOUBLE_EQ(bop.step(14, 14, 10, 10), -1);
  EXPECT_EQ(bop.step(10, 10, 10, 10), 0);
}

TEST(Rci, KeepsTheKernelsPromises) {
  for (const int length : {2, 3, 10, 60}) expect_sound(Rci{length}, "c");
}

TEST(Rci, IsAHundredForOneWayAndZeroForEqualValues) {
  Rci up{5};
  Rci down{5};
  Rci flat{5};
  for (int i = 0; i < 20; ++i) {
    const double a = up.step(i);
    const double b = down.step(-i);
    const double c = flat.step(3);
    if (i >= 5) EXPECT_TRUE(a == 100 && b == -100 && c == 0) << i;
  }
}

// Spearman's by its definition: ranks counted anew in every window, then Pearson's correlation of ranks and places.
TEST(Rci, IsTheCorrelationOfRanksOfEveryWindow) {
  std::mt19937_64 random(4);
  for (const std::size_t length : {std::size_t{2}, std::size_t{7}, std::size_t{16}}) {
    Rci rci{static_cast<int>(length)};
    std::vector<double> values;
    for (std::size_t i = 0; i < 200; ++i) {
      values.push_back(static_cast<double>(random() % 12));
      const double got = rci.step(values.back());
      if (i < length) {
        ASSERT_TRUE(is_nan(got));
        continue;
      }
      const double n = static_cast<double>(length);
      double xy = 0;
      double xx = 0;
      double yy = 0;
      for (std::size_t a = i + 1 - length; a <= i; ++a) {
        double rank = 0;
        for (std::size_t b = i + 1 - length; b <= i; ++b)
          rank += values[b] < values[a] ? 1 : values[b] == values[a] ? 0.5 : 0;
        const double x = static_cast<double>(a - (i + 1 - length)) - (n - 1) / 2;
        const double y = rank - n / 2;
        xy += x * y;
        xx += x * x;
        yy += y * y;
      }
      ASSERT_NEAR(got, yy > 0 ? 100 * xy / std::sqrt(xx * yy) : 0, 1e-10) << length << " at " << i;
    }
  }
}

}  // namespace
}  // namespace cw::indicators
