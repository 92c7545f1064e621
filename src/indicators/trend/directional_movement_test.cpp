#include "indicators/trend/directional_movement.h"

#include <gtest/gtest.h>

#include "indicators/testing.h"

namespace cw::indicators {
namespace {

using testing::expect_sound;

TEST(DirectionalMovement, KeepsTheKernelsPromises) {
  for (const Seed seed : {Seed::talib, Seed::pine}) {
    for (const int length : {1, 2, 14, 100}) {
      expect_sound(DirectionalIndicator<true>{length, seed}, "hlc");
      expect_sound(DirectionalIndicator<false>{length, seed}, "hlc");
      expect_sound(Dx{length, seed}, "hl");
      expect_sound(Adx{length, 7, seed}, "hl");
      expect_sound(Adx{7, length, seed}, "hl");
      expect_sound(Dmi{length, 7, seed}, "hlc");
    }
  }
}

// Movements after the first bar: 2 up, 2 down, 2 up, none; true ranges 3, 4, 5, 5.
constexpr double kBars[][3] = {{10, 8, 9}, {12, 9, 11}, {11, 7, 8}, {13, 8, 12}, {13, 8, 12}};

std::vector<std::array<double, 3>> answers(Dmi dmi) {
  std::vector<std::array<double, 3>> all;
  for (const auto& [high, low, close] : kBars) all.push_back(dmi.step(high, low, close));
  return all;
}

// Length 2. Sums start with the first movement: 2 0 3; then 1 2 5.5; 2.5 1 7.75; 1.25 0.5 8.875.
// DX 100/3, 300/7, 300/7; ADX their mean, then halfway to the last.
TEST(DirectionalMovement, FollowsTheHandWorkedSeries) {
  const auto dmi = answers(Dmi{2, 2});
  EXPECT_TRUE(is_nan(dmi[1][0]));
  EXPECT_DOUBLE_EQ(dmi[2][0], 100 / 5.5);
  EXPECT_DOUBLE_EQ(dmi[2][1], 200 / 5.5);
  EXPECT_TRUE(is_nan(dmi[2][2]));
  EXPECT_DOUBLE_EQ(dmi[3][0], 250 / 7.75);
  EXPECT_DOUBLE_EQ(dmi[3][1], 100 / 7.75);
  const double adx = (100.0 / 3 + 300.0 / 7) / 2;
  EXPECT_DOUBLE_EQ(dmi[3][2], adx);
  EXPECT_DOUBLE_EQ(dmi[4][0], 125 / 8.875);
  EXPECT_DOUBLE_EQ(dmi[4][2], (adx + 300.0 / 7) / 2);
}

// Pine's averages begin with two whole movements: 2 2 7; then 3 1 8.5. DX 0, 50.
TEST(DirectionalMovement, OfPineBeginsWithTheWholeWindow) {
  const auto dmi = answers(Dmi{2, 2, Seed::pine});
  EXPECT_TRUE(is_nan(dmi[1][0]));
  EXPECT_DOUBLE_EQ(dmi[2][0], 200.0 / 7);
  EXPECT_DOUBLE_EQ(dmi[2][1], 200.0 / 7);
  EXPECT_DOUBLE_EQ(dmi[3][0], 300 / 8.5);
  EXPECT_DOUBLE_EQ(dmi[3][1], 100 / 8.5);
  EXPECT_DOUBLE_EQ(dmi[3][2], 25);
}

TEST(DirectionalMovement, IsTheSameTogetherAndAlone) {
  for (const auto& bars : testing::markets()) {
    for (const Seed seed : {Seed::talib, Seed::pine}) {
      Dmi dmi{14, 5, seed};
      DirectionalIndicator<true> plus{14, seed};
      DirectionalIndicator<false> minus{14, seed};
      Adx adx{14, 5, seed};
      for (std::size_t i = 0; i < bars.size(); ++i) {
        const auto [p, m, a] = dmi.step(bars.high[i], bars.low[i], bars.close[i]);
        const double alone[] = {plus.step(bars.high[i], bars.low[i], bars.close[i]),
                                minus.step(bars.high[i], bars.low[i], bars.close[i]),
                                adx.step(bars.high[i], bars.low[i])};
        ASSERT_TRUE(is_nan(p) ? is_nan(alone[0]) : std::abs(p - alone[0]) < 1e-12 * 100) << bars.name << i;
        ASSERT_TRUE(is_nan(m) ? is_nan(alone[1]) : std::abs(m - alone[1]) < 1e-12 * 100) << bars.name << i;
        ASSERT_TRUE(testing::same_bits(a, alone[2])) << bars.name << i;
      }
    }
  }
}

TEST(DirectionalMovement, OfATieIsNone) {
  DirectionalMovement exact{Seed::talib};
  exact.step(10, 8);
  const Movement both = exact.step(12, 6);
  EXPECT_EQ(both.plus, 0);
  EXPECT_EQ(both.minus, 0);
  // 1.3 - 1.1 and 0.9 - 0.7 differ in the last bits.
  exact.step(1.1, 0.9);
  EXPECT_GT(exact.step(1.3, 0.7).minus, 0);
  DirectionalMovement tolerant{Seed::pine};
  tolerant.step(1.1, 0.9);
  EXPECT_EQ(tolerant.step(1.3, 0.7).minus, 0);
  EXPECT_GT(tolerant.step(1.3 + 1e-8, 0.7).plus, 0);
}

TEST(DirectionalMovement, OfAFlatMarketIsZero) {
  Dmi talib{3, 2};
  Dmi pine{3, 2, Seed::pine};
  for (int i = 0; i < 20; ++i) {
    for (const auto& dmi : {talib.step(5, 5, 5), pine.step(5, 5, 5)}) {
      if (i >= 4) EXPECT_EQ(dmi, (std::array{0.0, 0.0, 0.0}));
    }
  }
}

// In a flat market both movements fade alike, for ever: after more bars than a double has digits for, the last that was
// known of them stands. Pine's DX is 0 then.
TEST(DirectionalMovement, ThatHasFadedAwayLeavesTheLastAnswer) {
  Dx dx{14};
  Dx pine{14, Seed::pine};
  Adx adx{14, 14};
  double before = 0;
  for (const auto& [high, low, close] : kBars)
    (void)dx.step(high, low), (void)adx.step(high, low), (void)pine.step(high, low);
  for (int i = 0; i < 20; ++i) before = dx.step(13, 8), (void)adx.step(13, 8), (void)pine.step(13, 8);
  EXPECT_GT(before, 1);
  EXPECT_LT(before, 99);
  double after = 0;
  double average = 0;
  double of_pine = 1;
  for (int i = 0; i < 50'000; ++i) after = dx.step(13, 8), average = adx.step(13, 8), of_pine = pine.step(13, 8);
  EXPECT_NEAR(after, before, 1e-9);
  EXPECT_NEAR(average, before, 1e-9);
  EXPECT_EQ(of_pine, 0);
}

}  // namespace
}  // namespace cw::indicators
