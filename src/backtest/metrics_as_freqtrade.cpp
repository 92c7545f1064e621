// As data/metrics.py and optimize_reports.py of freqtrade.
#include <array>
#include <iterator>

#include "backtest/peer_parts.h"
#include "backtest/statistics.h"

namespace cw::backtest {
namespace {

using namespace peers;

constexpr double kNotOptimal = -100;  // what it answers where there is nothing to divide by
const double kRootOfYear = std::sqrt(365.0);

double annualized(double mean_return, double by) {
  return by != 0 && !std::isnan(by) ? mean_return / by * kRootOfYear : kNotOptimal;
}

double rounded(double value, double unit) { return std::nearbyint(value * unit) / unit; }

bool every(const Trade&) { return true; }
bool won(const Trade& trade) { return trade.pnl_pct > 0; }
bool lost(const Trade& trade) { return trade.pnl_pct < 0; }

struct Fall {
  double relative = 0;
  double money = 0;
  double high = 0;
  double low = 0;
  double seconds = 0;  // from high to low
};

/// The deepest fall of summed profits, by money or by share of the balance. The high of a fall from the starting balance is dated
/// at the first profit, as the package does.
Fall deepest(std::span<const double> profits, std::span<const std::int64_t> time_ms, double balance, bool by_share) {
  Fall found;
  double total = 0;
  double high = 0;
  std::size_t high_at = 0;
  double worst = 0;
  for (std::size_t i = 0; i < profits.size(); ++i) {
    total += profits[i];
    if (total > high) high = total, high_at = i;
    const double money = high - total;
    const double relative = money / (balance + high);
    if ((by_share ? relative : money) <= worst) continue;
    worst = by_share ? relative : money;
    found = {relative, money, high, total, static_cast<double>(time_ms[i] - time_ms[high_at]) / 1000};
  }
  return found;
}

struct Period {
  double days;  // whole ones between the first and the last open, at least 1
  bool none;    // there is but one bar
};

Period period_of(const EquityRows& rows) {
  const std::int64_t span = rows.open_time_ms.back() - rows.open_time_ms[0];
  return {std::max(1.0, std::floor(static_cast<double>(span) / kDayMs)), span == 0};
}

double cagr(double days, double from, double to) {
  const double grown = to < 0 ? kNaN : std::pow(to / from, 365 / days) - 1;
  return std::isfinite(grown) ? grown : 0;
}

/// Two-sided, of the mean of a sample being nothing.
double p_value(std::span<const double> sample) {
  if (sample.size() < 2) return 1;
  const double spread = deviation(sample, 1);
  if (spread == 0) return 1;
  const auto n = static_cast<double>(sample.size());
  return student_two_sided(mean(sample) / spread * std::sqrt(n), n - 1);
}

void add_profits(const PeerInput& run, std::vector<PeerFigure>& into) {
  const auto longs = [](const Trade& trade) { return trade.side == TradeSide::long_side; };
  const auto shorts = [](const Trade& trade) { return trade.side == TradeSide::short_side; };
  const auto profit = of_trades(run.trades, pnl_of, every);
  auto ratios = of_trades(run.trades, ratio_of, every);
  const auto n = static_cast<double>(profit.size());
  const double mean_ratio = ratios.empty() ? 0 : mean(ratios);
  const double median = ratios.empty() ? 0 : quantiles(ratios, std::array{0.5})[0];
  const double of_longs = sum(of_trades(run.trades, pnl_of, longs));
  const double of_shorts = sum(of_trades(run.trades, pnl_of, shorts));
  const auto stakes = of_trades(run.trades, [](const Trade& trade) { return trade.entry_value(); }, every);
  const auto days = period_of(run.rows).days;
  const auto& closes = run.rows.benchmark;
  into.insert(into.end(), {{"total_trades", n},
                           {"trade_count_long", static_cast<double>(std::ranges::count_if(run.trades, longs))},
                           {"trade_count_short", static_cast<double>(std::ranges::count_if(run.trades, shorts))},
                           {"avg_stake_amount", stakes.empty() ? 0 : mean(stakes)},
                           {"profit_mean", mean_ratio},
                           {"profit_median", median},
                           {"profit_total", sum(profit) / run.capital},
                           {"profit_total_abs", sum(profit)},
                           {"profit_total_long", of_longs / run.capital},
                           {"profit_total_short", of_shorts / run.capital},
                           {"profit_total_long_abs", of_longs},
                           {"profit_total_short_abs", of_shorts},
                           {"cagr", cagr(days, run.capital, run.rows.equity.back())},
                           {"backtest_days", days},
                           {"trades_per_day", rounded(n / days, 100)},
                           {"market_change", (closes.back() - closes[0]) / closes[0]}});
}

void add_ratios(const PeerInput& run, std::vector<PeerFigure>& into) {
  auto profit = of_trades(run.trades, pnl_of, every);
  const auto wins = of_trades(run.trades, pnl_of, [](const Trade& trade) { return trade.pnl > 0; });
  const auto losses = of_trades(run.trades, pnl_of, [](const Trade& trade) { return trade.pnl < 0; });
  std::vector<std::int64_t> ends;
  for (const auto& trade : run.trades) ends.push_back(trade.exit_time);
  const auto n = static_cast<double>(profit.size());
  const auto period = period_of(run.rows);
  const bool none = profit.empty() || period.none;
  const double average_win = wins.empty() ? 0 : mean(wins);
  const double average_loss = losses.empty() ? 0 : -mean(losses);
  const double win_rate = profit.empty() ? 0 : static_cast<double>(wins.size()) / n;
  const double loss_rate = profit.empty() ? 0 : static_cast<double>(losses.size()) / n;
  const auto by_money = deepest(profit, ends, run.capital, false);
  const auto by_share = deepest(profit, ends, run.capital, true);
  std::vector<double> sums(profit.size());
  std::partial_sum(profit.begin(), profit.end(), sums.begin());
  const double factor = losses.empty() ? 0 : sum(wins) / -sum(losses);

  const auto share_of_capital = [&](std::span<const double> values) {
    std::vector<double> shares(values.begin(), values.end());
    for (double& share : shares) share /= run.capital;
    return shares;
  };
  const auto shares = share_of_capital(profit);
  const double daily = sum(shares) / period.days;
  const double spread = deviation(shares, 1);
  const double sqn = spread != 0 && !std::isnan(spread) ? std::sqrt(n) * (mean(shares) / spread) : kNotOptimal;
  into.insert(into.end(),
              {{"expectancy", win_rate * average_win - loss_rate * average_loss},
               {"expectancy_ratio", average_loss > 0 ? (1 + average_win / average_loss) * win_rate - 1 : 100},
               {"sortino", none ? 0 : annualized(daily, deviation(share_of_capital(losses), 0))},
               {"sharpe", none ? 0 : annualized(daily, deviation(shares, 0))},
               {"calmar", none ? 0 : annualized(daily * 100, by_money.relative)},
               {"sqn", profit.empty() ? 0 : rounded(sqn, 1e4)},
               {"p_value", p_value(shares)},
               {"profit_factor", factor},
               {"max_drawdown_account", by_money.relative},
               {"max_relative_drawdown", by_share.relative},
               {"max_drawdown_abs", by_money.money},
               {"max_drawdown_high", by_money.high},
               {"max_drawdown_low", by_money.low},
               {"csum_min", sums.empty() ? 0 : smallest(sums) + run.capital},
               {"csum_max", sums.empty() ? 0 : largest(sums) + run.capital}});
  if (!profit.empty()) into.push_back({"drawdown_duration_s", by_money.seconds});
}

/// Of the days from the first to the last end of a trade, those without one too.
void add_days(const PeerInput& run, std::vector<PeerFigure>& into) {
  std::vector<double> ratios;
  std::vector<double> money;
  if (!run.trades.empty()) {
    const auto [first, last] = std::ranges::minmax(run.trades, {}, &Trade::exit_time);
    const std::int64_t from = day_of(first.exit_time);
    ratios.resize(static_cast<std::size_t>(day_of(last.exit_time) - from + 1));
    money.resize(ratios.size());
    for (const auto& trade : run.trades) {
      const auto at = static_cast<std::size_t>(day_of(trade.exit_time) - from);
      ratios[at] += ratio_of(trade);
      money[at] += trade.pnl;
    }
    for (double& day : money) day = rounded(day, 1e10);
  }
  const auto or_none = [](double value) { return std::isnan(value) ? 0 : value; };
  const auto count = [&](auto&& which) { return static_cast<double>(std::ranges::count_if(money, which)); };
  into.insert(into.end(), {{"backtest_best_day", or_none(largest(ratios))},
                           {"backtest_worst_day", or_none(smallest(ratios))},
                           {"backtest_best_day_abs", or_none(largest(money))},
                           {"backtest_worst_day_abs", or_none(smallest(money))},
                           {"winning_days", count([](double day) { return day > 0; })},
                           {"draw_days", count([](double day) { return day == 0; })},
                           {"losing_days", count([](double day) { return day < 0; })}});
}

void add_lengths(const PeerInput& run, std::vector<PeerFigure>& into) {
  const auto minutes = [](const Trade& trade) {
    return std::floor(static_cast<double>(trade.exit_time - trade.entry_time) / 60'000);
  };
  const auto average = [&](auto&& which) {
    const auto found = of_trades(run.trades, minutes, which);
    return found.empty() ? 0 : std::nearbyint(mean(found)) * 60;
  };
  double wins_in_row = 0;
  double losses_in_row = 0;
  double now = 0;
  for (std::size_t i = 0; i < run.trades.size(); ++i) {  // one without profit or loss counts as lost
    now = i > 0 && won(run.trades[i]) == won(run.trades[i - 1]) ? now + 1 : 1;
    double& longest = won(run.trades[i]) ? wins_in_row : losses_in_row;
    longest = std::max(longest, now);
  }
  const auto count = [&](auto&& which) { return static_cast<double>(std::ranges::count_if(run.trades, which)); };
  const auto n = static_cast<double>(run.trades.size());
  into.insert(into.end(), {{"wins", count(won)},
                           {"draws", n - count(won) - count(lost)},
                           {"losses", count(lost)},
                           {"winrate", n == 0 ? 0 : count(won) / n},
                           {"holding_avg_s", average(every)},
                           {"winner_holding_avg_s", average(won)},
                           {"loser_holding_avg_s", average(lost)},
                           {"max_consecutive_wins", wins_in_row},
                           {"max_consecutive_losses", losses_in_row}});
}

/// Its second set, of the marked balance at each bar's open time.
void add_wallet(const PeerInput& run, std::vector<PeerFigure>& into) {
  const auto& balance = run.rows.equity;
  const auto days = changes(last_of_days(run.rows.open_time_ms, balance));
  std::vector<double> losses;
  std::ranges::copy_if(days, std::back_inserter(losses), [](double day) { return day < 0; });
  std::vector<double> steps{0};
  for (std::size_t i = 1; i < balance.size(); ++i) steps.push_back(balance[i] - balance[i - 1]);
  const auto by_money = deepest(steps, run.rows.open_time_ms, balance[0], false);
  const auto by_share = deepest(steps, run.rows.open_time_ms, balance[0], true);
  const double daily = (balance.back() - balance[0]) / balance[0] / period_of(run.rows).days * 100;
  into.insert(into.end(), {{"wallet_stats.start_balance", balance[0]},
                           {"wallet_stats.end_balance", balance.back()},
                           {"wallet_stats.high_balance", largest(balance)},
                           {"wallet_stats.low_balance", smallest(balance)},
                           {"wallet_stats.sharpe", days.empty() ? 0 : annualized(mean(days), deviation(days, 0))},
                           {"wallet_stats.sortino", days.empty() ? 0 : annualized(mean(days), deviation(losses, 0))},
                           {"wallet_stats.calmar", balance.size() < 2 ? 0 : annualized(daily, by_money.relative)},
                           {"wallet_stats.max_drawdown_account", by_money.relative},
                           {"wallet_stats.max_relative_drawdown", by_share.relative},
                           {"wallet_stats.max_drawdown_abs", by_money.money},
                           {"wallet_stats.max_drawdown_high", by_money.high},
                           {"wallet_stats.max_drawdown_low", by_money.low},
                           {"wallet_stats.drawdown_duration_s", by_money.seconds}});
}

}  // namespace

std::vector<PeerFigure> metrics_as_freqtrade(const PeerInput& run) {
  std::vector<PeerFigure> found;
  add_profits(run, found);
  add_ratios(run, found);
  add_days(run, found);
  add_lengths(run, found);
  add_wallet(run, found);
  return found;
}

}  // namespace cw::backtest
