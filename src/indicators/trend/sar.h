#pragma once

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/require.h"
#include "indicators/kernel.h"

namespace cw::indicators {

/// Parabolic stop and reverse: a stop that follows the trend. Each bar it goes a share of the way to the trend's extreme; the
/// share begins at `start` and grows by `increment` up to `most` with each new extreme. A bar that reaches the stop turns the
/// trend around, and the stop goes to the old trend's extreme.
///
/// Shape   high, low in, one out; look-back 1
/// Units   those of the price
/// Start   the second bar's trend is down if the bar reaches further below the first than above it (talib), if its high is
///         lower (pine); else up. The stop begins at the first bar's extreme against the trend
/// Stop    talib: a stop that is no further than the extremes of this bar and the last is tried at the next bar, which
///         turns the trend where it touches it (<=). pine: the stop as it moved is tried, and turns the trend only where it is
///         passed (<); then it is held to the two bars before. A new stop after a turn lies beyond the bar's and the last
///         one's extremes; in pine beyond those of the bar before too
/// Ties    a stop exactly at a bar's extreme is decided by its last bit: the step is fused (std::fma), as TA-Lib's is built
/// Limits  talib holds `start` and `increment` to `most`; pine does not
/// Cost    O(1), no memory of the window
/// Source  J. W. Wilder, New Concepts in Technical Trading Systems, 1978; TA-Lib SAR, and SAREXT where start and increment
///         differ; Pine ta.sar
template <Seed Mode>
class Sar {
 public:
  Sar(double start, double increment, double most)
      : start_(Mode == Seed::talib ? std::min(start, most) : start),
        increment_(Mode == Seed::talib ? std::min(increment, most) : increment),
        most_(most),
        share_(start_) {
    CW_REQUIRE(start >= 0 && increment >= 0 && most >= 0);
  }

  [[gnu::always_inline]] double step(double high, double low) {
    if (any_nan(high, low)) return kNaN;
    if (bars_ < 2) [[unlikely]] {
      if (bars_++ == 0) {
        before_ = last_ = {high, low};
        return kNaN;
      }
      begin(high, low);
      if constexpr (Mode == Seed::pine) return side_ * stop_;
    }
    // A falling trend is a rising one upside down: the rest is written for a rising one.
    const Bar bar{std::max(side_ * high, side_ * low), std::min(side_ * high, side_ * low)};
    if constexpr (Mode == Seed::talib) {
      return follow_talib(bar);
    } else {
      return follow_pine(bar);
    }
  }

  int lookback() const { return 1; }

 private:
  struct Bar {
    double high = 0;
    double low = 0;
    Bar turned() const { return {-low, -high}; }
  };

  [[gnu::always_inline]] void begin(double high, double low) {
    const double down = last_.low - low;
    const bool falls = Mode == Seed::talib ? down > 0 && high - last_.high < down : last_.high > high;
    side_ = falls ? -1.0 : 1.0;
    const Bar bar = falls ? Bar{high, low}.turned() : Bar{high, low};
    before_ = falls ? last_.turned() : last_;
    stop_ = before_.low;
    extreme_ = bar.high;
    last_ = bar;
  }

  [[gnu::always_inline]] double follow_talib(Bar bar) {
    if (bar.low <= stop_) {
      const double beyond = std::max(last_.high, bar.high);
      const double stop = std::max(extreme_, beyond);
      const double answer = side_ * stop;
      turn(std::max(std::fma(start_, bar.low - stop, stop), beyond), bar);
      return answer;
    }
    const double answer = side_ * stop_;
    reach(bar);
    stop_ = std::min(std::fma(share_, extreme_ - stop_, stop_), std::min(last_.low, bar.low));
    last_ = bar;
    return answer;
  }

  [[gnu::always_inline]] double follow_pine(Bar bar) {
    const double moved = stop_ + share_ * (extreme_ - stop_);
    if (bar.low < moved) {
      const double stop = std::max(std::max(extreme_, bar.high), std::max(last_.high, before_.high));
      const double answer = side_ * stop;
      before_ = last_.turned();
      turn(stop, bar);
      return answer;
    }
    stop_ = std::min(moved, std::min(last_.low, before_.low));
    reach(bar);
    before_ = std::exchange(last_, bar);
    return side_ * stop_;
  }

  /// A new extreme quickens the stop.
  [[gnu::always_inline]] void reach(Bar bar) {
    const double quicker = std::min(share_ + increment_, most_);
    share_ = bar.high > extreme_ ? quicker : share_;
    extreme_ = std::max(extreme_, bar.high);
  }

  [[gnu::always_inline]] void turn(double stop, Bar bar) {
    side_ = -side_;
    stop_ = -stop;
    last_ = bar.turned();
    extreme_ = last_.high;
    share_ = start_;
  }

  double start_;
  double increment_;
  double most_;
  double share_;
  int bars_ = 0;
  double side_ = 1;  // 1 for a rising trend, -1 for a falling one, in which what follows is upside down
  double stop_ = 0;
  double extreme_ = 0;
  Bar last_;
  Bar before_;  // the bar before the last
};

}  // namespace cw::indicators
