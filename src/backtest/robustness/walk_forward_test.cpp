#include "backtest/robustness/walk_forward.h"

#include <vector>

#include <gtest/gtest.h>

#include "base/random.h"

namespace cw::backtest {
namespace {

TEST(WalkForward, FollowsTheHandWorkedWindows) {
  WalkForwardOptions options;
  options.train = 50;
  options.test = 20;
  options.purge = 3;
  options.embargo = 2;
  const auto rolling = walk_forward(115, options).value();
  EXPECT_EQ(rolling, (std::vector<WalkForwardWindow>{{5, 50, 55, 75}, {25, 70, 75, 95}, {45, 90, 95, 115}}));
  options.anchored = true;
  const auto anchored = walk_forward(115, options).value();
  EXPECT_EQ(anchored, (std::vector<WalkForwardWindow>{{0, 50, 55, 75}, {0, 70, 75, 95}, {0, 90, 95, 115}}));
}

TEST(WalkForward, NeverTrainsOnWhatItTestsAndTestsTheNewestBars) {
  Random random(3);
  for (int run = 0; run < 500; ++run) {
    WalkForwardOptions options;
    options.train = 20 + random.below(200);
    options.test = 1 + random.below(50);
    options.step = random.chance(0.5) ? 0 : options.test + random.below(20);
    options.anchored = random.chance(0.5);
    options.purge = random.below(10);
    options.embargo = random.below(10);
    const std::size_t bars = options.train + options.test + random.below(1000);
    const auto windows = walk_forward(bars, options).value();
    std::size_t tested_to = 0;
    for (const auto& window : windows) {
      EXPECT_EQ(window.test_to - window.test_from, options.test);
      EXPECT_EQ(window.train_to + options.purge + options.embargo, window.test_from);
      EXPECT_GE(window.test_from, tested_to);
      EXPECT_LT(window.train_from, window.train_to);
      EXPECT_GE(window.test_from, options.train);
      if (options.anchored) EXPECT_EQ(window.train_from, 0U);
      tested_to = window.test_to;
    }
    EXPECT_EQ(tested_to, bars);
    // Another window would not have fitted in.
    const std::size_t step = options.step == 0 ? options.test : options.step;
    EXPECT_LT(windows.front().test_from - options.train, step);
  }
}

TEST(WalkForward, MakesAsManyTestsAsFoldsAreAskedFor) {
  for (std::size_t bars : {100U, 999U, 12'345U}) {
    for (std::size_t folds : {1U, 4U, 10U}) {
      for (const double ratio : {0.5, 1.0, 4.0}) {
        const auto options = with_folds(bars, folds, ratio, {}).value();
        EXPECT_EQ(walk_forward(bars, options).value().size(), folds);
        EXPECT_GE(static_cast<double>(options.train), ratio * static_cast<double>(options.test));
      }
    }
  }
}

TEST(WalkForward, NamesWhatIsOutOfBounds) {
  const auto field = [](std::size_t train, std::size_t test, std::size_t step, std::size_t purge) {
    WalkForwardOptions options;
    options.train = train;
    options.test = test;
    options.step = step;
    options.purge = purge;
    const auto windows = walk_forward(100'000, options);
    return windows ? "none" : windows.error().field;
  };
  EXPECT_EQ(field(0, 10, 0, 0), "train");
  EXPECT_EQ(field(10, 0, 0, 0), "test");
  EXPECT_EQ(field(10, 10, 9, 0), "step");
  EXPECT_EQ(field(10, 10, 0, 10), "purge");
  EXPECT_EQ(field(10, 1, 1, 0), "step");
  EXPECT_EQ(field(10, 10, 0, 9), "none");
  EXPECT_EQ(walk_forward(100, {90, 11}).error().code, Errc::bad_input);
  EXPECT_EQ(walk_forward(100, {101, 1}).error().code, Errc::bad_input);
  EXPECT_EQ(with_folds(10, 20, 1, {}).error().code, Errc::bad_input);
  EXPECT_EQ(with_folds(10, 0, 1, {}).error().field, "folds");
  EXPECT_EQ(with_folds(10, 2, 0, {}).error().field, "train_per_test");
}

}  // namespace
}  // namespace cw::backtest
