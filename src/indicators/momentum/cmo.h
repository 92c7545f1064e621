#pragma once

#include <cmath>

#include "indicators/kernel.h"
#include "indicators/momentum/rsi.h"
#include "indicators/share_of_sums.h"

namespace cw::indicators {

/// Chande Momentum Oscillator with Wilder's averages: the average change over the average size of a change. It is
/// 2 RSI - 100, and what TA-Lib calls CMO.
///
/// Shape   one value in, one out; look-back length
/// Units   -100 to 100
/// 0/0     a flat series answers 0
/// Cost    O(1) a step, no memory of the window
/// Source  TA-Lib CMO
class Cmo {
 public:
  explicit Cmo(int length) : length_(length), averages_(length) {}

  [[gnu::always_inline]] double step(double x) {
    if (is_nan(x)) return kNaN;
    if (warm()) [[likely]]
      return next(x);
    return averages_.begin(x, whole) ? averages_.percent(0) : kNaN;
  }
  bool warm() const { return averages_.warm(); }
  [[gnu::always_inline]] double next(double x) {
    averages_.next(x, whole);
    return averages_.percent(0);
  }

  int lookback() const { return length_; }

 private:
  static double whole(double change) { return change; }

  int length_;
  ChangeAverages averages_;
};

/// Chande Momentum Oscillator as Chande gave it: the sum of the last `length` changes over the sum of their sizes.
///
/// Shape   one value in, one out; look-back length
/// Units   -100 to 100
/// 0/0     a window without a change answers 0 (Pine: na)
/// Cost    O(1) a step, amortised
/// Source  T. Chande, S. Kroll, The New Technical Trader, 1994; Pine ta.cmo; TA-Lib CMOU
class CmoUnsmoothed {
 public:
  explicit CmoUnsmoothed(int length) : share_(length) {}

  [[gnu::always_inline]] double step(double x) {
    if (is_nan(x)) return kNaN;
    const double change = x - last_;
    last_ = x;
    if (!begun_) [[unlikely]] {
      begun_ = true;
      return kNaN;
    }
    return 100 * share_.step(change, std::abs(change));
  }

  [[gnu::always_inline]] std::size_t fours(double x) { return begun_ ? share_.fours(x, x) : 0; }
  [[gnu::always_inline]] Lanes step_four(Lanes x) {
    const Lanes change = x - before_each(last_, x);
    last_ = x[3];
    return 100 * share_.step_four(change, absolute(change));
  }

  int lookback() const { return share_.lookback() + 1; }

 private:
  bool begun_ = false;
  double last_ = 0;
  ShareOfSums share_;
};

}  // namespace cw::indicators
