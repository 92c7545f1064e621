#pragma once

#include <cstddef>

#include "indicators/kernel.h"

namespace cw::indicators {

/// A bar's volume times where its close stands in its range: -1 at the low, 1 at the high; 0 for a bar without a range.
/// For a bar or for four.
template <class T>
[[gnu::always_inline]] inline T money_flow(T high, T low, T close, T volume) {
  const T range = high - low;
  return where(range > T{}, ((close - low) - (high - close)) / range * volume, T{});
}

/// Accumulation/distribution: money flow (see above) added up since the first bar.
///
/// Shape   high, low, close, volume in, one out; no look-back
/// Units   those of the volume
/// 0/0     a bar without a range adds 0
/// Source  TA-Lib AD; Pine ta.accdist; M. Chaikin
class Accdist {
 public:
  [[gnu::always_inline]] double step(double high, double low, double close, double volume) {
    if (any_nan(high, low, close, volume)) return kNaN;
    return sum_ += money_flow(high, low, close, volume);
  }

  std::size_t fours(double, double, double, double) { return kAnyFours; }
  [[gnu::always_inline]] Lanes step_four(Lanes high, Lanes low, Lanes close, Lanes volume) {
    return running_sums(sum_, money_flow(high, low, close, volume));
  }

  int lookback() const { return 0; }

 private:
  double sum_ = 0;
};

}  // namespace cw::indicators
