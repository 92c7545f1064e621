#include "base/random.h"

#include <gtest/gtest.h>

namespace cw {
namespace {

// The first outputs of SplitMix64 from state 0, as its authors' reference code prints them.
TEST(Mix64, FollowsTheReferenceSequence) {
  EXPECT_EQ(mix64(0), 0xe220a8397b1dcdafULL);
  EXPECT_EQ(mix64(0x9e3779b97f4a7c15ULL), 0x6e789e6aa1b965f4ULL);
}

TEST(Random, IsTheSameForTheSameSeedAndDiffersForAnother) {
  Random a{7};
  Random b{7};
  Random c{8};
  bool differs = false;
  for (int i = 0; i < 100; ++i) {
    const auto value = a.next();
    EXPECT_EQ(value, b.next());
    differs |= value != c.next();
  }
  EXPECT_TRUE(differs);
}

TEST(Random, HasTheMomentsItShould) {
  Random random{3};
  const int n = 200'000;
  double sum = 0;
  double squares = 0;
  double uniform_sum = 0;
  for (int i = 0; i < n; ++i) {
    const double z = random.normal();
    sum += z;
    squares += z * z;
    uniform_sum += random.uniform();
    ASSERT_LT(random.below(10), 10u);
  }
  EXPECT_NEAR(sum / n, 0, 0.01);
  EXPECT_NEAR(squares / n, 1, 0.02);
  EXPECT_NEAR(uniform_sum / n, 0.5, 0.005);
}

}  // namespace
}  // namespace cw
