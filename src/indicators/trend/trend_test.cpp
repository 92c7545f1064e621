#include <gtest/gtest.h>

#include <cmath>

#include "indicators/testing.h"
#include "indicators/trend/aroon.h"
#include "indicators/trend/efficiency_ratio.h"
#include "indicators/trend/ichimoku.h"
#include "indicators/trend/midpoint.h"
#include "indicators/trend/regression_channel.h"
#include "indicators/trend/vortex.h"

namespace cw::indicators {
namespace {

using testing::expect_sound;

TEST(Trend, KeepsTheKernelsPromises) {
  for (const int length : {1, 2, 3, 14, 200}) {
    expect_sound(Aroon{length}, "hl");
    expect_sound(AroonOscillator{length}, "hl");
    expect_sound(Vortex{length}, "hlc");
    expect_sound(EfficiencyRatio{length}, "c");
    expect_sound(Midpoint{length}, "c");
    expect_sound(Midprice{length}, "hl");
    expect_sound(RegressionChannel{length + 1, 2}, "c");
    expect_sound(Ichimoku{length, 26, 52, 26}, "hlc");
    expect_sound(Ichimoku{9, 26, 52, length}, "hlc");
  }
}

// Length 2, so three bars: the newest of equal extremes counts.
TEST(Aroon, IsHowLatelyTheExtremesWere) {
  constexpr double kBars[][2] = {{5, 3}, {6, 2}, {6, 2}, {4, 4}, {3, 1}};
  Aroon aroon{2};
  AroonOscillator oscillator{2};
  std::vector<std::array<double, 2>> all;
  for (const auto& [high, low] : kBars) {
    all.push_back(aroon.step(high, low));
    const double difference = oscillator.step(high, low);
    if (all.size() > 2) EXPECT_EQ(difference, all.back()[0] - all.back()[1]);
  }
  EXPECT_TRUE(is_nan(all[1][0]) && is_nan(all[1][1]));
  EXPECT_EQ((std::vector(all.begin() + 2, all.end())),
            (std::vector<std::array<double, 2>>{{100, 100}, {50, 50}, {0, 100}}));
}

// Length 2. Up: 4, 2, 6; down: 1, 5, 1; true ranges 3, 4, 5.
TEST(Vortex, FollowsTheHandWorkedSeries) {
  Vortex vortex{2};
  (void)vortex.step(10, 8, 9);
  EXPECT_TRUE(is_nan(vortex.step(12, 9, 11)[0]));
  const auto second = vortex.step(11, 7, 8);
  EXPECT_DOUBLE_EQ(second[0], 6.0 / 7);
  EXPECT_DOUBLE_EQ(second[1], 6.0 / 7);
  const auto third = vortex.step(13, 10, 12);
  EXPECT_DOUBLE_EQ(third[0], 8.0 / 9);
  EXPECT_DOUBLE_EQ(third[1], 6.0 / 9);
}

TEST(Vortex, IsZeroWithoutAnyRange) {
  Vortex vortex{3};
  (void)vortex.step(7, 4, 6);
  std::array<double, 2> last{};
  for (int i = 0; i < 5; ++i) last = vortex.step(6, 6, 6);
  EXPECT_EQ(last, (std::array{0.0, 0.0}));
}

// Length 3. From 1 to 3 by a way of 4; from 2 to 3 by a way of 3.
TEST(EfficiencyRatio, IsTheDistanceOverTheWay) {
  EfficiencyRatio ratio{3};
  for (const double x : {1.0, 2.0, 4.0}) EXPECT_TRUE(is_nan(ratio.step(x)));
  EXPECT_DOUBLE_EQ(ratio.step(3), 0.5);
  EXPECT_DOUBLE_EQ(ratio.step(3), 1.0 / 3);
  EfficiencyRatio flat{3};
  EfficiencyRatio falling{7};
  for (int i = 0; i < 100; ++i) {
    const double still = flat.step(0.1);
    const double straight = falling.step(100 - 0.1 * i);
    if (i >= 3) EXPECT_EQ(still, 1);
    if (i >= 7) {
      EXPECT_LE(straight, 1);
      EXPECT_NEAR(straight, 1, 1e-12);
    }
  }
}

TEST(Midpoint, IsHalfwayBetweenTheExtremes) {
  Midpoint midpoint{2};
  EXPECT_TRUE(is_nan(midpoint.step(1)));
  EXPECT_EQ(midpoint.step(4), 2.5);
  EXPECT_EQ(midpoint.step(2), 3);
  Midprice midprice{2};
  EXPECT_TRUE(is_nan(midprice.step(3, 1)));
  EXPECT_EQ(midprice.step(6, 4), 3.5);
  EXPECT_EQ(midprice.step(5, 0), 3);
}

// Lengths 1, 2, 3, two bars back. The lead lines at a bar are what was known two bars before.
TEST(Ichimoku, FollowsTheHandWorkedSeries) {
  constexpr double kBars[][3] = {{2, 0, 1}, {4, 2, 3}, {6, 2, 5}, {8, 6, 7}, {4, 4, 4}, {6, 2, 3}};
  constexpr double kNone = kNaN;
  constexpr double kWanted[][5] = {{1, kNone, kNone, kNone, 1}, {3, 2, kNone, kNone, 3}, {4, 4, kNone, kNone, 5},
                                   {7, 5, 2.5, kNone, 7},       {4, 6, 4, 3, 4},         {4, 4, 6, 5, 3}};
  Ichimoku ichimoku{1, 2, 3, 2};
  for (std::size_t i = 0; i < 6; ++i) {
    const auto lines = ichimoku.step(kBars[i][0], kBars[i][1], kBars[i][2]);
    for (std::size_t line = 0; line < 5; ++line) {
      EXPECT_TRUE(testing::same_bits(lines[line], kWanted[i][line]))
          << "bar " << i << " line " << line << ": " << lines[line];
    }
  }
}

// Through 1, 2, 6: from 0.5 by 2.5 to 5.5; distances 0.5, 1, 0.5; deviation sqrt(1.5 / 2).
TEST(RegressionChannel, FollowsTheHandWorkedSeries) {
  RegressionChannel channel{3, 2};
  (void)channel.step(1);
  EXPECT_TRUE(is_nan(channel.step(2)[0]));
  const auto [middle, upper, lower] = channel.step(6);
  EXPECT_DOUBLE_EQ(middle, 5.5);
  EXPECT_DOUBLE_EQ(upper, 5.5 + std::sqrt(3.0));
  EXPECT_DOUBLE_EQ(lower, 5.5 - std::sqrt(3.0));
}

TEST(RegressionChannel, IsTheLineOfEveryWindow) {
  for (const auto& bars : testing::markets()) {
    for (const int length : {2, 3, 20, 111}) {
      RegressionChannel channel{length, 1};
      for (int i = 0; i < static_cast<int>(bars.size()); ++i) {
        const auto [middle, upper, lower] = channel.step(bars.close[static_cast<std::size_t>(i)]);
        if (i < length - 1) continue;
        const double* window = &bars.close[static_cast<std::size_t>(i - length + 1)];
        const double centre = (length - 1) / 2.0;
        long double mean = 0;
        for (int k = 0; k < length; ++k) mean += window[k] / static_cast<long double>(length);
        long double together = 0;
        long double places = 0;
        long double spread = 0;
        for (int k = 0; k < length; ++k) {
          together += (k - centre) * (window[k] - mean);
          places += (k - centre) * (k - centre);
          spread = std::max(spread, std::abs(window[k] - mean));
        }
        const long double slope = together / places;
        long double left_over = 0;
        for (int k = 0; k < length; ++k) {
          const long double distance = window[k] - mean - slope * (k - centre);
          left_over += distance * distance;
        }
        const double wanted = static_cast<double>(mean + slope * centre);
        const double deviation = static_cast<double>(std::sqrt(left_over / (length - 1)));
        const double tolerance = 1e-7 * static_cast<double>(spread);
        ASSERT_NEAR(middle, wanted, 1e-12 * std::abs(wanted)) << bars.name << length;
        ASSERT_NEAR(upper - middle, deviation, tolerance + 1e-12 * std::abs(wanted)) << bars.name << length;
        ASSERT_NEAR(middle - lower, deviation, tolerance + 1e-12 * std::abs(wanted)) << bars.name << length;
      }
    }
  }
}

}  // namespace
}  // namespace cw::indicators
