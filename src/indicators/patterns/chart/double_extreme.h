#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "indicators/patterns/chart/pivot_finder.h"
#include "indicators/volatility/atr.h"

namespace cw::indicators {

/// In what a tolerance is counted: average true ranges (14 bars), or percent of the first extreme's price.
enum class ToleranceUnit : unsigned char { atr, percent };

/// Double top (`Top`) or double bottom. Of a top: two pivot highs with no pivot high between them, at most `max_bars` apart
/// and at most the tolerance different in price; the lowest low between them, the neckline, is more than the tolerance
/// below the lower of the two. It stands from the bar that confirms the second pivot (its `right`-th bar after it), as long
/// as no bar closes above the higher of the two, for at most `max_bars` bars after the second; it is complete, and over,
/// on the first of those bars that closes below the neckline. A newer pair takes the place of one that stands. The average
/// true range is the confirming bar's. Of a bottom: all of it upside down.
///
/// Shape   high, low, close in; [signal, first_bar, second_bar, neckline] out: signal 0 while it stands, -1 (a bottom: 1) on
///         the bar that completes it; how many bars ago the two extremes were; the neckline's price. All NaN where none is
/// Units   of tolerance as ToleranceUnit says; neckline: the price's
/// Look    nothing before left + right bars, nor in ATR before 14; a pivot counts once its right bars are closed
/// Cost    O(1) a step, amortised
/// Source  R. D. Edwards, J. Magee, Technical Analysis of Stock Trends, 1948; the measures are stated here
template <bool Top>
class DoubleExtreme {
 public:
  DoubleExtreme(int left, int right, double tolerance, ToleranceUnit unit, int max_bars)
      : left_(left), tolerance_(tolerance), unit_(unit), max_bars_(max_bars), pivots_(left, right), other_side_(right) {
    CW_REQUIRE(tolerance >= 0 && max_bars >= 1);
  }

  std::array<double, 4> step(double high, double low, double close) {
    if (any_nan(high, low, close)) return kNone;
    const double range = atr_.step(high, low, close);
    bar_ += 1;
    // Everything below is said of a top; a bottom is one in a mirror.
    const double between = other_side_.push(Top ? low : -high);
    if (!pivots_.step(Top ? high : -low)) [[likely]] {
      trough_ = std::min(trough_, between);
    } else {
      take({pivots_.value(), bar_ - pivots_.right()}, range);
    }
    return stands_ ? judge(Top ? close : -close) : kNone;
  }

  int lookback() const { return left_ + pivots_.right(); }

 private:
  static constexpr std::array<double, 4> kNone{kNaN, kNaN, kNaN, kNaN};
  static constexpr double kAbove = std::numeric_limits<double>::infinity();

  void take(FoundPivot pivot, double range) {
    const double allowed = tolerance_ * (unit_ == ToleranceUnit::atr ? range : std::fabs(last_.price) / 100);
    const double lower = std::min(pivot.price, last_.price);
    // Without a pivot before, or a true range yet, these are NaN and hold nothing.
    if (pivot.bar - last_.bar <= max_bars_ && std::fabs(pivot.price - last_.price) <= allowed &&
        lower - trough_ > allowed) {
      stands_ = true;
      first_ = last_;
      second_ = pivot;
      neckline_ = trough_;
    }
    last_ = pivot;
    trough_ = kAbove;
  }

  std::array<double, 4> judge(double close) {
    const bool failed = close > std::max(first_.price, second_.price) || bar_ - second_.bar > max_bars_;
    const bool complete = !failed && close < neckline_;
    stands_ = !failed && !complete;
    if (failed) return kNone;
    const double signal = complete ? (Top ? -1.0 : 1.0) : 0.0;
    return {signal, bar_ - first_.bar, bar_ - second_.bar, Top ? neckline_ : -neckline_};
  }

  int left_;
  double tolerance_;
  ToleranceUnit unit_;
  double max_bars_;
  PivotFinder<true> pivots_;
  Ring other_side_;  // lows on their way to being as old as the pivot that may be found
  Atr atr_{14};
  double bar_ = 0;
  FoundPivot last_;
  double trough_ = kAbove;  // the lowest low since the last pivot
  bool stands_ = false;
  FoundPivot first_;
  FoundPivot second_;
  double neckline_ = 0;
};

}  // namespace cw::indicators
