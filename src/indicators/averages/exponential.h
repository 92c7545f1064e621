#pragma once

#include <cmath>

#include "indicators/averages/ema.h"
#include "indicators/kernel.h"

namespace cw::indicators {

/// Double exponential moving average: 2 EMA - EMA of the EMA.
///
/// Shape   one value in, one out; look-back 2 (length - 1)
/// Units   those of the input
/// Cost    O(1) a step, no memory of the window
/// Source  TA-Lib DEMA; P. Mulloy, Technical Analysis of Stocks & Commodities, 1994
class Dema {
 public:
  explicit Dema(int length) : once_(length), twice_(length) {}

  double step(double x) {
    if (is_nan(x)) return kNaN;
    if (!twice_.warm()) [[unlikely]] {
      const double first = once_.step(x);
      return first + (first - twice_.step(first));
    }
    const double once = once_.next(x);
    return once + (once - twice_.next(once));
  }

  int lookback() const { return 2 * once_.lookback(); }

 private:
  Ema once_;
  Ema twice_;
};

/// Three EMAs, each of the one before, that begin one after the other.
class ThreeEmas {
 public:
  explicit ThreeEmas(int length) : once_(length), twice_(length), thrice_(length) {}

  struct Values {
    double once;
    double twice;
    double thrice;
  };
  /// NaN for those that have not begun.
  [[gnu::always_inline]] Values step(double x) {
    if (is_nan(x)) return {kNaN, kNaN, kNaN};
    if (thrice_.warm()) [[likely]] {
      // All are at work: nothing is left to ask.
      const double once = once_.next(x);
      const double twice = twice_.next(once);
      return {once, twice, thrice_.next(twice)};
    }
    const double once = once_.step(x);
    const double twice = twice_.step(once);
    return {once, twice, thrice_.step(twice)};
  }

  int lookback() const { return 3 * once_.lookback(); }

 private:
  Ema once_;
  Ema twice_;
  Ema thrice_;
};

/// Triple exponential moving average: 3 EMA - 3 EMA of the EMA + EMA of that.
///
/// Shape   one value in, one out; look-back 3 (length - 1)
/// Units   those of the input
/// Cost    O(1) a step, no memory of the window
/// Source  TA-Lib TEMA; P. Mulloy, Technical Analysis of Stocks & Commodities, 1994
class Tema {
 public:
  explicit Tema(int length) : emas_(length) {}

  double step(double x) {
    const auto [once, twice, thrice] = emas_.step(x);
    return std::fma(3.0, once - twice, thrice);
  }

  int lookback() const { return emas_.lookback(); }

 private:
  ThreeEmas emas_;
};

/// TRIX: by how many per cent an EMA of an EMA of an EMA changed since the bar before.
///
/// Shape   one value in, one out; look-back 3 (length - 1) + 1
/// Units   per cent
/// 0/0     0 where the average before is 0 (also x/0)
/// Cost    O(1) a step, no memory of the window
/// Source  TA-Lib TRIX; J. Hutson, Technical Analysis of Stocks & Commodities, 1983
class Trix {
 public:
  explicit Trix(int length) : emas_(length) {}

  double step(double x) {
    const double average = emas_.step(x).thrice;
    if (is_nan(average)) return kNaN;
    const double before = before_;
    before_ = average;
    return before == 0 ? 0 : (average - before) / before * 100;
  }

  int lookback() const { return emas_.lookback() + 1; }

 private:
  ThreeEmas emas_;
  double before_ = kNaN;
};

}  // namespace cw::indicators
