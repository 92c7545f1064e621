#pragma once

#include <algorithm>

#include "indicators/kernel.h"

namespace cw::indicators {

/// Williams' accumulation/distribution: of a bar that closes higher the close's distance from the true low, of one that
/// closes lower that from the true high, added up since the first bar. Volume plays no part.
///
/// Shape   high, low, close in, one out; no look-back: the first bar answers 0
/// Units   those of the price
/// Source  TA-Lib WAD; Pine ta.wad; L. Williams, 1972
class Wad {
 public:
  [[gnu::always_inline]] double step(double high, double low, double close) {
    if (any_nan(high, low, close)) return kNaN;
    if (!begun_) [[unlikely]] {
      begun_ = true;
      last_ = close;
    }
    return next(high, low, close);
  }
  bool warm() const { return begun_; }
  [[gnu::always_inline]] double next(double high, double low, double close) {
    const double up = close - std::min(low, last_);
    const double down = close - std::max(high, last_);
    const double step = close > last_ ? up : down;
    sum_ += close != last_ ? step : 0;
    last_ = close;
    return sum_;
  }

  int lookback() const { return 0; }

 private:
  bool begun_ = false;
  double last_ = 0;
  double sum_ = 0;
};

}  // namespace cw::indicators
