#pragma once

#include "indicators/averages/ema.h"
#include "indicators/kernel.h"

namespace cw::indicators {

/// Elder's Force Index: the exponential average of the close's change times the volume.
///
/// Shape   close, volume in, one out; look-back length
/// Units   price times volume
/// Cost    O(1) a step, no memory of the window
/// Source  TA-Lib EFI; A. Elder, Trading for a Living, 1993
class Force {
 public:
  explicit Force(int length) : average_(length) {}

  [[gnu::always_inline]] double step(double close, double volume) {
    if (any_nan(close, volume)) return kNaN;
    const double change = close - last_;
    last_ = close;
    if (!begun_) [[unlikely]] {
      begun_ = true;
      return kNaN;
    }
    return average_.step(change * volume);
  }
  bool warm() const { return average_.warm(); }
  [[gnu::always_inline]] double next(double close, double volume) {
    const double change = close - last_;
    last_ = close;
    return average_.next(change * volume);
  }

  int lookback() const { return average_.lookback() + 1; }

 private:
  bool begun_ = false;
  double last_ = 0;
  Ema average_;
};

}  // namespace cw::indicators
