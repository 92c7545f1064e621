#include "backtest/sweep/sweep.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <set>

#include <gtest/gtest.h>

#include "backtest/sweep/testing.h"

namespace cw::backtest {
namespace {

using testing::Cut;
using testing::expect_same;
using testing::RunSweep;
using testing::SweepStory;

/// The ways to cut a sweep up that a test tries: one thread and many, small blocks and large ones, results in any
/// order.
std::vector<Cut> cuts() {
  return {{.trials_most = 1},
          {.trials_most = 5, .bytes_most = 1},
          {.trials_most = 7, .bytes_most = 900 * 8 * 9, .open_most = 3, .seed = 1},
          {.trials_most = 2, .open_most = 4, .seed = 2}};
}

TEST(Sweep, GivesEachCellWhatARunOfItsOwnGives) {
  SweepStory story;
  story.settings.from = from_ms(story.bars.open_time_ms[100]);
  RunSweep sweep(story);
  const auto results = sweep.run().results();
  ASSERT_EQ(results.size(), 16U);
  for (const auto& one : results) {
    const auto at = sweep.plan().space.inputs(one.trial.cell);
    if (std::get<double>(at.at("fast")) >= std::get<double>(at.at("slow"))) {
      EXPECT_EQ(one.why, WhyNot::forbidden);
      EXPECT_TRUE(std::isnan(one.objective));
      continue;
    }
    const auto lone = testing::lone_run(story, sweep.plan(), one.trial.cell, 100, story.bars.size());
    const auto facts = testing::facts_of(lone, story.document.timeframe);
    const auto metrics = measure(facts, lone.trades);
    EXPECT_EQ(one.why, WhyNot::none);
    EXPECT_EQ(one.objective, metrics.figures[Figure::sharpe].value);
    for (const auto figure : kCellFigures) {
      if (metrics.figures[figure].told())
        EXPECT_EQ(one.figures[figure], metrics.figures[figure].value) << info(figure).key;
    }
    EXPECT_EQ(one.returns.n, facts.periods.size());
    EXPECT_EQ(one.returns.mean, moments(facts.returns()).mean);
  }
  const auto progress = sweep.sweep().progress();
  EXPECT_EQ(progress.done, 16U);
  EXPECT_EQ(progress.total, 16U);
  EXPECT_EQ(progress.skipped, 2U);  // 9 and 12 beside 8
}

TEST(Sweep, IsTheSameHoweverItIsCutUp) {
  for (const char* search : {"grid", "random", "tpe"}) {
    SCOPED_TRACE(search);
    SweepStory story;
    story.request = {.grid = {{"average", "sma,ema"}, {"fast", "2:14:2"}, {"slow", "6:40:2"}, {"stop", "1:4:1"}},
                     .search = search,
                     .folds = 2};
    if (story.request.search != "grid") story.request.trials = 45;
    if (story.request.search == "grid") story.request.grid.erase(story.request.grid.begin() + 3);
    RunSweep whole(story);
    const auto expected = whole.run().results();
    for (const auto& cut : cuts()) {
      RunSweep parts(story);
      expect_same(parts.run(cut).results(), expected);
    }
  }
}

TEST(Sweep, GoesOnWhereItStopped) {
  for (const char* search : {"grid", "random", "tpe"}) {
    SCOPED_TRACE(search);
    SweepStory story;
    story.request = {.grid = {{"fast", "2:14:1"}, {"slow", "6:40:2"}}, .search = search, .folds = 1};
    if (story.request.search != "grid") story.request.trials = 50;
    RunSweep whole(story);
    const auto expected = whole.run().results();
    // Portions come back out of order, so there are holes among what is finished; the last two end with a generation.
    for (const Cut cut : {Cut{.trials_most = 3, .open_most = 3, .seed = 1, .stop_after = 0},
                          Cut{.trials_most = 3, .open_most = 3, .seed = 2, .stop_after = 5},
                          Cut{.trials_most = 3, .open_most = 3, .seed = 3, .stop_after = 9},
                          Cut{.trials_most = 4, .stop_after = 5}, Cut{.trials_most = 4, .stop_after = 7}}) {
      RunSweep first(story);
      first.run(cut);
      EXPECT_FALSE(first.sweep().is_done());
      RunSweep second(story);
      const auto restored = second.sweep().restore(first.results());
      ASSERT_TRUE(restored) << restored.error().message;
      EXPECT_EQ(second.sweep().progress().done, first.sweep().progress().done);
      expect_same(second.run({.trials_most = 4}).results(), expected);
    }
  }
}

TEST(Sweep, RefusesResultsOfAnotherSweep) {
  SweepStory story;
  story.request.search = "random";
  story.request.trials = 8;
  RunSweep one(story);
  const auto results = one.run().results();
  story.request.seed = 2;
  RunSweep other(story);
  EXPECT_EQ(other.sweep().restore(results).error().code, Errc::corrupt);
  story.request.seed = 1;
  story.request.trials = 4;
  RunSweep shorter(story);
  EXPECT_EQ(shorter.sweep().restore(results).error().code, Errc::corrupt);
  RunSweep again(story);
  auto twice = std::vector(results.begin(), results.begin() + 2);
  twice.push_back(results.front());
  EXPECT_EQ(again.sweep().restore(twice).error().code, Errc::corrupt);
}

TEST(Sweep, GivesTrialsAgainThatCameToNothing) {
  SweepStory story;
  RunSweep sweep(story);
  const auto lost = sweep.sweep().next(6);
  EXPECT_EQ(sweep.sweep().next(100).size(), 10U);
  EXPECT_TRUE(sweep.sweep().next(100).empty());
  sweep.sweep().give_back(lost);
  const auto again = sweep.sweep().next(100);
  ASSERT_EQ(again.size(), 6U);
  for (std::size_t i = 0; i < 6; ++i) EXPECT_EQ(again[i].cell, lost[i].cell);
}

TEST(Sweep, ATrainingIsARunOfItsOwnThatWarmsUpOnAllBefore) {
  SweepStory story;
  story.request.folds = 3;
  story.request.purge = 7;
  RunSweep sweep(story);
  const auto results = sweep.run().results();
  ASSERT_EQ(sweep.shape().folds.size(), 3U);
  for (const auto& one : results) {
    if (is_skipped(one.why)) continue;
    ASSERT_EQ(one.train.size(), 3U);
    for (std::size_t k = 0; k < 3; ++k) {
      const auto& fold = sweep.shape().folds[k];
      const auto lone = testing::lone_run(story, sweep.plan(), one.trial.cell, fold.train_from, fold.train_to);
      const auto metrics = measure(testing::facts_of(lone, story.document.timeframe), lone.trades);
      EXPECT_EQ(one.train[k], metrics.figures[Figure::sharpe].value);
    }
  }
}

TEST(Sweep, TheSearchOfAFoldSeesNothingAfterItsTraining) {
  SweepStory story;
  story.request = {.grid = {{"fast", "2:14:1"}, {"slow", "6:40:2"}}, .search = "tpe", .trials = 40, .folds = 3};
  RunSweep before(story);
  before.run();
  const std::size_t cut = before.shape().folds[1].train_to;
  // Another market from there on.
  const auto other = strategy::testing::walk(99, story.bars.size(), story.document.timeframe);
  const double scale = story.bars.close[cut - 1] / other.close[cut - 1];
  for (std::size_t i = cut; i < story.bars.size(); ++i) {
    story.bars.open[i] = other.open[i] * scale;
    story.bars.high[i] = other.high[i] * scale;
    story.bars.low[i] = other.low[i] * scale;
    story.bars.close[i] = other.close[i] * scale;
  }
  RunSweep after(story);
  after.run();
  for (const std::uint32_t study : {1U, 2U}) {
    const auto a = before.sweep().finished(study);
    const auto b = after.sweep().finished(study);
    for (std::size_t i = 0; i < a.size(); ++i) EXPECT_TRUE(same(*a[i], *b[i]));
  }
  // The third training holds changed bars.
  EXPECT_FALSE(same(*before.sweep().finished(3).front(), *after.sweep().finished(3).front()));
}

TEST(Sweep, AGuidedSearchTriesNoCellTwice) {
  SweepStory story;
  story.request = {.grid = {{"fast", "2:6:1"}, {"slow", "7:13:1"}}, .search = "tpe", .trials = 100};
  RunSweep sweep(story);
  std::set<std::uint64_t> cells;
  for (const auto& one : sweep.run().results()) cells.insert(one.trial.cell);
  EXPECT_EQ(cells.size(), 35U);  // all that there are
}

TEST(RunCells, TellsWhatTheValuesMakeImpossible) {
  SweepStory story;
  story.request = {.grid = {{"stop", "0,3"}, {"fast", "30"}, {"slow", "20,40"}}};
  RunSweep sweep(story);
  const auto results = sweep.run().results();
  ASSERT_EQ(results.size(), 4U);
  EXPECT_EQ(results[0].why, WhyNot::unusable);
  EXPECT_NE(results[0].text.find("long.stop.percent"), std::string::npos) << results[0].text;
  EXPECT_EQ(results[2].why, WhyNot::forbidden);
  EXPECT_EQ(results[2].text, "'fast < slow' does not hold with fast 30, slow 20");
  EXPECT_EQ(results[3].why, WhyNot::none);
}

TEST(RunCells, StopsWhereItIsToldToAndKeepsWhatIsFinished) {
  SweepStory story;
  RunSweep whole(story);
  const auto expected = whole.run().results();
  RunSweep sweep(story);
  const auto trials = sweep.sweep().next(100);
  for (int most = 0; most < 60; most += 3) {
    std::atomic<int> asked = 0;
    const auto results =
        run_cells(sweep.plan(), sweep.shape(), sweep.data(), trials, [&] { return ++asked <= most; }, 900 * 8 * 9);
    ASSERT_TRUE(results);
    EXPECT_LE(results->size(), trials.size());
    for (std::size_t i = 0; i < results->size(); ++i) EXPECT_TRUE(same((*results)[i], expected[i]));
    if (most == 0) EXPECT_TRUE(results->empty());
  }
}

TEST(RunCells, SaysWhereTooLittleHappened) {
  SweepStory story;
  story.bars = strategy::testing::walk(3, 100, market::Timeframe::h4);  // 17 days; a Sharpe ratio takes 30
  RunSweep sweep(story);
  const auto results = sweep.run().results();
  EXPECT_EQ(results.front().why, WhyNot::untold);
  EXPECT_EQ(results.front().missing, Missing::too_few);
  EXPECT_FALSE(std::isnan(results.front().figures[Figure::total_return]));
}

TEST(ShapeOf, RefusesAPeriodWithoutBars) {
  SweepStory story;
  story.settings.from = from_ms(story.bars.open_time_ms.back() + 1);
  const auto shape = shape_of(story.plan(), story.data());
  ASSERT_FALSE(shape);
  EXPECT_EQ(shape.error().message, "no bar lies in the period; 900 were before it");
}

TEST(ShapeOf, TakesASampleOfTheTrialsWhereThereAreVeryMany) {
  SweepShape shape{.overfitting_blocks = 10, .variant_stride = 50};
  std::size_t kept = 0;
  for (std::uint64_t trial = 0; trial < 1'000'000; ++trial) kept += shape.keeps_variant(trial) ? 1 : 0;
  EXPECT_NEAR(static_cast<double>(kept), kVariantsMost, 5 * std::sqrt(kVariantsMost));
}

}  // namespace
}  // namespace cw::backtest
