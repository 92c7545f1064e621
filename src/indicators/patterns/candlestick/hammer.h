#pragma once

#include "indicators/patterns/candlestick.h"

namespace cw::indicators {

/// Bars of a short body at one end and a long shadow on the other side, told apart by where they stand beside the bar
/// before. Look-back 11.
/// Source  TA-Lib CDLHAMMER, CDLHANGINGMAN, CDLINVERTEDHAMMER, CDLSHOOTINGSTAR

/// A short body, a lower shadow longer than it and no upper shadow to speak of.
[[gnu::always_inline]] inline bool is_hammer_shaped(const Candles& bar) {
  return all_of(bar.body_is_short(), bar.lower_shadow() > bar.body(), bar.has_no_upper_shadow());
}
/// The same upside down.
[[gnu::always_inline]] inline bool is_star_shaped(const Candles& bar) {
  return all_of(bar.body_is_short(), bar.upper_shadow() > bar.body(), bar.has_no_lower_shadow());
}

/// A hammer's shape with the body near or below the low of the bar before: 100.
struct Hammer {
  static constexpr int kLookback = 11;
  [[gnu::always_inline]] double answer(const Candles& bar) const {
    return all_of(is_hammer_shaped(bar), bar.body_bottom() <= bar.low(1) + bar.near(1)) ? 100.0 : 0.0;
  }
};

/// A hammer's shape with the body near or above the high of the bar before: -100.
struct HangingMan {
  static constexpr int kLookback = 11;
  [[gnu::always_inline]] double answer(const Candles& bar) const {
    return all_of(is_hammer_shaped(bar), bar.body_bottom() >= bar.high(1) - bar.near(1)) ? -100.0 : 0.0;
  }
};

/// A star's shape with the body wholly below that of the bar before: 100.
struct InvertedHammer {
  static constexpr int kLookback = 11;
  [[gnu::always_inline]] static bool may_be(const Candles& bar) { return bar.body_gaps_down(0); }
  [[gnu::always_inline]] double answer(const Candles& bar) const {
    return all_of(is_star_shaped(bar), bar.body_gaps_down(0)) ? 100.0 : 0.0;
  }
};

/// A star's shape with the body wholly above that of the bar before: -100.
struct ShootingStar {
  static constexpr int kLookback = 11;
  [[gnu::always_inline]] static bool may_be(const Candles& bar) { return bar.body_gaps_up(0); }
  [[gnu::always_inline]] double answer(const Candles& bar) const {
    return all_of(is_star_shaped(bar), bar.body_gaps_up(0)) ? -100.0 : 0.0;
  }
};

}  // namespace cw::indicators
