#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "base/error.h"

namespace cw::backtest {

/// The quantiles that every spread is told by.
inline constexpr std::array kSpreadAt{0.05, 0.25, 0.5, 0.75, 0.95};

/// A number over many invented runs: its quantiles, in the order of kSpreadAt, and its mean.
struct Spread {
  std::array<double, kSpreadAt.size()> quantile{};
  double mean = 0;
};

Spread spread_of(std::vector<double> sample);

inline constexpr std::uint32_t kLeastPaths = 100;
inline constexpr std::uint32_t kMostPaths = 20'000;
inline constexpr std::uint32_t kMostPoints = 200;

struct MonteCarloOptions {
  std::uint32_t paths = 1000;   // kLeastPaths to kMostPaths
  std::uint32_t points = 100;   // places along the run at which the bands are told; 1 to kMostPoints
  double block = 0;             // mean length of a block in returns, at least 1; 0: the cube root of their number
  double periods_a_year = 365;  // that the Sharpe ratio is stretched to
  std::uint64_t seed = 1;
};

/// What a run might as well have been, had its stretches come in another order and number.
struct MonteCarlo {
  std::size_t n = 0;                 // returns of each path
  double block = 0;                  // as used
  std::vector<std::uint32_t> after;  // returns, of each band
  std::vector<Spread> growth;        // equity / capital after so many
  Spread total_return;
  Spread max_drawdown;        // (peak - equity) / peak after each return
  Spread sharpe;              // a year's; of a flat path 0
  double chance_of_loss = 0;  // share of paths that ended under their capital
};

/// Stationary block bootstrap: each path is blocks of the returns, of random begin and geometric length, the end joined
/// to the begin; so runs of luck and of volatility shorter than a block stay together. Path i depends on the seed and i
/// alone.
///
/// Units   returns as fractions, at least -1
/// Errors  Errc::bad_parameter for an option outside its bounds, naming it in `field`; Errc::bad_input for under 30
///         returns
/// Cost    O(paths * returns)
/// Source  D. N. Politis, J. P. Romano, The Stationary Bootstrap, 1994; block length n^(1/3) as in P. Hall, J. L.
///         Horowitz, B.-Y. Jing, On Blocking Rules for the Bootstrap with Dependent Data, 1995
Result<MonteCarlo> monte_carlo(std::span<const double> returns, const MonteCarloOptions& options);

/// What the order of trades did to the deepest drawdown.
struct TradeShuffle {
  std::size_t n = 0;         // trades
  double observed = 0;       // deepest drawdown of the trades in their own order, after each trade
  Spread max_drawdown;       // in shuffled orders
  double chance_deeper = 0;  // share of orders with a drawdown at least as deep as observed
};

/// Shuffles the trades' profits; the end is the same in every order.
///
/// Units   pnl and capital in money; capital above zero
/// Errors  Errc::bad_parameter for `orders` outside kLeastPaths..kMostPaths; Errc::bad_input for under 10 trades
Result<TradeShuffle> shuffle_trades(std::span<const double> pnl, double capital, std::uint32_t orders,
                                    std::uint64_t seed);

/// The same of each trade's profit as a share of the equity before it, which grows by it; the end is the same in every
/// order here, too. For accounts whose trades grow with them: of sums of money a late large loss would ruin a small
/// beginning.
///
/// Units   fractions, at least -1
/// Errors  as above
Result<TradeShuffle> shuffle_shares(std::span<const double> shares, std::uint32_t orders, std::uint64_t seed);

}  // namespace cw::backtest
