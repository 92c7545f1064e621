#pragma once

#include <cmath>

#include "indicators/sliding_extreme.h"
#include "indicators/sliding_total.h"
#include "indicators/volatility/true_range.h"

namespace cw::indicators {

/// Choppiness index: how much longer the way of the price was than the range in which it ended, on a logarithmic scale:
/// 100 log10(sum of true ranges / (highest high - lowest low)) / log10(length). Near 100 it went back and forth, near 0 it
/// went straight.
///
/// Shape   high, low, close in, one out; length at least 2; look-back length (the first bar has no true range)
/// Units   none, about 0 to 100: a gap into the window adds to the way but not to the range, so more is possible
/// 0/0     100 where the range of the window is 0: it goes nowhere
/// Cost    O(1) a step, amortised, and a logarithm; 3 length doubles
/// Source  E. W. Dreiss, 1993; TA-Lib's CHOP has the same 0/0 and look-back
class Choppiness {
 public:
  explicit Choppiness(int length)
      : length_(length), scale_(100 / std::log(length)), way_(length), highest_(length), lowest_(length) {
    CW_REQUIRE(length >= 2);
  }

  [[gnu::always_inline]] double step(double high, double low, double close) {
    const double range = range_.step(high, low, close);
    if (is_nan(range)) return kNaN;
    (void)highest_.step(high);
    (void)lowest_.step(low);
    if (!way_.step(range)) return kNaN;
    const double box = highest_.value() - lowest_.value();
    return box > 0 ? scale_ * std::log(way_.total() / box) : 100.0;
  }

  int lookback() const { return length_; }

 private:
  int length_;
  double scale_;
  TrueRange<false> range_;
  SlidingTotal way_;
  SlidingExtreme<true> highest_;
  SlidingExtreme<false> lowest_;
};

}  // namespace cw::indicators
