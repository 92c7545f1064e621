#pragma once

#include "indicators/kernel.h"

namespace cw::indicators {

/// Williams' variable accumulation/distribution of one bar: its body over its range, times its volume.
///
/// Shape   open, high, low, close, volume in, one out; no look-back
/// Units   those of the volume
/// 0/0     a bar without a range answers 0 (Pine: na)
/// Source  Pine ta.wvad; L. Williams
class Wvad {
 public:
  [[gnu::always_inline]] double step(double open, double high, double low, double close, double volume) {
    if (any_nan(open, high, low, close, volume)) return kNaN;
    const double range = high - low;
    return range > 0 ? (close - open) / range * volume : 0;
  }

  int lookback() const { return 0; }
};

}  // namespace cw::indicators
