#include "backtest/sweep/report.h"

#include <algorithm>
#include <cmath>
#include <map>

#include <gtest/gtest.h>

#include "backtest/robustness/sharpe_chance.h"
#include "backtest/sweep/sweep_json.h"
#include "backtest/sweep/testing.h"

namespace cw::backtest {
namespace {

using testing::RunSweep;
using testing::SweepStory;

/// The returns of each cell that can run, by runs of their own.
std::map<std::uint64_t, std::vector<double>> returns_of(const SweepStory& story, const RunSweep& sweep) {
  std::map<std::uint64_t, std::vector<double>> found;
  for (const auto& one : sweep.results()) {
    if (is_skipped(one.why)) continue;
    const auto run = testing::lone_run(story, sweep.plan(), one.trial.cell, 0, story.bars.size());
    found[one.trial.cell] = testing::facts_of(run, story.document.timeframe).returns();
  }
  return found;
}

TEST(BestCell, ComesWithTheDeflatedSharpeOfAllThatWereTried) {
  SweepStory story;
  RunSweep sweep(story);
  sweep.run();
  const auto best = best_cell(sweep.sweep());
  ASSERT_TRUE(best);
  const auto returns = returns_of(story, sweep);
  ASSERT_EQ(returns.size(), 14U);  // of 16 two are skipped, and are no trials
  std::vector<double> sharpes;
  for (const auto& [cell, of_cell] : returns) sharpes.push_back(sharpe_of(moments(of_cell)));
  EXPECT_EQ(best->trials, 14U);
  EXPECT_EQ(sweep.sweep().progress().tried, 14U);
  const double deviation = moments(sharpes).deviation();
  EXPECT_NEAR(best->trials_sharpe_variance, deviation * deviation, 1e-15);
  EXPECT_DOUBLE_EQ(sharpe_of(moments(returns.at(best->cell))), *std::ranges::max_element(sharpes));
  const double deflated = deflated_sharpe(moments(returns.at(best->cell)), 14, deviation * deviation);
  EXPECT_NEAR(best->deflated_sharpe, deflated, 1e-12);
  EXPECT_GT(deflated, 0);
  EXPECT_LT(deflated, 1);
  EXPECT_EQ(best->verdict, deflated >= 0.95 ? LuckVerdict::better_than_luck : LuckVerdict::not_better_than_luck);
  EXPECT_NE(verdict_text(*best).find("over 14 trials"), std::string::npos);
}

TEST(BestCell, IsBelievedLessTheMoreWasTriedBefore) {
  SweepStory story;
  RunSweep few(story);
  few.run();
  auto plan = few.plan();
  plan.earlier_trials = 5'000;
  Sweep many(plan, few.shape());
  ASSERT_TRUE(many.restore(few.results()));
  EXPECT_EQ(best_cell(many)->trials, 5'014U);
  EXPECT_LT(best_cell(many)->deflated_sharpe, best_cell(few.sweep())->deflated_sharpe);
}

TEST(BestCell, IsThereUnderWayAndNotWhereNothingHasAnObjective) {
  SweepStory story;
  RunSweep sweep(story);
  EXPECT_FALSE(best_cell(sweep.sweep()));
  sweep.run({.trials_most = 3, .stop_after = 2});
  EXPECT_EQ(best_cell(sweep.sweep())->trials, 6U);
  story.bars = strategy::testing::walk(3, 100, market::Timeframe::h4);
  RunSweep short_one(story);
  EXPECT_FALSE(best_cell(short_one.run().sweep()));
  const auto report = report_of(short_one.sweep(), short_one.data());
  ASSERT_TRUE(report);
  ASSERT_GE(report->warnings.size(), 2U);
  EXPECT_EQ(report->warnings[1], "No cell has an objective (untold: too_few).");
}

TEST(BestCell, OfDrawdownsIsTheLeast) {
  SweepStory story;
  story.request.objective = "max_drawdown";
  RunSweep sweep(story);
  sweep.run();
  double least = 1;
  for (const auto& one : sweep.results()) {
    if (one.why == WhyNot::none) least = std::min(least, one.objective);
  }
  EXPECT_EQ(best_cell(sweep.sweep())->objective, least);
}

TEST(OverfittingOf, IsThatOfTheCellsReturns) {
  SweepStory story;
  RunSweep sweep(story);
  sweep.run();
  const auto found = overfitting_of(sweep.sweep());
  ASSERT_TRUE(found) << found.error().message;
  ASSERT_EQ(sweep.shape().periods, 150U);  // 900 bars of four hours
  auto table = OverfittingTable::make(150, 14).value();
  for (const auto& [cell, returns] : returns_of(story, sweep)) table.add(returns);
  const auto expected = table.measure().value();
  EXPECT_EQ(found->variants, 14U);
  EXPECT_EQ(found->splits, 3'432U);  // 14 over 7
  EXPECT_EQ(found->pbo, expected.pbo);
  EXPECT_EQ(found->logits, expected.logits);
}

TEST(StabilityOf, LooksOneStepAroundTheBestCell) {
  SweepStory story;
  RunSweep sweep(story);
  sweep.run();
  const auto best = best_cell(sweep.sweep()).value();
  const auto found = stability_of(sweep.sweep(), sweep.data(), best);
  ASSERT_TRUE(found);
  std::vector<double> around;
  std::size_t silent = 0;
  for (const auto cell : sweep.plan().space.neighbours(best.cell)) {
    const double objective = sweep.sweep().of_cell(cell)->objective;
    if (std::isnan(objective))
      ++silent;
    else
      around.push_back(objective);
  }
  ASSERT_FALSE(around.empty());
  EXPECT_EQ(found->neighbours, around.size());
  EXPECT_EQ(found->silent, silent);
  EXPECT_DOUBLE_EQ(found->mean, moments(around).mean);
  EXPECT_EQ(found->worst, *std::ranges::min_element(around));
}

TEST(StabilityOf, RunsNeighboursThatWereNotTried) {
  SweepStory story;
  RunSweep grid(story);
  grid.run();
  const auto best = best_cell(grid.sweep()).value();
  // A search that looked at the best cell alone.
  auto plan = grid.plan();
  plan.search = Search::random;
  plan.trials = 1;
  while (CellOrder(plan.space.cells(), plan.seed).cell_of(0) != best.cell) ++plan.seed;
  Sweep alone(plan, grid.shape());
  alone.take(run_cells(plan, grid.shape(), grid.data(), alone.next(1)).value());
  const auto a = stability_of(alone, grid.data(), best_cell(alone).value());
  const auto b = stability_of(grid.sweep(), grid.data(), best);
  ASSERT_TRUE(a && b);
  EXPECT_EQ(a->mean, b->mean);
  EXPECT_EQ(a->worst, b->worst);
  EXPECT_EQ(a->neighbours, b->neighbours);
  EXPECT_EQ(best_cell(alone)->trials, 1U);
}

TEST(HeatMap, HoldsTheBestAndTheMeanOverTheOtherAxes) {
  SweepStory story;
  story.request.grid.emplace_back("stop", "1,3");
  RunSweep sweep(story);
  sweep.run();
  const auto& space = sweep.plan().space;
  for (const auto of : {HeatMap::Of::best, HeatMap::Of::mean}) {
    const auto map = heat_map(sweep.sweep(), 1, 0, of);
    ASSERT_TRUE(map);
    ASSERT_EQ(map->values.size(), 16U);
    for (std::size_t fast = 0; fast < 4; ++fast) {
      for (std::size_t slow = 0; slow < 4; ++slow) {
        const double a = sweep.sweep().of_cell(space.cell_at({fast, slow, 0}))->objective;
        const double b = sweep.sweep().of_cell(space.cell_at({fast, slow, 1}))->objective;
        const double value = map->values[fast * 4 + slow];
        if (std::isnan(a)) {
          EXPECT_TRUE(std::isnan(value));
        } else {
          EXPECT_DOUBLE_EQ(value, of == HeatMap::Of::best ? std::max(a, b) : (a + b) / 2);
        }
      }
    }
  }
  EXPECT_EQ(heat_map(sweep.sweep(), 1, 1, HeatMap::Of::best).error().field, "heat_map");
}

}  // namespace
}  // namespace cw::backtest
