#include "backtest/robustness/resampling.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "backtest/robustness/sharpe_chance.h"
#include "backtest/statistics.h"
#include "base/random.h"
#include "base/require.h"

namespace cw::backtest {
namespace {

constexpr std::size_t kLeastTrades = 10;

std::unexpected<Error> bad_option(const char* field, const std::string& why) {
  return std::unexpected(Error{Errc::bad_parameter, fmt::format("{}: {}", field, why), {}, field});
}

/// A generator of its own for each path: paths may be made in any order.
Random random_of(std::uint64_t seed, std::uint64_t path) { return Random(mix64(seed) + path); }

/// How far a value has fallen under its highest.
struct Fall {
  double peak;
  double deepest = 0;

  void add(double value) {
    peak = std::max(peak, value);
    deepest = std::max(deepest, (peak - value) / peak);
  }
};

/// Puts one path's returns into `path`.
void draw_path(std::span<const double> returns, double block, Random random, std::vector<double>& path) {
  std::size_t at = random.below(returns.size());
  for (double& value : path) {
    value = returns[at];
    at = random.chance(1 / block) ? random.below(returns.size()) : (at + 1) % returns.size();
  }
}

}  // namespace

Spread spread_of(std::vector<double> sample) {
  Spread spread;
  if (sample.empty()) return spread;
  for (const double value : sample) spread.mean += value / static_cast<double>(sample.size());
  const auto found = quantiles(std::move(sample), kSpreadAt);
  std::ranges::copy(found, spread.quantile.begin());
  return spread;
}

Result<MonteCarlo> monte_carlo(std::span<const double> returns, const MonteCarloOptions& options) {
  const std::size_t n = returns.size();
  if (options.paths < kLeastPaths || options.paths > kMostPaths) {
    return bad_option("paths", fmt::format("{} is not in {}..{}", options.paths, kLeastPaths, kMostPaths));
  }
  if (options.points < 1 || options.points > kMostPoints) {
    return bad_option("points", fmt::format("{} is not in 1..{}", options.points, kMostPoints));
  }
  if (options.block != 0 && !(options.block >= 1)) {
    return bad_option("block", fmt::format("{} is under one return", options.block));
  }
  if (n < kLeastReturns) {
    return fail(Errc::bad_input, fmt::format("{} returns are too few: it takes {}", n, kLeastReturns));
  }
  MonteCarlo made;
  made.n = n;
  made.block = options.block == 0 ? std::max(1.0, std::round(std::cbrt(static_cast<double>(n)))) : options.block;
  const std::size_t points = std::min<std::size_t>(options.points, n);
  for (std::size_t k = 1; k <= points; ++k) made.after.push_back(static_cast<std::uint32_t>(k * n / points));

  std::vector<std::vector<double>> growth(points, std::vector<double>(options.paths));
  std::vector<double> deepest(options.paths);
  std::vector<double> sharpe(options.paths);
  std::vector<double> path(n);
  std::size_t losses = 0;
  for (std::uint32_t i = 0; i < options.paths; ++i) {
    draw_path(returns, made.block, random_of(options.seed, i), path);
    double value = 1;
    Fall fall{1};
    std::size_t point = 0;
    for (std::size_t k = 0; k < n; ++k) {
      value *= std::max(0.0, 1 + path[k]);
      fall.add(value);
      if (k + 1 == made.after[point]) growth[point++][i] = value;
    }
    deepest[i] = fall.deepest;
    const double ratio = sharpe_of(moments(path));
    sharpe[i] = std::isnan(ratio) ? 0 : ratio * std::sqrt(options.periods_a_year);
    losses += value < 1 ? 1 : 0;
  }
  std::vector<double> ends = growth.back();
  for (double& value : ends) value -= 1;
  made.total_return = spread_of(std::move(ends));
  made.max_drawdown = spread_of(std::move(deepest));
  made.sharpe = spread_of(std::move(sharpe));
  made.chance_of_loss = static_cast<double>(losses) / options.paths;
  for (auto& values : growth) made.growth.push_back(spread_of(std::move(values)));
  return made;
}

namespace {

/// Shuffles what the trades brought; `grow` answers the equity after one more.
template <class Grow>
Result<TradeShuffle> shuffled(std::span<const double> trades, double begin, std::uint32_t orders, std::uint64_t seed,
                              const Grow& grow) {
  if (orders < kLeastPaths || orders > kMostPaths) {
    return bad_option("orders", fmt::format("{} is not in {}..{}", orders, kLeastPaths, kMostPaths));
  }
  if (trades.size() < kLeastTrades) {
    return fail(Errc::bad_input, fmt::format("{} trades are too few: it takes {}", trades.size(), kLeastTrades));
  }
  const auto deepest = [&](std::span<const double> in_order) {
    double value = begin;
    Fall fall{begin};
    for (const double trade : in_order) fall.add(value = grow(value, trade));
    return fall.deepest;
  };
  TradeShuffle made;
  made.n = trades.size();
  made.observed = deepest(trades);
  std::vector<double> found(orders);
  std::vector<double> order;
  std::size_t deeper = 0;
  for (std::uint32_t i = 0; i < orders; ++i) {
    order.assign(trades.begin(), trades.end());
    Random random = random_of(seed, i);
    for (std::size_t left = order.size(); left > 1; --left) std::swap(order[left - 1], order[random.below(left)]);
    found[i] = deepest(order);
    deeper += found[i] >= made.observed ? 1 : 0;
  }
  made.max_drawdown = spread_of(std::move(found));
  made.chance_deeper = static_cast<double>(deeper) / orders;
  return made;
}

}  // namespace

Result<TradeShuffle> shuffle_trades(std::span<const double> pnl, double capital, std::uint32_t orders,
                                    std::uint64_t seed) {
  CW_REQUIRE(capital > 0);
  return shuffled(pnl, capital, orders, seed, [](double equity, double profit) { return equity + profit; });
}

Result<TradeShuffle> shuffle_shares(std::span<const double> shares, std::uint32_t orders, std::uint64_t seed) {
  return shuffled(shares, 1, orders, seed, [](double equity, double share) { return equity * (1 + share); });
}

}  // namespace cw::backtest
