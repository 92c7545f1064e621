#pragma once

#include "indicators/averages/sma.h"
#include "indicators/kernel.h"

namespace cw::indicators {

/// Ease of Movement: how far a bar's middle moved for its volume, times its range, averaged over `length` bars.
///
/// Shape   high, low, volume in, one out; look-back length
/// Units   price squared over volume, times `divisor`
/// 0/0     a bar without volume counts 0
/// Cost    O(1) a step, amortised
/// Source  R. Arms, 1996; Pine's built-in script, divisor * change(hl2) * (high - low) / volume
class Eom {
 public:
  Eom(int length, double divisor) : divisor_(divisor), average_(length) {}

  [[gnu::always_inline]] double step(double high, double low, double volume) {
    if (any_nan(high, low, volume)) return kNaN;
    const double middle = 0.5 * (high + low);
    const double moved = middle - last_;
    last_ = middle;
    if (!begun_) [[unlikely]] {
      begun_ = true;
      return kNaN;
    }
    return average_.step(volume > 0 ? divisor_ * moved * (high - low) / volume : 0);
  }

  int lookback() const { return average_.lookback() + 1; }

 private:
  double divisor_;
  bool begun_ = false;
  double last_ = 0;
  Sma average_;
};

}  // namespace cw::indicators
