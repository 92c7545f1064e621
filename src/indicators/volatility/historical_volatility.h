#pragma once

#include <algorithm>
#include <cmath>

#include "indicators/kernel.h"
#include "indicators/sliding_sum.h"

namespace cw::indicators {

/// Historical volatility: the standard deviation of the last `length` logarithmic returns, annualised:
/// 100 stdev(ln(x / x before)) sqrt(bars_per_year). The deviation is that of the population (divided by length).
///
/// Shape   one price in, one out; look-back length (length returns need one price more)
/// Units   percent a year
/// NaN     a price that is not above 0 has no logarithm: such a bar is skipped as a NaN is
/// Digits  returns are log1p of the exact difference over the price, so a calm market at a large price keeps its digits
/// Cost    O(1) a step, amortised, and a logarithm; 2 length doubles
/// Source  Pine's built-in indicator Historical Volatility, whose deviation is ta.stdev's (biased)
class HistoricalVolatility {
 public:
  HistoricalVolatility(int length, double bars_per_year)
      : length_(length), inverse_(1.0 / length), scale_(100 * std::sqrt(bars_per_year)), returns_(length) {
    CW_REQUIRE(bars_per_year > 0);
  }

  [[gnu::always_inline]] double step(double x) {
    if (!(x > 0)) return kNaN;
    const double change = std::log1p((x - previous_) / previous_);
    previous_ = x;
    if (is_nan(change) || !returns_.step(change)) return kNaN;
    const double mean = returns_.sum_from_pivot() * inverse_;
    const double variance = returns_.squares_from_pivot() * inverse_ - mean * mean;
    return scale_ * std::sqrt(std::max(variance, 0.0));
  }

  int lookback() const { return length_; }

 private:
  int length_;
  double inverse_;
  double scale_;
  SlidingSum<2> returns_;
  double previous_ = kNaN;
};

}  // namespace cw::indicators
