#include "backtest/metrics.h"

#include <cmath>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "backtest/testing.h"

namespace cw::backtest {
namespace {

using testing::daily;
using testing::MadeRun;
using testing::trade;
using testing::walk;

std::vector<double> compounded(double capital, const std::vector<double>& returns) {
  std::vector<double> equity;
  for (const double r : returns) equity.push_back(capital *= 1 + r);
  return equity;
}

/// n days that go up and down in turn.
MadeRun seesaw(int n, double up, double down) {
  std::vector<double> returns;
  for (int i = 0; i < n; ++i) returns.push_back(i % 2 == 0 ? up : down);
  return daily(compounded(1000, returns));
}

// Returns +2 % and -1 % in turn, 40 days: mean 0.5 %, deviation sqrt(40/39) * 1.5 %, root of the mean square of losses
// 1 % / sqrt 2, gains 0.4 to losses 0.2.
TEST(Metrics, FollowTheHandWorkedReturns) {
  const auto figures = measure(seesaw(40, 0.02, -0.01).facts(), {}).figures;
  const double year = std::sqrt(365.0);
  const double deviation = 0.015 * std::sqrt(40.0 / 39);
  EXPECT_NEAR(figures[Figure::sharpe].value, 0.005 / deviation * year, 1e-9);
  EXPECT_NEAR(figures[Figure::volatility].value, deviation * year, 1e-9);
  EXPECT_NEAR(figures[Figure::sortino].value, 0.005 / (0.01 / std::sqrt(2.0)) * year, 1e-9);
  EXPECT_NEAR(figures[Figure::omega].value, 2, 1e-9);
  const double growth = std::pow(1.02 * 0.99, 20);
  EXPECT_NEAR(figures[Figure::total_return].value, growth - 1, 1e-12);
  EXPECT_NEAR(figures[Figure::cagr].value, std::pow(growth, 365.0 / 40) - 1, 1e-9);
  EXPECT_NEAR(figures[Figure::max_drawdown].value, 0.01, 1e-12);
  EXPECT_NEAR(figures[Figure::calmar].value, (std::pow(growth, 365.0 / 40) - 1) / 0.01, 1e-6);
  EXPECT_NEAR(figures[Figure::skew].value, 0, 1e-9);
  EXPECT_NEAR(figures[Figure::kurtosis].value, 1, 1e-9);
  EXPECT_EQ(figures[Figure::sharpe].n, 40U);
}

// 200 days: -5 % on eleven of them, +2 % on nine, +1 % else. The quantiles lie at rows 9.95 and 189.05 of 0..199 sorted.
TEST(Metrics, FollowTheHandWorkedTails) {
  std::vector<double> returns(200, 0.01);
  for (int i = 0; i < 20; ++i) returns[static_cast<std::size_t>(i * 10)] = i < 11 ? -0.05 : 0.02;
  const auto figures = measure(daily(compounded(1000, returns)).facts(), {}).figures;
  EXPECT_NEAR(figures[Figure::var_95].value, 0.05, 1e-12);
  EXPECT_NEAR(figures[Figure::cvar_95].value, 0.05, 1e-12);
  EXPECT_NEAR(figures[Figure::tail_ratio].value, 0.01 / 0.05, 1e-9);
}

TEST(Metrics, OfBuyAndHoldAreThoseOfTheMarket) {
  MadeRun run;
  run.timeframe = market::Timeframe::d1;
  Random random(3);
  double price = 100;
  for (int i = 0; i < 100; ++i) {
    price *= 1 + 0.02 * random.normal();
    run.push(1000 * price / 100, price, 1000 * price / 100);
  }
  const auto figures = measure(run.facts(), {}).figures;
  EXPECT_NEAR(figures[Figure::beta].value, 1, 1e-12);
  EXPECT_NEAR(figures[Figure::alpha].value, 0, 1e-12);
  EXPECT_NEAR(figures[Figure::total_return].value, figures[Figure::buy_and_hold_return].value, 1e-12);
  EXPECT_EQ(figures[Figure::time_in_market].value, 1);
  EXPECT_NEAR(figures[Figure::average_exposure].value, 1, 1e-12);
}

TEST(Metrics, AreNotToldUnderTheirLeast) {
  const auto few = measure(seesaw(29, 0.02, -0.01).facts(), {}).figures;
  for (const auto& row : figures()) {
    if (row.sample != Sample::periods) continue;
    EXPECT_TRUE(std::isnan(few[row.figure].value)) << row.key;
    EXPECT_EQ(few[row.figure].missing, Missing::too_few) << row.key;
  }
  EXPECT_TRUE(measure(seesaw(30, 0.02, -0.01).facts(), {}).figures[Figure::sharpe].told());
}

TEST(Metrics, CallADeviationOfRoundingNone) {
  const auto constant = measure(daily(compounded(1000, std::vector<double>(400, 0.001))).facts(), {}).figures;
  EXPECT_EQ(constant[Figure::sharpe].missing, Missing::no_variation);
  EXPECT_EQ(constant[Figure::sortino].missing, Missing::undefined);
  EXPECT_EQ(constant[Figure::skew].missing, Missing::no_variation);
  EXPECT_TRUE(constant[Figure::cagr].told());
  EXPECT_EQ(constant[Figure::calmar].missing, Missing::undefined);

  const auto still = measure(daily(std::vector<double>(400, 1000)).facts(), {}).figures;
  EXPECT_EQ(still[Figure::sharpe].missing, Missing::no_variation);
  EXPECT_EQ(still[Figure::omega].missing, Missing::undefined);
  EXPECT_EQ(still[Figure::tail_ratio].missing, Missing::undefined);
  EXPECT_EQ(still[Figure::max_drawdown].value, 0);
  EXPECT_EQ(still[Figure::ulcer_index].value, 0);
}

TEST(Metrics, TellNoRatioOfALostAccount) {
  std::vector<double> equity(300, 1000);
  for (std::size_t i = 0; i < equity.size(); ++i) equity[i] += i % 2 == 0 ? 10 : 0;
  equity[200] = -5;
  const auto lost = measure(daily(equity).facts(), {}).figures;
  EXPECT_EQ(lost[Figure::sharpe].missing, Missing::ruined);
  EXPECT_EQ(lost[Figure::var_95].missing, Missing::ruined);
  EXPECT_GT(lost[Figure::max_drawdown].value, 1);
}

// Pnl +30 -10 +20 0 -20, and an open one of +500 that is in the fees alone.
TEST(Metrics, FollowTheHandWorkedTrades) {
  std::vector<Trade> trades;
  for (int round = 0; round < 6; ++round) {
    for (const double pnl : {30.0, -10.0, 20.0, 0.0, -20.0}) trades.push_back(trade(pnl, pnl));
  }
  trades[1].side = TradeSide::short_side;
  trades[0].mae = 3;
  trades[0].bars = 9;
  trades[0].exit_time = 7000;
  trades.push_back(trade(500));
  trades.back().exit_reason = trading::Reason::open;
  trades.back().fees = 4;
  const auto metrics = measure(seesaw(40, 0.02, -0.01).facts(), trades);
  const auto& all = metrics.figures;
  EXPECT_EQ(all[Figure::trades].value, 30);
  EXPECT_EQ(all[Figure::open_trades].value, 1);
  EXPECT_EQ(all[Figure::gross_profit].value, 300);
  EXPECT_EQ(all[Figure::gross_loss].value, 180);
  EXPECT_DOUBLE_EQ(all[Figure::profit_factor].value, 300.0 / 180);
  EXPECT_DOUBLE_EQ(all[Figure::win_rate].value, 0.4);
  EXPECT_DOUBLE_EQ(all[Figure::expectancy].value, 4);
  EXPECT_DOUBLE_EQ(all[Figure::payoff].value, 25.0 / 15);
  EXPECT_DOUBLE_EQ(all[Figure::kelly].value, 0.4 - 0.6 / (25.0 / 15));
  // Squares about 4: 676 196 256 16 576, together 1720 a round.
  EXPECT_DOUBLE_EQ(all[Figure::sqn].value, std::sqrt(30.0) * 4 / std::sqrt(6 * 1720.0 / 29));
  EXPECT_DOUBLE_EQ(all[Figure::average_trade].value, 0.04);
  EXPECT_DOUBLE_EQ(all[Figure::best_trade].value, 0.3);
  EXPECT_DOUBLE_EQ(all[Figure::worst_trade].value, -0.2);
  EXPECT_EQ(all[Figure::longest_winning_streak].value, 1);
  EXPECT_EQ(all[Figure::longest_losing_streak].value, 1);
  EXPECT_DOUBLE_EQ(all[Figure::worst_mae].value, 0.03);
  EXPECT_DOUBLE_EQ(all[Figure::average_trade_bars].value, 0.3);
  EXPECT_DOUBLE_EQ(all[Figure::average_win_time].value, 7000.0 / 12);
  EXPECT_DOUBLE_EQ(all[Figure::average_loss_time].value, 0);
  EXPECT_EQ(all[Figure::fees_paid].value, 4);
  EXPECT_EQ(all[Figure::fees_paid].n, 61U);
  EXPECT_EQ(metrics.short_side[Figure::trades].value, 1);
  EXPECT_EQ(metrics.short_side[Figure::gross_loss].value, 10);
  EXPECT_EQ(metrics.short_side[Figure::win_rate].missing, Missing::too_few);
  EXPECT_EQ(metrics.long_side[Figure::trades].value, 29);
  EXPECT_EQ(metrics.long_side[Figure::sharpe].missing, Missing::no_data);
}

TEST(Metrics, OfTheSidesAddUpToThoseOfAll) {
  Random random(7);
  std::vector<Trade> trades;
  for (int i = 0; i < 500; ++i) {
    trades.push_back(
        trade(random.normal(), random.normal(), random.chance(0.4) ? TradeSide::short_side : TradeSide::long_side));
    trades.back().fees = random.uniform();
  }
  const auto metrics = measure(seesaw(40, 0.02, -0.01).facts(), trades);
  for (const auto figure :
       {Figure::trades, Figure::gross_profit, Figure::gross_loss, Figure::fees_paid, Figure::trades_profit}) {
    EXPECT_NEAR(metrics.long_side[figure].value + metrics.short_side[figure].value, metrics.figures[figure].value, 1e-9)
        << info(figure).key;
  }
}

TEST(Metrics, OfTradesWithoutLossesHaveNothingToDivideBy) {
  const std::vector<Trade> trades(40, trade(5, 1));
  const auto figures = measure(seesaw(40, 0.02, -0.01).facts(), trades).figures;
  EXPECT_EQ(figures[Figure::profit_factor].missing, Missing::undefined);
  EXPECT_EQ(figures[Figure::payoff].missing, Missing::undefined);
  EXPECT_EQ(figures[Figure::kelly].missing, Missing::undefined);
  EXPECT_EQ(figures[Figure::sqn].missing, Missing::no_variation);
  EXPECT_EQ(figures[Figure::average_loss].missing, Missing::undefined);
  EXPECT_EQ(figures[Figure::longest_winning_streak].value, 40);
}

TEST(Metrics, DivideTheValueOfAllFillsByTheMeanEquity) {
  const std::vector<Trade> trades(10, trade(0));  // 100 in and 100 out, each
  const auto figures = measure(daily(std::vector<double>(73, 1000)).facts(), trades).figures;
  EXPECT_DOUBLE_EQ(figures[Figure::turnover].value, 2);
  EXPECT_DOUBLE_EQ(figures[Figure::turnover_a_year].value, 10);
}

TEST(Metrics, MonthsCompoundToTheWholeReturn) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const auto facts = walk(20'000, seed).facts();
    const auto metrics = measure(facts, {});
    double months = 1;
    std::uint32_t days = 0;
    for (const auto& row : metrics.months) months *= 1 + row.change, days += row.days;
    double years = 1;
    for (const auto& row : metrics.years) years *= 1 + row.change;
    EXPECT_NEAR(months - 1, metrics.figures[Figure::total_return].value, 1e-10);
    EXPECT_NEAR(years - 1, metrics.figures[Figure::total_return].value, 1e-10);
    EXPECT_EQ(days, facts.periods.size());
    EXPECT_EQ(metrics.months.front().year, 2024);
    EXPECT_EQ(metrics.months.front().month, 1);
    EXPECT_EQ(metrics.years.front().month, 0);
  }
}

TEST(Metrics, OfNoBarsAreNotTold) {
  EquityPass pass(1000, 100, market::Timeframe::m1);
  const auto metrics = measure(pass.finish(), {});
  EXPECT_EQ(metrics.figures[Figure::total_return].missing, Missing::too_few);
  EXPECT_EQ(metrics.figures[Figure::sharpe].missing, Missing::too_few);
  EXPECT_EQ(metrics.figures[Figure::trades].value, 0);
  EXPECT_TRUE(metrics.months.empty());
}

TEST(Figures, HaveKeysOfTheirOwnAndStandInTheManual) {
  std::ifstream file("docs/metrics.md");
  const std::string page{std::istreambuf_iterator<char>(file), {}};
  std::set<std::string_view> keys;
  for (const auto& row : figures()) {
    EXPECT_TRUE(keys.insert(row.key).second) << row.key;
    std::string formula{row.formula};
    for (std::size_t at = 0; (at = formula.find('|', at)) != std::string::npos; at += 2) formula.insert(at, "\\");
    const auto line =
        fmt::format("| `{}` | {} | {} | {} | {} | {} |", row.key, formula, name(row.unit), name(row.sample), row.least,
                    row.year_days == 0 ? "" : fmt::format("{}", row.year_days));
    EXPECT_NE(page.find(line), std::string::npos) << "docs/metrics.md should have\n" << line;
  }
}

}  // namespace
}  // namespace cw::backtest
