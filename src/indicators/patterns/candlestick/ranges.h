#pragma once

#include "indicators/patterns/candlestick.h"

namespace cw::indicators {

/// Patterns of two bars' ranges. TA-Lib has none of them; the definitions are stated here.
/// Source  S. Nison, Japanese Candlestick Charting Techniques, 1991 (tweezers); inside and outside bars: common usage

/// Equal highs (within 0.05 of the mean range of the 5 bars before the first) of a white bar and a black one: -100.
/// Look-back 6.
struct TweezerTop {
  static constexpr int kLookback = 6;
  [[gnu::always_inline]] double answer(const Candles& bar) const {
    const bool same = std::fabs(bar.high() - bar.high(1)) <= bar.equal(1);
    return all_of(bar.white(1), bar.black(), same) ? -100.0 : 0.0;
  }
};

/// Equal lows (as above) of a black bar and a white one: 100. A bar that closes where it opened is white. Look-back 6.
struct TweezerBottom {
  static constexpr int kLookback = 6;
  [[gnu::always_inline]] double answer(const Candles& bar) const {
    const bool same = std::fabs(bar.low() - bar.low(1)) <= bar.equal(1);
    return all_of(bar.black(1), bar.white(), same) ? 100.0 : 0.0;
  }
};

/// A bar whose high is lower and whose low is higher than those of the bar before: 100; no direction. Look-back 1.
struct InsideBar {
  static constexpr int kLookback = 1;
  [[gnu::always_inline]] double answer(const Candles& bar) const {
    return all_of(bar.high() < bar.high(1), bar.low() > bar.low(1)) ? 100.0 : 0.0;
  }
};

/// A bar whose high is higher and whose low is lower than those of the bar before: 100 if white, -100 if black. Look-back 1.
struct OutsideBar {
  static constexpr int kLookback = 1;
  [[gnu::always_inline]] double answer(const Candles& bar) const {
    return all_of(bar.high() > bar.high(1), bar.low() < bar.low(1)) ? bar.colour() : 0.0;
  }
};

}  // namespace cw::indicators
