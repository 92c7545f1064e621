#include "backtest/report/what_if.h"

#include <cmath>

#include <gtest/gtest.h>

#include <fmt/format.h>
#include "backtest/report/thin.h"
#include "backtest/run_json.h"
#include "strategy/testing.h"

namespace cw::backtest {
namespace {

using market::Timeframe;
using strategy::testing::walk;

constexpr std::string_view kBoth = R"(
name: both
timeframe: 1h
long:
  entry: ta.crossover(ta.sma(close, 3), ta.sma(close, 8))
  stop: {percent: 0.3}
  target: {percent: 0.4}
short:
  entry: ta.crossunder(ta.sma(close, 3), ta.sma(close, 8))
  stop: {percent: 0.3}
  target: {percent: 0.4}
)";

constexpr std::string_view kTrend = R"(
name: trend
timeframe: 1h
long:
  entry: ta.crossover(ta.sma(close, 5), ta.sma(close, 30))
  exit: ta.crossunder(ta.sma(close, 5), ta.sma(close, 30))
)";

struct Case {
  expr::Graph graph{Timeframe::h1};
  strategy::Program program;
  market::CandleColumns bars;
  expr::Plan plan;
  RunSettings settings;
  std::vector<RunPart> parts;

  Case(std::string_view text, market::CandleColumns of)
      : program(strategy::testing::compiled(strategy::testing::parsed(text), graph)),
        bars(std::move(of)),
        plan(expr::Plan::make(graph, program.nodes).value()) {
    settings.account.protections = trading::Protections::none();
    settings.account.costs.commission = trading::parse_commission("bps:10").value();
    settings.account.costs.slippage = trading::parse_slippage("fixed_bps:3").value();
    parts.push_back({.program = program, .plan = plan, .instrument = settings.instrument, .bars = bars.view()});
  }
  Case(const Case&) = delete;
  Case& operator=(const Case&) = delete;
  Rerun rerun() const { return {.parts = parts, .settings = settings}; }
  Figures figures(const RunSettings& by) const {
    return metrics_of(run(program, graph, bars.view(), by).value(), Timeframe::h1).figures;
  }
  double net_at(double bps) const {
    RunSettings by = settings;
    by.account.costs.commission = trading::parse_commission(fmt::format("bps:{:.4f}", bps)).value();
    by.account.costs.slippage = {};
    return figures(by)[Figure::net_profit].value;
  }
};

