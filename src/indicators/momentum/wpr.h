#pragma once

#include "indicators/kernel.h"
#include "indicators/sliding_range.h"

namespace cw::indicators {

/// Williams %R: how far the close is below the highest high of the last `length` bars, in parts of their range.
///
/// Shape   high, low, close in, one out; look-back length - 1
/// Units   -100 (at the lowest low) to 0 (at the highest high)
/// 0/0     a window whose high and low are one price answers 0 (Pine: na)
/// Cost    O(1) a step, amortised
/// Source  TA-Lib WILLR; Pine ta.wpr (which answers the close for a length of 1; here it is as for any other length)
class Wpr {
 public:
  explicit Wpr(int length) : length_(length), range_(length) {}

  [[gnu::always_inline]] double step(double high, double low, double close) {
    if (any_nan(high, low, close)) return kNaN;
    if (!range_.step(high, low)) return kNaN;
    const double range = range_.highest() - range_.lowest();
    return range != 0 ? 100 * ((close - range_.highest()) / range) : 0;
  }

  [[gnu::always_inline]] std::size_t fours(double, double, double) { return range_.fours(); }
  [[gnu::always_inline]] Lanes step_four(Lanes high, Lanes low, Lanes close) {
    const auto [highest, lowest] = range_.step_four(high, low);
    const Lanes range = highest - lowest;
    return where(range != Lanes{}, 100 * ((close - highest) / range), Lanes{});
  }

  int lookback() const { return length_ - 1; }

 private:
  int length_;
  SlidingRange range_;
};

}  // namespace cw::indicators
