#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <vector>

#include "indicators/patterns/chart/divergence.h"
#include "indicators/patterns/chart/double_extreme.h"
#include "indicators/patterns/chart/range_breakout.h"
#include "indicators/patterns/chart/squeeze.h"
#include "indicators/patterns/chart/structure.h"
#include "indicators/testing.h"

namespace cw::indicators {
namespace {

using testing::expect_sound;

struct Bar {
  double high, low, close;
};

/// Equal to the last bit, NaN to NaN.
template <std::size_t N>
void expect_answer(const std::array<double, N>& got, const std::array<double, N>& wanted, int line) {
  for (std::size_t i = 0; i < N; ++i) {
    EXPECT_TRUE(got[i] == wanted[i] || (is_nan(got[i]) && is_nan(wanted[i])))
        << "line " << line << ", output " << i << ": " << got[i] << ", not " << wanted[i];
  }
}
template <std::size_t N>
std::array<double, N> none() {
  std::array<double, N> all;
  all.fill(kNaN);
  return all;
}

TEST(ChartPatterns, KeepTheKernelsPromises) {
  for (const int left : {1, 3, 7}) {
    for (const int right : {1, 4}) {
      expect_sound(DoubleExtreme<true>{left, right, 1.0, ToleranceUnit::atr, 50}, "hlc", true);
      expect_sound(DoubleExtreme<false>{left, right, 2.0, ToleranceUnit::percent, 50}, "hlc", true);
      expect_sound(Structure{left, right}, "hl", true);
      expect_sound(RsiDivergence{5, left, right, 30}, "hlc", true);
      expect_sound(MacdDivergence{5, 12, 4, left, right, 30}, "hlc", true);
    }
  }
  for (const int length : {2, 3, 20, 150}) {
    expect_sound(RangeBreakout{length}, "hlc");
    expect_sound(Squeeze{length, 2, 1.5}, "hlc");
  }
  expect_sound(RangeBreakout{1}, "hlc");
}

TEST(PivotFinder, FindsWhatALookAtEveryNeighbourFinds) {
  for (const testing::Bars& bars : testing::markets()) {
    for (const auto [left, right] : {std::pair{1, 1}, std::pair{2, 5}, std::pair{6, 3}}) {
      PivotFinder<true> finder{left, right};
      int found = 0;
      for (int i = 0; i < static_cast<int>(bars.size()); ++i) {
        const int at = i - right;
        bool pivot = at >= left;
        for (int k = at - left; pivot && k <= i; ++k) {
          const double x = bars.high[static_cast<std::size_t>(k)];
          const double peak = bars.high[static_cast<std::size_t>(at)];
          pivot = k < at ? x <= peak : k == at || x < peak;
        }
        ASSERT_EQ(finder.step(bars.high[static_cast<std::size_t>(i)]), pivot) << bars.name << " row " << i;
        if (pivot) ASSERT_EQ(finder.value(), bars.high[static_cast<std::size_t>(at)]);
        found += pivot ? 1 : 0;
      }
      EXPECT_TRUE(found > 3 || bars.name == "flat") << bars.name;
    }
  }
}

/// Tops of 100 (bar 1) and 99 (bar 5), between them a low of 90 (bar 3); a close below that on bar 8.
std::vector<Bar> two_tops() {
  return {{98, 96, 97}, {100, 97, 99}, {97, 93, 95}, {95, 90, 92}, {96, 92, 95},
          {99, 94, 98}, {96, 92, 93},  {94, 91, 91}, {92, 88, 89}, {91, 86, 88}};
}

TEST(DoubleTop, StandsFromItsSecondPivotAndIsCompleteBelowTheNeckline) {
  DoubleExtreme<true> top{1, 1, 2.0, ToleranceUnit::percent, 10};
  const std::vector<Bar> bars = two_tops();
  for (std::size_t i = 0; i < bars.size(); ++i) {
    const auto answer = top.step(bars[i].high, bars[i].low, bars[i].close);
    auto wanted = none<4>();
    if (i == 6) wanted = {0, 5, 1, 90};
    if (i == 7) wanted = {0, 6, 2, 90};
    if (i == 8) wanted = {-1, 7, 3, 90};
    expect_answer(answer, wanted, static_cast<int>(i));
  }
}

TEST(DoubleBottom, IsADoubleTopInAMirror) {
  DoubleExtreme<false> bottom{1, 1, 2.5, ToleranceUnit::percent, 10};
  const std::vector<Bar> bars = two_tops();
  for (std::size_t i = 0; i < bars.size(); ++i) {
    const auto answer = bottom.step(200 - bars[i].low, 200 - bars[i].high, 200 - bars[i].close);
    auto wanted = none<4>();
    if (i == 6) wanted = {0, 5, 1, 110};
    if (i == 7) wanted = {0, 6, 2, 110};
    if (i == 8) wanted = {1, 7, 3, 110};
    expect_answer(answer, wanted, static_cast<int>(i));
  }
}

/// How many of the bars answer anything.
template <class K>
int answers(K kernel, const std::vector<Bar>& bars) {
  int n = 0;
  for (const Bar& bar : bars) n += is_nan(kernel.step(bar.high, bar.low, bar.close)[0]) ? 0 : 1;
  return n;
}

TEST(DoubleTop, IsNoneWhereSomethingIsAmiss) {
  const auto percent = [](double tolerance, int max_bars) {
    return DoubleExtreme<true>{1, 1, tolerance, ToleranceUnit::percent, max_bars};
  };
  EXPECT_EQ(answers(percent(1, 10), two_tops()), 3);  // 99 is within 1 percent of 100
  EXPECT_EQ(answers(percent(0.9, 10), two_tops()), 0);
  EXPECT_EQ(answers(percent(9, 10), two_tops()), 0);  // the neckline is 9 below, not more
  EXPECT_EQ(answers(percent(2, 4), two_tops()), 3);
  EXPECT_EQ(answers(percent(2, 3), two_tops()), 0);  // 4 bars apart
  auto higher = two_tops();
  higher[7] = {102, 93, 101};  // closes above both: over, and a later fall is another matter
  EXPECT_EQ(answers(percent(2, 10), higher), 1);
  auto slow = two_tops();
  slow[8] = slow[9] = {92, 90, 90};  // on the neckline, not below
  slow.push_back({92, 88, 89});      // 5 bars after the second top
  EXPECT_EQ(answers(percent(2, 5), slow), 5);
  EXPECT_EQ(answers(percent(2, 4), slow), 4);
}

TEST(DoubleTop, CountsItsToleranceInAverageTrueRanges) {
  // Of ranges about 3 to 5: a tenth of them is under the 1 that the tops are apart, one is over it.
  const auto atr = [](double tolerance) { return DoubleExtreme<true>{1, 1, tolerance, ToleranceUnit::atr, 10}; };
  std::vector<Bar> bars(20, Bar{97, 94, 96});
  for (const Bar& bar : two_tops()) bars.push_back(bar);
  EXPECT_EQ(answers(atr(0.1), bars), 0);
  EXPECT_EQ(answers(atr(1), bars), 3);
  EXPECT_EQ(answers(atr(1), two_tops()), 0);  // no average yet
}

// Middles 10 14 11 16 12 18 9 12 7, highs one above, lows one below.
TEST(Structure, TellsRisingFromFallingFromMixed) {
  Structure structure{1, 1};
  std::vector<std::array<double, 5>> got;
  for (const double middle : {10, 14, 11, 16, 12, 18, 9, 12, 7}) got.push_back(structure.step(middle + 1, middle - 1));
  expect_answer(got[1], none<5>(), __LINE__);
  expect_answer(got[2], {kNaN, 15, kNaN, 1, kNaN}, __LINE__);
  expect_answer(got[3], {kNaN, 15, 10, 2, 1}, __LINE__);
  expect_answer(got[4], {kNaN, 17, 10, 1, 2}, __LINE__);
  expect_answer(got[5], {1, 17, 11, 2, 1}, __LINE__);
  expect_answer(got[6], {1, 19, 11, 1, 2}, __LINE__);
  expect_answer(got[7], {0, 19, 8, 2, 1}, __LINE__);
  expect_answer(got[8], {-1, 13, 8, 1, 2}, __LINE__);
}

TEST(Structure, IsMixedWhereAPivotIsEqual) {
  Structure structure{1, 1};
  std::array<double, 5> last{};
  for (const double middle : {10, 14, 11, 14, 12, 18}) last = structure.step(middle + 1, middle - 1);
  EXPECT_EQ(last[0], 0);
}

TEST(RangeBreakout, IsACloseBeyondTheBarsBefore) {
  RangeBreakout breakout{2};
  expect_answer(breakout.step(10, 8, 9), none<5>(), __LINE__);
  expect_answer(breakout.step(11, 7, 10), none<5>(), __LINE__);
  expect_answer(breakout.step(10, 9, 11.5), {1, 11, 7, 1, 1}, __LINE__);
  expect_answer(breakout.step(12, 6, 6.5), {-1, 11, 7, 2, 2}, __LINE__);
  expect_answer(breakout.step(12, 6, 8), {0, 12, 6, 1, 1}, __LINE__);
  expect_answer(breakout.step(13, 5, 12), {0, 12, 6, 1, 1}, __LINE__);
}

// True ranges 2 2 4 8, closes 10 10 13 20: deviations 0, 1.5, 3.5 beside mean ranges 2, 3, 6.
TEST(Squeeze, IsOnWhileTheBollingerBandsLieInsideTheChannel) {
  Squeeze twice{2, 2, 1.5};
  Squeeze thrice{2, 3, 1.5};
  const auto step = [&](double high, double low, double close) {
    return std::pair{twice.step(high, low, close), thrice.step(high, low, close)};
  };
  expect_answer(step(11, 9, 10).first, none<2>(), __LINE__);
  expect_answer(step(11, 9, 10).first, {1, kNaN}, __LINE__);
  const auto [second, second_thrice] = step(14, 10, 13);
  expect_answer(second, {1, 1.5}, __LINE__);  // middle 11.5, mean 11.5
  EXPECT_EQ(second_thrice[0], 0);             // 4.5 is not less than 4.5
  const auto [third, third_thrice] = step(21, 19, 20);
  EXPECT_EQ(third[0], 1);
  EXPECT_EQ(third_thrice[0], 0);
}

// The range stays 0 to 20, its middle 10. Means of three closes 10, 12, 13; distances 0, 5, 1.5. The line through three
// values ends at (5 newest + 2 middle - oldest) / 6.
TEST(Squeeze, MomentumIsWhereTheLineThroughTheDistancesEnds) {
  Squeeze squeeze{3, 2, 1.5};
  std::array<double, 2> last{};
  for (const double close : {10, 10, 10, 16, 13}) last = squeeze.step(20, 0, close);
  EXPECT_DOUBLE_EQ(last[1], 17.5 / 6);
}

TEST(Squeeze, IsOffWhereNothingMoves) {
  Squeeze squeeze{5, 2, 1.5};
  std::array<double, 2> last{};
  for (int i = 0; i < 30; ++i) last = squeeze.step(0.1, 0.1, 0.1);
  expect_answer(last, {0, 0}, __LINE__);
}

/// An oscillator that is what the close says: so a case can choose it freely.
struct CloseItself {
  double step(double close) { return close; }
};

TEST(Divergence, IsBullishWhereALowerLowMeetsAHigherOscillator) {
  const auto last_of = [](double oscillator, int max_bars) {
    Divergence<CloseItself> divergence{{}, 1, 1, max_bars};
    expect_answer(divergence.step(30, 10, 0), none<5>(), __LINE__);
    expect_answer(divergence.step(31, 8, 20), none<5>(), __LINE__);
    expect_answer(divergence.step(32, 9, 25), none<5>(), __LINE__);
    expect_answer(divergence.step(33, 7, oscillator), none<5>(), __LINE__);
    return divergence.step(34, 9, 26);
  };
  expect_answer(last_of(22, 2), {1, 3, 1, 20, 22}, __LINE__);
  expect_answer(last_of(22, 1), none<5>(), __LINE__);  // too far apart
  expect_answer(last_of(20, 2), none<5>(), __LINE__);  // no higher
}

TEST(Divergence, IsBearishWhereAHigherHighMeetsALowerOscillator) {
  Divergence<CloseItself> divergence{{}, 1, 1, 5};
  for (const Bar& bar : {Bar{30, 10, 0}, Bar{40, 11, 20}, Bar{35, 12, 25}, Bar{41, 13, 18}}) {
    expect_answer(divergence.step(bar.high, bar.low, bar.close), none<5>(), __LINE__);
  }
  expect_answer(divergence.step(36, 14, 26), {-1, 3, 1, 20, 18}, __LINE__);
}

// Bar 4 is a higher high than bar 1, oscillator 20 after 30, and a lower low than bar 2, oscillator 20 after 10.
TEST(Divergence, IsNoneWhereABarSaysBoth) {
  Divergence<CloseItself> divergence{{}, 1, 1, 5};
  for (const Bar& bar :
       {Bar{30, 20, 0}, Bar{40, 22, 30}, Bar{33, 18, 10}, Bar{34, 21, 15}, Bar{41, 17, 20}, Bar{35, 19, 0}}) {
    expect_answer(divergence.step(bar.high, bar.low, bar.close), none<5>(), __LINE__);
  }
}

/// Every divergence that is told names bars and values that bear it out; `oscillator` is the whole column.
template <class K>
int expect_borne_out(K kernel, const testing::Bars& bars, const std::vector<double>& oscillator, std::size_t right) {
  int found = 0;
  for (std::size_t i = 0; i < bars.size(); ++i) {
    const auto answer = kernel.step(bars.high[i], bars.low[i], bars.close[i]);
    if (is_nan(answer[0])) continue;
    ++found;
    const std::size_t first = i - static_cast<std::size_t>(answer[1]);
    const std::size_t second = i - static_cast<std::size_t>(answer[2]);
    EXPECT_EQ(second, i - right);
    EXPECT_EQ(answer[3], oscillator[first]);
    EXPECT_EQ(answer[4], oscillator[second]);
    if (answer[0] > 0) {
      EXPECT_TRUE(bars.low[second] < bars.low[first] && answer[4] > answer[3]);
    } else {
      EXPECT_TRUE(bars.high[second] > bars.high[first] && answer[4] < answer[3]);
    }
  }
  return found;
}

TEST(Divergence, NamesTheBarsAndTheOscillatorsValues) {
  const testing::Bars bars = testing::walk("walk", 3'000, 1, 0.01, 11);
  Rsi rsi{14};
  Macd macd{12, 26, 9};
  std::vector<double> rsi_column;
  std::vector<double> histogram;
  for (const double close : bars.close) {
    rsi_column.push_back(rsi.step(close));
    histogram.push_back(macd.step(close)[2]);
  }
  EXPECT_GT(expect_borne_out(RsiDivergence{14, 4, 3, 60}, bars, rsi_column, 3), 10);
  EXPECT_GT(expect_borne_out(MacdDivergence{12, 26, 9, 4, 3, 60}, bars, histogram, 3), 10);
}

}  // namespace
}  // namespace cw::indicators
