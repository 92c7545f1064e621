#include "backtest/robustness/assess.h"

#include <cmath>

#include <gtest/gtest.h>

#include "backtest/run_json.h"
#include "strategy/testing.h"

namespace cw::backtest {
namespace {

using market::Timeframe;
using strategy::testing::walk;

RunResult run_of(std::string_view text, const market::CandleColumns& bars) {
  expr::Graph graph{Timeframe::h1};
  const auto program = strategy::testing::compiled(strategy::testing::parsed(text), graph);
  RunSettings settings;
  settings.account.protections = trading::Protections::none();
  return run(program, graph, bars.view(), settings).value();
}

Assessment assessed(const RunResult& result, AssessOptions options = {}) {
  return assess(result, equity_facts_of(result, Timeframe::h1), options).value();
}

constexpr std::string_view kNoise = R"(
name: noise
timeframe: 1h
long: {entry: "bar_index % 13 == 3", time_stop: {bars: 5}}
short: {entry: "bar_index % 17 == 4", time_stop: {bars: 5}}
)";

/// Bars that tell where they will go: each odd day rises, each even one falls, so who buys at midnight of the odd ones
/// wins.
market::CandleColumns tides(std::uint64_t seed, std::size_t count) {
  Random random(seed);
  market::CandleColumns bars;
  double price = 100;
  for (std::size_t i = 0; i < count; ++i) {
    const double open = price;
    price *= 1 + ((i / 24) % 2 == 1 ? 0.002 : -0.002) + 0.004 * random.normal();
    bars.push_back({from_ms(1'704'067'200'000 + static_cast<std::int64_t>(i) * 3'600'000), open,
                    std::max(open, price) * 1.001, std::min(open, price) * 0.999, price, 1});
  }
  return bars;
}

constexpr std::string_view kTides = R"(
name: tides
timeframe: 1h
long: {entry: "bar_index % 48 == 23", time_stop: {bars: 24}}
)";

TEST(Assess, PraisesAnEdgeAndNotNoise) {
  const auto edge = assessed(run_of(kTides, tides(1, 9'000)));
  EXPECT_EQ(edge.sharpe_verdict.grade, Grade::good) << edge.sharpe_verdict.text;
  EXPECT_EQ(edge.monte_carlo_verdict.grade, Grade::good) << edge.monte_carlo_verdict.text;
  EXPECT_EQ(edge.entries_verdict.grade, Grade::good) << edge.entries_verdict.text;
  EXPECT_EQ(edge.folds_verdict.grade, Grade::good) << edge.folds_verdict.text;
  EXPECT_EQ(edge.folds.size(), 6U);
  EXPECT_NEAR(edge.held_bars_long, 24, 1);
  EXPECT_EQ(edge.held_bars_short, 0U);
  EXPECT_GT(edge.sharpe->probabilistic, 0.99);

  int praised = 0;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const auto noise = assessed(run_of(kNoise, walk(seed, 4'000, Timeframe::h1)));
    praised += noise.entries_verdict.grade == Grade::good;
    EXPECT_GT(noise.entries->p_value, 0);
  }
  EXPECT_LE(praised, 3);  // one in twenty by chance
}

TEST(Assess, TheMoreWasTriedTheLessItBelieves) {
  const auto result = run_of(kTides, tides(2, 2'400));
  const auto one = assessed(result);
  const auto many = assessed(result, {.trials = 1'000});
  EXPECT_DOUBLE_EQ(one.sharpe->deflated, one.sharpe->probabilistic);
  EXPECT_LT(many.sharpe->deflated, one.sharpe->deflated);
  EXPECT_TRUE(many.trials_verdict.text.contains("1000 variants")) << many.trials_verdict.text;
  const auto wider = assessed(result, {.trials = 1'000, .variance = 0.5});
  EXPECT_LT(wider.sharpe->deflated, many.sharpe->deflated);
}

TEST(Assess, SaysOfASingleVariantWhetherFurtherOnesWillCount) {
  const auto result = run_of(kTides, tides(2, 2'400));
  const auto alone = assessed(result);
  EXPECT_TRUE(alone.trials_verdict.text.contains("the command line keeps no record of tries; runs in the lab do"))
      << alone.trials_verdict.text;
  const auto recorded = assessed(result, {.are_trials_recorded = true});
  EXPECT_TRUE(recorded.trials_verdict.text.contains("each further try will count")) << recorded.trials_verdict.text;
  EXPECT_EQ(alone.sharpe->trials, recorded.sharpe->trials);
  EXPECT_EQ(alone.trials_verdict.grade, recorded.trials_verdict.grade);
}

TEST(Assess, TheSameSeedGivesTheSameAnswer) {
  const auto result = run_of(kNoise, walk(4, 4'000, Timeframe::h1));
  const auto one = assessed(result);
  const auto two = assessed(result);
  const auto other = assessed(result, {.seed = 2});
  EXPECT_EQ(one.entries->p_value, two.entries->p_value);
  EXPECT_EQ(one.monte_carlo->total_return.quantile, two.monte_carlo->total_return.quantile);
  EXPECT_NE(one.monte_carlo->total_return.quantile, other.monte_carlo->total_return.quantile);
}

TEST(Assess, StretchesMultiplyToTheWhole) {
  const auto result = run_of(kNoise, walk(5, 6'000, Timeframe::h1));
  const auto told = assessed(result);
  double growth = 1;
  std::uint64_t trades = 0;
  for (const auto& fold : told.folds) {
    growth *= 1 + fold.total_return.value;
    trades += fold.trades;
  }
  EXPECT_NEAR(growth, result.final_equity / result.initial_capital, 1e-9);
  std::uint64_t closed = 0;
  for (const auto& trade : result.trades) closed += !trade.is_open();
  EXPECT_EQ(trades, closed);
  for (std::size_t i = 1; i < told.folds.size(); ++i) EXPECT_EQ(told.folds[i].from_ms, told.folds[i - 1].to_ms);
}

TEST(Assess, SaysWhyNothingCanBeTold) {
  const auto told = assessed(run_of(kNoise, walk(6, 200, Timeframe::h1)));
  EXPECT_FALSE(told.sharpe);
  EXPECT_FALSE(told.monte_carlo);
  EXPECT_TRUE(told.folds.empty());
  for (const auto* verdict : {&told.sharpe_verdict, &told.monte_carlo_verdict, &told.folds_verdict}) {
    EXPECT_EQ(verdict->grade, Grade::unknown);
    EXPECT_TRUE(verdict->text.starts_with("Not told")) << verdict->text;
  }
  const auto idle =
      assessed(run_of("name: idle\ntimeframe: 1h\nlong: {entry: close < 0}\n", walk(7, 4'000, Timeframe::h1)));
  EXPECT_FALSE(idle.entries);
  EXPECT_FALSE(idle.shuffle);
  EXPECT_FALSE(idle.sharpe) << "equity that does not move has no Sharpe ratio";
}

TEST(Assess, RefusesWhatMakesNoSense) {
  const auto result = run_of(kNoise, walk(8, 300, Timeframe::h1));
  const auto facts = equity_facts_of(result, Timeframe::h1);
  EXPECT_EQ(assess(result, facts, {.trials = 0}).error().field, "trials");
  EXPECT_EQ(assess(result, facts, {.paths = 3}).error().field, "paths");
  EXPECT_EQ(assess(result, facts, {.draws = 3}).error().field, "draws");
}

}  // namespace
}  // namespace cw::backtest
