#pragma once

#include "indicators/patterns/candlestick/lines.h"

namespace cw::indicators {

/// Patterns of two bars that turn a move round: bullish is positive.
/// Source  TA-Lib CDLENGULFING, CDLHARAMI, CDLHARAMICROSS, CDLPIERCING, CDLDARKCLOUDCOVER, CDLKICKING, CDLMATCHINGLOW

/// A body that holds the whole of the body before, which has the other colour: 100 or -100 by its own colour; 80 or -80
/// where the two share one end. Look-back 2 (TA-Lib's; one bar would do).
struct Engulfing {
  static constexpr int kLookback = 2;
  [[gnu::always_inline]] double answer(const Candles& bar) const {
    const bool turned = bar.white() != bar.white(1);
    // With an end shared, the other must go beyond.
    const bool beyond = any_of(bar.body_top() > bar.body_top(1), bar.body_bottom() < bar.body_bottom(1));
    const bool holds = all_of(bar.body_top() >= bar.body_top(1), bar.body_bottom() <= bar.body_bottom(1));
    const bool shares = any_of(bar.open() == bar.close(1), bar.close() == bar.open(1));
    const double size = shares ? 80.0 : 100.0;
    return all_of(turned, holds, beyond) ? (bar.white() ? size : -size) : 0.0;
  }
};

/// What harami and harami cross share: the body lies within the long body before. 100 or -100 against the colour of the
/// long one; 80 or -80 where an end is shared.
[[gnu::always_inline]] inline double harami(const Candles& bar, bool small) {
  const bool within = all_of(bar.body_top() <= bar.body_top(1), bar.body_bottom() >= bar.body_bottom(1));
  const bool strictly = all_of(bar.body_top() < bar.body_top(1), bar.body_bottom() > bar.body_bottom(1));
  const double size = strictly ? 100.0 : 80.0;
  return all_of(bar.body_is_long(1), small, within) ? (bar.white(1) ? -size : size) : 0.0;
}

/// A body no longer than usual within the long body before. Look-back 11.
struct Harami {
  static constexpr int kLookback = 11;
  [[gnu::always_inline]] double answer(const Candles& bar) const {
    return harami(bar, bar.body_is_no_longer_than_usual());
  }
};

/// A doji body within the long body before. Look-back 11.
struct HaramiCross {
  static constexpr int kLookback = 11;
  [[gnu::always_inline]] double answer(const Candles& bar) const { return harami(bar, bar.body_is_doji()); }
};

/// A long white bar that opens below the low of a long black one and closes within its body, above the middle: 100.
/// Look-back 11.
struct Piercing {
  static constexpr int kLookback = 11;
  [[gnu::always_inline]] static bool may_be(const Candles& bar) { return bar.open() < bar.low(1); }
  [[gnu::always_inline]] double answer(const Candles& bar) const {
    const bool bars = all_of(bar.black(1), bar.body_is_long(1), bar.white(), bar.body_is_long());
    const bool pierces =
        all_of(bar.open() < bar.low(1), bar.close() < bar.open(1), bar.close() > bar.close(1) + bar.body(1) * 0.5);
    return all_of(bars, pierces) ? 100.0 : 0.0;
  }
};

/// A black bar that opens above the high of a long white one and closes within its body, at least `penetration` of the
/// body below its top: -100. Look-back 11.
struct DarkCloudCover {
  static constexpr int kLookback = 11;
  [[gnu::always_inline]] static bool may_be(const Candles& bar) { return bar.open() > bar.high(1); }
  double penetration = 0.5;
  [[gnu::always_inline]] double answer(const Candles& bar) const {
    const bool bars = all_of(bar.white(1), bar.body_is_long(1), bar.black());
    const bool covers = all_of(bar.open() > bar.high(1), bar.close() > bar.open(1),
                               bar.close() < bar.close(1) - bar.body(1) * penetration);
    return all_of(bars, covers) ? -100.0 : 0.0;
  }
};

/// Two marubozu of different colours with a gap between the bars, in the direction of the second: 100 up, -100 down.
/// Look-back 11.
struct Kicking {
  static constexpr int kLookback = 11;
  [[gnu::always_inline]] static bool may_be(const Candles& bar) {
    return any_of(bar.low() > bar.high(1), bar.high() < bar.low(1));
  }
  [[gnu::always_inline]] double answer(const Candles& bar) const {
    const bool up = all_of(bar.black(1), bar.white(), bar.low() > bar.high(1));
    const bool down = all_of(bar.white(1), bar.black(), bar.high() < bar.low(1));
    const bool bars = all_of(Marubozu::is_at(bar, 1), Marubozu::is_at(bar, 0));
    return all_of(bars, any_of(up, down)) ? bar.colour() : 0.0;
  }
};

/// Two black bars that close at the same price: 100. Look-back 6.
struct MatchingLow {
  static constexpr int kLookback = 6;
  [[gnu::always_inline]] double answer(const Candles& bar) const {
    const double equal = bar.equal(1);
    const bool same = all_of(bar.close() <= bar.close(1) + equal, bar.close() >= bar.close(1) - equal);
    return all_of(bar.black(1), bar.black(), same) ? 100.0 : 0.0;
  }
};

}  // namespace cw::indicators
