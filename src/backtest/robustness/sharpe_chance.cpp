#include "backtest/robustness/sharpe_chance.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "base/require.h"

namespace cw::backtest {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// n - 1 times the variance of the Sharpe ratio's estimate.
double spread_of(const Moments& returns, double sharpe) {
  return 1 - returns.skew() * sharpe + (returns.kurtosis() - 1) / 4 * sharpe * sharpe;
}

}  // namespace

double sharpe_of(const Moments& returns) { return returns.is_flat() ? kNaN : returns.mean / returns.deviation(); }

double probabilistic_sharpe(const Moments& returns, double against) {
  const double sharpe = sharpe_of(returns);
  if (returns.n < kLeastReturns || std::isnan(sharpe)) return kNaN;
  const double spread = spread_of(returns, sharpe);
  if (!(spread > 0)) return kNaN;
  return normal_cdf((sharpe - against) * std::sqrt(static_cast<double>(returns.n - 1) / spread));
}

double expected_best_sharpe(double trials, double variance) {
  CW_REQUIRE(trials >= 1 && variance >= 0);
  if (trials == 1) return 0;
  const double blend = std::numbers::egamma;
  const double best =
      (1 - blend) * normal_quantile(1 - 1 / trials) + blend * normal_quantile(1 - 1 / (trials * std::numbers::e));
  return std::sqrt(variance) * std::max(best, 0.0);  // below zero it is for less than two trials only
}

double deflated_sharpe(const Moments& returns, double trials, double variance) {
  if (returns.n < kLeastReturns) return kNaN;
  const double of_trials = std::isnan(variance) ? 1 / static_cast<double>(returns.n - 1) : variance;
  return probabilistic_sharpe(returns, expected_best_sharpe(trials, of_trials));
}

double least_track_record(const Moments& returns, double against, double confidence) {
  const double sharpe = sharpe_of(returns);
  if (returns.n < kLeastReturns || std::isnan(sharpe)) return kNaN;
  if (sharpe <= against) return std::numeric_limits<double>::infinity();
  const double errors = normal_quantile(confidence) / (sharpe - against);
  return 1 + spread_of(returns, sharpe) * errors * errors;
}

}  // namespace cw::backtest
