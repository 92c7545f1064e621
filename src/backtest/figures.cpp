#include "backtest/figures.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace cw::backtest {
namespace {

using enum Figure;
using enum Unit;
using S = Sample;

constexpr std::uint32_t kYear = 365;
constexpr std::uint32_t kFewPeriods = 30;  // a month of days: under it a year's figure is a guess
constexpr std::uint32_t kTails = 100;      // five periods in each 5 % tail
constexpr std::uint32_t kFewTrades = 10;
constexpr std::uint32_t kSampleTrades = 30;

constexpr std::array<FigureInfo, kFigures> kTable{{
    {net_profit, "net_profit", "final equity - capital", money, S::bars, 1, 0},
    {gross_profit, "gross_profit", "sum of pnl > 0", money, S::trades, 0, 0},
    {gross_loss, "gross_loss", "-sum of pnl < 0", money, S::trades, 0, 0},
    {total_return, "total_return", "final equity / capital - 1", fraction, S::bars, 1, 0},
    {cagr, "cagr", "(final equity / capital)^(1 / years) - 1", fraction, S::periods, kFewPeriods, kYear},
    {volatility, "volatility", "std(r, ddof 1) * sqrt(periods a year)", fraction, S::periods, kFewPeriods, kYear},
    {sharpe, "sharpe", "Sharpe 1994: mean(r) / std(r, ddof 1) * sqrt(periods a year), risk-free 0", ratio, S::periods,
     kFewPeriods, kYear},
    {sortino, "sortino", "Sortino 1994: mean(r) / sqrt(mean(min(r, 0)^2)) * sqrt(periods a year), target 0", ratio,
     S::periods, kFewPeriods, kYear},
    {calmar, "calmar", "Young 1991: cagr / max_drawdown, over the whole run", ratio, S::periods, kFewPeriods, kYear},
    {omega, "omega", "Keating, Shadwick 2002: sum(max(r, 0)) / sum(max(-r, 0)), threshold 0", ratio, S::periods,
     kFewPeriods, 0},
    {max_drawdown, "max_drawdown", "max((peak - equity) / peak), marked at each close", fraction, S::bars, 1, 0},
    {max_drawdown_bars, "max_drawdown_bars", "of the deepest: from its peak to its recovery, or to the end", Unit::bars,
     S::bars, 1, 0},
    {max_drawdown_recovery_bars, "max_drawdown_recovery_bars", "of the deepest: from its trough to its recovery",
     Unit::bars, S::bars, 1, 0},
    {longest_drawdown_bars, "longest_drawdown_bars", "longest from a peak to its recovery, or to the end", Unit::bars,
     S::bars, 1, 0},
    {average_drawdown, "average_drawdown", "mean depth of the drawdowns", fraction, S::drawdowns, 1, 0},
    {average_drawdown_bars, "average_drawdown_bars", "mean length of the drawdowns", Unit::bars, S::drawdowns, 1, 0},
    {ulcer_index, "ulcer_index", "Martin 1987: sqrt(mean(((peak - equity) / peak)^2)), over bars", fraction, S::bars, 1,
     0},
    {buy_and_hold_return, "buy_and_hold_return", "last close / first close - 1, without costs", fraction, S::bars, 1,
     0},
    {alpha, "alpha", "Jensen 1968: (mean(r) - beta * mean(b)) * periods a year, risk-free 0", fraction, S::periods,
     kFewPeriods, kYear},
    {beta, "beta", "cov(r, b) / var(b), b: buy and hold", ratio, S::periods, kFewPeriods, 0},
    {var_95, "var_95", "historical: -(5 % quantile of r, linear between values)", fraction, S::periods, kTails, 0},
    {cvar_95, "cvar_95", "historical: -(mean of the r at or under their 5 % quantile)", fraction, S::periods, kTails,
     0},
    {tail_ratio, "tail_ratio", "|95 % quantile of r| / |5 % quantile of r|", ratio, S::periods, kTails, 0},
    {Figure::skew, "skew", "m3 / m2^1.5 of r", ratio, S::periods, kFewPeriods, 0},
    {Figure::kurtosis, "kurtosis", "Pearson: m4 / m2^2 of r, normal 3", ratio, S::periods, kFewPeriods, 0},
    {time_in_market, "time_in_market", "bars with a position at the close / bars", fraction, S::bars, 1, 0},
    {average_exposure, "average_exposure", "mean of |position value| / equity, over bars", fraction, S::bars, 1, 0},
    {largest_exposure, "largest_exposure", "max of |position value| / equity", fraction, S::bars, 1, 0},
    {turnover, "turnover", "value of all fills / mean equity", ratio, S::fills, 0, 0},
    {turnover_a_year, "turnover_a_year", "turnover / years", ratio, S::periods, kFewPeriods, kYear},
    {fees_paid, "fees_paid", "sum of fees", money, S::fills, 0, 0},
    {slippage_paid, "slippage_paid", "sum of slippage", money, S::fills, 0, 0},
    {trades, "trades", "closed trades", count, S::trades, 0, 0},
    {open_trades, "open_trades", "trades open at the end", count, S::trades, 0, 0},
    {trades_profit, "trades_profit", "sum of pnl", money, S::trades, 0, 0},
    {win_rate, "win_rate", "trades with pnl > 0 / trades", fraction, S::trades, kFewTrades, 0},
    {profit_factor, "profit_factor", "gross_profit / gross_loss", ratio, S::trades, kFewTrades, 0},
    {expectancy, "expectancy", "mean(pnl)", money, S::trades, kFewTrades, 0},
    {payoff, "payoff", "mean(pnl > 0) / -mean(pnl < 0)", ratio, S::trades, kFewTrades, 0},
    {kelly, "kelly", "Kelly 1956: win_rate - (1 - win_rate) / payoff", fraction, S::trades, kSampleTrades, 0},
    {sqn, "sqn", "Tharp: sqrt(n) * mean(pnl) / std(pnl, ddof 1), n not capped", ratio, S::trades, kSampleTrades, 0},
    {average_trade, "average_trade", "mean(pnl / entry value)", fraction, S::trades, 1, 0},
    {best_trade, "best_trade", "max(pnl / entry value)", fraction, S::trades, 1, 0},
    {worst_trade, "worst_trade", "min(pnl / entry value)", fraction, S::trades, 1, 0},
    {average_win, "average_win", "mean(pnl > 0)", money, S::trades, 1, 0},
    {average_loss, "average_loss", "-mean(pnl < 0)", money, S::trades, 1, 0},
    {average_mae, "average_mae", "Sweeney 1996: mean(maximum adverse excursion / entry price)", fraction, S::trades, 1,
     0},
    {average_mfe, "average_mfe", "Sweeney 1996: mean(maximum favourable excursion / entry price)", fraction, S::trades,
     1, 0},
    {worst_mae, "worst_mae", "max(maximum adverse excursion / entry price)", fraction, S::trades, 1, 0},
    {best_mfe, "best_mfe", "max(maximum favourable excursion / entry price)", fraction, S::trades, 1, 0},
    {longest_winning_streak, "longest_winning_streak", "most trades with pnl > 0 in a row", count, S::trades, 0, 0},
    {longest_losing_streak, "longest_losing_streak", "most trades with pnl < 0 in a row", count, S::trades, 0, 0},
    {average_trade_bars, "average_trade_bars", "mean(bars)", Unit::bars, S::trades, 1, 0},
    {longest_trade_bars, "longest_trade_bars", "max(bars)", Unit::bars, S::trades, 1, 0},
    {average_trade_time, "average_trade_time", "mean(exit time - entry time)", time_ms, S::trades, 1, 0},
    {average_win_time, "average_win_time", "the same of trades with pnl > 0", time_ms, S::trades, 1, 0},
    {average_loss_time, "average_loss_time", "the same of trades with pnl < 0", time_ms, S::trades, 1, 0},
}};

static_assert(std::ranges::all_of(kTable, [](const FigureInfo& row) {
  return &row == &kTable[static_cast<std::size_t>(row.figure)];
}));

}  // namespace

