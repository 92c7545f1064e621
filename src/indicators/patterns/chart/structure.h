#pragma once

#include <array>

#include "indicators/patterns/chart/pivot_finder.h"

namespace cw::indicators {

/// The market's structure: whether the last pivot high is above the one before it and the last pivot low above the one
/// before it (higher highs and higher lows), both below, or neither.
///
/// Shape   high, low in; [state, last_high, last_low, high_bar, low_bar] out: state 1 rising, -1 falling, 0 mixed (an equal
///         pivot is neither); the prices of the last pivots; how many bars ago they were
/// Look    a pivot counts once its `right` bars are closed. What has not been seen is NaN: a last pivot before there was one,
///         the state before there were two of each; nothing before left + right bars
/// Cost    O(1) a step, amortised
/// Source  Dow's theory of trends, as in C. H. Dow's editorials in the Wall Street Journal, 1899 to 1902
class Structure {
 public:
  Structure(int left, int right) : left_(left), highs_(left, right), lows_(left, right) {}

  std::array<double, 5> step(double high, double low) {
    if (any_nan(high, low)) return {kNaN, kNaN, kNaN, kNaN, kNaN};
    bar_ += 1;
    const double then = bar_ - highs_.right();
    if (highs_.step(high)) {
      previous_high_ = last_high_.price;
      last_high_ = {highs_.value(), then};
    }
    if (lows_.step(low)) {
      previous_low_ = last_low_.price;
      last_low_ = {lows_.value(), then};
    }
    return {state(), last_high_.price, last_low_.price, bar_ - last_high_.bar, bar_ - last_low_.bar};
  }

  int lookback() const { return left_ + highs_.right(); }

 private:
  double state() const {
    if (any_nan(previous_high_, previous_low_)) return kNaN;
    const bool rising = last_high_.price > previous_high_ && last_low_.price > previous_low_;
    const bool falling = last_high_.price < previous_high_ && last_low_.price < previous_low_;
    return rising ? 1.0 : falling ? -1.0 : 0.0;
  }

  int left_;
  PivotFinder<true> highs_;
  PivotFinder<false> lows_;
  double bar_ = 0;
  FoundPivot last_high_;
  FoundPivot last_low_;
  double previous_high_ = kNaN;
  double previous_low_ = kNaN;
};

}  // namespace cw::indicators
