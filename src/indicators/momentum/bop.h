#pragma once

#include <cstddef>

#include "indicators/kernel.h"

namespace cw::indicators {

/// Balance of power: the bar's body over its range.
///
/// Shape   open, high, low, close in, one out; no look-back
/// Units   -1 to 1
/// 0/0     a bar without a range answers 0
/// Source  TA-Lib BOP; I. Livshin, Balance of Market Power, 2001
class Bop {
 public:
  [[gnu::always_inline]] double step(double open, double high, double low, double close) {
    if (any_nan(open, high, low, close)) return kNaN;
    return share(open, high, low, close);
  }

  std::size_t fours(double, double, double, double) { return kAnyFours; }
  [[gnu::always_inline]] Lanes step_four(Lanes open, Lanes high, Lanes low, Lanes close) {
    return share(open, high, low, close);
  }

  int lookback() const { return 0; }

 private:
  template <class T>
  static T share(T open, T high, T low, T close) {
    const T range = high - low;
    return where(range > T{}, (close - open) / range, T{});
  }
};

}  // namespace cw::indicators