std::span<const FigureInfo> figures() { return kTable; }

const FigureInfo& info(Figure figure) { return kTable[static_cast<std::size_t>(figure)]; }

std::string_view name(Unit unit) {
  switch (unit) {
    case money: return "money";
    case fraction: return "fraction";
    case ratio: return "ratio";
    case count: return "count";
    case Unit::bars: return "bars";
    case time_ms: return "time_ms";
  }
  return "";
}

std::string_view name(Sample sample) {
  switch (sample) {
    case S::bars: return "bars";
    case S::periods: return "periods";
    case S::drawdowns: return "drawdowns";
    case S::trades: return "trades";
    case S::fills: return "fills";
  }
  return "";
}

std::string_view name(Missing missing) {
  switch (missing) {
    case Missing::none: return "none";
    case Missing::no_data: return "no_data";
    case Missing::too_few: return "too_few";
    case Missing::no_variation: return "no_variation";
    case Missing::undefined: return "undefined";
    case Missing::ruined: return "ruined";
  }
  return "";
}

Figures::Figures() { values_.fill({std::numeric_limits<double>::quiet_NaN(), 0, Missing::no_data}); }

void Figures::put(Figure figure, std::uint64_t n, double value, Missing why) {
  Missing missing = std::isfinite(value) ? Missing::none : why;
  if (n < info(figure).least) missing = Missing::too_few;
  values_[static_cast<std::size_t>(figure)] = {
      missing == Missing::none ? value : std::numeric_limits<double>::quiet_NaN(), n, missing};
}

}  // namespace cw::backtest
