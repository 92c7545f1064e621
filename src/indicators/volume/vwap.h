#pragma once

#include <algorithm>
#include <array>
#include <cmath>

#include "indicators/kernel.h"

namespace cw::indicators {

/// A mean of values weighed by volume, since begin(). Values count from the first one, so that a flat series answers its
/// own value exactly. While there has been no volume the answer is the last value: the only price there is.
class VolumeMean {
 public:
  [[gnu::always_inline]] void begin(double x) {
    pivot_ = x;
    money_ = volume_ = 0;
  }
  [[gnu::always_inline]] double step(double x, double volume) {
    volume_ += volume;
    money_ = std::fma(x - pivot_, volume, money_);
    return volume_ > 0 ? pivot_ + money_ / volume_ : x;
  }

 private:
  double pivot_ = 0;
  double money_ = 0;
  double volume_ = 0;
};

/// Volume-weighted average price since the last bar on which `anchor` was true, that bar included.
///
/// Shape   source, anchor, volume in, one out; no look-back, but NaN before the first anchor. A NaN anchor is not one
/// Units   those of the source
/// 0/0     without volume since the anchor: the source (TA-Lib: 0, Pine: na)
/// Cost    O(1) a step
/// Source  Pine ta.vwap(source, anchor); TA-Lib VWAP is the one anchored at the first bar
class Vwap {
 public:
  [[gnu::always_inline]] double step(double source, double anchor, double volume) {
    if (any_nan(source, volume)) return kNaN;
    if (anchor != 0 && !is_nan(anchor)) {
      begun_ = true;
      mean_.begin(source);
    }
    return begun_ ? mean_.step(source, volume) : kNaN;
  }

  int lookback() const { return 0; }

 private:
  bool begun_ = false;
  VolumeMean mean_;
};

/// Volume-weighted average price of the UTC day: anchored on the first bar of each.
///
/// Shape   source, volume, time (Unix milliseconds) in, one out; no look-back, but a first day that the series joins
///         after 00:00 is NaN: its VWAP would be another one than everybody else's
/// Units   those of the source
/// 0/0     as Vwap
/// Cost    O(1) a step
/// Source  Pine ta.vwap(source) on a market that never closes
class SessionVwap {
 public:
  [[gnu::always_inline]] double step(double source, double volume, double time_ms) {
    if (any_nan(source, volume, time_ms)) return kNaN;
    if (time_ms >= next_day_ms_) [[unlikely]] {
      const double day_ms = std::floor(time_ms / kDayMs) * kDayMs;
      begun_ = next_day_ms_ > kNever || time_ms == day_ms;
      next_day_ms_ = day_ms + kDayMs;
      mean_.begin(source);
    }
    return begun_ ? mean_.step(source, volume) : kNaN;
  }

  int lookback() const { return 0; }

 private:
  static constexpr double kDayMs = 86'400'000;
  static constexpr double kNever = -1e300;

  double next_day_ms_ = kNever;
  bool begun_ = false;
  VolumeMean mean_;
};

/// VWAP as Vwap with bands `multiple` volume-weighted standard deviations of the source above and below.
///
/// Shape   source, anchor, volume in; [vwap, upper, lower] out; NaN as Vwap
/// Units   those of the source
/// 0/0     without volume since the anchor: the source, three times
/// Cost    O(1) a step
/// Source  Pine ta.vwap(source, anchor, stdev_mult); the deviation by D. West's update (Communications of the ACM, 1979),
///         which loses no digits where E[x^2] - E[x]^2 does
class VwapBands {
 public:
  explicit VwapBands(double multiple) : multiple_(multiple) {}

  [[gnu::always_inline]] std::array<double, 3> step(double source, double anchor, double volume) {
    if (any_nan(source, volume)) return {kNaN, kNaN, kNaN};
    if (anchor != 0 && !is_nan(anchor)) {
      begun_ = true;
      volume_ = squares_ = 0;
      mean_ = source;
    }
    if (!begun_) return {kNaN, kNaN, kNaN};
    volume_ += volume;
    if (volume_ > 0) {
      const double distance = source - mean_;
      mean_ = std::fma(distance, volume / volume_, mean_);
      squares_ = std::fma(volume * distance, source - mean_, squares_);
    } else {
      mean_ = source;
    }
    const double band = volume_ > 0 ? multiple_ * std::sqrt(std::max(squares_, 0.0) / volume_) : 0;
    return {mean_, mean_ + band, mean_ - band};
  }

  int lookback() const { return 0; }

 private:
  double multiple_;
  bool begun_ = false;
  double volume_ = 0;
  double mean_ = 0;
  double squares_ = 0;
};

}  // namespace cw::indicators
