#pragma once

#include "base/require.h"
#include "indicators/kernel.h"
#include "indicators/ring.h"

namespace cw::indicators {

/// Whether a truth is another one than `length` bars ago.
///
/// Shape   one truth in (NaN is false), one out; no look-back: false on the first `length` bars
/// Cost    O(1) a step
/// Source  Pine ta.change of a bool
class TruthChange {
 public:
  explicit TruthChange(int length) : missing_(length), window_(length) {}

  double step(double condition) {
    const double truth = condition != 0 && !is_nan(condition) ? 1 : 0;
    const double old = window_.push(truth);
    if (missing_ > 0) [[unlikely]] {
      --missing_;
      return 0;
    }
    return truth != old ? 1 : 0;
  }

  int lookback() const { return 0; }

 private:
  int missing_;
  Ring window_;
};

/// Whether each of the last `length` values lies above (Up) or below the one before it.
///
/// Shape   one value in, one truth (0, 1) out; no look-back: false while there are not `length` steps
/// Cost    O(1) a step
/// Source  Pine ta.rising, ta.falling (for which a step of less than an absolute 1e-10 is none; here any step is one)
template <bool Up>
class Streak {
 public:
  explicit Streak(int length) : length_(length) { CW_REQUIRE(length >= 1); }

  double step(double x) {
    if (is_nan(x)) return kNaN;
    const bool on = Up ? x > before_ : x < before_;  // false on the first bar, where it is NaN
    before_ = x;
    // Counted no further than needed: the count never overflows.
    steps_ = on ? (steps_ < length_ ? steps_ + 1 : length_) : 0;
    return steps_ == length_ ? 1 : 0;
  }

  int lookback() const { return 0; }

 private:
  int length_;
  int steps_ = 0;
  double before_ = kNaN;
};

}  // namespace cw::indicators
