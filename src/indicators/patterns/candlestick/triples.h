#pragma once

#include "indicators/patterns/candlestick.h"

namespace cw::indicators {

/// Patterns of three bars and more: bullish is positive.
/// Source  TA-Lib CDL3INSIDE, CDL3OUTSIDE, CDL3WHITESOLDIERS, CDL3BLACKCROWS

/// A short body within the long body before it, and a bar of the other colour than the long one that closes beyond where the
/// long one opened: 100 up, -100 down. Look-back 12.
struct ThreeInside {
  static constexpr int kLookback = 12;
  [[gnu::always_inline]] double answer(const Candles& bar) const {
    const bool within = all_of(bar.body_is_long(2), bar.body_is_no_longer_than_usual(1),
                               bar.body_top(1) < bar.body_top(2), bar.body_bottom(1) > bar.body_bottom(2));
    const bool down = all_of(bar.white(2), bar.black(), bar.close() < bar.open(2));
    const bool up = all_of(bar.black(2), bar.white(), bar.close() > bar.open(2));
    return all_of(within, any_of(up, down)) ? -bar.colour(2) : 0.0;
  }
};

/// A body that holds all of the body before, of the other colour, and a third bar that closes further on: 100 up, -100
/// down. Look-back 3 (TA-Lib's; two bars would do).
struct ThreeOutside {
  static constexpr int kLookback = 3;
  [[gnu::always_inline]] double answer(const Candles& bar) const {
    const bool holds = all_of(bar.body_top(1) > bar.body_top(2), bar.body_bottom(1) < bar.body_bottom(2));
    const bool up = all_of(bar.black(2), bar.white(1), bar.close() > bar.close(1));
    const bool down = all_of(bar.white(2), bar.black(1), bar.close() < bar.close(1));
    return all_of(holds, any_of(up, down)) ? bar.colour(1) : 0.0;
  }
};

/// Three white bars without upper shadows to speak of, each closing higher and opening within or near the body before,
/// none of them far shorter than the one before, the last not short: 100. Look-back 12.
struct ThreeWhiteSoldiers {
  static constexpr int kLookback = 12;
  [[gnu::always_inline]] static bool marches_on(const Candles& bar, Candles::Back back) {
    return all_of(bar.close(back) > bar.close(back + 1), bar.open(back) > bar.open(back + 1),
                  bar.open(back) <= bar.close(back + 1) + bar.near(back + 1),
                  bar.body(back) > bar.body(back + 1) - bar.far(back + 1));
  }
  [[gnu::always_inline]] double answer(const Candles& bar) const {
    const bool white = all_of(bar.white(2), bar.white(1), bar.white());
    const bool bare = all_of(bar.has_no_upper_shadow(2), bar.has_no_upper_shadow(1), bar.has_no_upper_shadow());
    return all_of(white, bare, marches_on(bar, 1), marches_on(bar, 0), bar.body_is_long()) ? 100.0 : 0.0;
  }
};

/// After a white bar three black ones without lower shadows to speak of, each closing lower and opening within the body
/// before, the first closing below the white one's high: -100. Look-back 13.
struct ThreeBlackCrows {
  static constexpr int kLookback = 13;
  [[gnu::always_inline]] static bool flies_on(const Candles& bar, Candles::Back back) {
    return all_of(bar.close(back) < bar.close(back + 1), bar.open(back) < bar.open(back + 1),
                  bar.open(back) > bar.close(back + 1));
  }
  [[gnu::always_inline]] double answer(const Candles& bar) const {
    const bool colours = all_of(bar.white(3), bar.black(2), bar.black(1), bar.black());
    const bool bare = all_of(bar.has_no_lower_shadow(2), bar.has_no_lower_shadow(1), bar.has_no_lower_shadow());
    return all_of(colours, bare, bar.high(3) > bar.close(2), flies_on(bar, 1), flies_on(bar, 0)) ? -100.0 : 0.0;
  }
};

}  // namespace cw::indicators
