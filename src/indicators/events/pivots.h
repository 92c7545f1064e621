#pragma once

#include <algorithm>

#include "indicators/kernel.h"
#include "indicators/ring.h"
#include "indicators/sliding_extreme.h"

namespace cw::indicators {

/// A pivot: a value that nothing among the `left_bars` before and the `right_bars` after it reaches. It is known, and
/// answered, `right_bars` bars after it was made.
///
/// Seed    talib: an equal value on either side spoils it, as in TA-Lib's FRACTAL; pine: an equal one before it does not, so
///         that of equal values the last is the pivot
/// Shape   one value in, one out: the pivot's value, NaN where there is none; nothing before left_bars + right_bars
/// Units   those of the input
/// Cost    O(1) a step, amortised
/// Source  Pine ta.pivothigh, ta.pivotlow; TA-Lib FRACTAL (which answers 100 or 0)
template <bool High>
class Pivot {
 public:
  Pivot(int left_bars, int right_bars, Seed seed)
      : lookback_(left_bars + right_bars),
        missing_(left_bars),
        undelayed_(right_bars),
        has_left_(left_bars > 0),
        has_right_(right_bars > 0),
        equal_before_(seed == Seed::pine),
        left_(std::max(1, left_bars)),
        right_(std::max(1, right_bars)),
        delay_(std::max(1, right_bars)) {
    CW_REQUIRE(left_bars >= 0 && right_bars >= 0);
  }

  double step(double x) {
    if (is_nan(x)) return kNaN;
    const double delayed = delay_.push(x);
    const double candidate = has_right_ ? delayed : x;
    const double before = left_.value();  // of the values before the candidate
    (void)right_.step(x);
    if (undelayed_ > 0) [[unlikely]] {
      --undelayed_;  // there is no candidate yet
      return kNaN;
    }
    (void)left_.step(candidate);
    if (missing_ > 0) [[unlikely]] {
      --missing_;
      return kNaN;
    }
    const bool right = !has_right_ || beats(candidate, right_.value());
    const bool left = !has_left_ || beats(candidate, before) || (equal_before_ && candidate == before);
    return left && right ? candidate : kNaN;
  }

  int lookback() const { return lookback_; }

 private:
  static bool beats(double a, double b) { return High ? a > b : a < b; }

  int lookback_;
  int missing_;
  int undelayed_;
  bool has_left_;
  bool has_right_;
  bool equal_before_;
  SlidingExtreme<High> left_;
  SlidingExtreme<High> right_;
  Ring delay_;
};

}  // namespace cw::indicators
