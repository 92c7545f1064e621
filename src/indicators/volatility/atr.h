#pragma once

#include "indicators/averages/ema.h"
#include "indicators/volatility/true_range.h"

namespace cw::indicators {

/// Average true range: Wilder's average of the true range.
///
/// Shape   high, low, close in, one out; look-back length (talib), length - 1 (pine)
/// Units   those of the price
/// Seed    the mean of the first `length` true ranges; talib leaves the first bar out, as it has no close before it, pine
///         counts it with high - low. The two come together as Wilder's average forgets: 1 / length a bar
/// Cost    O(1), no memory of the window
/// Source  TA-Lib ATR; Pine ta.atr; J. W. Wilder, New Concepts in Technical Trading Systems, 1978
class Atr {
 public:
  explicit Atr(int length, Seed seed = Seed::talib) : first_bar_counts_(seed == Seed::pine), average_(length) {}

  [[gnu::always_inline]] double step(double high, double low, double close) {
    const double range = range_.step(high, low, close);
    return is_nan(range) ? first(high - low, close) : average_.step(range);
  }

  [[gnu::always_inline]] std::size_t fours(double high, double low, double close) const {
    return average_.warm() ? range_.fours(high, low, close) : 0;
  }
  [[gnu::always_inline]] Lanes step_four(Lanes high, Lanes low, Lanes close) {
    const Lanes ranges = range_.step_four(high, low, close);
    return Lanes{average_.next(ranges[0]), average_.next(ranges[1]), average_.next(ranges[2]),
                 average_.next(ranges[3])};
  }

  int lookback() const { return average_.lookback() + (first_bar_counts_ ? 0 : 1); }

 private:
  /// There is no true range: of the first bar, or there is a NaN in this one.
  [[gnu::always_inline]] double first(double range, double close) {
    if (!first_bar_counts_ || begun_ || any_nan(range, close)) return kNaN;
    begun_ = true;
    return average_.step(range);
  }

  bool first_bar_counts_;
  bool begun_ = false;
  TrueRange<false> range_;
  Rma average_;
};

/// Normalised average true range: the ATR in percent of the close.
///
/// Shape   high, low, close in, one out; look-back that of the ATR
/// Units   percent of the price
/// 0/0     0 where the close is 0, as in TA-Lib
/// Cost    O(1), no memory of the window
/// Source  TA-Lib NATR (which for length 1 answers the true range itself; here it is in percent for every length)
class Natr {
 public:
  explicit Natr(int length, Seed seed = Seed::talib) : atr_(length, seed) {}

  [[gnu::always_inline]] double step(double high, double low, double close) {
    const double range = atr_.step(high, low, close);
    if (is_nan(range)) return kNaN;
    return close == 0 ? 0.0 : 100 * range / close;
  }

  [[gnu::always_inline]] std::size_t fours(double high, double low, double close) const {
    return atr_.fours(high, low, close);
  }
  [[gnu::always_inline]] Lanes step_four(Lanes high, Lanes low, Lanes close) {
    const Lanes range = atr_.step_four(high, low, close);
    return where(close == 0, Lanes{}, 100 * range / close);
  }

  int lookback() const { return atr_.lookback(); }

 private:
  Atr atr_;
};

}  // namespace cw::indicators
