// As backtesting._stats.compute_stats of backtesting.py.
#include <iterator>

#include "backtest/peer_parts.h"

namespace cw::backtest {
namespace {

using namespace peers;

/// exp of the mean of log(1 + r), less one; 0 where one of them lost everything.
double geometric_mean(std::span<const double> returns) {
  double logs = 0;
  for (const double r : returns) {
    if (1 + r <= 0) return 0;
    logs += std::log(1 + r);
  }
  return std::exp(logs / static_cast<double>(returns.size())) - 1;
}

/// Days that a year is taken to have: 252 where weekends are missing.
double year_days(const PeerInput& run) {
  if (run.timeframe == market::Timeframe::w1) return 52;
  const auto weekends = std::ranges::count_if(run.rows.open_time_ms, [](std::int64_t ms) {
    const std::int64_t weekday = (day_of(ms) + 3) % 7;  // 1970 began on a Thursday; 0 is Monday
    return weekday == 5 || weekday == 6;
  });
  return static_cast<double>(weekends) / static_cast<double>(run.rows.size()) > 2.0 / 7 * 0.6 ? 365 : 252;
}

struct Drawdowns {
  double deepest = 0;
  std::vector<double> depths;
  std::vector<double> seconds;
};

/// Runs of rows under the highest so far. Where none is longer than the last bar alone, both columns are the depths of the
/// rows: what the package answers.
Drawdowns drawdowns(const EquityRows& rows) {
  Drawdowns found;
  std::vector<double> under;
  double peak = -std::numeric_limits<double>::infinity();
  for (const double equity : rows.equity) {
    peak = std::max(peak, equity);
    under.push_back(1 - equity / peak);
  }
  found.deepest = largest(under);
  std::size_t before = 0;
  for (std::size_t i = 1; i < under.size(); ++i) {
    if (under[i] != 0 && i + 1 < under.size()) continue;
    if (i > before + 1) {
      found.depths.push_back(largest(std::span(under).subspan(before, i - before + 1)));
      found.seconds.push_back(static_cast<double>(rows.open_time_ms[i] - rows.open_time_ms[before]) / 1000);
    }
    before = i;
  }
  if (found.depths.empty()) {
    for (const double depth : under) {
      if (depth != 0) found.depths.push_back(depth), found.seconds.push_back(depth);
    }
  }
  return found;
}

/// Times are rounded up to the unit of the timeframe: days, hours or minutes.
double rounded_up(double seconds, market::Timeframe timeframe) {
  const auto bar = market::duration(timeframe);
  const double unit = bar >= std::chrono::days{1} ? 86'400 : (bar >= std::chrono::hours{1} ? 3'600 : 60);
  return std::ceil(seconds / unit) * unit;
}

double exposure(const PeerInput& run, std::span<const Trade> trades) {
  std::vector<double> held(run.rows.size());
  for (const auto& trade : trades) {
    const auto from = bar_at(run.rows.open_time_ms, trade.entry_time);
    const auto to = bar_at(run.rows.open_time_ms, trade.exit_time);
    std::fill(held.begin() + static_cast<std::ptrdiff_t>(from), held.begin() + static_cast<std::ptrdiff_t>(to) + 1,
              1.0);
  }
  return mean(held);
}

/// Covariance of the logarithms of changes over their variance.
double beta_of(std::span<const double> equity, std::span<const double> closes) {
  std::vector<double> ours;
  std::vector<double> market;
  for (std::size_t i = 1; i < equity.size(); ++i) {
    ours.push_back(std::log(equity[i] / equity[i - 1]));
    market.push_back(std::log(closes[i] / closes[i - 1]));
  }
  if (ours.size() < 2) return kNaN;
  const double a = mean(ours);
  const double b = mean(market);
  double together = 0;
  double squares = 0;
  for (std::size_t i = 0; i < ours.size(); ++i) {
    together += (ours[i] - a) * (market[i] - b);
    squares += (market[i] - b) * (market[i] - b);
  }
  return together / squares;
}

double or_nan(double value) { return value == 0 ? kNaN : value; }

void add_equity(const PeerInput& run, std::vector<PeerFigure>& into) {
  const auto& equity = run.rows.equity;
  const auto& closes = run.rows.benchmark;
  const double total = (equity.back() - equity[0]) / equity[0];
  const double hold = (closes.back() - closes[0]) / closes[0];
  const bool weekly = run.timeframe == market::Timeframe::w1;
  const auto days =
      changes(weekly ? std::vector<double>(equity.begin(), equity.end()) : last_of_days(run.rows.open_time_ms, equity));
  const double year = year_days(run);
  const double daily = days.empty() ? kNaN : geometric_mean(days);
  const double annual = std::pow(1 + daily, year) - 1;
  const double variance = days.size() < 2 ? kNaN : std::pow(deviation(days, 1), 2);
  const double volatility =
      std::sqrt(std::pow(variance + std::pow(1 + daily, 2), year) - std::pow(1 + daily, 2 * year));
  const double span_days = static_cast<double>(run.rows.open_time_ms.back() - run.rows.open_time_ms[0]) / kDayMs;
  std::vector<double> squares;
  for (const double r : days) squares.push_back(std::pow(std::min(r, 0.0), 2));
  const auto fell = drawdowns(run.rows);
  const double beta = beta_of(equity, closes);
  into.insert(into.end(), {{"Equity Final [$]", equity.back()},
                           {"Equity Peak [$]", largest(equity)},
                           {"Return [%]", total * 100},
                           {"Buy & Hold Return [%]", hold * 100},
                           {"Return (Ann.) [%]", annual * 100},
                           {"Volatility (Ann.) [%]", volatility * 100},
                           {"CAGR [%]", (std::pow(equity.back() / equity[0], 365.25 / or_nan(span_days)) - 1) * 100},
                           {"Sharpe Ratio", annual / or_nan(volatility)},
                           {"Sortino Ratio", annual / (std::sqrt(mean(squares)) * std::sqrt(year))},
                           {"Calmar Ratio", annual / or_nan(fell.deepest)},
                           {"Alpha [%]", (total - beta * hold) * 100},
                           {"Beta", beta},
                           {"Max. Drawdown [%]", -fell.deepest * 100},
                           {"Avg. Drawdown [%]", -mean(fell.depths) * 100},
                           {"Max. Drawdown Duration", rounded_up(largest(fell.seconds), run.timeframe)},
                           {"Avg. Drawdown Duration", rounded_up(mean(fell.seconds), run.timeframe)}});
}

void add_trades(const PeerInput& run, std::vector<PeerFigure>& into) {
  std::vector<Trade> trades;
  std::ranges::copy_if(run.trades, std::back_inserter(trades), [](const Trade& trade) { return !trade.is_open(); });
  const auto every = [](const Trade&) { return true; };
  const auto pnl = of_trades(trades, pnl_of, every);
  const auto returns = of_trades(trades, ratio_of, every);
  const auto wins = of_trades(trades, pnl_of, [](const Trade& trade) { return trade.pnl > 0; });
  const auto losses = of_trades(trades, pnl_of, [](const Trade& trade) { return trade.pnl < 0; });
  const auto seconds = of_trades(
      trades, [](const Trade& trade) { return static_cast<double>(trade.exit_time - trade.entry_time) / 1000; }, every);
  const auto up = of_trades(trades, ratio_of, [](const Trade& trade) { return trade.pnl_pct > 0; });
  const auto down = of_trades(trades, ratio_of, [](const Trade& trade) { return trade.pnl_pct < 0; });
  const auto n = static_cast<double>(trades.size());
  const double win_rate = trades.empty() ? kNaN : static_cast<double>(wins.size()) / n;
  into.insert(into.end(), {{"Exposure Time [%]", exposure(run, trades) * 100},
                           {"# Trades", n},
                           {"Win Rate [%]", win_rate * 100},
                           {"Best Trade [%]", largest(returns) * 100},
                           {"Worst Trade [%]", smallest(returns) * 100},
                           {"Avg. Trade [%]", trades.empty() ? kNaN : geometric_mean(returns) * 100},
                           {"Max. Trade Duration", rounded_up(largest(seconds), run.timeframe)},
                           {"Avg. Trade Duration", rounded_up(mean(seconds), run.timeframe)},
                           {"Profit Factor", sum(up) / or_nan(std::abs(sum(down)))},
                           {"Expectancy [%]", mean(returns) * 100},
                           {"SQN", std::sqrt(n) * mean(pnl) / or_nan(deviation(pnl, 1))},
                           {"Kelly Criterion", win_rate - (1 - win_rate) / (mean(wins) / -mean(losses))}});
}

}  // namespace

std::vector<PeerFigure> metrics_as_backtesting_py(const PeerInput& run) {
  std::vector<PeerFigure> found;
  add_equity(run, found);
  add_trades(run, found);
  return found;
}

}  // namespace cw::backtest
