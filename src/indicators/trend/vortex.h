#pragma once

#include <array>
#include <cmath>
#include <cstddef>

#include "indicators/kernel.h"
#include "indicators/sliding_total.h"
#include "indicators/volatility/true_range.h"

namespace cw::indicators {

/// Vortex: the way from each bar's low to the next one's high, and from its high to the next one's low, both summed over
/// `length` bars and divided by the sum of true ranges. Answers [vi+, vi-]; the greater one names the trend.
///
/// Shape   high, low, close in, two out; look-back length (the first bar has no bar before it)
/// Units   none, around 1
/// 0/0     0 and 0 where the true ranges of the whole window are 0, as in TA-Lib
/// Cost    O(1) a step, amortised; 3 length doubles
/// Source  E. Botes, D. Siepman, Technical Analysis of Stocks & Commodities, January 2010; TA-Lib VORTEX
class Vortex {
 public:
  explicit Vortex(int length) : length_(length), ups_(length), downs_(length), ranges_(length) {}

  [[gnu::always_inline]] std::array<double, 2> step(double high, double low, double close) {
    if (any_nan(high, low, close)) return {kNaN, kNaN};
    const double up = std::abs(high - previous_low_);
    const double down = std::abs(low - previous_high_);
    const double range = true_range_after(high, low, previous_close_);
    remember(high, low, close);
    if (is_nan(range)) [[unlikely]]
      return {kNaN, kNaN};
    const bool full = ups_.step(up);
    (void)downs_.step(down);
    (void)ranges_.step(range);
    if (!full) [[unlikely]]
      return {kNaN, kNaN};
    return {share(ups_.total(), ranges_.total()), share(downs_.total(), ranges_.total())};
  }

  [[gnu::always_inline]] std::size_t fours(double, double, double) {
    if (is_nan(previous_close_)) return 0;
    (void)ups_.fours();
    (void)downs_.fours();
    return ranges_.fours();
  }
  [[gnu::always_inline]] std::array<Lanes, 2> step_four(Lanes high, Lanes low, Lanes close) {
    const Lanes up = ups_.step_four(absolute(high - before_each(previous_low_, low)));
    const Lanes down = downs_.step_four(absolute(low - before_each(previous_high_, high)));
    const Lanes range = ranges_.step_four(true_range_after(high, low, before_each(previous_close_, close)));
    remember(high[3], low[3], close[3]);
    return {share(up, range), share(down, range)};
  }

  int lookback() const { return length_; }

 private:
  template <class T>
  [[gnu::always_inline]] static T share(T way, T range) {
    return where(range > 0, way / range, T{});
  }
  [[gnu::always_inline]] void remember(double high, double low, double close) {
    previous_high_ = high;
    previous_low_ = low;
    previous_close_ = close;
  }

  int length_;
  SlidingTotal ups_;
  SlidingTotal downs_;
  SlidingTotal ranges_;
  double previous_high_ = kNaN;
  double previous_low_ = kNaN;
  double previous_close_ = kNaN;
};

}  // namespace cw::indicators
