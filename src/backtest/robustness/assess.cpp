#include "backtest/robustness/assess.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "backtest/robustness/sharpe_chance.h"
#include "backtest/robustness/verdicts.h"

namespace cw::backtest {
namespace {

constexpr std::size_t kLeastFolds = 3;
constexpr std::size_t kLeastPeriodsOfFold = 30;
constexpr double kConfidence = 0.95;

/// The value, or none with the reason in the verdict.
template <class T>
std::optional<T> or_unknown(Result<T> made, Verdict& verdict) {
  if (made) return std::move(*made);
  verdict = {Grade::unknown, fmt::format("Not told: {}.", made.error().message)};
  return std::nullopt;
}

/// What each closed trade brought, as a share of what the account was worth before it: its capital and the trades that
/// had ended. Where nothing was left, what comes after is left out.
std::vector<double> shares_of_equity(const RunResult& result) {
  std::vector<double> shares;
  double equity = result.initial_capital;
  for (const auto& trade : result.trades) {
    if (trade.is_open() || !(equity > 0)) continue;
    shares.push_back(std::max(-1.0, trade.pnl / equity));
    equity += trade.pnl;
  }
  return shares;
}

std::optional<SharpeChance> sharpe_chance(std::span<const double> returns, const AssessOptions& options,
                                          Assessment& out) {
  const Moments sample = moments(returns);
  if (returns.size() < kLeastReturns || sample.is_flat()) {
    const Verdict none{Grade::unknown, returns.size() < kLeastReturns
                                           ? fmt::format("Not told: {} returns, and under {} nothing can be said.",
                                                         returns.size(), kLeastReturns)
                                           : std::string("Not told: its equity did not move.")};
    out.sharpe_verdict = out.trials_verdict = none;
    return std::nullopt;
  }
  return SharpeChance{.n = returns.size(),
                      .trials = options.trials,
                      .probabilistic = probabilistic_sharpe(sample, 0),
                      .deflated = deflated_sharpe(sample, options.trials, options.variance.value_or(std::nan(""))),
                      .least_track_record = least_track_record(sample, 0, kConfidence)};
}

/// The closes that an instrument's entries are judged by.
struct Prices {
  std::span<const std::int64_t> open_time_ms;
  std::span<const double> close;
};

/// The entries of one side in one instrument: what entering at each bar would have been worth, and where it did.
struct SideEntries {
  std::vector<double> returns;
  std::vector<std::uint32_t> entries;
  std::uint32_t held = 0;

