// Kernels that work in parts of a column, over columns of several parts: what the room's other tests, whose markets are
// shorter than one part, do not come to.
#include <gtest/gtest.h>

#include <cmath>
#include <string_view>

#include "indicators/averages/kama.h"
#include "indicators/averages/line.h"
#include "indicators/momentum/ao.h"
#include "indicators/momentum/mom.h"
#include "indicators/momentum/uo.h"
#include "indicators/statistics/extremes.h"
#include "indicators/testing.h"
#include "indicators/trend/efficiency_ratio.h"
#include "indicators/trend/midpoint.h"
#include "indicators/trend/vortex.h"
#include "indicators/volatility/mass_index.h"

namespace cw::indicators {
namespace {

/// Long enough for a dozen parts, with bars that lack a value: one alone, some in a row, one at the edge of a part.
testing::Bars long_market() {
  testing::Bars bars = testing::walk("a dozen parts", 12 * kPartMost + 11, 1, 0.01, 9, 0.2);
  for (const std::size_t row : {std::size_t{0}, std::size_t{300}, kPartMost, kPartMost + 1, 2 * kPartMost - 1}) {
    bars.high[row] = bars.low[row] = bars.close[row] = kNaN;
  }
  bars.low[6 * kPartMost + 60] = kNaN;
  bars.close[9 * kPartMost + 3] = kNaN;
  return bars;
}

/// Whole columns and odd portions of them give the bits of single steps.
template <Kernel K>
void expect_parts_are_steps(const K& fresh, std::string_view which) {
  const testing::Bars bars = long_market();
  const auto in = testing::columns_of<K>(bars, which);
  testing::expect_keeps_promises(fresh, in, bars.size(), "a dozen parts", /*is_event=*/true);
}

TEST(Parts, OfWeightedWindowsAreTheirSteps) {
  for (const int length : {1, 2, 14, 28, 29, 60}) expect_parts_are_steps(Wma{length}, "c");
  for (const int length : {2, 16, 34, 35, 50}) expect_parts_are_steps(Hma{length}, "c");
  for (const int length : {2, 14, 50}) expect_parts_are_steps(Slope{length}, "c");
  expect_parts_are_steps(Linreg{14, 3}, "c");
  expect_parts_are_steps(Ao{5, 34}, "hl");
  expect_parts_are_steps(Ao{34, 5}, "hl");
  expect_parts_are_steps(Ao{10, 50}, "hl");
}

TEST(Parts, OfTotalsAreTheirSteps) {
  for (const int length : {1, 2, 7, 14, 63, 64, 65, 200}) {
    expect_parts_are_steps(Vortex{length}, "hlc");
    expect_parts_are_steps(Kama{length, 2, 30}, "c");
    expect_parts_are_steps(EfficiencyRatio{length}, "c");
    expect_parts_are_steps(MassIndex{9, length}, "hl");
  }
  expect_parts_are_steps(Uo(7, 14, 28), "hlc");
  expect_parts_are_steps(Uo(1, 1, 64), "hlc");
  expect_parts_are_steps(Uo(5, 60, 90), "hlc");
}

TEST(Parts, OfExtremesAreTheirSteps) {
  for (const int length : {1, 2, 3, 30, 32, 64, 65, 100, 600}) {
    expect_parts_are_steps(WindowExtreme<true>{length}, "h");
    expect_parts_are_steps(WindowExtreme<false>{length}, "l");
    expect_parts_are_steps(WindowRange{length}, "c");
    expect_parts_are_steps(Midpoint{length}, "c");
    expect_parts_are_steps(Midprice{length}, "hl");
  }
}

TEST(Parts, OfDifferencesAreTheirSteps) {
  for (const int length : {1, 14, 511, 512, 600}) {
    expect_parts_are_steps(Mom{length}, "c");
    expect_parts_are_steps(Roc{length}, "c");
  }
}

// Of equal values the oldest answers, whichever way it is found: 0.0 and -0.0 are equal and differ in bits.
TEST(Parts, OfExtremesKeepTheSignOfTheOldestZero) {
  testing::Bars bars = testing::walk("zeros", 700, 1, 0.01, 10);
  for (std::size_t i = 0; i < bars.size(); ++i) bars.close[i] = (i * 7 + i / 3) % 5 < 2 ? 0.0 : -0.0;
  for (const int length : {2, 5, 30, 70}) {
    testing::expect_keeps_promises(WindowExtreme<true>{length}, {bars.close.data()}, bars.size(), "zeros");
    testing::expect_keeps_promises(WindowExtreme<false>{length}, {bars.close.data()}, bars.size(), "zeros");
  }
}

}  // namespace
}  // namespace cw::indicators
