#pragma once

#include <cmath>
#include <cstddef>

namespace cw::indicators {

/// Whether all, or any, of the conditions hold. Every one is worked out, none is branched on: candles are hard to guess for a
/// processor, and without branches a run over columns takes several bars at once.
template <class... Bool>
[[gnu::always_inline]] inline bool all_of(Bool... holds) {
  return (holds & ...);
}
template <class... Bool>
[[gnu::always_inline]] inline bool any_of(Bool... holds) {
  return (holds | ...);
}

/// A bar and the ones before it, as candlestick patterns speak of them: bodies, shadows, and what is long or short beside
/// the bars before. `back` counts bars: 0 is the newest. The columns belong to the caller.
///
/// What is usual is the mean of the bars *before* the one that is judged, without it:
///
///   long, short body      the mean body of 10 bars: longer, shorter
///   doji body             a tenth of the mean range of 10 bars: at most
///   very short shadow     a tenth of the mean range of 10 bars: shorter
///   short shadow          half of the mean of both shadows' sum, 10 bars: shorter
///   long, very long one   the bar's own body, twice that: longer
///   near, far, equal      0.2, 0.6, 0.05 of the mean range of 5 bars
///
/// A bar that closes where it opened is white. Bars are taken as they are: on a flat series all means are 0.
/// Each mean is summed anew from the oldest to the newest, so an answer depends on the bars that it looks at and on nothing
/// before them; it is what TA-Lib, whose sums run on, gives when it is asked for that bar alone.
/// Units   those of the price
/// Cost    5 or 10 additions a mean
/// Source  TA-Lib's default candle settings (TA_SetCandleSettings)
class Candles {
 public:
  using Back = std::ptrdiff_t;

  /// Four columns of bars and what is worked out of each bar beforehand. All of equal length.
  struct Columns {
    const double* open;
    const double* high;
    const double* low;
    const double* close;
    const double* body;     // |close - open|
    const double* range;    // high - low
    const double* shadows;  // the two shadows' sum
  };
  /// What `shadows` is made of.
  [[gnu::always_inline]] static double shadows_of(double open, double high, double low, double close) {
    const bool white = close >= open;
    return (high - (white ? close : open)) + ((white ? open : close) - low);
  }

  Candles(const Columns& columns, std::ptrdiff_t row) : columns_(columns), row_(row) {}

  [[gnu::always_inline]] double open(Back back = 0) const { return columns_.open[row_ - back]; }
  [[gnu::always_inline]] double high(Back back = 0) const { return columns_.high[row_ - back]; }
  [[gnu::always_inline]] double low(Back back = 0) const { return columns_.low[row_ - back]; }
  [[gnu::always_inline]] double close(Back back = 0) const { return columns_.close[row_ - back]; }

  [[gnu::always_inline]] bool white(Back back = 0) const { return close(back) >= open(back); }
  [[gnu::always_inline]] bool black(Back back = 0) const { return close(back) < open(back); }
  /// 100 of a white bar, -100 of a black one.
  [[gnu::always_inline]] double colour(Back back = 0) const { return white(back) ? 100.0 : -100.0; }
  [[gnu::always_inline]] double body(Back back = 0) const { return columns_.body[row_ - back]; }
  [[gnu::always_inline]] double body_top(Back back = 0) const { return white(back) ? close(back) : open(back); }
  [[gnu::always_inline]] double body_bottom(Back back = 0) const { return white(back) ? open(back) : close(back); }
  [[gnu::always_inline]] double upper_shadow(Back back = 0) const { return high(back) - body_top(back); }
  [[gnu::always_inline]] double lower_shadow(Back back = 0) const { return body_bottom(back) - low(back); }

  [[gnu::always_inline]] bool body_is_long(Back back = 0) const { return body(back) > mean_body(back); }
  [[gnu::always_inline]] bool body_is_short(Back back = 0) const { return body(back) < mean_body(back); }
  [[gnu::always_inline]] bool body_is_no_longer_than_usual(Back back = 0) const {
    return body(back) <= mean_body(back);
  }
  [[gnu::always_inline]] bool body_is_doji(Back back = 0) const { return body(back) <= tenth_of_range(back); }
  [[gnu::always_inline]] bool has_no_upper_shadow(Back back = 0) const {
    return upper_shadow(back) < tenth_of_range(back);
  }
  [[gnu::always_inline]] bool has_no_lower_shadow(Back back = 0) const {
    return lower_shadow(back) < tenth_of_range(back);
  }
  [[gnu::always_inline]] bool shadows_are_short(Back back = 0) const {
    const double limit = mean<10>(columns_.shadows, back) / 2;
    return all_of(upper_shadow(back) < limit, lower_shadow(back) < limit);
  }
  [[gnu::always_inline]] double near(Back back) const { return 0.2 * mean_range<5>(back); }
  [[gnu::always_inline]] double far(Back back) const { return 0.6 * mean_range<5>(back); }
  [[gnu::always_inline]] double equal(Back back) const { return 0.05 * mean_range<5>(back); }
  /// What a very short shadow stays below.
  [[gnu::always_inline]] double tenth_of_range(Back back = 0) const { return 0.1 * mean_range<10>(back); }

  /// Whether the body of the bar lies wholly above, below that of the bar before it.
  [[gnu::always_inline]] bool body_gaps_up(Back back) const { return body_bottom(back) > body_top(back + 1); }
  [[gnu::always_inline]] bool body_gaps_down(Back back) const { return body_top(back) < body_bottom(back + 1); }

 private:
  /// Of the N bars before bar `back`.
  template <int N>
  [[gnu::always_inline]] double mean(const double* column, Back back) const {
    double sum = 0;
#pragma clang loop unroll(full)
    for (Back b = back + N; b > back; --b) sum += column[row_ - b];
    return sum / N;
  }
  [[gnu::always_inline]] double mean_body(Back back) const { return mean<10>(columns_.body, back); }
  template <int N>
  [[gnu::always_inline]] double mean_range(Back back) const {
    return mean<N>(columns_.range, back);
  }

  const Columns& columns_;
  std::ptrdiff_t row_;
};

}  // namespace cw::indicators
