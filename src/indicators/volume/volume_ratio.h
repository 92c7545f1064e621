#pragma once

#include "indicators/kernel.h"
#include "indicators/sliding_total.h"

namespace cw::indicators {

/// Volume ratio (relative volume): a bar's volume over the mean of the `length` bars before it.
///
/// Shape   volume in, one out; look-back length
/// Units   none: 1 is as usual, 3 is three times as much
/// 0/0     where the bars before it had no volume it answers 0, whatever the bar's (TA-Lib: NaN)
/// Cost    O(1) a step, amortised
/// Source  TA-Lib RVOL
class VolumeRatio {
 public:
  explicit VolumeRatio(int length) : length_(length), sums_(length) {}

  [[gnu::always_inline]] double step(double volume) {
    if (is_nan(volume)) return kNaN;
    const double before = sums_.total();
    const bool full = full_;
    full_ = sums_.step(volume);
    if (!full) return kNaN;
    return before > 0 ? volume * length_ / before : 0;
  }

  int lookback() const { return length_; }

 private:
  int length_;
  bool full_ = false;
  SlidingTotal sums_;
};

}  // namespace cw::indicators
