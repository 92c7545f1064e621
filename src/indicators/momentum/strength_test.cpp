#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "indicators/momentum/cmo.h"
#include "indicators/momentum/mfi.h"
#include "indicators/momentum/rsi.h"
#include "indicators/momentum/tsi.h"
#include "indicators/testing.h"

namespace cw::indicators {
namespace {

using testing::expect_sound;

TEST(Rsi, KeepsTheKernelsPromises) {
  for (const int length : {1, 2, 3, 14, 60}) {
    expect_sound(Rsi{length}, "c");
    expect_sound(Rsi{length, Seed::pine}, "c");
  }
}

// Length 2. Changes +2 +1 -3 +4: mean gains 1.5, 0.75, 2.375; mean losses 0, 1.5, 0.75.
TEST(Rsi, FollowsTheHandWorkedSeries) {
  Rsi rsi{2};
  EXPECT_TRUE(is_nan(rsi.step(10)));
  EXPECT_TRUE(is_nan(rsi.step(12)));
  EXPECT_EQ(rsi.step(13), 100);
  EXPECT_DOUBLE_EQ(rsi.step(10), 100 * 0.75 / 2.25);
  EXPECT_DOUBLE_EQ(rsi.step(14), 100 * 2.375 / 3.125);
}

TEST(Rsi, OfAFlatSeriesIsTheSeedsOwn) {
  Rsi talib{3};
  Rsi pine{3, Seed::pine};
  for (int i = 0; i < 50; ++i) {
    const double t = talib.step(0.1);
    const double p = pine.step(0.1);
    if (i >= 3) {
      EXPECT_EQ(t, 0);
      EXPECT_EQ(p, 100);
    }
  }
}

TEST(Rsi, IsExactAtItsEndsAtAnyScaleAndLength) {
  for (const double scale : {1e-8, 1.0, 1e8}) {
    for (int length = 1; length < 40; ++length) {
      Rsi up{length};
      Rsi down{length, Seed::pine};
      for (int i = 0; i < 100; ++i) {
        const double above = up.step(scale * std::exp(0.01 * i));
        const double below = down.step(scale * std::exp(-0.01 * i));
        if (i >= length) {
          ASSERT_EQ(above, 100);
          ASSERT_EQ(below, 0);
        }
      }
    }
  }
}

// After so long a standstill nothing is left of the averages: the answer is that of a flat series, not that of two last bits.
TEST(Rsi, OfASeriesThatDiedIsThatOfAFlatOne) {
  Rsi rsi{14};
  for (const double x : {1.0, 2.0, 1.5}) (void)rsi.step(x);
  double last = 0;
  for (int i = 0; i < 20'000; ++i) last = rsi.step(1.5);
  EXPECT_EQ(last, 0);
}

TEST(Cmo, KeepsTheKernelsPromises) {
  for (const int length : {1, 2, 14, 60}) {
    expect_sound(Cmo{length}, "c");
    expect_sound(CmoUnsmoothed{length}, "c");
  }
}

// Length 2, changes +2 +1 -3 +4. Wilder's: 1.5 / 1.5, (1.5 - 3) / 2 over (1.5 + 3) / 2, (-0.75 + 4) / 2 over (2.25 + 4) / 2.
// Sums: 3 / 3, -2 / 4, 1 / 7.
TEST(Cmo, FollowsTheHandWorkedSeries) {
  Cmo smoothed{2};
  CmoUnsmoothed sums{2};
  std::vector<double> a;
  std::vector<double> b;
  for (const double x : {10.0, 12.0, 13.0, 10.0, 14.0}) {
    a.push_back(smoothed.step(x));
    b.push_back(sums.step(x));
  }
  EXPECT_TRUE(is_nan(a[1]));
  EXPECT_EQ(a[2], 100);
  EXPECT_DOUBLE_EQ(a[3], -100 * 0.75 / 2.25);
  EXPECT_DOUBLE_EQ(a[4], 100 * 1.625 / 3.125);
  EXPECT_TRUE(is_nan(b[1]));
  EXPECT_EQ(b[2], 100);
  EXPECT_DOUBLE_EQ(b[3], -50);
  EXPECT_DOUBLE_EQ(b[4], 100.0 / 7);
}

TEST(Cmo, OfAFlatSeriesIsZeroEvenAfterALeap) {
  Cmo smoothed{2};
  CmoUnsmoothed sums{2};
  for (int i = 0; i < 9; ++i) {
    const double flat = smoothed.step(7);
    if (i >= 2) EXPECT_EQ(flat, 0);
  }
  for (const double x : {1.0, 1e300, 7.0, 7.0}) (void)sums.step(x);
  EXPECT_EQ(sums.step(7), 0);
}

TEST(Mfi, KeepsTheKernelsPromises) {
  for (const int length : {1, 2, 14, 60}) {
    expect_sound(Mfi{length}, "cv");
    expect_sound(Mfi{length, Seed::pine}, "cv");
  }
}

// Length 2. Money 10, 22, 33, 20 (falling), 0 (unchanged, volume 5), 30 x 0.
TEST(Mfi, FollowsTheHandWorkedSeriesOfEitherSeed) {
  Mfi talib{2};
  Mfi pine{2, Seed::pine};
  const std::vector<std::pair<double, double>> bars{{10, 1}, {11, 2}, {11, 3}, {10, 2}, {10, 5}, {12, 0}};
  std::vector<double> t;
  std::vector<double> p;
  for (const auto& [price, volume] : bars) {
    t.push_back(talib.step(price, volume));
    p.push_back(pine.step(price, volume));
  }
  EXPECT_TRUE(is_nan(t[1]));
  EXPECT_EQ(t[2], 100);  // 22 up, then unchanged
  EXPECT_EQ(t[3], 0);    // unchanged, then 20 down
  EXPECT_EQ(t[4], 0);    // 20 down, then unchanged
  EXPECT_EQ(t[5], 0);    // unchanged, then no volume: 0/0
  EXPECT_TRUE(is_nan(p[0]));
  EXPECT_DOUBLE_EQ(p[1], 100 * 32.0 / 42.0);  // the first bar's 10 on both sides
  EXPECT_EQ(p[2], 100);
  EXPECT_EQ(p[3], 0);
  EXPECT_EQ(p[5], 100);  // 0/0
}

// Two bars of the same sum h + l + c, whose thirds differ in the last digit.
TEST(Mfi, TakesALastDigitForNoMove) {
  Mfi mfi{1};
  const double a = (3265.81 + 3263.53 + 3263.53) / 3;
  const double b = (3264.83 + 3263.54 + 3264.5) / 3;
  ASSERT_NE(a, b);
  (void)mfi.step(a, 1);
  EXPECT_EQ(mfi.step(b, 1), 0);
  EXPECT_EQ(mfi.step(b * (1 + 1e-9), 1), 100);
}

TEST(Tsi, KeepsTheKernelsPromises) {
  for (const auto& [fast, slow] : std::vector<std::pair<int, int>>{{1, 1}, {13, 25}, {7, 4}, {1, 30}}) {
    expect_sound(Tsi{fast, slow}, "c");
    expect_sound(Tsi{fast, slow, Seed::pine}, "c");
  }
}

// Lengths 1 and 3 (weight 1/2). Changes 2 4 0 -8: mean 2, then -3; mean size 2, then 5.
TEST(Tsi, FollowsTheHandWorkedSeriesInEitherUnit) {
  Tsi talib{1, 3};
  Tsi pine{1, 3, Seed::pine};
  for (const double x : {1.0, 3.0, 7.0}) {
    EXPECT_TRUE(is_nan(talib.step(x)));
    (void)pine.step(x);
  }
  EXPECT_DOUBLE_EQ(talib.step(7), 100);
  EXPECT_DOUBLE_EQ(pine.step(7), 1);
  EXPECT_DOUBLE_EQ(talib.step(-1), -60);
  EXPECT_DOUBLE_EQ(pine.step(-1), -0.6);
}

TEST(Tsi, OfAFlatSeriesIsZero) {
  Tsi tsi{2, 3};
  for (int i = 0; i < 20; ++i) {
    const double flat = tsi.step(5);
    if (i >= 4) EXPECT_EQ(flat, 0);
  }
}

}  // namespace
}  // namespace cw::indicators
