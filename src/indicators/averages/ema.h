#pragma once

#include "base/require.h"
#include "indicators/kernel.h"

namespace cw::indicators {

/// An average that keeps (1 - weight) of itself: seeded with the mean of the first `length` values, then
/// average + weight (x - average). Ema and Rma differ in the weight alone.
///
/// Computed as fma(keep, average, weight x) with keep = 1 - weight and weight = 1 - keep, so that the two make exactly 1:
/// one fused multiply-add waits for the last answer, not three steps, and a flat series stays where it is.
/// Cost    O(1) a step, no memory of the window
class RecursiveAverage {
 public:
  RecursiveAverage(int length, double weight) : length_(length), keep_(1.0 - weight), weight_(1.0 - keep_) {
    CW_REQUIRE(length >= 1);
  }

  [[gnu::always_inline]] double step(double x) {
    if (is_nan(x)) return kNaN;
    if (seen_ < length_) [[unlikely]] {
      // The seed's mean, relative to the first value: exact on a flat series.
      if (seen_ == 0) average_ = first_ = x, sum_ = 0;
      sum_ += x - first_;
      if (++seen_ < length_) return kNaN;
      return average_ = first_ + sum_ / length_;
    }
    return average_ = std::fma(keep_, average_, weight_ * x);
  }

  /// Whether it answers values now. Then next() is step() of a value that is not NaN.
  bool warm() const { return seen_ >= length_; }
  [[gnu::always_inline]] double next(double x) { return average_ = std::fma(keep_, average_, weight_ * x); }

  int lookback() const { return length_ - 1; }

 private:
  int length_;
  double keep_;
  double weight_;
  int seen_ = 0;
  double first_ = 0;
  double sum_ = 0;
  double average_ = 0;
};

/// Exponential moving average, weight 2 / (length + 1).
///
/// Shape   one value in, one out; look-back length - 1
/// Units   those of the input
/// Source  TA-Lib EMA; Pine ta.ema: both seed with the simple mean
class Ema : public RecursiveAverage {
 public:
  explicit Ema(int length) : RecursiveAverage(length, 2.0 / (length + 1.0)) {}
  [[gnu::always_inline]] double step(double x) { return RecursiveAverage::step(x); }
};

/// Wilder's moving average, weight 1 / length.
///
/// Shape   one value in, one out; look-back length - 1
/// Units   those of the input
/// Source  TA-Lib RMA; Pine ta.rma; J. W. Wilder, New Concepts in Technical Trading Systems, 1978
class Rma : public RecursiveAverage {
 public:
  explicit Rma(int length) : RecursiveAverage(length, 1.0 / length) {}
  [[gnu::always_inline]] double step(double x) { return RecursiveAverage::step(x); }
};

}  // namespace cw::indicators
