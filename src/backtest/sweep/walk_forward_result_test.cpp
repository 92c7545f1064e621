#include "backtest/sweep/walk_forward_result.h"

#include <cmath>

#include <gtest/gtest.h>

#include "backtest/sweep/testing.h"

namespace cw::backtest {
namespace {

using testing::RunSweep;
using testing::SweepStory;

SweepStory folded(std::int64_t folds, const char* kind = "rolling") {
  SweepStory story;
  story.bars = strategy::testing::walk(5, 1'800, market::Timeframe::h4);
  story.request.folds = folds;
  story.request.walk_forward = kind;
  story.request.purge = 10;
  story.request.embargo = 5;
  return story;
}

TEST(WalkForward, JudgesEachTestByACellThatItsTrainingChose) {
  for (const char* kind : {"rolling", "anchored"}) {
    const auto story = folded(3, kind);
    RunSweep sweep(story);
    const auto results = sweep.run().results();
    const auto found = judge_walk_forward(sweep.sweep(), sweep.data());
    ASSERT_TRUE(found) << found.error().message;
    ASSERT_EQ(found->folds.size(), 3U);
    double equity = 10'000;
    for (std::size_t k = 0; k < 3; ++k) {
      const auto& fold = found->folds[k];
      ASSERT_TRUE(fold.is_chosen);
      EXPECT_EQ(fold.window.test_from - fold.window.train_to, 15U);
      EXPECT_EQ(fold.window.train_from, std::string_view{kind} == "anchored" ? 0 : fold.window.test_from - 900);
      for (const auto& one : results) {
        if (!std::isnan(one.objective)) EXPECT_LE(one.train[k], fold.in_sample);
        if (one.trial.cell == fold.cell) EXPECT_EQ(one.train[k], fold.in_sample);
      }
      EXPECT_EQ(fold.in_sample_figures[Figure::sharpe], fold.in_sample);

      // The test, by a run of its own: with the capital that the tests before left, closed at its end.
      auto lone = story;
      lone.settings.account.capital = trading::money_of_steps(nearest_steps(equity).value());
      lone.settings.close_at_end = true;
      const auto run = testing::lone_run(lone, sweep.plan(), fold.cell, fold.window.test_from, fold.window.test_to);
      const auto metrics = measure(testing::facts_of(run, story.document.timeframe), run.trades);
      EXPECT_EQ(fold.out_of_sample, metrics.figures[Figure::sharpe].value);
      equity = run.final_equity;
    }
    EXPECT_EQ(found->final_equity, equity);
    EXPECT_EQ(found->figures[Figure::total_return].value, equity / 10'000 - 1);
    EXPECT_EQ(found->equity.back().equity, equity);
    EXPECT_EQ(found->equity.size(), 150U);  // three tests of 300 bars of four hours
  }
}

TEST(WalkForward, KeepsAllOfWhatWasPromisedWhereTestsAreAsTrainings) {
  // A market that rises by the same share in each bar, held all the time.
  SweepStory story;
  story.document = strategy::testing::parsed(R"(
name: hold
timeframe: 4h
inputs: {wait: {type: int, default: 1, min: 1, max: 9}}
long:
  entry: close > close[wait]
)");
  story.settings.account.costs.commission = {};
  story.bars.clear();
  for (int i = 0; i < 1'200; ++i) {
    const double price = 100 * std::pow(1.0005, i);
    story.bars.push_back({from_ms(1'704'067'200'000 + std::int64_t{i} * 14'400'000), price, price, price, price, 1});
  }
  story.request = {.grid = {{"wait", "1,2"}}, .objective = "total_return", .folds = 3};
  RunSweep sweep(story);
  sweep.run();
  const auto found = judge_walk_forward(sweep.sweep(), sweep.data());
  ASSERT_TRUE(found) << found.error().message;
  // Each begins flat and waits for the next open, so the shorter tests lose two bars of 200 where a training loses two
  // of 600.
  EXPECT_NEAR(found->efficiency, (198.0 / 200) / (598.0 / 600), 2e-3);
}

TEST(WalkForward, StandsStillWhereATrainingToldNothing) {
  auto story = folded(3);
  // Trainings are 22 days long: too few for a Sharpe ratio.
  story.bars = strategy::testing::walk(5, 270, market::Timeframe::h4);
  story.request.purge = story.request.embargo = 0;
  RunSweep sweep(story);
  sweep.run();
  const auto found = judge_walk_forward(sweep.sweep(), sweep.data());
  ASSERT_TRUE(found);
  for (const auto& fold : found->folds) {
    EXPECT_FALSE(fold.is_chosen);
    EXPECT_TRUE(std::isnan(fold.in_sample));
  }
  EXPECT_EQ(found->final_equity, 10'000);
}

TEST(WalkForward, GuidedSearchesChooseByTheirOwnStudies) {
  auto story = folded(2);
  story.request.search = "tpe";
  story.request.grid = {{"fast", "2:14:1"}, {"slow", "6:40:2"}};
  story.request.trials = 30;
  RunSweep sweep(story);
  sweep.run();
  const auto found = judge_walk_forward(sweep.sweep(), sweep.data());
  ASSERT_TRUE(found);
  for (std::uint32_t k = 0; k < 2; ++k) {
    double most = -HUGE_VAL;
    for (const auto* one : sweep.sweep().finished(k + 1)) most = std::fmax(most, one->objective);
    EXPECT_EQ(found->folds[k].in_sample, most);
  }
}

TEST(WalkForward, StopsWhereItIsToldTo) {
  const auto story = folded(2);
  RunSweep sweep(story);
  sweep.run();
  EXPECT_EQ(judge_walk_forward(sweep.sweep(), sweep.data(), [] { return false; }).error().code, Errc::cancelled);
}

}  // namespace
}  // namespace cw::backtest
