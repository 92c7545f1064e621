#pragma once

#include <algorithm>
#include <cmath>

#include "base/require.h"
#include "indicators/kernel.h"
#include "indicators/volume/accdist.h"

namespace cw::indicators {

/// Chaikin's oscillator: the fast exponential average of accumulation/distribution less the slow one. Both begin at the
/// first bar's value, not with a mean.
///
/// Shape   high, low, close, volume in, one out; look-back max(fast, slow) - 1
/// Units   those of the volume
/// 0/0     a bar without a range adds 0 to the accumulation
/// Cost    O(1) a step, no memory of the window
/// Source  TA-Lib ADOSC; M. Chaikin
class Adosc {
 public:
  Adosc(int fast, int slow)
      : lookback_(std::max(fast, slow) - 1),
        fast_weight_(2.0 / (fast + 1.0)),
        slow_weight_(2.0 / (slow + 1.0)),
        wait_(std::max(fast, slow)) {
    CW_REQUIRE(fast >= 1 && slow >= 1);
  }

  [[gnu::always_inline]] double step(double high, double low, double close, double volume) {
    if (any_nan(high, low, close, volume)) return kNaN;
    if (wait_ > lookback_) fast_ = slow_ = money_flow(high, low, close, volume);
    if (wait_ > 0) --wait_;
    const double answer = add(money_flow(high, low, close, volume));
    return wait_ > 0 ? kNaN : answer;
  }
  std::size_t fours(double, double, double, double) { return wait_ == 0 ? kAnyFours : 0; }
  [[gnu::always_inline]] Lanes step_four(Lanes high, Lanes low, Lanes close, Lanes volume) {
    Lanes answers = money_flow(high, low, close, volume);
    for (int i = 0; i < 4; ++i) answers[i] = add(answers[i]);
    return answers;
  }

  int lookback() const { return lookback_; }

 private:
  [[gnu::always_inline]] double add(double flow) {
    sum_ += flow;
    fast_ = std::fma(1 - fast_weight_, fast_, fast_weight_ * sum_);
    slow_ = std::fma(1 - slow_weight_, slow_, slow_weight_ * sum_);
    return fast_ - slow_;
  }

  int lookback_;
  double fast_weight_;
  double slow_weight_;
  int wait_;
  double sum_ = 0;
  double fast_ = 0;
  double slow_ = 0;
};

}  // namespace cw::indicators
