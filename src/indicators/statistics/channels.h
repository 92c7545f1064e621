#pragma once

#include <algorithm>
#include <array>
#include <cmath>

#include "indicators/averages/ema.h"
#include "indicators/kernel.h"
#include "indicators/sliding_extreme.h"

namespace cw::indicators {

/// Donchian channel: the highest high and the lowest low of the last `length` bars, and their middle.
///
/// Shape   high, low in; [upper, middle, lower] out; look-back length - 1
/// Units   those of the price
/// Cost    O(1) a step, amortised
/// Source  TA-Lib DONCHIAN; R. Donchian
class Donchian {
 public:
  explicit Donchian(int length) : length_(length), highest_(length), lowest_(length) {}

  std::array<double, 3> step(double high, double low) {
    if (any_nan(high, low)) return {kNaN, kNaN, kNaN};
    const bool full = highest_.step(high);
    (void)lowest_.step(low);
    if (!full) return {kNaN, kNaN, kNaN};
    const double upper = highest_.value();
    const double lower = lowest_.value();
    return {upper, lower + (upper - lower) / 2, lower};
  }

  std::size_t fours(double, double) {
    (void)lowest_.fours();
    return highest_.fours();
  }
  std::array<Lanes, 3> step_four(Lanes high, Lanes low) {
    const Lanes upper = highest_.step_four(high);
    const Lanes lower = lowest_.step_four(low);
    return {upper, lower + (upper - lower) / 2, lower};
  }

  int lookback() const { return length_ - 1; }

 private:
  int length_;
  SlidingExtreme<true> highest_;
  SlidingExtreme<false> lowest_;
};

/// Keltner channel: an EMA of the source, and `mult` average ranges above and below. The range is the true one, which the
/// first bar has not, or high - low.
///
/// Seed    talib: the range's average is Wilder's (ATR), as in TA-Lib's KC, and both averages begin with the first bar that
///         has a range; pine: the range's is an EMA too, and the middle begins on its own
/// Shape   source, high, low, close in; [middle, upper, lower] out; look-back length - 1, and with the true range one more:
///         of all lines (talib) or of upper and lower (pine)
/// Units   those of the price
/// Cost    O(1) a step, no memory of the window
/// Source  TA-Lib KC (whose source is hlc3, whose two lengths are equal here); Pine ta.kc; C. Keltner, L. Raschke
class Keltner {
 public:
  Keltner(int length, double mult, bool true_range, Seed seed)
      : mult_(mult),
        true_range_(true_range),
        together_(seed == Seed::talib),
        middle_(length),
        range_(length, seed == Seed::talib ? 1.0 / length : 2.0 / (length + 1.0)) {}

  std::array<double, 3> step(double source, double high, double low, double close) {
    if (any_nan(source, high, low, close)) return {kNaN, kNaN, kNaN};
    double range = high - low;
    if (true_range_) {
      // NaN before there is a close before: the average skips it.
      range = std::max(range, std::max(std::abs(high - before_), std::abs(low - before_)));
      range = is_nan(before_) ? kNaN : range;
    }
    before_ = close;
    if (together_ && is_nan(range)) [[unlikely]]
      return {kNaN, kNaN, kNaN};
    const double middle = middle_.step(source);
    const double average = range_.step(range);
    return {middle, std::fma(mult_, average, middle), std::fma(-mult_, average, middle)};
  }

  int lookback() const { return middle_.lookback() + (true_range_ && together_ ? 1 : 0); }

 private:
  double mult_;
  bool true_range_;
  bool together_;
  double before_ = kNaN;
  Ema middle_;
  RecursiveAverage range_;
};

/// Width of the Keltner channel: (upper - lower) / middle.
///
/// Shape   source, high, low, close in, one out; look-back length - 1, with the true range one more
/// Units   a share of the middle (Bollinger's width is in per cent, as in Pine)
/// 0/0     0 where the middle is 0
/// Cost    O(1) a step, no memory of the window
/// Source  Pine ta.kcw; the seeds are Keltner's
class KeltnerWidth {
 public:
  KeltnerWidth(int length, double mult, bool true_range, Seed seed)
      : lookback_(length - 1 + (true_range ? 1 : 0)), channel_(length, mult, true_range, seed) {}

  double step(double source, double high, double low, double close) {
    const auto [middle, upper, lower] = channel_.step(source, high, low, close);
    if (is_nan(upper)) return kNaN;
    return middle == 0 ? 0 : (upper - lower) / middle;
  }

  int lookback() const { return lookback_; }

 private:
  int lookback_;
  Keltner channel_;
};

}  // namespace cw::indicators
