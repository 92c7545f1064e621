#pragma once

#include <array>

#include "indicators/momentum/macd.h"
#include "indicators/momentum/rsi.h"
#include "indicators/patterns/chart/pivot_finder.h"

namespace cw::indicators {

/// Regular divergence between the price and an oscillator of the closes. Bullish: a pivot low below the pivot low before
/// it, at most `max_bars` bars apart, while the oscillator was higher on the later of the two bars. Bearish: a higher pivot
/// high while the oscillator was lower. Where a bar is both, the two contradict each other and the answer is none.
///
/// Shape   high, low, close in; [signal, first_bar, second_bar, first_value, second_value] out, on the bar that confirms the
///         second pivot (its `right`-th bar after it) and NaN on all others: signal 1 bullish, -1 bearish; how many bars ago
///         the two pivots were; what the oscillator was on them
/// Look    nothing before the oscillator's look-back + right bars, nor before left + right bars
/// Cost    O(1) a step, amortised
/// Source  J. W. Wilder, New Concepts in Technical Trading Systems, 1978 (RSI); A. Elder, Trading for a Living, 1993 (MACD)
template <class Oscillator>
class Divergence {
 public:
  Divergence(Oscillator oscillator, int left, int right, int max_bars)
      : left_(left),
        max_bars_(max_bars),
        oscillator_(std::move(oscillator)),
        values_(right),
        highs_(left, right),
        lows_(left, right) {
    CW_REQUIRE(max_bars >= 1);
  }

  std::array<double, 5> step(double high, double low, double close) {
    if (any_nan(high, low, close)) return kNone;
    bar_ += 1;
    const double value = values_.push(oscillator_.step(close));  // of `right` bars ago
    const double then = bar_ - values_.size();
    const bool is_high = highs_.step(high);
    const bool is_low = lows_.step(low);
    if (!is_high && !is_low) [[likely]]
      return kNone;

    const Turn now_high{highs_.value(), value, then};
    const Turn now_low{lows_.value(), value, then};
    const bool bearish =
        is_high && now_high.price > high_.price && value < high_.value && then - high_.bar <= max_bars_;
    const bool bullish = is_low && now_low.price < low_.price && value > low_.value && then - low_.bar <= max_bars_;
    const Turn first = bullish ? low_ : high_;
    if (is_high) high_ = now_high;
    if (is_low) low_ = now_low;
    if (bullish == bearish) return kNone;
    return {bullish ? 1.0 : -1.0, bar_ - first.bar, bar_ - then, first.value, value};
  }

  int lookback() const { return left_ + values_.size(); }

 private:
  static constexpr std::array<double, 5> kNone{kNaN, kNaN, kNaN, kNaN, kNaN};
  struct Turn {
    double price = kNaN;
    double value = kNaN;  // the oscillator's
    double bar = kNaN;
  };

  int left_;
  double max_bars_;
  Oscillator oscillator_;
  Ring values_;
  PivotFinder<true> highs_;
  PivotFinder<false> lows_;
  double bar_ = 0;
  Turn high_;
  Turn low_;
};

/// Against the RSI (TA-Lib's first bars).
class RsiDivergence : public Divergence<Rsi> {
 public:
  RsiDivergence(int length, int left, int right, int max_bars) : Divergence(Rsi{length}, left, right, max_bars) {}
  std::array<double, 5> step(double high, double low, double close) { return Divergence::step(high, low, close); }
};

/// MACD less its signal line.
class MacdHistogram {
 public:
  MacdHistogram(int fast, int slow, int signal) : macd_(fast, slow, signal) {}
  double step(double close) { return macd_.step(close)[2]; }

 private:
  Macd macd_;
};

/// Against the MACD's histogram (TA-Lib's first bars). fast <= slow.
class MacdDivergence : public Divergence<MacdHistogram> {
 public:
  MacdDivergence(int fast, int slow, int signal, int left, int right, int max_bars)
      : Divergence(MacdHistogram{fast, slow, signal}, left, right, max_bars) {}
  std::array<double, 5> step(double high, double low, double close) { return Divergence::step(high, low, close); }
};

}  // namespace cw::indicators
