#pragma once

#include <cmath>

#include "indicators/averages/ema.h"
#include "indicators/kernel.h"

namespace cw::indicators {

/// True Strength Index: the change from bar to bar, smoothed twice, over its size, smoothed twice. First over `long_length`,
/// then over `short_length`.
///
/// Shape   one value in, one out; look-back long_length + short_length - 1
/// Units   -100 to 100 (talib) or -1 to 1 (pine)
/// 0/0     a flat series answers 0 (Pine: na)
/// Cost    O(1) a step, no memory of the window
/// Source  TA-Lib TSI; Pine ta.tsi; W. Blau, Momentum, Direction, and Divergence, 1995
class Tsi {
 public:
  Tsi(int short_length, int long_length, Seed seed = Seed::talib)
      : lookback_(long_length + short_length - 1),
        whole_(seed == Seed::pine ? 1 : 100),
        change_(long_length),
        size_(long_length),
        change_again_(short_length),
        size_again_(short_length) {}

  [[gnu::always_inline]] double step(double x) {
    if (is_nan(x)) return kNaN;
    const double change = x - last_;
    last_ = x;
    if (!begun_) [[unlikely]] {
      begun_ = true;
      return kNaN;
    }
    return answer(change_again_.step(change_.step(change)), size_again_.step(size_.step(std::abs(change))));
  }
  bool warm() const { return size_again_.warm(); }
  [[gnu::always_inline]] double next(double x) {
    const double change = x - last_;
    last_ = x;
    return answer(change_again_.next(change_.next(change)), size_again_.next(size_.next(std::abs(change))));
  }

  int lookback() const { return lookback_; }

 private:
  double answer(double change, double size) const { return size != 0 ? whole_ * (change / size) : 0; }

  int lookback_;
  double whole_;
  bool begun_ = false;
  double last_ = 0;
  Ema change_;
  Ema size_;
  Ema change_again_;
  Ema size_again_;
};

}  // namespace cw::indicators
