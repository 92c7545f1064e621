#pragma once

#include <cstddef>

#include "indicators/averages/ema.h"
#include "indicators/sliding_total.h"
#include "indicators/volatility/true_range.h"

namespace cw::indicators {

/// Mass index: how much the bars' ranges have widened. Each bar's ratio of EMA(high - low) to the EMA of that EMA, added up
/// over `sum_length` bars; a market of constant range gives `sum_length`, above 27 (of 25) a reversal is said to be near.
///
/// Shape   high, low in, one out; look-back 2 (ema_length - 1) + sum_length - 1
/// Units   none, about sum_length
/// 0/0     a ratio over a range that is or has decayed to 0 (below kVanished) counts as 1, as in TA-Lib: neither wider nor
///         narrower
/// Cost    O(1) a step, amortised; sum_length doubles
/// Source  D. Dorsey, Technical Analysis of Stocks & Commodities, June 1992; TA-Lib MASSI
class MassIndex {
 public:
  MassIndex(int ema_length, int sum_length)
      : sum_length_(sum_length), once_(ema_length), twice_(ema_length), ratios_(sum_length) {}

  [[gnu::always_inline]] double step(double high, double low) {
    const double once = once_.step(high - low);
    const double twice = twice_.step(once);
    if (is_nan(twice)) return kNaN;
    return ratios_.step(twice > kVanished ? once / twice : 1.0) ? ratios_.total() : kNaN;
  }

  [[gnu::always_inline]] std::size_t fours(double, double) { return twice_.warm() ? ratios_.fours() : 0; }
  [[gnu::always_inline]] Lanes step_four(Lanes high, Lanes low) {
    const Lanes range = high - low;
    const Lanes once{once_.next(range[0]), once_.next(range[1]), once_.next(range[2]), once_.next(range[3])};
    const Lanes twice{twice_.next(once[0]), twice_.next(once[1]), twice_.next(once[2]), twice_.next(once[3])};
    return ratios_.step_four(where(twice > kVanished, once / twice, spread(1)));
  }

  int lookback() const { return once_.lookback() + twice_.lookback() + sum_length_ - 1; }

 private:
  int sum_length_;
  Ema once_;
  Ema twice_;
  SlidingTotal ratios_;
};

}  // namespace cw::indicators
