#pragma once

#include "indicators/kernel.h"

namespace cw::indicators {

/// Intraday Intensity Index of one bar: where its close stands in its range (-1 at the low, 1 at the high), over its
/// volume.
///
/// Shape   high, low, close, volume in, one out; no look-back
/// Units   one over those of the volume
/// 0/0     a bar without a range or without volume answers 0 (Pine: na)
/// Source  Pine ta.iii; D. Bostian
class Iii {
 public:
  [[gnu::always_inline]] double step(double high, double low, double close, double volume) {
    if (any_nan(high, low, close, volume)) return kNaN;
    const double weight = (high - low) * volume;
    return weight > 0 ? ((close - low) - (high - close)) / weight : 0;
  }

  int lookback() const { return 0; }
};

}  // namespace cw::indicators
