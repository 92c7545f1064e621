#include <gtest/gtest.h>

#include <vector>

#include "indicators/testing.h"
#include "indicators/volume/accdist.h"
#include "indicators/volume/adosc.h"
#include "indicators/volume/cmf.h"
#include "indicators/volume/eom.h"
#include "indicators/volume/force.h"
#include "indicators/volume/iii.h"
#include "indicators/volume/obv.h"
#include "indicators/volume/pvt.h"
#include "indicators/volume/volume_index.h"
#include "indicators/volume/volume_ratio.h"
#include "indicators/volume/wad.h"
#include "indicators/volume/wvad.h"

namespace cw::indicators {
namespace {

using testing::expect_sound;

TEST(Volume, KernelsKeepTheirPromises) {
  for (const Seed seed : {Seed::talib, Seed::pine}) {
    expect_sound(Obv{seed}, "cv");
    expect_sound(Pvt{seed}, "cv");
    expect_sound(Nvi{seed}, "cv");
    expect_sound(Pvi{seed}, "cv");
  }
  expect_sound(Accdist{}, "hlcv");
  expect_sound(Wad{}, "hlc");
  expect_sound(Wvad{}, "ohlcv");
  expect_sound(Iii{}, "hlcv");
  expect_sound(Adosc{3, 10}, "hlcv");
  expect_sound(Adosc{10, 3}, "hlcv");
  for (const int length : {1, 2, 20, 60}) {
    expect_sound(Cmf{length}, "hlcv");
    expect_sound(Force{length}, "cv");
    expect_sound(Eom{length, 10'000}, "hlv");
    expect_sound(VolumeRatio{length}, "v");
  }
}

TEST(Obv, AddsRisingBarsAndTakesFallingOnes) {
  Obv talib;
  Obv pine{Seed::pine};
  EXPECT_EQ(talib.step(10, 5), 5);
  EXPECT_TRUE(is_nan(pine.step(10, 5)));
  EXPECT_EQ(talib.step(11, 3), 8);
  EXPECT_EQ(pine.step(11, 3), 3);
  EXPECT_EQ(talib.step(11, 9), 8);
  EXPECT_EQ(talib.step(10, 4), 4);
}

TEST(Accdist, AddsTheShareOfTheRangeAndNothingForABarWithoutOne) {
  Accdist line;
  EXPECT_EQ(line.step(12, 8, 11, 10), 5);  // (3 - 1) / 4 of 10
  EXPECT_EQ(line.step(9, 9, 9, 100), 5);
  EXPECT_EQ(line.step(12, 8, 8, 2), 3);
}

// Accumulation 5, 5, 3. Weights 1 and 1/2, both from 5: fast 5, 3; slow 5, 4.
TEST(Adosc, BeginsAtTheFirstBarsValue) {
  Adosc oscillator{1, 3};
  EXPECT_TRUE(is_nan(oscillator.step(12, 8, 11, 10)));
  EXPECT_TRUE(is_nan(oscillator.step(9, 9, 9, 100)));
  EXPECT_DOUBLE_EQ(oscillator.step(12, 8, 8, 2), -1);
}

TEST(Cmf, IsMoneyFlowOverVolumeAndZeroWithoutVolume) {
  Cmf cmf{2};
  EXPECT_TRUE(is_nan(cmf.step(12, 8, 11, 10)));
  EXPECT_DOUBLE_EQ(cmf.step(12, 8, 8, 10), -0.25);
  EXPECT_DOUBLE_EQ(cmf.step(12, 8, 12, 0), -1);
  EXPECT_EQ(cmf.step(12, 8, 12, 0), 0);
}

TEST(Pvt, AddsRelativeChangesTimesVolume) {
  Pvt talib;
  Pvt pine{Seed::pine};
  EXPECT_EQ(talib.step(10, 7), 0);
  EXPECT_TRUE(is_nan(pine.step(10, 7)));
  EXPECT_DOUBLE_EQ(talib.step(15, 4), 2);
  EXPECT_DOUBLE_EQ(pine.step(15, 4), 2);
  EXPECT_DOUBLE_EQ(talib.step(0, 1), 1);
  EXPECT_DOUBLE_EQ(talib.step(5, 1), 1);  // from 0: nothing
}

TEST(VolumeIndex, MovesOnOneKindOfBarAlone) {
  Nvi nvi;
  Pvi pvi;
  Nvi pine{Seed::pine};
  EXPECT_EQ(nvi.step(10, 5), 1000);
  EXPECT_EQ(pvi.step(10, 5), 1000);
  EXPECT_EQ(pine.step(10, 5), 1);
  EXPECT_EQ(nvi.step(12, 6), 1000);
  EXPECT_DOUBLE_EQ(pvi.step(12, 6), 1200);
  EXPECT_EQ(pine.step(12, 6), 1);
  EXPECT_DOUBLE_EQ(nvi.step(6, 5), 500);
  EXPECT_DOUBLE_EQ(pvi.step(6, 5), 1200);
  EXPECT_DOUBLE_EQ(pine.step(6, 5), 0.5);
  EXPECT_DOUBLE_EQ(nvi.step(7, 5), 500);  // equal volume moves neither
  EXPECT_DOUBLE_EQ(pvi.step(7, 5), 1200);
  EXPECT_DOUBLE_EQ(nvi.step(0, 1), 500);  // neither to 0 nor from it
  EXPECT_DOUBLE_EQ(nvi.step(7, 0.5), 500);
}

// Changes times volume 2, 4, 12: mean 6 with length 3; then 1/2 to -10: -2.
TEST(Force, FollowsTheHandWorkedSeries) {
  Force force{3};
  (void)force.step(1, 9);
  (void)force.step(2, 2);
  EXPECT_TRUE(is_nan(force.step(4, 2)));
  EXPECT_DOUBLE_EQ(force.step(7, 4), 6);
  EXPECT_DOUBLE_EQ(force.step(5, 5), -2);
}

// Middles 9, 10, 12: 10 x 1 x 4 / 2 = 20; without volume 0.
TEST(Eom, FollowsTheHandWorkedSeriesAndCountsABarWithoutVolumeAsZero) {
  Eom ease{2, 10};
  (void)ease.step(10, 8, 1);
  EXPECT_TRUE(is_nan(ease.step(12, 8, 2)));
  EXPECT_DOUBLE_EQ(ease.step(14, 10, 0), 10);
}

TEST(VolumeRatio, ComparesWithTheBarsBeforeItself) {
  VolumeRatio ratio{2};
  EXPECT_TRUE(is_nan(ratio.step(1)));
  EXPECT_TRUE(is_nan(ratio.step(3)));
  EXPECT_DOUBLE_EQ(ratio.step(6), 3);
  EXPECT_DOUBLE_EQ(ratio.step(0), 0);
  (void)ratio.step(0);
  EXPECT_EQ(ratio.step(5), 0);  // after none at all
}

// Last close 10: a rise to 12 from a true low of 10; a fall to 9 from a true high of 14; then unchanged.
TEST(Wad, CountsFromTheTrueLowAndTheTrueHigh) {
  Wad wad;
  EXPECT_EQ(wad.step(11, 9, 10), 0);
  EXPECT_EQ(wad.step(13, 11, 12), 2);
  EXPECT_EQ(wad.step(14, 8, 9), -3);
  EXPECT_EQ(wad.step(14, 8, 9), -3);
}

TEST(Wvad, IsTheBodyOverTheRangeTimesVolume) {
  Wvad wvad;
  EXPECT_DOUBLE_EQ(wvad.step(10, 14, 10, 13, 8), 6);
  EXPECT_EQ(wvad.step(10, 10, 10, 10, 8), 0);
}

TEST(Iii, IsThePlaceInTheRangeOverTheVolume) {
  Iii iii;
  EXPECT_DOUBLE_EQ(iii.step(14, 10, 13, 8), 0.0625);
  EXPECT_EQ(iii.step(10, 10, 10, 8), 0);
  EXPECT_EQ(iii.step(14, 10, 13, 0), 0);
}

}  // namespace
}  // namespace cw::indicators
