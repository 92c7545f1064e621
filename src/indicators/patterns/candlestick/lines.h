#pragma once

#include "indicators/patterns/candlestick.h"

namespace cw::indicators {

/// Patterns of one bar: how long its body and shadows are beside the ten bars before. 100 where the bar is white, -100
/// where it is black; look-back 10.
/// Source  TA-Lib CDLMARUBOZU, CDLCLOSINGMARUBOZU, CDLBELTHOLD, CDLSPINNINGTOP, CDLHIGHWAVE, CDLLONGLINE, CDLSHORTLINE

/// A long body and no shadow to speak of.
struct Marubozu {
  static constexpr int kLookback = 10;
  [[gnu::always_inline]] static bool is_at(const Candles& bar, Candles::Back back) {
    return all_of(bar.body_is_long(back), bar.has_no_upper_shadow(back), bar.has_no_lower_shadow(back));
  }
  [[gnu::always_inline]] double answer(const Candles& bar) const { return is_at(bar, 0) ? bar.colour() : 0.0; }
};

/// A long body and no shadow to speak of where it closed: above a white one, below a black one.
struct ClosingMarubozu {
  static constexpr int kLookback = 10;
  [[gnu::always_inline]] double answer(const Candles& bar) const {
    const double shadow = bar.white() ? bar.upper_shadow() : bar.lower_shadow();
    return all_of(bar.body_is_long(), shadow < bar.tenth_of_range()) ? bar.colour() : 0.0;
  }
};

/// A long body and no shadow to speak of where it opened: below a white one, above a black one.
struct BeltHold {
  static constexpr int kLookback = 10;
  [[gnu::always_inline]] double answer(const Candles& bar) const {
    const double shadow = bar.white() ? bar.lower_shadow() : bar.upper_shadow();
    return all_of(bar.body_is_long(), shadow < bar.tenth_of_range()) ? bar.colour() : 0.0;
  }
};

/// A short body between two shadows that are longer than it.
struct SpinningTop {
  static constexpr int kLookback = 10;
  [[gnu::always_inline]] double answer(const Candles& bar) const {
    const bool between = all_of(bar.upper_shadow() > bar.body(), bar.lower_shadow() > bar.body());
    return all_of(bar.body_is_short(), between) ? bar.colour() : 0.0;
  }
};

/// A short body between two shadows of more than twice its length.
struct HighWave {
  static constexpr int kLookback = 10;
  [[gnu::always_inline]] double answer(const Candles& bar) const {
    const bool between = all_of(bar.upper_shadow() > 2 * bar.body(), bar.lower_shadow() > 2 * bar.body());
    return all_of(bar.body_is_short(), between) ? bar.colour() : 0.0;
  }
};

/// A long body between two short shadows.
struct LongLine {
  static constexpr int kLookback = 10;
  [[gnu::always_inline]] double answer(const Candles& bar) const {
    return all_of(bar.body_is_long(), bar.shadows_are_short()) ? bar.colour() : 0.0;
  }
};

/// A short body between two short shadows.
struct ShortLine {
  static constexpr int kLookback = 10;
  [[gnu::always_inline]] double answer(const Candles& bar) const {
    return all_of(bar.body_is_short(), bar.shadows_are_short()) ? bar.colour() : 0.0;
  }
};

}  // namespace cw::indicators
