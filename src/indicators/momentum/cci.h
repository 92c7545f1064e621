#pragma once

#include <array>
#include <cmath>
#include <cstddef>

#include "indicators/kernel.h"
#include "indicators/rounding.h"
#include "indicators/sliding_sum.h"
#include "indicators/window.h"

namespace cw::indicators {

/// Commodity Channel Index: the distance from the mean of the last `length` values, in 0.015 mean absolute deviations.
///
/// Shape   one value in (as a rule (high + low + close) / 3), one out; look-back length - 1
/// Units   deviations times 66.7: about three quarters of all values are between -100 and 100
/// 0/0     a window that is flat but for last digits (rounding.h) answers 0 (Pine: na)
/// Cost    O(length) a step, eight values at a time: each step has another mean, so every distance is another one
/// Source  TA-Lib CCI; Pine ta.cci; D. Lambert, Commodities magazine, 1980
class Cci {
 public:
  explicit Cci(int length) : length_(length), inverse_(1.0 / length), sum_(length), window_(length) {}

  [[gnu::always_inline]] double step(double x) {
    if (is_nan(x)) return kNaN;
    window_.push(x);
    if (!sum_.step(x)) return kNaN;
    const double mean = std::fma(sum_.sum_from_pivot(), inverse_, sum_.pivot());
    const double distances = sum_of_distances(window_.oldest(), window_.size(), mean);
    const double deviation = inverse_ * distances;
    return is_rounding(deviation, mean) ? 0 : (x - mean) / (0.015 * deviation);
  }

  int lookback() const { return length_ - 1; }

 private:
  [[gnu::always_inline]] static double sum_of_distances(const double* values, std::size_t count, double mean) {
    std::array<double, 8> lanes{};
    std::size_t i = 0;
    for (; i + 8 <= count; i += 8) {
      for (std::size_t lane = 0; lane < 8; ++lane) lanes[lane] += std::abs(values[i + lane] - mean);
    }
    double rest = 0;
    for (; i < count; ++i) rest += std::abs(values[i] - mean);
    return ((lanes[0] + lanes[4]) + (lanes[1] + lanes[5])) + ((lanes[2] + lanes[6]) + (lanes[3] + lanes[7])) + rest;
  }

  int length_;
  double inverse_;
  SlidingSum<1> sum_;
  Window window_;
};

}  // namespace cw::indicators
