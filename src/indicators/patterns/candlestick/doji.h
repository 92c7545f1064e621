#pragma once

#include "indicators/patterns/candlestick.h"

namespace cw::indicators {

/// The doji family: bars that close about where they opened. 100 or 0; no direction. Look-back 10.
/// Source  TA-Lib CDLDOJI, CDLDRAGONFLYDOJI, CDLGRAVESTONEDOJI, CDLLONGLEGGEDDOJI, CDLTAKURI; S. Nison, Japanese
///         Candlestick Charting Techniques, 1991

/// A doji body: at most a tenth of the usual range.
struct Doji {
  static constexpr int kLookback = 10;
  [[gnu::always_inline]] double answer(const Candles& bar) const { return bar.body_is_doji() ? 100.0 : 0.0; }
};

/// A doji at the top of its bar: no upper shadow to speak of, and a lower one.
struct DragonflyDoji {
  static constexpr int kLookback = 10;
  [[gnu::always_inline]] double answer(const Candles& bar) const {
    return all_of(bar.body_is_doji(), bar.has_no_upper_shadow(), bar.lower_shadow() > bar.tenth_of_range()) ? 100.0
                                                                                                            : 0.0;
  }
};

/// A doji at the bottom of its bar: no lower shadow to speak of, and an upper one.
struct GravestoneDoji {
  static constexpr int kLookback = 10;
  [[gnu::always_inline]] double answer(const Candles& bar) const {
    return all_of(bar.body_is_doji(), bar.has_no_lower_shadow(), bar.upper_shadow() > bar.tenth_of_range()) ? 100.0
                                                                                                            : 0.0;
  }
};

/// A doji with a shadow longer than its body, on either side.
struct LongLeggedDoji {
  static constexpr int kLookback = 10;
  [[gnu::always_inline]] double answer(const Candles& bar) const {
    const bool legs = any_of(bar.lower_shadow() > bar.body(), bar.upper_shadow() > bar.body());
    return all_of(bar.body_is_doji(), legs) ? 100.0 : 0.0;
  }
};

/// A dragonfly whose lower shadow is more than twice its body.
struct Takuri {
  static constexpr int kLookback = 10;
  [[gnu::always_inline]] double answer(const Candles& bar) const {
    return all_of(bar.body_is_doji(), bar.has_no_upper_shadow(), bar.lower_shadow() > 2 * bar.body()) ? 100.0 : 0.0;
  }
};

}  // namespace cw::indicators
