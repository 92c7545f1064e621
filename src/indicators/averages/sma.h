#pragma once

#include "indicators/kernel.h"
#include "indicators/sliding_sum.h"

namespace cw::indicators {

/// Simple moving average: the mean of the last `length` values. A flat window answers its value exactly.
///
/// Shape   one value in, one out; look-back length - 1
/// Units   those of the input
/// Cost    O(1) a step, amortised
/// Source  TA-Lib SMA; Pine ta.sma
class Sma {
 public:
  explicit Sma(int length) : length_(length), inverse_(1.0 / length), sum_(length) {}

  [[gnu::always_inline]] double step(double x) {
    if (is_nan(x)) return kNaN;
    if (!sum_.step(x)) return kNaN;
    return std::fma(sum_.sum_from_pivot(), inverse_, sum_.pivot());
  }

  std::size_t fours(double x) { return sum_.fours(x); }
  Lanes step_four(Lanes x) { return fused(sum_.step_four(x).sum, inverse_, spread(sum_.pivot())); }

  int lookback() const { return length_ - 1; }

 private:
  int length_;
  double inverse_;
  SlidingSum<1> sum_;
};

}  // namespace cw::indicators
