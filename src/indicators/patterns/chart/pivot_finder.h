#pragma once

#include "base/require.h"
#include "indicators/kernel.h"
#include "indicators/ring.h"
#include "indicators/sliding_extreme.h"

namespace cw::indicators {

/// Finds turning points: a bar whose high (`High`; else low) the `left` bars before it do not go beyond and the `right` bars
/// after it do not reach. Of equal ones the last counts, as in Pine's ta.pivothigh. It is known when its `right` bars are
/// closed, and not before: a part of the chart patterns, none of which looks ahead.
///
/// Cost    O(1) a step, amortised; left + 2 right doubles
template <bool High>
class PivotFinder {
 public:
  PivotFinder(int left, int right)
      : missing_before_(left), missing_after_(right), before_(left), after_(right), delay_(right) {
    CW_REQUIRE(left >= 1 && right >= 1);
  }

  /// Takes the next bar's high (low), which is not NaN. True when the bar of `right` bars ago is a pivot.
  [[gnu::always_inline]] bool step(double x) {
    value_ = delay_.push(x);
    (void)after_.step(x);
    if (missing_after_ > 0) [[unlikely]] {
      --missing_after_;  // nothing lies that far back yet
      return false;
    }
    const double before = before_.value();
    (void)before_.step(value_);
    if (missing_before_ > 0) [[unlikely]] {
      --missing_before_;
      return false;
    }
    return High ? value_ >= before && value_ > after_.value() : value_ <= before && value_ < after_.value();
  }

  /// The high (low) of `right` bars ago.
  double value() const { return value_; }
  int right() const { return delay_.size(); }

 private:
  int missing_before_;
  int missing_after_;
  SlidingExtreme<High> before_;
  SlidingExtreme<High> after_;
  Ring delay_;
  double value_ = 0;
};

/// A pivot that has been found: its price, and when it was, as a count of bars.
struct FoundPivot {
  double price = kNaN;
  double bar = kNaN;
};

}  // namespace cw::indicators