  EntryPool pool() const { return {returns, entries}; }
};

SideEntries entries_of(std::span<const Trade> trades, const Prices& prices, TradeSide side, std::size_t instrument) {
  SideEntries made;
  const auto& times = prices.open_time_ms;
  double bars = 0;
  std::size_t n = 0;
  for (const auto& trade : trades) {
    if (trade.side != side || trade.instrument != instrument) continue;
    bars += trade.bars;
    ++n;
    const auto at = std::ranges::lower_bound(times, trade.entry_time) - times.begin();
    if (at > 0) made.entries.push_back(static_cast<std::uint32_t>(at - 1));  // the close that it was made of
  }
  if (n == 0) return made;
  made.held = static_cast<std::uint32_t>(std::max(1.0, std::round(bars / static_cast<double>(n))));
  std::ranges::sort(made.entries);
  const auto twice = std::ranges::unique(made.entries);
  made.entries.erase(twice.begin(), twice.end());
  const auto& close = prices.close;
  const double sign = side == TradeSide::long_side ? 1 : -1;
  for (std::size_t i = 0; i + made.held < close.size(); ++i)
    made.returns.push_back(sign * (close[i + made.held] / close[i] - 1));
  std::erase_if(made.entries, [&made](std::uint32_t at) { return at >= made.returns.size(); });
  return made;
}

/// The prices of each instrument, from the first bar that was acted on.
std::vector<Prices> prices_of(const RunResult& result, std::span<const market::CandleSpan> instruments) {
  if (instruments.empty()) return {{result.rows.open_time_ms, result.rows.close}};
  std::vector<Prices> all;
  for (const auto& bars : instruments) {
    const auto first = std::ranges::lower_bound(bars.open_time_ms, result.rows.open_time_ms.front());
    const auto skipped = static_cast<std::size_t>(first - bars.open_time_ms.begin());
    all.push_back({bars.open_time_ms.subspan(skipped), bars.close.subspan(skipped)});
  }
  return all;
}

/// How long entries are held on the whole, by how many there are.
std::uint32_t mean_held(const std::vector<SideEntries>& of) {
  double sum = 0;
  double n = 0;
  for (const auto& one : of) {
    sum += static_cast<double>(one.held) * static_cast<double>(one.entries.size());
    n += static_cast<double>(one.entries.size());
  }
  return n > 0 ? static_cast<std::uint32_t>(std::lround(sum / n)) : 0;
}

void test_its_entries(const RunResult& result, std::span<const market::CandleSpan> instruments,
                      const AssessOptions& options, Assessment& out) {
  const auto prices = prices_of(result, instruments);
  std::vector<SideEntries> buys;
  std::vector<SideEntries> sells;
  for (std::size_t i = 0; i < prices.size(); ++i) {
    buys.push_back(entries_of(result.trades, prices[i], TradeSide::long_side, i));
    sells.push_back(entries_of(result.trades, prices[i], TradeSide::short_side, i));
  }
  std::vector<EntryPool> pools;
  for (const auto* sides : {&buys, &sells}) {
    for (const auto& side : *sides) {
      if (!side.entries.empty()) pools.push_back(side.pool());
    }
  }
  out.held_bars_long = buys.size() == 1 ? buys.front().held : mean_held(buys);
  out.held_bars_short = sells.size() == 1 ? sells.front().held : mean_held(sells);
  out.entries =
      or_unknown(test_entries(pools, {.draws = options.draws, .draw = EntryDraw::rotate, .seed = options.seed}),
                 out.entries_verdict);
  if (out.entries) out.entries_verdict = verdict_of(*out.entries);
}

void cut_into_folds(const RunResult& result, const EquityFacts& facts, const AssessOptions& options, Assessment& out) {
  const auto rows = result.rows.view();
  const std::size_t count = std::min(options.folds, facts.periods.size() / kLeastPeriodsOfFold);
  if (count < kLeastFolds) {
    out.folds_verdict = {Grade::unknown, fmt::format("Not told: {} days are no {} stretches of {} days each.",
                                                     facts.periods.size(), kLeastFolds, kLeastPeriodsOfFold)};
    return;
  }
  double capital = result.initial_capital;
  double price = facts.first_price;
  const std::int64_t bar_ms = market::duration(facts.timeframe).count();
  for (std::size_t i = 0; i < count && capital > 0; ++i) {
    const std::size_t from = rows.size() * i / count;
    const std::size_t to = rows.size() * (i + 1) / count;
    EquityPass pass(capital, price, facts.timeframe);
    pass.add(rows.subspan(from, to - from));
    Fold fold{.from_ms = rows.open_time_ms[from], .to_ms = rows.open_time_ms[to - 1] + bar_ms};
    Figures figures;
    measure_equity(pass.finish(), figures);
    fold.total_return = figures[Figure::total_return];
    fold.sharpe = figures[Figure::sharpe];
    fold.max_drawdown = figures[Figure::max_drawdown];
    fold.trades = static_cast<std::uint64_t>(std::ranges::count_if(result.trades, [&fold](const Trade& trade) {
      return !trade.is_open() && trade.exit_time > fold.from_ms && trade.exit_time <= fold.to_ms;
    }));
    out.folds.push_back(fold);
    capital = rows.equity[to - 1];
    price = rows.benchmark[to - 1];
  }
  out.folds_verdict = verdict_of(out.folds);
}

}  // namespace

Result<Assessment> assess(const RunResult& result, const EquityFacts& facts, const AssessOptions& options,
                          std::span<const market::CandleSpan> instruments) {
  const auto wrong = [](std::string field, std::string message) {
    return std::unexpected(Error{Errc::bad_parameter, std::move(message), {}, std::move(field)});
  };
  if (!(options.trials >= 1)) return wrong("trials", "trials: at least 1, this run itself");
  if (options.paths < kLeastPaths || options.paths > kMostPaths)
    return wrong("paths", fmt::format("paths: from {} to {}", kLeastPaths, kMostPaths));
  if (options.draws < kLeastPaths || options.draws > kMostPaths)
    return wrong("draws", fmt::format("draws: from {} to {}", kLeastPaths, kMostPaths));
  Assessment out{.options = options};
  const auto returns = facts.returns();
  out.sharpe = sharpe_chance(returns, options, out);
  if (out.sharpe) {
    out.sharpe_verdict = verdict_of(*out.sharpe, facts.periods_a_year());
    out.trials_verdict = verdict_of_trials(*out.sharpe, options.are_trials_recorded);
  }
  out.monte_carlo = or_unknown(
      monte_carlo(returns, {.paths = options.paths, .periods_a_year = facts.periods_a_year(), .seed = options.seed}),
      out.monte_carlo_verdict);
  if (out.monte_carlo) out.monte_carlo_verdict = verdict_of(*out.monte_carlo);
  out.shuffle = or_unknown(shuffle_shares(shares_of_equity(result), options.paths, options.seed), out.shuffle_verdict);
  if (out.shuffle) out.shuffle_verdict = verdict_of(*out.shuffle, facts.drawdown.depth);
  test_its_entries(result, instruments, options, out);
  cut_into_folds(result, facts, options, out);
  return out;
}

}  // namespace cw::backtest
