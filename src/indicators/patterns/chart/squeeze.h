#pragma once

#include <algorithm>
#include <array>
#include <cmath>

#include "indicators/averages/sma.h"
#include "indicators/sliding_extreme.h"
#include "indicators/trend/regression_channel.h"
#include "indicators/volatility/true_range.h"

namespace cw::indicators {

/// Squeeze: the Bollinger bands lie inside the Keltner channel. Both stand on the simple mean of the closes, so it is
/// bollinger_multiple * deviation of the closes < keltner_multiple * mean true range, all over `length` bars; the deviation is
/// the population's, the first bar's true range its high - low. The momentum is where the regression line through the last
/// `length` values of  close - (middle of the highest high and the lowest low + mean close) / 2  ends.
///
/// Shape   high, low, close in; [on, momentum] out; look-back of on: length - 1, of momentum: 2 (length - 1); length at least 2
/// Units   on: 0 or 1; momentum: the price's
/// 0/0     where nothing moves both widths are 0 and it is off
/// Cost    O(1) a step, amortised
/// Source  J. F. Carter, Mastering the Trade, 2005; the momentum as in the squeeze indicators common among Pine scripts
class Squeeze {
 public:
  Squeeze(int length, double bollinger_multiple, double keltner_multiple)
      : length_(length),
        inverse_(1.0 / length),
        bollinger_multiple_(bollinger_multiple),
        keltner_multiple_(keltner_multiple),
        closes_(length),
        ranges_(length),
        highest_(length),
        lowest_(length),
        line_(length, 0) {
    CW_REQUIRE(length >= 2 && bollinger_multiple > 0 && keltner_multiple > 0);
  }

  std::array<double, 2> step(double high, double low, double close) {
    if (any_nan(high, low, close)) return {kNaN, kNaN};
    const double range = ranges_.step(true_range(high, low, last_close_));
    last_close_ = close;
    (void)highest_.step(high);
    (void)lowest_.step(low);
    if (!closes_.step(close)) return {kNaN, kNaN};

    const double from_pivot = closes_.sum_from_pivot() * inverse_;
    const double variance = std::max(0.0, closes_.squares_from_pivot() * inverse_ - from_pivot * from_pivot);
    const bool on = bollinger_multiple_ * std::sqrt(variance) < keltner_multiple_ * range;
    const double middle = (highest_.value() + lowest_.value()) / 2;
    const double mean = closes_.pivot() + from_pivot;
    return {on ? 1.0 : 0.0, line_.step(close - (middle + mean) / 2)[0]};
  }

  int lookback() const { return length_ - 1; }

 private:
  int length_;
  double inverse_;
  double bollinger_multiple_;
  double keltner_multiple_;
  SlidingSum<2> closes_;
  Sma ranges_;
  SlidingExtreme<true> highest_;
  SlidingExtreme<false> lowest_;
  RegressionChannel line_;  // of which the middle
  double last_close_ = kNaN;
};

}  // namespace cw::indicators
