#pragma once

#include <cmath>
#include <cstddef>
#include <utility>

#include "indicators/kernel.h"
#include "indicators/ring.h"
#include "indicators/sliding_total.h"

namespace cw::indicators {

/// Kaufman's efficiency ratio: how far the value came in `length` bars over the way it went: 1 in a straight line, 0 where it
/// is back where it was.
///
/// Shape   one value in, one out; look-back length
/// Units   none, 0 to 1
/// 0/0     1 where the value did not move at all, as in TA-Lib
/// Cost    O(1) a step, amortised; 2 length doubles
/// Source  P. J. Kaufman, Smarter Trading, 1995; TA-Lib ER
class EfficiencyRatio {
 public:
  explicit EfficiencyRatio(int length) : length_(length), values_(static_cast<std::size_t>(length)), way_(length) {}

  [[gnu::always_inline]] double step(double x) {
    if (is_nan(x)) return kNaN;
    const double change = std::abs(x - last_);
    last_ = x;
    if (is_nan(change)) [[unlikely]] {
      values_[values_.size() - 1] = x;  // the first value: the first full window ends at the last place
      return kNaN;
    }
    const bool full = way_.step(change);
    const double old = std::exchange(values_[way_.place() - 1], x);
    return full ? ratio(std::abs(x - old), way_.total()) : kNaN;
  }

  [[gnu::always_inline]] std::size_t fours(double) { return is_nan(last_) ? 0 : way_.fours(); }
  [[gnu::always_inline]] Lanes step_four(Lanes x) {
    double* const values = &values_[way_.place()];
    const Lanes old = lanes_at(values);
    put(values, x);
    const Lanes way = way_.step_four(absolute(x - before_each(last_, x)));
    last_ = x[3];
    return ratio(absolute(x - old), way);
  }

  int lookback() const { return length_; }

 private:
  /// At most 1, which a straight way may miss by a rounding.
  template <class T>
  [[gnu::always_inline]] static T ratio(T distance, T way) {
    const T one = T{} + 1.0;
    return where(distance < way, distance / way, one);
  }

  int length_;
  Buffer values_;  // of the last `length` steps, at the places of way_
  SlidingTotal way_;
  double last_ = kNaN;
};

}  // namespace cw::indicators
