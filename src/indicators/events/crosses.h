#pragma once

#include "indicators/kernel.h"

namespace cw::indicators {

/// Whether `a` has come to lie above (Over) or below `b`: strictly so now, and not so on the last bar on which both had
/// values. Equal counts as not above and as not below, so a touch that ends where it came from is a cross.
///
/// Shape   two values in, one truth (0, 1) out; no look-back: the first bar is false
/// Cost    O(1) a step
/// Source  Pine ta.crossover, ta.crossunder
template <bool Over>
class OneWayCross {
 public:
  double step(double a, double b) {
    if (any_nan(a, b)) return kNaN;
    const bool beyond = Over ? a > b : a < b;
    const bool crossed = beyond && armed_;
    armed_ = !beyond;
    return crossed ? 1 : 0;
  }

  std::size_t fours(double, double) const { return kAnyFours; }
  Lanes step_four(Lanes a, Lanes b) {
    const Lanes beyond = where(Over ? a > b : a < b, spread(1), spread(0));
    const Lanes crossed = where(beyond > before_each(armed_ ? 0 : 1, beyond), spread(1), spread(0));
    armed_ = beyond[3] == 0;
    return crossed;
  }

  int lookback() const { return 0; }

 private:
  bool armed_ = false;
};

/// Whether `a` has come to lie on the other side of `b` than the last time when they were not equal. While they are equal the
/// side is remembered: a touch that ends where it came from is none.
///
/// Shape   two values in, one truth (0, 1) out; no look-back: false until they have differed once
/// Cost    O(1) a step
/// Source  Pine ta.cross (whose 'equal' means within 1e-10; here it means equal)
class Cross {
 public:
  double step(double a, double b) {
    if (any_nan(a, b)) return kNaN;
    const int side = (a > b ? 1 : 0) - (a < b ? 1 : 0);
    const bool crossed = side * side_ < 0;
    side_ = side == 0 ? side_ : side;
    return crossed ? 1 : 0;
  }

  int lookback() const { return 0; }

 private:
  int side_ = 0;
};

}  // namespace cw::indicators
