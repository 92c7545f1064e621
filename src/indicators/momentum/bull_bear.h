#pragma once

#include <array>

#include "indicators/averages/ema.h"
#include "indicators/kernel.h"

namespace cw::indicators {

/// Bull and bear power: how far the high and the low are above the exponential average of the closes.
///
/// Shape   high, low, close in; [bull, bear] out; look-back length - 1
/// Units   those of the price
/// Cost    O(1) a step, no memory of the window
/// Source  TA-Lib ERI; A. Elder, Trading for a Living, 1993
class BullBear {
 public:
  explicit BullBear(int length) : average_(length) {}

  [[gnu::always_inline]] std::array<double, 2> step(double high, double low, double close) {
    if (any_nan(high, low, close)) return {kNaN, kNaN};
    const double average = average_.step(close);
    return {high - average, low - average};
  }
  bool warm() const { return average_.warm(); }
  [[gnu::always_inline]] std::array<double, 2> next(double high, double low, double close) {
    const double average = average_.next(close);
    return {high - average, low - average};
  }

  int lookback() const { return average_.lookback(); }

 private:
  Ema average_;
};

}  // namespace cw::indicators
