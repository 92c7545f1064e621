#pragma once

#include "indicators/kernel.h"

namespace cw::indicators {

/// On Balance Volume: the volumes of rising bars less those of falling ones, added up since the first bar.
///
/// Shape   close, volume in, one out; no look-back (talib: the first bar answers its volume) or 1 (pine: the sum begins
///         with the second bar, so every value is smaller by the first bar's volume)
/// Units   those of the volume
/// Source  TA-Lib OBV; Pine ta.obv; J. Granville, 1963
class Obv {
 public:
  explicit Obv(Seed seed = Seed::talib) : pine_(seed == Seed::pine) {}

  [[gnu::always_inline]] double step(double close, double volume) {
    if (any_nan(close, volume)) return kNaN;
    if (begun_) [[likely]]
      return next(close, volume);
    begun_ = true;
    last_ = close;
    sum_ = pine_ ? 0 : volume;
    return pine_ ? kNaN : sum_;
  }
  bool warm() const { return begun_; }
  [[gnu::always_inline]] double next(double close, double volume) {
    // Multiplied, not branched upon: which way a bar goes is what no processor can guess.
    const double side = static_cast<double>(close > last_) - static_cast<double>(close < last_);
    last_ = close;
    return sum_ += side * volume;
  }

  int lookback() const { return pine_ ? 1 : 0; }

 private:
  bool pine_;
  bool begun_ = false;
  double last_ = 0;
  double sum_ = 0;
};

}  // namespace cw::indicators
