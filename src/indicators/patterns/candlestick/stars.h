#pragma once

#include "indicators/patterns/candlestick.h"

namespace cw::indicators {

/// Stars: a long bar, a small body that has gapped on in its direction, and a bar that is not short and takes back more than
/// `penetration` of the long body. Look-back 12.
/// Rounding as TA-Lib's own library on processors of our kind: a morning star's limit once, an evening star's twice.
/// Source  TA-Lib CDLMORNINGSTAR, CDLEVENINGSTAR, CDLMORNINGDOJISTAR, CDLEVENINGDOJISTAR

/// After a fall: 100 where `star`, what is asked of the middle bar's body, holds.
[[gnu::always_inline]] inline double morning(const Candles& bar, bool star, double penetration) {
  const bool bars = all_of(bar.body_is_long(2), bar.black(2), bar.body_gaps_down(1), bar.body_is_long(), bar.white());
  return all_of(bars, star, bar.close() > std::fma(bar.body(2), penetration, bar.close(2))) ? 100.0 : 0.0;
}
/// After a rise: -100 where `star` holds.
[[gnu::always_inline]] inline double evening(const Candles& bar, bool star, double penetration) {
  const bool bars = all_of(bar.body_is_long(2), bar.white(2), bar.body_gaps_up(1), bar.body_is_long(), bar.black());
  return all_of(bars, star, bar.close() < bar.close(2) - bar.body(2) * penetration) ? -100.0 : 0.0;
}

/// The star's body is no longer than usual.
struct MorningStar {
  static constexpr int kLookback = 12;
  [[gnu::always_inline]] static bool may_be(const Candles& bar) { return bar.body_gaps_down(1); }
  double penetration = 0.3;
  [[gnu::always_inline]] double answer(const Candles& bar) const {
    return morning(bar, bar.body_is_no_longer_than_usual(1), penetration);
  }
};
struct EveningStar {
  static constexpr int kLookback = 12;
  [[gnu::always_inline]] static bool may_be(const Candles& bar) { return bar.body_gaps_up(1); }
  double penetration = 0.3;
  [[gnu::always_inline]] double answer(const Candles& bar) const {
    return evening(bar, bar.body_is_no_longer_than_usual(1), penetration);
  }
};

/// The star is a doji.
struct MorningDojiStar {
  static constexpr int kLookback = 12;
  [[gnu::always_inline]] static bool may_be(const Candles& bar) { return bar.body_gaps_down(1); }
  double penetration = 0.3;
  [[gnu::always_inline]] double answer(const Candles& bar) const {
    return morning(bar, bar.body_is_doji(1), penetration);
  }
};
struct EveningDojiStar {
  static constexpr int kLookback = 12;
  [[gnu::always_inline]] static bool may_be(const Candles& bar) { return bar.body_gaps_up(1); }
  double penetration = 0.3;
  [[gnu::always_inline]] double answer(const Candles& bar) const {
    return evening(bar, bar.body_is_doji(1), penetration);
  }
};

}  // namespace cw::indicators
