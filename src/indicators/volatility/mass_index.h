#pragma once

#include <cstddef>

#include "indicators/averages/ema.h"
#include "indicators/volatility/true_range.h"
#include "indicators/window_totals.h"

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
    return is_nan(twice) ? kNaN : ratios_.step(ratio(once, twice));
  }

  bool warm() const { return twice_.warm(); }

  /// The averages, each of which waits for its own last answer only, then their ratios and the totals of those.
  void run_part(const InputColumns<MassIndex>& in, const OutputColumns<MassIndex>& out, std::size_t rows) {
    const double* const high = in[0];
    const double* const low = in[1];
    const auto ratios = [=, this](double* to) {
      Ema once = once_;  // in registers
      Ema twice = twice_;
      std::size_t i = 0;
      for (; i + 4 <= rows; i += 4) {
        const Lanes range = lanes_at(high + i) - lanes_at(low + i);
        const Lanes first{once.next(range[0]), once.next(range[1]), once.next(range[2]), once.next(range[3])};
        const Lanes second{twice.next(first[0]), twice.next(first[1]), twice.next(first[2]), twice.next(first[3])};
        put(to + i, ratio(first, second));
      }
      for (; i < rows; ++i) {
        const double first = once.next(high[i] - low[i]);
        to[i] = ratio(first, twice.next(first));
      }
      once_ = once;
      twice_ = twice;
    };
    ratios_.run_part_of(ratios, out[0], rows);
  }

  int lookback() const { return once_.lookback() + twice_.lookback() + sum_length_ - 1; }

 private:
  static double ratio(double once, double twice) { return twice > kVanished ? once / twice : 1; }
  static Lanes ratio(Lanes once, Lanes twice) { return where(twice > kVanished, once / twice, spread(1)); }

  int sum_length_;
  Ema once_;
  Ema twice_;
  WindowTotal ratios_;
};

}  // namespace cw::indicators
