#include <gtest/gtest.h>

#include <array>
#include <vector>

#include "indicators/momentum/ao.h"
#include "indicators/momentum/bull_bear.h"
#include "indicators/momentum/macd.h"
#include "indicators/momentum/mom.h"
#include "indicators/testing.h"

namespace cw::indicators {
namespace {

using testing::expect_sound;

TEST(Macd, KeepsTheKernelsPromises) {
  for (const Seed seed : {Seed::talib, Seed::pine}) {
    expect_sound(Macd{12, 26, 9, seed}, "c");
    expect_sound(Macd{3, 3, 1, seed}, "c");
    expect_sound(Macd{1, 10, 20, seed}, "c");
  }
}

// Fast 1 is the value itself; slow 3 has weight 1/2: means 3, 4, 2. So macd 3, 1, -2; signal of 2 (weight 2/3): 2, -2/3.
TEST(Macd, FollowsTheHandWorkedSeries) {
  Macd macd{1, 3, 2};
  std::vector<std::array<double, 3>> answers;
  for (const double x : {1.0, 2.0, 6.0, 5.0, 0.0}) answers.push_back(macd.step(x));
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(is_nan(answers[static_cast<std::size_t>(i)][0]));
  EXPECT_DOUBLE_EQ(answers[3][0], 1);
  EXPECT_DOUBLE_EQ(answers[3][1], 2);
  EXPECT_DOUBLE_EQ(answers[3][2], -1);
  EXPECT_DOUBLE_EQ(answers[4][0], -2);
  EXPECT_DOUBLE_EQ(answers[4][1], -2.0 / 3);
}

// Fast 2 over 1 2 6 5. talib: seeded with the slow window's last two, (2 + 6) / 2 = 4. pine: (1 + 2) / 2, then 2/3 to 6: 4.5.
TEST(Macd, SeedsTheFastAverageWhereTheSeedSays) {
  Macd talib{2, 3, 1};
  Macd pine{2, 3, 1, Seed::pine};
  for (const double x : {1.0, 2.0}) {
    (void)talib.step(x);
    (void)pine.step(x);
  }
  EXPECT_DOUBLE_EQ(talib.step(6)[0], 4.0 - 3.0);
  EXPECT_DOUBLE_EQ(pine.step(6)[0], 4.5 - 3.0);
}

TEST(Macd, ShowsItsLineBeforeTheSignalInPineModeAlone) {
  Macd talib{2, 3, 3};
  Macd pine{2, 3, 3, Seed::pine};
  EXPECT_EQ(talib.lookback(), 4);
  EXPECT_EQ(pine.lookback(), 2);
  for (int i = 0; i < 8; ++i) {
    const auto t = talib.step(i * i);
    const auto p = pine.step(i * i);
    EXPECT_EQ(is_nan(t[0]), i < 4);
    EXPECT_EQ(is_nan(t[1]), i < 4);
    EXPECT_EQ(is_nan(p[0]), i < 2);
    EXPECT_EQ(is_nan(p[1]), i < 4);
    EXPECT_EQ(is_nan(p[2]), i < 4);
  }
}

TEST(Apo, KeepsTheKernelsPromises) {
  expect_sound(Apo{12, 26}, "c");
  expect_sound(Apo{1, 1}, "c");
  expect_sound(Ppo{12, 26}, "c");
  expect_sound(Ppo{2, 60}, "c");
}

TEST(Apo, FollowsTheHandWorkedSeriesAndPpoInPercent) {
  Apo apo{1, 3};
  Ppo ppo{1, 3};
  for (const double x : {1.0, 2.0}) {
    EXPECT_TRUE(is_nan(apo.step(x)));
    EXPECT_TRUE(is_nan(ppo.step(x)));
  }
  EXPECT_DOUBLE_EQ(apo.step(6), 3);
  EXPECT_DOUBLE_EQ(ppo.step(6), 100);
  EXPECT_DOUBLE_EQ(apo.step(5), 1);
  EXPECT_DOUBLE_EQ(ppo.step(5), 25);
}

TEST(Ppo, OfASlowAverageOfZeroIsZero) {
  Ppo ppo{1, 2};
  (void)ppo.step(1);
  EXPECT_EQ(ppo.step(-1), 0);
}

TEST(Mom, KeepsTheKernelsPromises) {
  for (const int length : {1, 2, 10, 60}) {
    expect_sound(Mom{length}, "c");
    expect_sound(Roc{length}, "c");
  }
}

TEST(Mom, IsTheChangeOverItsLengthAndRocInPercent) {
  Mom mom{2};
  Roc roc{2};
  std::vector<double> m;
  std::vector<double> r;
  for (const double x : {4.0, 5.0, 6.0, 4.0, 0.0, 8.0, 3.0}) {
    m.push_back(mom.step(x));
    r.push_back(roc.step(x));
  }
  EXPECT_TRUE(is_nan(m[1]) && is_nan(r[1]));
  EXPECT_DOUBLE_EQ(m[2], 2);
  EXPECT_DOUBLE_EQ(m[3], -1);
  EXPECT_DOUBLE_EQ(r[2], 50);
  EXPECT_DOUBLE_EQ(r[3], -20);
  EXPECT_DOUBLE_EQ(r[4], -100);
  EXPECT_EQ(r[6], 0);  // two bars ago it was 0
}

TEST(Ao, KeepsTheKernelsPromises) {
  expect_sound(Ao{5, 34}, "hl");
  expect_sound(Ao{3, 1}, "hl");
}

TEST(Ao, IsTheDifferenceOfMeansOfTheMiddleAndExactOnAFlatSeries) {
  Ao ao{1, 2};
  EXPECT_TRUE(is_nan(ao.step(4, 2)));
  EXPECT_DOUBLE_EQ(ao.step(8, 6), 2);
  Ao flat{2, 5};
  for (int i = 0; i < 30; ++i) {
    const double zero = flat.step(0.3, 0.1);
    if (i >= 4) EXPECT_EQ(zero, 0);
  }
}

TEST(BullBear, KeepsTheKernelsPromises) {
  for (const int length : {1, 13, 60}) expect_sound(BullBear{length}, "hlc");
}

// Mean of closes, length 3: 3, then 4.
TEST(BullBear, IsMeasuredFromTheAverageOfTheCloses) {
  BullBear power{3};
  (void)power.step(2, 1, 1);
  EXPECT_TRUE(is_nan(power.step(2, 1, 2)[0]));
  (void)power.step(7, 2, 6);
  const auto [bull, bear] = power.step(6, 3, 5);
  EXPECT_DOUBLE_EQ(bull, 2);
  EXPECT_DOUBLE_EQ(bear, -1);
}

}  // namespace
}  // namespace cw::indicators