TEST(UnderEachPolicy, IsTheRunMadeAnewWithEach) {
  const Case one(kBoth, walk(21, 4'000, Timeframe::h1));
  const auto runs = under_each_policy(one.rerun()).value();
  ASSERT_EQ(runs.size(), 6U);
  int asked = 0;
  for (const auto& made : runs) {
    SCOPED_TRACE(fmt::format("{} {}", trading::name(made.policy.time), trading::name(made.policy.intrabar)));
    asked += made.is_asked;
    EXPECT_EQ(made.is_run, made.policy.intrabar != trading::Intrabar::magnifier);
    if (!made.is_run) continue;
    RunSettings by = one.settings;
    by.account.fills = made.policy;
    const auto want = one.figures(by);
    EXPECT_EQ(made.summary.net_profit.value, want[Figure::net_profit].value);
    EXPECT_EQ(made.summary.sharpe.value, want[Figure::sharpe].value);
    EXPECT_EQ(made.summary.trades, static_cast<std::uint64_t>(want[Figure::trades].value));
    EXPECT_GT(made.summary.trades, 50U);
  }
  EXPECT_EQ(asked, 1);
  EXPECT_TRUE(runs[0].is_asked);
  EXPECT_NE(runs[0].summary.net_profit.value, runs[1].summary.net_profit.value) << "stops and targets share bars";
  EXPECT_GT(runs[0].summary.ambiguous_bars, 0U);
}

TEST(UnderEachPolicy, WalksTheLowerBarsWhereTheyAre) {
  Case one(kBoth, walk(22, 2'000, Timeframe::h1));
  // Each hour again as four quarters, the first of which goes to the high: targets of longs before their stops.
  std::vector<market::CandleColumns> quarters;
  for (std::size_t i = 0; i < one.bars.size(); ++i) {
    const auto bar = one.bars[i];
    auto& lower = quarters.emplace_back();
    const double way[] = {bar.open, bar.high, bar.low, bar.close, bar.close};
    for (int q = 0; q < 4; ++q)
      lower.push_back({bar.open_time + q * Millis{900'000}, way[q], std::max(way[q], way[q + 1]),
                       std::min(way[q], way[q + 1]), way[q + 1], bar.volume / 4});
  }
  one.parts.front().lower_bars = [&](std::size_t, Timestamp open) {
    const auto at = static_cast<std::size_t>((to_ms(open) - one.bars.open_time_ms[0]) / 3'600'000);
    return quarters[at].view();
  };
  const auto runs = under_each_policy(one.rerun()).value();
  ASSERT_TRUE(runs[2].is_run);
  EXPECT_NE(runs[2].summary.net_profit.value, runs[0].summary.net_profit.value);
}

TEST(CostCurve, IsTheRunWithEachCostAndEndsWhereNothingIsLeft) {
  int found = 0;
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    SCOPED_TRACE(seed);
    const Case one(kTrend, walk(seed, 4'000, Timeframe::h1));
    const auto curve = cost_curve(one.rerun()).value();
    ASSERT_EQ(curve.points.size(), std::size(kCostsBps));
    for (const std::size_t at : {std::size_t{0}, std::size_t{4}, std::size_t{9}})
      EXPECT_EQ(curve.points[at].summary.net_profit.value, one.net_at(kCostsBps[at]));
    if (!curve.break_even_bps) {
      EXPECT_FALSE(curve.why_none.empty());
      EXPECT_TRUE(curve.points[0].summary.net_profit.value <= 0 || one.net_at(kDearestBps) > 0);
      continue;
    }
    ++found;
    EXPECT_GT(one.net_at(*curve.break_even_bps - 0.01), 0);
    EXPECT_LE(one.net_at(*curve.break_even_bps + 0.01), 0);
  }
  EXPECT_GT(found, 3);
}

TEST(CostCurve, SaysWhyThereIsNoBreakEven) {
  market::CandleColumns rising = walk(3, 300, Timeframe::h1);
  for (std::size_t i = 0; i < rising.size(); ++i) {
    const double price = 100 * std::exp(0.02 * static_cast<double>(i));
    rising.open[i] = rising.low[i] = price;
    rising.close[i] = rising.high[i] = price * 1.01;
  }
  const Case winner("name: hold\ntimeframe: 1h\nlong: {entry: bar_index == 5}\n", rising);
  const auto won = cost_curve(winner.rerun()).value();
  EXPECT_FALSE(won.break_even_bps);
  EXPECT_TRUE(won.why_none.contains("1000 bps")) << won.why_none;

  const Case idle("name: idle\ntimeframe: 1h\nlong: {entry: close < 0}\n", rising);
  EXPECT_EQ(cost_curve(idle.rerun()).value().why_none, "It never traded.");

  std::ranges::reverse(rising.open);
  for (auto* column : {&rising.close, &rising.high, &rising.low}) std::ranges::reverse(*column);
  const Case loser("name: hold\ntimeframe: 1h\nlong: {entry: bar_index == 5}\n", rising);
  EXPECT_TRUE(cost_curve(loser.rerun()).value().why_none.contains("costs nothing"));
}

TEST(CostCurve, StopsWhenAskedAndRefusesAnEmptyPeriod) {
  const Case one(kTrend, walk(1, 500, Timeframe::h1));
  auto rerun = one.rerun();
  rerun.cancelled = [] { return true; };
  EXPECT_EQ(cost_curve(rerun).error().code, Errc::cancelled);
  EXPECT_EQ(under_each_policy(rerun).error().code, Errc::cancelled);
  auto later = one.rerun();
  later.settings.from = from_ms(4'000'000'000'000);
  EXPECT_EQ(under_each_policy(later).error().code, Errc::bad_input);
}

TEST(Thinned, KeepsTheEndsAndEverySpike) {
  Random random(5);
  for (int round = 0; round < 300; ++round) {
    std::vector<double> column(1 + random.below(500));
    for (auto& value : column) value = random.normal();
    const std::size_t most = kLeastPoints + random.below(200);
    const auto rows = thinned(column, most);
    ASSERT_LE(rows.size(), std::max(most, std::size_t{1}));
    EXPECT_EQ(rows.front(), 0U);
    EXPECT_EQ(rows.back(), column.size() - 1);
    for (std::size_t i = 1; i < rows.size(); ++i) EXPECT_LT(rows[i - 1], rows[i]);
    const auto kept = [&](double value) {
      return std::ranges::any_of(rows, [&](auto row) { return column[row] == value; });
    };
    EXPECT_TRUE(kept(*std::ranges::min_element(column)));
    EXPECT_TRUE(kept(*std::ranges::max_element(column)));
    EXPECT_EQ(thinned(column, 0).size(), column.size());
  }
}

}  // namespace
}  // namespace cw::backtest
