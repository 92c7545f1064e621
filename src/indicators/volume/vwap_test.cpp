#include "indicators/volume/vwap.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

#include "indicators/testing.h"

namespace cw::indicators {
namespace {

using testing::expect_keeps_promises;
using testing::markets;

constexpr double kHourMs = 3'600'000;
constexpr double kDayMs = 24 * kHourMs;

TEST(Vwap, GivesTheSameBitsHoweverItIsRun) {
  for (const auto& bars : markets()) {
    std::vector<double> anchors;
    std::vector<double> times;
    for (std::size_t i = 0; i < bars.size(); ++i) {
      anchors.push_back(i % 37 == 5 ? 1 : 0);
      times.push_back(static_cast<double>(i) * kHourMs + 19'000 * kDayMs);
    }
    const double* close = bars.close.data();
    const double* volume = bars.volume.data();
    expect_keeps_promises(Vwap{}, {close, anchors.data(), volume}, bars.size(), bars.name, true);
    expect_keeps_promises(VwapBands{2}, {close, anchors.data(), volume}, bars.size(), bars.name, true);
    expect_keeps_promises(SessionVwap{}, {close, volume, times.data()}, bars.size(), bars.name);
  }
}

TEST(Vwap, WeighsByVolumeSinceTheAnchorAndIsNothingBefore) {
  Vwap vwap;
  EXPECT_TRUE(is_nan(vwap.step(10, 0, 5)));
  EXPECT_DOUBLE_EQ(vwap.step(10, 1, 1), 10);
  EXPECT_DOUBLE_EQ(vwap.step(14, 0, 3), 13);
  EXPECT_TRUE(is_nan(vwap.step(kNaN, 0, 3)));
  EXPECT_DOUBLE_EQ(vwap.step(12, kNaN, 4), 12.5);  // a NaN anchor is none, and the bar counts
  EXPECT_DOUBLE_EQ(vwap.step(20, 1, 2), 20);
}

TEST(Vwap, IsTheSourceWhileNothingTradedAndExactOnAFlatSeries) {
  Vwap vwap;
  EXPECT_EQ(vwap.step(10, 1, 0), 10);
  EXPECT_EQ(vwap.step(11, 0, 0), 11);
  EXPECT_EQ(vwap.step(12, 0, 1), 12);
  Vwap flat;
  for (int i = 0; i < 1000; ++i) ASSERT_EQ(flat.step(0.1, i == 0, 0.3 * i), 0.1);
}

TEST(SessionVwap, BeginsAnewWithEachUtcDayAndNotInTheMiddleOfOne) {
  SessionVwap vwap;
  EXPECT_TRUE(is_nan(vwap.step(10, 1, 100 * kDayMs + kHourMs)));
  EXPECT_TRUE(is_nan(vwap.step(10, 1, 101 * kDayMs - 1)));
  EXPECT_DOUBLE_EQ(vwap.step(20, 1, 101 * kDayMs), 20);
  EXPECT_DOUBLE_EQ(vwap.step(22, 1, 101 * kDayMs + kHourMs), 21);
  EXPECT_DOUBLE_EQ(vwap.step(30, 1, 102 * kDayMs + 3 * kHourMs), 30);  // midnight fell into a gap
  EXPECT_DOUBLE_EQ(vwap.step(32, 1, 102 * kDayMs + 4 * kHourMs), 31);
}

TEST(SessionVwap, CountsAFirstDayThatIsThereFromItsBeginning) {
  SessionVwap vwap;
  EXPECT_DOUBLE_EQ(vwap.step(20, 1, 101 * kDayMs), 20);
  SessionVwap before_1970;
  EXPECT_DOUBLE_EQ(before_1970.step(20, 1, -3 * kDayMs), 20);
  EXPECT_DOUBLE_EQ(before_1970.step(40, 1, -3 * kDayMs + kHourMs), 30);
  EXPECT_DOUBLE_EQ(before_1970.step(50, 1, -2 * kDayMs), 50);
}

// 10 once and 14 three times: mean 13, variance (9 + 3) / 4 = 3.
TEST(VwapBands, AreVolumeWeightedDeviationsAway) {
  VwapBands bands{2};
  EXPECT_TRUE(is_nan(bands.step(9, 0, 1)[1]));
  const auto first = bands.step(10, 1, 1);
  EXPECT_TRUE(first[0] == 10 && first[1] == 10 && first[2] == 10);
  const auto [vwap, upper, lower] = bands.step(14, 0, 3);
  EXPECT_DOUBLE_EQ(vwap, 13);
  EXPECT_DOUBLE_EQ(upper, 13 + 2 * std::sqrt(3.0));
  EXPECT_DOUBLE_EQ(lower, 13 - 2 * std::sqrt(3.0));
}

TEST(VwapBands, AreNeverNaNWhereTheFirstBarsHadNoVolume) {
  std::mt19937_64 random(3);
  std::uniform_real_distribution<double> price(0.1, 0.2);
  for (int round = 0; round < 2000; ++round) {
    VwapBands bands{1};
    (void)bands.step(price(random), 1, 0);
    const auto [vwap, upper, lower] = bands.step(price(random), 0, price(random));
    ASSERT_FALSE(any_nan(vwap, upper, lower));
    ASSERT_NEAR(upper, vwap, 1e-12);
  }
}

// A calm market at a large price: E[x^2] - E[x]^2 would have no digit of it left.
TEST(VwapBands, KeepTheirDigitsAtALargePrice) {
  VwapBands bands{1};
  std::array<double, 3> last{};
  for (int i = 0; i < 1000; ++i) last = bands.step(1e8 + (i % 2 == 0 ? 1e-3 : -1e-3), i == 0, 1);
  EXPECT_NEAR((last[1] - last[0]) / 1e-3, 1, 1e-4);
}

}  // namespace
}  // namespace cw::indicators
