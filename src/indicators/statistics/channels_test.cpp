#include <gtest/gtest.h>

#include "indicators/statistics/bands.h"
#include "indicators/statistics/channels.h"
#include "indicators/statistics/extremes.h"
#include "indicators/testing_windows.h"

namespace cw::indicators {
namespace {

using namespace testing;

TEST(Extremes, KeepTheKernelsPromises) {
  for (const int length : {1, 2, 3, 14, 50, 399}) {
    expect_sound(WindowExtreme<true>{length}, "h");
    expect_sound(WindowExtreme<false>{length}, "l");
    expect_sound(WindowExtremeBars<true>{length}, "h");
    expect_sound(WindowExtremeBars<false>{length}, "l");
    expect_sound(WindowRange{length}, "c");
  }
  expect_sound(AllTimeExtreme<true>{}, "h");
  expect_sound(AllTimeExtreme<false>{}, "l");
}

TEST(Extremes, AreThoseOfTheWindow) {
  for (const int length : {1, 2, 5, 14, 50}) {
    expect_is(WindowExtreme<true>{length}, "h", length, [](Span w) { return std::ranges::max(w); });
    expect_is(WindowExtreme<false>{length}, "l", length, [](Span w) { return std::ranges::min(w); });
    expect_is(WindowRange{length}, "c", length, [](Span w) { return std::ranges::max(w) - std::ranges::min(w); });
    // max_element and min_element answer the first of equals, the oldest.
    expect_is(WindowExtremeBars<true>{length}, "h", length,
              [](Span w) { return std::ranges::max_element(w) - (w.end() - 1); });
    expect_is(WindowExtremeBars<false>{length}, "l", length,
              [](Span w) { return std::ranges::min_element(w) - (w.end() - 1); });
  }
}

TEST(Extremes, CountBarsBackToTheOldestOfEquals) {
  expect_answers(answers(WindowExtremeBars<true>{3}, {1, 5, 5, 2, 5, 9}), {kNaN, kNaN, -1, -2, -2, 0});
  expect_answers(answers(WindowExtreme<false>{2}, {4, kNaN, 3, 7, 8}), {kNaN, kNaN, 3, 3, 7});
  expect_answers(answers(AllTimeExtreme<false>{}, {4, 5, kNaN, 3, 7}), {4, 4, kNaN, 3, 3});
}

TEST(Bollinger, KeepsTheKernelsPromises) {
  for (const int length : {1, 2, 5, 20, 50}) {
    expect_sound(Bollinger{length, 2}, "c");
    expect_sound(BollingerWidth{length, 2}, "c");
    expect_sound(PercentB{length, 2.5}, "c");
    expect_is(Bollinger{length, 2}, "c", length, mean_of);
    if (length == 1) continue;
    expect_is(BollingerWidth{length, 2}, "c", length,
              [](Span w) { return 400 * std::sqrt(variance_of(w)) / mean_of(w); });
  }
}

// 2 4 4 4 5 5 7 9: mean 5, deviation 2.
TEST(Bollinger, FollowsTheHandWorkedSeries) {
  Bollinger bands(8, 1.5);
  BollingerWidth width(8, 1.5);
  PercentB place(8, 1.5);
  std::array<double, 3> lines{};
  double ends[2] = {};
  for (const double x : {2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0}) {
    lines = bands.step(x);
    ends[0] = width.step(x);
    ends[1] = place.step(x);
  }
  EXPECT_DOUBLE_EQ(lines[0], 5);
  EXPECT_DOUBLE_EQ(lines[1], 8);
  EXPECT_DOUBLE_EQ(lines[2], 2);
  EXPECT_DOUBLE_EQ(ends[0], 120);
  EXPECT_DOUBLE_EQ(ends[1], 7.0 / 6);
}

TEST(Bollinger, ClosesOnAFlatSeries) {
  Bollinger bands(7, 2);
  PercentB place(7, 2);
  BollingerWidth width(7, 2);
  for (int i = 0; i < 40; ++i) {
    const auto [middle, upper, lower] = bands.step(0.1);
    const double b = place.step(0.1);
    const double w = width.step(0);
    if (i < 6) continue;
    EXPECT_EQ(middle, 0.1);
    EXPECT_EQ(upper, 0.1);
    EXPECT_EQ(lower, 0.1);
    EXPECT_EQ(b, 0.5);
    EXPECT_EQ(w, 0);
  }
}

TEST(Donchian, KeepsTheKernelsPromises) {
  for (const int length : {1, 2, 20, 50}) {
    expect_sound(Donchian{length}, "hl");
    expect_is(Donchian{length}, "hl", length, [](Span high, Span) { return std::ranges::max(high); });
  }
  Donchian channel(2);
  (void)channel.step(5, 1);
  EXPECT_EQ(channel.step(4, 2), (std::array<double, 3>{5, 3, 1}));
  EXPECT_EQ(channel.step(3, 2), (std::array<double, 3>{4, 3, 2}));
}

TEST(Keltner, KeepsTheKernelsPromises) {
  for (const int length : {1, 2, 20}) {
    for (const bool true_range : {false, true}) {
      for (const Seed seed : {Seed::talib, Seed::pine}) {
        expect_sound(Keltner{length, 2, true_range, seed}, "chlc");
        expect_sound(KeltnerWidth{length, 2, true_range, seed}, "chlc");
      }
    }
  }
}

// Length 3. True ranges: none, then 16 - 10, 16 - 12, 14 - 12, 14 - 12. The EMA of the closes is 13 from row 2 (10 16 13) with
// the Pine seed; from row 3 (16 13 13) it is 14 with TA-Lib's, then 13.5.
TEST(Keltner, MeasuresTheRangeAsItsSeedSays) {
  const double high[] = {11, 16, 14, 14, 14};
  const double low[] = {9, 14, 12, 12, 12};
  const double close[] = {10, 16, 13, 13, 13};
  Keltner talib(3, 2, true, Seed::talib);
  Keltner pine(3, 2, true, Seed::pine);
  std::array<std::array<double, 3>, 5> t{};
  std::array<std::array<double, 3>, 5> p{};
  for (std::size_t i = 0; i < 5; ++i) {
    t[i] = talib.step(close[i], high[i], low[i], close[i]);
    p[i] = pine.step(close[i], high[i], low[i], close[i]);
  }
  EXPECT_TRUE(is_nan(t[2][0]));
  EXPECT_DOUBLE_EQ(p[2][0], 13);
  EXPECT_TRUE(is_nan(p[2][1]));
  // The seed is the mean of 6, 4 and 2; then a range of 2 weighs 1/3 or 1/2.
  EXPECT_DOUBLE_EQ(t[3][1], 14 + 2 * 4.0);
  EXPECT_DOUBLE_EQ(p[3][1], 13 + 2 * 4.0);
  EXPECT_DOUBLE_EQ(t[4][0], 13.5);
  EXPECT_DOUBLE_EQ(t[4][2], 13.5 - 2 * (4 - 2.0 / 3));
  EXPECT_DOUBLE_EQ(p[4][2], 13 - 2 * 3.0);
}

}  // namespace
}  // namespace cw::indicators
