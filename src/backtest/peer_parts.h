#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <numeric>
#include <span>
#include <vector>

#include "backtest/metrics_as.h"

/// What several peers' definitions are put together from.
namespace cw::backtest::peers {

inline constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
inline constexpr std::int64_t kDayMs = 86'400'000;

inline std::int64_t day_of(std::int64_t ms) { return ms / kDayMs; }  // times are after 1970

inline double sum(std::span<const double> values) { return std::accumulate(values.begin(), values.end(), 0.0); }

/// NaN of no values.
inline double mean(std::span<const double> values) { return sum(values) / static_cast<double>(values.size()); }

/// NaN of no more values than `ddof`.
inline double deviation(std::span<const double> values, int ddof) {
  const double middle = mean(values);
  double squares = 0;
  for (const double x : values) squares += (x - middle) * (x - middle);
  const auto n = static_cast<double>(values.size()) - ddof;
  return n > 0 ? std::sqrt(squares / n) : kNaN;
}

inline double largest(std::span<const double> values) {
  return values.empty() ? kNaN : *std::ranges::max_element(values);
}
inline double smallest(std::span<const double> values) {
  return values.empty() ? kNaN : *std::ranges::min_element(values);
}

/// A number of each trade that is asked for.
template <class Of, class Which>
std::vector<double> of_trades(std::span<const Trade> trades, Of&& of, Which&& which) {
  std::vector<double> found;
  for (const auto& trade : trades) {
    if (which(trade)) found.push_back(of(trade));
  }
  return found;
}

inline double ratio_of(const Trade& trade) { return trade.pnl_pct / 100; }
inline double pnl_of(const Trade& trade) { return trade.pnl; }

/// The bar that holds an instant.
inline std::size_t bar_at(std::span<const std::int64_t> open_time_ms, std::int64_t ms) {
  const auto after = std::ranges::upper_bound(open_time_ms, ms) - open_time_ms.begin();
  return after == 0 ? 0 : static_cast<std::size_t>(after - 1);
}

/// The last value of each UTC day that has rows.
inline std::vector<double> last_of_days(std::span<const std::int64_t> time_ms, std::span<const double> values) {
  std::vector<double> found;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i + 1 == values.size() || day_of(time_ms[i]) != day_of(time_ms[i + 1])) found.push_back(values[i]);
  }
  return found;
}

/// Each value over the one before it, less one: one fewer.
inline std::vector<double> changes(std::span<const double> values) {
  std::vector<double> found;
  for (std::size_t i = 1; i < values.size(); ++i) found.push_back(values[i] / values[i - 1] - 1);
  return found;
}

}  // namespace cw::backtest::peers
