#pragma once

#include <algorithm>
#include <cstddef>
#include <limits>

#include "indicators/kernel.h"

namespace cw::indicators {

/// Below this a sum of movements has decayed beyond the digits of a double: averages over it count it as none. It is a limit
/// of the number format, some 270 decimal places below any price, not a threshold on units.
inline constexpr double kVanished = 1e-280;

/// The way that the price has gone in a bar, seen from the close before: from the lower of `low` and that close to the
/// higher of `high` and that close. NaN where `previous_close` is. A `T` is a double or Lanes.
/// Source  J. W. Wilder, New Concepts in Technical Trading Systems, 1978, as one difference instead of the largest of three
template <class T>
[[gnu::always_inline]] inline T true_range_after(T high, T low, T previous_close) {
  return where(previous_close < high, high, previous_close) - where(low < previous_close, low, previous_close);
}

/// The same, but high - low where `previous_close` is NaN: where there was no bar before.
[[gnu::always_inline]] inline double true_range(double high, double low, double previous_close) {
  // std::max and std::min answer their first argument where the other is NaN.
  return std::max(high, previous_close) - std::min(low, previous_close);
}

/// True range.
///
/// Shape   high, low, close in, one out; look-back 1, or 0 where the first bar counts: its range is then high - low
/// Units   those of the price
/// Cost    O(1), no memory but the last close
/// Source  TA-Lib TRANGE and Pine ta.tr(false): look-back 1; Pine ta.tr(true): 0
template <bool FirstBarCounts>
class TrueRange {
 public:
  [[gnu::always_inline]] double step(double high, double low, double close) {
    if (any_nan(high, low, close)) return kNaN;
    const double range = true_range_after(high, low, previous_close_);
    previous_close_ = close;
    if (FirstBarCounts && is_nan(range)) [[unlikely]]
      return high - low;
    return range;
  }

  [[gnu::always_inline]] std::size_t fours(double, double, double) const {
    return is_nan(previous_close_) ? 0 : std::numeric_limits<std::size_t>::max();
  }
  [[gnu::always_inline]] Lanes step_four(Lanes high, Lanes low, Lanes close) {
    const Lanes ranges = true_range_after(high, low, before_each(previous_close_, close));
    previous_close_ = close[3];
    return ranges;
  }

  int lookback() const { return FirstBarCounts ? 0 : 1; }

 private:
  double previous_close_ = kNaN;
};

}  // namespace cw::indicators
