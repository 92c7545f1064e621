#include <algorithm>
#include <cmath>
#include <limits>

#include "backtest/metrics.h"
#include "backtest/statistics.h"

namespace cw::backtest {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kPercent = 100;

/// Sums over trades of one outcome.
struct Group {
  std::uint64_t n = 0;
  double pnl = 0;
  double time_ms = 0;

  void add(const Trade& trade) {
    ++n;
    pnl += trade.pnl;
    time_ms += static_cast<double>(trade.exit_time - trade.entry_time);
  }
  double mean(double sum) const { return n == 0 ? kNaN : sum / static_cast<double>(n); }
};

/// How often the same thing came in a row, at most.
struct Streak {
  std::uint64_t now = 0;
  std::uint64_t longest = 0;

  void add(bool again) {
    now = again ? now + 1 : 0;
    longest = std::max(longest, now);
  }
};

struct Sums {
  Group all, wins, losses;
  Streak winning, losing;
  std::vector<double> pnl;
  std::uint64_t open = 0;
  double fees = 0;
  double slippage = 0;
  double pct = 0;
  double best = -std::numeric_limits<double>::infinity();
  double worst = std::numeric_limits<double>::infinity();
  double mae = 0, mfe = 0, worst_mae = 0, best_mfe = 0;
  double bars = 0;
  std::uint32_t longest = 0;

  void add(const Trade& trade) {
    fees += trade.fees;
    slippage += trade.slippage;
    if (trade.is_open()) {
      ++open;
      return;
    }
    all.add(trade);
    if (trade.pnl > 0) wins.add(trade);
    if (trade.pnl < 0) losses.add(trade);
    winning.add(trade.pnl > 0);
    losing.add(trade.pnl < 0);
    pnl.push_back(trade.pnl);
    pct += trade.pnl_pct;
    best = std::max(best, trade.pnl_pct);
    worst = std::min(worst, trade.pnl_pct);
    mae += trade.mae;
    mfe += trade.mfe;
    worst_mae = std::max(worst_mae, trade.mae);
    best_mfe = std::max(best_mfe, trade.mfe);
    bars += trade.bars;
    longest = std::max(longest, trade.bars);
  }
};

bool is_of(const Trade& trade, Sides sides) {
  return sides == Sides::both || (trade.side == TradeSide::long_side) == (sides == Sides::long_only);
}

void put_worth(const Sums& sums, Figures& into) {
  const auto n = sums.all.n;
  const double win_rate = sums.all.mean(static_cast<double>(sums.wins.n));
  const double win = sums.wins.mean(sums.wins.pnl);
  const double loss = -sums.losses.mean(sums.losses.pnl);
  into.put(Figure::gross_profit, n, sums.wins.pnl);
  into.put(Figure::gross_loss, n, std::abs(sums.losses.pnl));
  into.put(Figure::trades_profit, n, sums.all.pnl);
  into.put(Figure::win_rate, n, win_rate);
  into.put(Figure::profit_factor, n, sums.losses.n == 0 ? kNaN : sums.wins.pnl / -sums.losses.pnl);
  into.put(Figure::expectancy, n, sums.all.mean(sums.all.pnl));
  into.put(Figure::payoff, n, win / loss);
  into.put(Figure::kelly, n, win_rate - (1 - win_rate) / (win / loss));
  into.put(Figure::average_win, n, win);
  into.put(Figure::average_loss, n, loss);
  const Moments found = moments(sums.pnl);
  into.put(Figure::sqn, n, found.is_flat() ? kNaN : std::sqrt(static_cast<double>(n)) * found.mean / found.deviation(),
           Missing::no_variation);
}

void put_excursions(const Sums& sums, Figures& into) {
  const auto n = sums.all.n;
  into.put(Figure::average_trade, n, sums.all.mean(sums.pct) / kPercent);
  into.put(Figure::best_trade, n, sums.best / kPercent);
  into.put(Figure::worst_trade, n, sums.worst / kPercent);
  into.put(Figure::average_mae, n, sums.all.mean(sums.mae) / kPercent);
  into.put(Figure::average_mfe, n, sums.all.mean(sums.mfe) / kPercent);
  into.put(Figure::worst_mae, n, sums.worst_mae / kPercent);
  into.put(Figure::best_mfe, n, sums.best_mfe / kPercent);
}

void put_lengths(const Sums& sums, Figures& into) {
  const auto n = sums.all.n;
  into.put(Figure::longest_winning_streak, n, static_cast<double>(sums.winning.longest));
  into.put(Figure::longest_losing_streak, n, static_cast<double>(sums.losing.longest));
  into.put(Figure::average_trade_bars, n, sums.all.mean(sums.bars));
  into.put(Figure::longest_trade_bars, n, sums.longest);
  into.put(Figure::average_trade_time, n, sums.all.mean(sums.all.time_ms));
  into.put(Figure::average_win_time, n, sums.wins.mean(sums.wins.time_ms));
  into.put(Figure::average_loss_time, n, sums.losses.mean(sums.losses.time_ms));
}

}  // namespace

void measure_trades(std::span<const Trade> trades, Sides sides, Figures& into) {
  Sums sums;
  sums.pnl.reserve(trades.size());
  for (const auto& trade : trades) {
    if (is_of(trade, sides)) sums.add(trade);
  }
  const auto n = sums.all.n;
  into.put(Figure::trades, n, static_cast<double>(n));
  into.put(Figure::open_trades, sums.open, static_cast<double>(sums.open));
  into.put(Figure::fees_paid, 2 * n + sums.open, sums.fees);
  into.put(Figure::slippage_paid, 2 * n + sums.open, sums.slippage);
  put_worth(sums, into);
  put_excursions(sums, into);
  put_lengths(sums, into);
}

}  // namespace cw::backtest
