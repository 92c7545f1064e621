#include <gtest/gtest.h>

#include "indicators/testing.h"
#include "indicators/trend/sar.h"
#include "indicators/trend/supertrend.h"

namespace cw::indicators {
namespace {

using testing::expect_sound;

TEST(Sar, KeepsTheKernelsPromises) {
  for (const auto& [start, increment, most] :
       {std::array{0.02, 0.02, 0.2}, {0.5, 0.25, 1.0}, {0.3, 0.1, 0.1}, {0.0, 0.0, 0.0}}) {
    expect_sound(Sar<Seed::talib>{start, increment, most}, "hl");
    expect_sound(Sar<Seed::pine>{start, increment, most}, "hl");
  }
}

constexpr double kBars[][2] = {{10, 8}, {12, 9}, {14, 11}, {15, 13}, {12, 10}, {11, 9}, {12, 10}};

template <class K>
std::vector<double> answers(K kernel) {
  std::vector<double> all;
  for (const auto& [high, low] : kBars) all.push_back(kernel.step(high, low));
  return all;
}

// Start 0.5, increment 0.25. The stop for the next bar: 8 + 0.5 (12 - 8) held to 9; 9 + 0.75 (14 - 9) held to 9;
// 9 + 1 (15 - 9) held to 11, which 10 is below: the turn goes to 15. Then 15 + 0.5 (10 - 15) held to 15;
// 15 + 0.75 (9 - 15) held to 12, which the high of 12 touches.
TEST(Sar, FollowsTheHandWorkedSeries) {
  const auto sar = answers(Sar<Seed::talib>{0.5, 0.25, 1.0});
  EXPECT_TRUE(is_nan(sar[0]));
  EXPECT_EQ((std::vector(sar.begin() + 1, sar.end())), (std::vector<double>{8, 9, 9, 15, 15, 9}));
}

// Moves to 10, 12.5, 15 (below it: turn to 15), 12.5, 10.5 (above it: turn to 9), each held to the two bars before.
TEST(Sar, OfPineTriesTheStopBeforeItIsHeld) {
  const auto sar = answers(Sar<Seed::pine>{0.5, 0.25, 1.0});
  EXPECT_TRUE(is_nan(sar[0]));
  EXPECT_EQ((std::vector(sar.begin() + 1, sar.end())), (std::vector<double>{8, 8, 9, 15, 15, 9}));
}

TEST(Sar, IsUpsideDownWhereTheMarketIs) {
  for (const auto& bars : testing::markets()) {
    if (bars.low[0] - bars.low[1] == bars.high[1] - bars.high[0]) continue;  // a tie begins upwards on both
    Sar<Seed::talib> upright{0.02, 0.02, 0.2};
    Sar<Seed::talib> turned{0.02, 0.02, 0.2};
    for (std::size_t i = 0; i < bars.size(); ++i) {
      const double a = upright.step(bars.high[i], bars.low[i]);
      const double b = turned.step(-bars.low[i], -bars.high[i]);
      if (i > 0 && (bars.low[0] > bars.low[1] || bars.high[1] > bars.high[0])) ASSERT_EQ(a, -b) << bars.name << i;
    }
  }
}

// Up by 1 and down by 1 is a tie: up. A first high that is lower is down for pine only if it is lower.
TEST(Sar, BeginsWithTheSecondBarsTrend) {
  const auto second = [](auto sar, double high, double low) {
    (void)sar.step(10, 8);
    return sar.step(high, low);
  };
  const Sar<Seed::talib> talib{0.02, 0.02, 0.2};
  const Sar<Seed::pine> pine{0.02, 0.02, 0.2};
  EXPECT_EQ(second(talib, 10.5, 8.5), 8);
  EXPECT_EQ(second(talib, 9.5, 7.5), 10);
  EXPECT_EQ(second(pine, 10.5, 7), 8);
  EXPECT_EQ(second(pine, 9.5, 8.5), 10);
  // The high is no lower but the low is by more: talib falls from 10, which the high of 10.5 is beyond, so it turns to the
  // lowest low at once.
  EXPECT_EQ(second(talib, 10.5, 7), 7);
}

TEST(Supertrend, KeepsTheKernelsPromises) {
  for (const double factor : {0.0, 1.0, 3.0}) {
    for (const int length : {1, 2, 10, 100}) {
      expect_sound(Supertrend<Seed::talib>{factor, length}, "hlc");
      expect_sound(Supertrend<Seed::pine>{factor, length}, "hlc");
    }
  }
}

// Factor 1, length 1: ranges 3, 2, 5, 2, 4; bands 8 to 14, 10 to 14, 4 to 14, 6 to 10, 6 to 14.
constexpr double kTrend[][3] = {{10, 8, 9}, {12, 10, 11}, {13, 11, 12}, {11, 7, 8}, {9, 7, 8}, {12, 8, 11}};

template <class K>
std::vector<std::array<double, 2>> lines(K kernel) {
  std::vector<std::array<double, 2>> all;
  for (const auto& [high, low, close] : kTrend) all.push_back(kernel.step(high, low, close));
  return all;
}

TEST(Supertrend, FollowsTheHandWorkedSeries) {
  const auto talib = lines(Supertrend<Seed::talib>{1, 1});
  EXPECT_TRUE(is_nan(talib[0][0]) && is_nan(talib[0][1]));
  EXPECT_EQ((std::vector(talib.begin() + 1, talib.end())),
            (std::vector<std::array<double, 2>>{{8, -1}, {10, -1}, {14, 1}, {10, 1}, {6, -1}}));
  const auto pine = lines(Supertrend<Seed::pine>{1, 1});
  EXPECT_TRUE(is_nan(pine[0][0]) && is_nan(pine[0][1]));
  EXPECT_EQ((std::vector(pine.begin() + 1, pine.end())),
            (std::vector<std::array<double, 2>>{{14, 1}, {14, 1}, {14, 1}, {10, 1}, {6, -1}}));
}

TEST(Supertrend, LiesOnAFlatMarket) {
  Supertrend<Seed::talib> talib{3, 4};
  Supertrend<Seed::pine> pine{3, 4};
  for (int i = 0; i < 20; ++i) {
    const auto rises = talib.step(5, 5, 5);
    const auto falls = pine.step(5, 5, 5);
    if (i < 4) continue;
    EXPECT_EQ(rises, (std::array{5.0, -1.0}));
    EXPECT_EQ(falls, (std::array{5.0, 1.0}));
  }
}

}  // namespace
}  // namespace cw::indicators
