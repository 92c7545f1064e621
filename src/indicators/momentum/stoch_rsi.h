#pragma once

#include <array>
#include <cstddef>

#include "indicators/kernel.h"
#include "indicators/momentum/rsi.h"
#include "indicators/sliding_range.h"
#include "indicators/smoothing.h"

namespace cw::indicators {

/// The stochastic of an RSI: where it stands between its own lowest and highest. One that moves by less than kStill stands
/// still: 0.
class RsiPlace {
 public:
  explicit RsiPlace(int length) : length_(length), range_(length) {}

  [[gnu::always_inline]] double step(double rsi) {
    if (is_nan(rsi)) return kNaN;
    if (!range_.step(rsi, rsi)) return kNaN;
    const double range = range_.highest() - range_.lowest();
    return range > kStill ? 100 * ((rsi - range_.lowest()) / range) : 0;
  }

  [[gnu::always_inline]] std::size_t fours(double) { return range_.fours(); }
  [[gnu::always_inline]] Lanes step_four(Lanes rsi) {
    const auto [highest, lowest] = range_.step_four(rsi, rsi);
    const Lanes range = highest - lowest;
    return where(range > spread(kStill), 100 * ((rsi - lowest) / range), Lanes{});
  }

  int lookback() const { return length_ - 1; }

 private:
  static constexpr double kStill = 1e-10;

  int length_;
  SlidingRange range_;
};

/// Stochastic RSI: where the RSI stands between its own lowest and highest of the last `length` bars, smoothed twice by
/// simple averages. TA-Lib's STOCHRSI has k_smoothing = 1; the built-in script of Pine has 3 and 3.
///
/// Shape   one value in; [k, d] out, both from the same bar;
///         look-back rsi_length + (length - 1) + (k_smoothing - 1) + (d_smoothing - 1)
/// Units   0 to 100
/// 0/0     an RSI that moves by less than 1e-10 of its 0 to 100 stands still: a raw value of 0. (While a price stands
///         still both averages of the RSI shrink alike, and what moves is rounding alone.)
/// Cost    O(1) a step, amortised
/// Source  TA-Lib STOCHRSI; T. Chande, S. Kroll, The New Technical Trader, 1994
class StochRsi {
 public:
  StochRsi(int rsi_length, int length, int k_smoothing, int d_smoothing, Seed seed = Seed::talib)
      : lookback_(rsi_length + length + k_smoothing + d_smoothing - 3),
        rsi_(rsi_length, seed),
        place_(length),
        k_(k_smoothing),
        d_(d_smoothing) {}

  [[gnu::always_inline]] std::array<double, 2> step(double x) {
    const double k = k_.step(place_.step(rsi_.step(x)));
    const double d = d_.step(k);
    return {is_nan(d) ? kNaN : k, d};
  }

  void run_part(const InputColumns<StochRsi>& in, const OutputColumns<StochRsi>& out, std::size_t rows) {
    std::array<double, kPartMost> rsi;
    std::array<double, kPartMost> place;
    run(rsi_, in, {rsi.data()}, rows);
    run(place_, {rsi.data()}, {place.data()}, rows);
    run(k_, {place.data()}, {out[0]}, rows);
    run(d_, {out[0]}, {out[1]}, rows);
    for (std::size_t i = 0; i < rows && is_nan(out[1][i]); ++i) out[0][i] = kNaN;  // both begin together
  }

  int lookback() const { return lookback_; }

 private:
  int lookback_;
  Rsi rsi_;
  RsiPlace place_;
  Smoothing k_;
  Smoothing d_;
};

}  // namespace cw::indicators
