#pragma once

#include "indicators/kernel.h"
#include "indicators/share_of_sums.h"
#include "indicators/volume/accdist.h"

namespace cw::indicators {

/// Chaikin Money Flow: the money flow of the last `length` bars over their volume.
///
/// Shape   high, low, close, volume in, one out; look-back length - 1
/// Units   -1 to 1
/// 0/0     a bar without a range adds 0; a window without volume answers 0
/// Cost    O(1) a step, amortised
/// Source  TA-Lib CMF; M. Chaikin
class Cmf {
 public:
  explicit Cmf(int length) : share_(length) {}

  [[gnu::always_inline]] double step(double high, double low, double close, double volume) {
    if (any_nan(high, low, close, volume)) return kNaN;
    return share_.step(money_flow(high, low, close, volume), volume);
  }

  [[gnu::always_inline]] std::size_t fours(double, double, double, double volume) {
    return share_.fours(volume, volume);
  }
  [[gnu::always_inline]] Lanes step_four(Lanes high, Lanes low, Lanes close, Lanes volume) {
    return share_.step_four(money_flow(high, low, close, volume), volume);
  }

  int lookback() const { return share_.lookback(); }

 private:
  ShareOfSums share_;
};

}  // namespace cw::indicators
