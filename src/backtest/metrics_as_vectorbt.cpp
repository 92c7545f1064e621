// As Portfolio.stats() and returns_stats() of vectorbt.
#include <array>

#include "backtest/peer_parts.h"
#include "backtest/statistics.h"

namespace cw::backtest {
namespace {

using namespace peers;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// Returns of each row, the first on `start`.
std::vector<double> returns_of(std::span<const double> values, double start) {
  std::vector<double> found;
  double before = start;
  for (const double value : values) {
    const double change = (value - before) / before;
    found.push_back(before < 0 ? -change : change);
    before = value;
  }
  return found;
}

/// Skew and kurtosis without bias, the latter over that of a normal sample: as pandas has them.
std::array<double, 2> shape_of(std::span<const double> sample) {
  const Moments found = moments(sample);
  const auto n = static_cast<double>(sample.size());
  if (n < 4) return {kNaN, kNaN};
  if (found.is_flat()) return {kNaN, kNaN};
  const double skew = found.skew() * std::sqrt(n * (n - 1)) / (n - 2);
  return {skew, (n - 1) / ((n - 2) * (n - 3)) * ((n + 1) * found.kurtosis() - 3 * (n - 1))};
}

struct Falls {
  double deepest = kNaN;  // below zero; NaN: none
  double longest_bars = kNaN;
};

/// Drawdowns of the rows' equity, the starting capital aside; one begins with the first row under the peak.
Falls falls_of(std::span<const double> equity) {
  Falls found;
  std::size_t peak = 0;
  double low = equity[0];
  for (std::size_t i = 1; i < equity.size(); ++i) {
    const bool recovered = equity[i] >= equity[peak];
    if (!recovered) low = std::min(low, equity[i]);
    const bool last = i + 1 == equity.size();
    if (low < equity[peak] && (recovered || last)) {
      const double depth = (low - equity[peak]) / equity[peak];
      const auto bars = static_cast<double>(i - peak) - (recovered ? 1 : 0);
      found.deepest = std::isnan(found.deepest) ? depth : std::min(found.deepest, depth);
      found.longest_bars = std::isnan(found.longest_bars) ? bars : std::max(found.longest_bars, bars);
    }
    if (recovered) peak = i, low = equity[i];
  }
  return found;
}

/// The deepest fall of compounded returns, the capital before the first of them aside.
double deepest_of_returns(std::span<const double> returns) {
  double value = 100;
  double peak = -kInfinity;
  double deepest = 0;
  for (const double r : returns) {
    value *= r + 1;
    peak = std::max(peak, value);
    deepest = std::min(deepest, value / peak - 1);
  }
  return deepest;
}

void add_returns(const PeerInput& run, std::vector<PeerFigure>& into) {
  const auto returns = returns_of(run.rows.equity, run.capital);
  const auto market = returns_of(run.rows.benchmark, run.rows.benchmark[0]);
  const auto n = static_cast<double>(returns.size());
  const double year = 365.0 * kDayMs / static_cast<double>(market::duration(run.timeframe).count());
  double growth = 1;
  double gains = 0;
  double losses = 0;
  double below = 0;
  for (const double r : returns) {
    growth *= r + 1;
    gains += std::max(r, 0.0);
    losses += std::max(-r, 0.0);
    below += std::min(r, 0.0) * std::min(r, 0.0);
  }
  const double annual = std::pow(growth, year / n) - 1;
  const double spread = deviation(returns, 1);
  const double downside = std::sqrt(below / n) * std::sqrt(year);
  const double deepest = deepest_of_returns(returns);
  const bool two = returns.size() >= 2;

  const double middle = mean(market);
  double together = 0;
  double squares = 0;
  for (std::size_t i = 0; i < returns.size(); ++i) {
    together += (market[i] - middle) * returns[i];
    squares += (market[i] - middle) * (market[i] - middle);
  }
  const double beta = two && squares / n >= 1e-30 ? together / squares : kNaN;
  const auto tails = quantiles(returns, std::array{0.05, 0.95});
  const double tail_ratio = tails[0] == 0 ? kInfinity : std::abs(tails[1]) / std::abs(tails[0]);
  const auto shape = shape_of(returns);
  into.insert(into.end(),
              {{"Annualized Return [%]", annual * 100},
               {"Annualized Volatility [%]", two ? spread * std::sqrt(year) * 100 : kNaN},
               {"Sharpe Ratio", !two ? kNaN : (spread == 0 ? kInfinity : mean(returns) / spread * std::sqrt(year))},
               {"Calmar Ratio", deepest == 0 ? kNaN : annual / -deepest},
               {"Omega Ratio", losses == 0 ? kInfinity : gains / losses},
               {"Sortino Ratio", !two ? kNaN : (downside == 0 ? kInfinity : mean(returns) * year / downside)},
               {"Skew", shape[0]},
               {"Kurtosis", shape[1]},
               {"Tail Ratio", tail_ratio},
               {"Common Sense Ratio", tail_ratio * (1 + annual)},
               {"Value at Risk", tails[0]},
               {"Alpha", two ? std::pow(mean(returns) - beta * mean(market) + 1, year) - 1 : kNaN},
               {"Beta", beta}});
}

void add_value(const PeerInput& run, std::vector<PeerFigure>& into) {
  const double bar_seconds = static_cast<double>(market::duration(run.timeframe).count()) / 1000;
  const auto falls = falls_of(run.rows.equity);
  double fees = 0;
  for (const auto& trade : run.trades) fees += trade.fees;
  into.insert(into.end(), {{"Start Value", run.capital},
                           {"End Value", run.rows.equity.back()},
                           {"Total Return [%]", (run.rows.equity.back() / run.capital - 1) * 100},
                           {"Benchmark Return [%]", (run.rows.benchmark.back() / run.rows.benchmark[0] - 1) * 100},
                           {"Total Fees Paid", fees},
                           {"Max Drawdown [%]", -falls.deepest * 100},
                           {"Max Drawdown Duration", falls.longest_bars * bar_seconds}});
}

void add_trades(const PeerInput& run, std::vector<PeerFigure>& into) {
  const auto closed = [](const Trade& trade) { return !trade.is_open(); };
  const auto won = [](const Trade& trade) { return !trade.is_open() && trade.pnl > 0; };
  const auto lost = [](const Trade& trade) { return !trade.is_open() && trade.pnl < 0; };
  const double bar_seconds = static_cast<double>(market::duration(run.timeframe).count()) / 1000;
  const auto seconds = [&](const Trade& trade) {
    return static_cast<double>(bar_at(run.rows.open_time_ms, trade.exit_time) -
                               bar_at(run.rows.open_time_ms, trade.entry_time)) *
           bar_seconds;
  };
  const auto pnl = of_trades(run.trades, pnl_of, closed);
  const auto returns = of_trades(run.trades, ratio_of, closed);
  const auto wins = of_trades(run.trades, pnl_of, won);
  const auto losses = of_trades(run.trades, pnl_of, lost);
  const auto open = of_trades(run.trades, pnl_of, [](const Trade& trade) { return trade.is_open(); });
  const auto n = static_cast<double>(pnl.size());
  const double average_win = wins.empty() ? 0 : mean(wins);
  const double average_loss = losses.empty() ? 0 : mean(losses);
  const double expectancy = static_cast<double>(wins.size()) / n * average_win -
                            static_cast<double>(losses.size()) / n * std::abs(average_loss);
  into.insert(into.end(), {{"Total Trades", static_cast<double>(run.trades.size())},
                           {"Total Closed Trades", n},
                           {"Total Open Trades", static_cast<double>(open.size())},
                           {"Open Trade PnL", sum(open)},
                           {"Win Rate [%]", static_cast<double>(wins.size()) / n * 100},
                           {"Best Trade [%]", largest(returns) * 100},
                           {"Worst Trade [%]", smallest(returns) * 100},
                           {"Avg Winning Trade [%]", mean(of_trades(run.trades, ratio_of, won)) * 100},
                           {"Avg Losing Trade [%]", mean(of_trades(run.trades, ratio_of, lost)) * 100},
                           {"Avg Winning Trade Duration", mean(of_trades(run.trades, seconds, won))},
                           {"Avg Losing Trade Duration", mean(of_trades(run.trades, seconds, lost))},
                           {"Profit Factor", sum(wins) / std::abs(sum(losses))},
                           {"Expectancy", expectancy},
                           {"SQN", std::sqrt(n) * mean(pnl) / deviation(pnl, 1)}});
}

}  // namespace

std::vector<PeerFigure> metrics_as_vectorbt(const PeerInput& run) {
  std::vector<PeerFigure> found;
  add_value(run, found);
  add_trades(run, found);
  add_returns(run, found);
  return found;
}

}  // namespace cw::backtest
