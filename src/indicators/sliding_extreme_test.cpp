#include "indicators/sliding_extreme.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

namespace cw::indicators {
namespace {

// Against a scan of the window itself, on whole numbers, so that equal values and ramps both ways come up.
TEST(SlidingExtreme, IsTheExtremeOfEveryWindowOfEveryLength) {
  std::mt19937_64 random(1);
  std::vector<double> values;
  for (int i = 0; i < 400; ++i) {
    const int run = i / 40 % 3;
    values.push_back(run == 0   ? static_cast<double>(random() % 9) - 4
                     : run == 1 ? static_cast<double>(i)
                                : static_cast<double>(-i));
  }
  for (int length = 1; length <= 60; ++length) {
    SlidingExtreme<true> highest{length};
    SlidingExtreme<false> lowest{length};
    for (int i = 0; i < 400; ++i) {
      const bool full = i >= length - 1;
      ASSERT_EQ(highest.step(values[static_cast<std::size_t>(i)]), full) << length;
      ASSERT_EQ(lowest.step(values[static_cast<std::size_t>(i)]), full) << length;
      const auto begin = values.begin() + std::max(0, i - length + 1);
      ASSERT_EQ(highest.value(), *std::max_element(begin, values.begin() + i + 1)) << length << " at " << i;
      ASSERT_EQ(lowest.value(), *std::min_element(begin, values.begin() + i + 1)) << length << " at " << i;
    }
  }
}

TEST(SlidingExtreme, CopiesStepOnTheirOwn) {
  SlidingExtreme<true> highest{3};
  highest.step(1);
  highest.step(2);
  SlidingExtreme<true> copy = highest;
  EXPECT_TRUE(copy.step(9));
  EXPECT_EQ(copy.value(), 9);
  EXPECT_TRUE(highest.step(0));
  EXPECT_EQ(highest.value(), 2);
}

}  // namespace
}  // namespace cw::indicators
