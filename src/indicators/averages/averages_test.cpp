#include <gtest/gtest.h>

#include "indicators/averages/ema.h"
#include "indicators/averages/sma.h"
#include "indicators/testing.h"

namespace cw::indicators {
namespace {

using testing::expect_sound;

TEST(Sma, KeepsTheKernelsPromises) {
  for (const int length : {1, 2, 3, 14, 50, 399}) expect_sound(Sma{length}, "c");
}

TEST(Sma, IsTheMeanOfTheWindowAndExactOnAFlatOne) {
  Sma sma{3};
  EXPECT_TRUE(is_nan(sma.step(1)));
  EXPECT_TRUE(is_nan(sma.step(2)));
  EXPECT_DOUBLE_EQ(sma.step(6), 3);
  EXPECT_DOUBLE_EQ(sma.step(1), 3);
  EXPECT_DOUBLE_EQ(sma.step(-1), 2);
  EXPECT_DOUBLE_EQ(sma.step(1e9), 1e9 / 3);
  Sma flat{7};
  for (int i = 0; i < 100; ++i) {
    const double mean = flat.step(0.1);
    if (i >= 6) EXPECT_EQ(mean, 0.1);
  }
}

TEST(Sma, RemembersNothingOfALeapThatHasLeftItsWindow) {
  Sma sma{4};
  for (const double x : {1.0, 1e300, 1.0, 1.0, 1.0}) (void)sma.step(x);
  EXPECT_EQ(sma.step(1.0), 1.0);
}

TEST(Ema, KeepsTheKernelsPromises) {
  for (const int length : {1, 2, 14, 200}) {
    expect_sound(Ema{length}, "c");
    expect_sound(Rma{length}, "c");
  }
}

// Length 3, weight 1/2; seed (1 + 2 + 6) / 3 = 3.
TEST(Ema, FollowsTheHandWorkedSeries) {
  Ema ema{3};
  EXPECT_TRUE(is_nan(ema.step(1)));
  EXPECT_TRUE(is_nan(ema.step(2)));
  EXPECT_DOUBLE_EQ(ema.step(6), 3);
  EXPECT_DOUBLE_EQ(ema.step(5), 4);
  EXPECT_DOUBLE_EQ(ema.step(0), 2);
}

TEST(Ema, StaysWhereAFlatSeriesIs) {
  for (int length = 1; length < 300; ++length) {
    Ema ema{length};
    Rma rma{length};
    for (int i = 0; i < length + 50; ++i) {
      const double e = ema.step(0.1 * length);
      const double r = rma.step(0.1 * length);
      if (i >= length - 1) {
        ASSERT_EQ(e, 0.1 * length) << length;
        ASSERT_EQ(r, 0.1 * length) << length;
      }
    }
  }
}

}  // namespace
}  // namespace cw::indicators
