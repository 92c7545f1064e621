#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

#include "indicators/sliding_extreme_at.h"
#include "indicators/sliding_total.h"

namespace cw::indicators {
namespace {

/// Whole numbers with many equal ones, then ramps up and down, over and over.
std::vector<double> numbers() {
  std::mt19937_64 random(1);
  std::vector<double> all;
  for (int i = 0; i < 400; ++i) {
    const int run = i / 40 % 3;
    all.push_back(run == 0 ? static_cast<double>(random() % 5) : run == 1 ? i : 400.0 - i);
  }
  return all;
}

template <bool Max, Tie Wins>
void expect_finds_the_extreme(int length) {
  const auto values = numbers();
  SlidingExtremeAt<Max, Wins> extreme{length};
  for (int i = 0; i < static_cast<int>(values.size()); ++i) {
    ASSERT_EQ(extreme.step(values[static_cast<std::size_t>(i)]), i >= length - 1) << length;
    const int from = std::max(0, i - length + 1);
    int best = from;
    for (int j = from + 1; j <= i; ++j) {
      const double x = values[static_cast<std::size_t>(j)];
      const double least = values[static_cast<std::size_t>(best)];
      if ((Max ? x > least : x < least) || (Wins == Tie::newest && x == least)) best = j;
    }
    ASSERT_EQ(extreme.value(), values[static_cast<std::size_t>(best)]) << length << " at " << i;
    ASSERT_EQ(extreme.age(), i - best) << length << " at " << i;
  }
}

// Against a scan of the window itself.
TEST(SlidingExtremeAt, IsTheExtremeOfEveryWindowAndItsAge) {
  for (int length = 1; length <= 60; ++length) {
    expect_finds_the_extreme<true, Tie::newest>(length);
    expect_finds_the_extreme<false, Tie::newest>(length);
    expect_finds_the_extreme<true, Tie::oldest>(length);
    expect_finds_the_extreme<false, Tie::oldest>(length);
  }
}

TEST(SlidingTotal, IsTheSumOfEveryWindow) {
  const auto values = numbers();
  for (int length = 1; length <= 60; ++length) {
    SlidingTotal total{length};
    for (int i = 0; i < static_cast<int>(values.size()); ++i) {
      const double x = values[static_cast<std::size_t>(i)];
      ASSERT_EQ(total.step(x), i >= length - 1) << length;
      double sum = 0;
      for (int j = std::max(0, i - length + 1); j <= i; ++j) sum += values[static_cast<std::size_t>(j)];
      ASSERT_EQ(total.total(), sum) << length << " at " << i;
    }
  }
}

TEST(SlidingTotal, RemembersNothingOfALeapThatHasLeftTheWindow) {
  SlidingTotal total{3};
  for (const double x : {1.0, 1e300, 0.25, 0.0, 0.0}) total.step(x);
  EXPECT_EQ(total.total(), 0.25);
  total.step(0);
  EXPECT_EQ(total.total(), 0);
}

}  // namespace
}  // namespace cw::indicators
