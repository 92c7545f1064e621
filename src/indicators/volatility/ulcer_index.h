#pragma once

#include <cmath>

#include "indicators/kernel.h"
#include "indicators/sliding_extreme.h"
#include "indicators/sliding_total.h"

namespace cw::indicators {

/// Ulcer index: the root of the mean squared fall below the highest value of the last `length` bars, each fall in percent
/// of that highest value: depth and duration of drawdowns, no account of rises.
///
/// Shape   one value in, one out; look-back 2 (length - 1): the highest of a window, then a mean over a window
/// Units   percent of the price
/// 0/0     a fall from a highest value of 0 counts as 0
/// Cost    O(1) a step, amortised; 2 length doubles
/// Source  P. G. Martin, B. McCann, The Investor's Guide to Fidelity Funds, 1989, with the highest of a sliding window
class UlcerIndex {
 public:
  explicit UlcerIndex(int length) : length_(length), inverse_(1.0 / length), highest_(length), squares_(length) {}

  [[gnu::always_inline]] double step(double x) {
    if (is_nan(x) || !highest_.step(x)) return kNaN;
    const double highest = highest_.value();
    const double fall = highest == 0 ? 0.0 : 100 * (highest - x) / highest;
    return squares_.step(fall * fall) ? std::sqrt(squares_.total() * inverse_) : kNaN;
  }

  int lookback() const { return 2 * (length_ - 1); }

 private:
  int length_;
  double inverse_;
  SlidingExtreme<true> highest_;
  SlidingTotal squares_;
};

}  // namespace cw::indicators
