#pragma once

#include <cmath>

#include "indicators/averages/line.h"
#include "indicators/kernel.h"
#include "indicators/sliding_line.h"
#include "indicators/sliding_sum.h"

namespace cw::indicators {

/// Sum of the last `length` values.
///
/// Shape   one value in, one out; look-back length - 1
/// Units   those of the input
/// Cost    O(1) a step, amortised
/// Source  TA-Lib SUM; Pine math.sum
class Sum {
 public:
  explicit Sum(int length) : length_(length), sum_(length) {}

  double step(double x) {
    if (is_nan(x)) return kNaN;
    if (!sum_.step(x)) return kNaN;
    return std::fma(length_, sum_.pivot(), sum_.sum_from_pivot());
  }

  std::size_t fours(double x) { return sum_.fours(x); }
  Lanes step_four(Lanes x) {
    const Lanes sum = sum_.step_four(x).sum;
    return fused(length_, spread(sum_.pivot()), sum);
  }

  int lookback() const { return static_cast<int>(length_) - 1; }

 private:
  double length_;
  SlidingSum<1> sum_;
};

/// Sum of all values since the first bar.
///
/// Shape   one value in, one out; no look-back; a NaN adds nothing
/// Units   those of the input
/// Cost    O(1) a step
/// Source  TA-Lib CUMSUM; Pine ta.cum
class Cumulative {
 public:
  double step(double x) {
    if (is_nan(x)) return kNaN;
    return sum_ += x;
  }

  int lookback() const { return 0; }

 private:
  double sum_ = 0;
};

/// Centre of gravity: minus the mean place of the last `length` values, the newest being 1, weighted with the values.
///
/// Shape   one value in, one out; look-back length - 1
/// Units   bars, -length to -1 for values of one sign
/// 0/0     -(length + 1) / 2, that of any flat window, where the values add up to 0 (also x/0)
/// Cost    O(1) a step, amortised
/// Source  Pine ta.cog; J. Ehlers, The CG Oscillator, 2002
class CentreOfGravity {
 public:
  explicit CentreOfGravity(int length) : length_(length), middle_(-(length + 1) / 2.0), line_(length) {}

  double step(double x) {
    if (is_nan(x)) return kNaN;
    if (!line_.step(x)) return kNaN;
    const double sum = std::fma(length_, line_.pivot(), line_.sum_from_pivot());
    return sum == 0 ? middle_ : middle_ + line_.lean() / sum;
  }

  int lookback() const { return static_cast<int>(length_) - 1; }

 private:
  double length_;
  double middle_;
  SlidingLine line_;
};

}  // namespace cw::indicators
