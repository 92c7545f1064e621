#pragma once

#include <array>

#include "indicators/kernel.h"
#include "indicators/sliding_extreme_at.h"

namespace cw::indicators {

/// Breakout of a range: a close above the highest high, or below the lowest low, of the `length` bars before.
///
/// Shape   high, low, close in; [signal, high, low, high_bar, low_bar] out: signal 1 above, -1 below, 0 within; the range's
///         edges and how many bars ago they were made (the newest bar of equal ones). Look-back length
/// Units   high, low: the price's
/// Cost    O(1) a step, amortised
/// Source  R. Donchian's channel rule; the range is that of the bars before, without the one that is judged
class RangeBreakout {
 public:
  explicit RangeBreakout(int length) : length_(length), highest_(length), lowest_(length) {}

  std::array<double, 5> step(double high, double low, double close) {
    if (any_nan(high, low, close)) return {kNaN, kNaN, kNaN, kNaN, kNaN};
    std::array<double, 5> answer{kNaN, kNaN, kNaN, kNaN, kNaN};
    if (full_) [[likely]] {
      const double top = highest_.value();
      const double bottom = lowest_.value();
      const double signal = close > top ? 1.0 : close < bottom ? -1.0 : 0.0;
      answer = {signal, top, bottom, highest_.age() + 1, lowest_.age() + 1};
    }
    full_ = highest_.step(high);
    (void)lowest_.step(low);
    return answer;
  }

  int lookback() const { return length_; }

 private:
  int length_;
  SlidingExtremeAt<true> highest_;
  SlidingExtremeAt<false> lowest_;
  bool full_ = false;
};

}  // namespace cw::indicators
