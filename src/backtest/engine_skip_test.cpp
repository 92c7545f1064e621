#include <string>

#include <gtest/gtest.h>

#include <fmt/format.h>
#include "backtest/random_runs.h"
#include "backtest/score_run.h"

namespace cw::backtest {
namespace {

using market::Timeframe;
using testing::Case;
using testing::expect_same;
using testing::expect_same_figures;

TEST(SkippingBars, ChangesNoBitOfAnyRun) {
  std::size_t trades = 0, refused = 0, expired = 0, halted = 0, funded = 0, trailed = 0, timed = 0;
  for (std::uint64_t seed = 1; seed <= 400 && !::testing::Test::HasFailure(); ++seed) {
    Case made(seed);
    SCOPED_TRACE(fmt::format("seed {}\n{}", seed, made.text));
    const auto each = made.result(false, 3'000);
    expect_same(each, made.result(true, 3'000));
    expect_same(each, made.result(true, 1 + made.random.below(1'500)));
    trades += each.trades.size();
    expired += each.counts.expired;
    funded += each.funding != 0 ? 1 : 0;
    for (const auto count : each.counts.refused) refused += count;
    for (const auto& trade : each.trades) {
      halted += trade.exit_reason == trading::Reason::protection ? 1 : 0;
      trailed += trade.exit_reason == trading::Reason::trailing_stop ? 1 : 0;
      timed += trade.exit_reason == trading::Reason::time_stop ? 1 : 0;
    }
  }
  // What the runs are to have met, or the test says little.
  EXPECT_GT(trades, 10'000U);
  const std::array met{refused, expired, halted, funded, trailed, timed};
  for (std::size_t i = 0; i < met.size(); ++i) EXPECT_GT(met[i], 20U) << i;
}

// Longs on borrowed money, and shorts, each in a market that goes against them until nothing is left.
TEST(SkippingBars, ChangesNothingOfALiquidation) {
  for (const std::string_view way : {"long", "short"}) {
    Case made(1, fmt::format("name: made\ntimeframe: 1h\n{}: {{entry: close > 0}}\n"
                             "sizing: {{volatility_target: 900, length: 20, max_percent: 500}}\n",
                             way));
    made.by.account.protections = trading::Protections::none();
    made.by.account.limits.exposure_percent = made.by.account.limits.symbol_exposure_percent = 500;
    const double drift = way == "long" ? 0.999 : 1.001;
    double factor = 1;
    for (std::size_t i = 0; i < made.bars.size(); ++i, factor *= drift) {
      for (auto* column : {&made.bars.open, &made.bars.high, &made.bars.low, &made.bars.close}) (*column)[i] *= factor;
    }
    const auto each = made.result(false, 3'000);
    expect_same(each, made.result(true, 3'000));
    ASSERT_FALSE(each.trades.empty());
    EXPECT_EQ(each.trades.front().exit_reason, trading::Reason::liquidation) << way;
  }
}

TEST(ScoreRun, IsTheRunsOwnFigures) {
  ScoreScratch scratch;
  for (std::uint64_t seed = 1; seed <= 60 && !::testing::Test::HasFailure(); ++seed) {
    Case made(seed);
    SCOPED_TRACE(fmt::format("seed {}\n{}", seed, made.text));
    const auto whole = made.result(true, 3'000);
    auto plan = expr::Plan::make(made.graph, made.program.nodes).value();
    std::vector<std::vector<double>> columns(plan.outputs(), std::vector<double>(made.bars.size()));
    std::vector<double*> into;
    for (auto& column : columns) into.push_back(column.data());
    plan.run(made.bars.view(), into);
    const std::vector<const double*> known(into.begin(), into.end());
    const auto score = score_run(
        std::vector{ReadyPart{
            .program = made.program, .columns = known, .instrument = made.by.instrument, .bars = made.bars.view()}},
        made.by, scratch);
    ASSERT_TRUE(score) << score.error().message;
    expect_same_figures(score->figures, measure(whole.facts, whole.trades).figures);
    EXPECT_EQ(score->returns, whole.facts.returns());
    EXPECT_EQ(score->final_equity, whole.final_equity);
    EXPECT_EQ(score->trades, whole.trades.size());
    EXPECT_EQ(score->conflicts, whole.conflicts);
    // The rows that are kept tell the same as the facts that are left without them.
    EquityPass pass(whole.initial_capital, whole.rows.close.front(), Timeframe::h1);
    pass.add(whole.rows.view());
    expect_same_figures(measure(pass.finish(), whole.trades).figures, score->figures);
  }
}

}  // namespace
}  // namespace cw::backtest
