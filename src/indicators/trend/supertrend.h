#pragma once

#include <array>
#include <utility>

#include "indicators/kernel.h"
#include "indicators/volatility/atr.h"

namespace cw::indicators {

/// Supertrend: a stop at `factor` average true ranges from the middle of the bar that never gives way while the trend lasts.
/// Answers [line, direction]; direction is -1 in a rising trend (the line is below) and 1 in a falling one, as in Pine.
///
/// Shape   high, low, close in, two out; look-back that of the ATR: length (talib), length - 1, at least 1 (pine)
/// Units   the line: those of the price
/// Start   talib begins with a rising trend, pine with a falling one; the ATR's first bar differs as well (see Atr). Where
///         the two bands lie on each other, on a flat market, talib keeps its trend and pine is in a falling one
/// NaN     through the look-back both answers are NaN, also in pine mode, where Pine itself says 1 for the direction and, at
///         the very first bar, 0 for the line
/// Cost    O(1), no memory of the window
/// Source  O. Seban; TA-Lib SUPERTREND (whose trend has the other sign); Pine ta.supertrend
template <Seed Mode>
class Supertrend {
 public:
  Supertrend(double factor, int length) : factor_(factor), length_(length), atr_(length, Mode) {}

  [[gnu::always_inline]] std::array<double, 2> step(double high, double low, double close) {
    const double range = atr_.step(high, low, close);
    if (is_nan(range)) return {kNaN, kNaN};
    const double middle = (high + low) / 2;
    const double upper = middle + factor_ * range;
    const double lower = middle - factor_ * range;
    if (!begun_) [[unlikely]] {
      // Pine begins at the second bar at the earliest.
      if (Mode == Seed::pine && length_ == 1 && !std::exchange(waited_, true)) return {kNaN, kNaN};
      begun_ = true;
      upper_ = upper;
      lower_ = lower;
      rises_ = Mode == Seed::talib;
    } else {
      const bool rose = Mode == Seed::talib ? rises_ : rises_ && lower_ != upper_;
      // A band comes nearer, or begins anew once the last close was beyond it.
      upper_ = ((upper < upper_) | (last_close_ > upper_)) ? upper : upper_;
      lower_ = ((lower > lower_) | (last_close_ < lower_)) ? lower : lower_;
      const bool holds = !(close < lower_);
      const bool breaks_out = close > upper_;
      rises_ = rose ? holds : breaks_out;
    }
    last_close_ = close;
    return {rises_ ? lower_ : upper_, rises_ ? -1.0 : 1.0};
  }

  int lookback() const { return Mode == Seed::pine && length_ == 1 ? 1 : atr_.lookback(); }

 private:
  double factor_;
  int length_;
  Atr atr_;
  bool waited_ = false;
  bool begun_ = false;
  bool rises_ = true;
  double upper_ = 0;
  double lower_ = 0;
  double last_close_ = 0;
};

}  // namespace cw::indicators
