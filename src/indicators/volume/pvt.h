#pragma once

#include <cstddef>
#include <utility>

#include "indicators/kernel.h"

namespace cw::indicators {

/// Price Volume Trend: each bar's relative change of the close times its volume, added up since the first bar.
///
/// Shape   close, volume in, one out; no look-back (talib: the first bar answers 0) or 1 (pine)
/// Units   those of the volume
/// 0/0     a last close of 0 adds 0
/// Source  TA-Lib PVT; Pine ta.pvt
class Pvt {
 public:
  explicit Pvt(Seed seed = Seed::talib) : pine_(seed == Seed::pine) {}

  [[gnu::always_inline]] double step(double close, double volume) {
    if (any_nan(close, volume)) return kNaN;
    const double before = std::exchange(last_, close);
    if (begun_) [[likely]]
      return sum_ += moved(before, close, volume);
    begun_ = true;
    return pine_ ? kNaN : 0;
  }
  std::size_t fours(double, double) { return begun_ ? kAnyFours : 0; }
  [[gnu::always_inline]] Lanes step_four(Lanes close, Lanes volume) {
    const Lanes before = before_each(last_, close);
    last_ = close[3];
    return running_sums(sum_, moved(before, close, volume));
  }

  int lookback() const { return pine_ ? 1 : 0; }

 private:
  template <class T>
  static T moved(T last, T close, T volume) {
    return where(last != T{}, (close - last) / last * volume, T{});
  }

  bool pine_;
  bool begun_ = false;
  double last_ = 0;
  double sum_ = 0;
};

}  // namespace cw::indicators
