#pragma once

#include <array>

#include "indicators/kernel.h"
#include "indicators/sliding_extreme_at.h"

namespace cw::indicators {

/// Aroon: how lately the highest high and the lowest low of the last `length` + 1 bars were; 100: at this bar, 0: `length`
/// bars ago. Answers [up, down]. Of equal extremes the newest counts.
///
/// Shape   high, low in, two out; look-back length
/// Units   percent, 0 to 100
/// Cost    O(1) a step, amortised; 4 length doubles
/// Source  T. Chande, 1995; TA-Lib AROON (which answers down first)
class Aroon {
 public:
  explicit Aroon(int length) : length_(length), percent_(100.0 / length), ages_(length + 1) {}

  [[gnu::always_inline]] std::array<double, 2> step(double high, double low) {
    if (any_nan(high, low)) return {kNaN, kNaN};
    if (!ages_.step(high, low)) [[unlikely]]
      return {kNaN, kNaN};
    return {percent_ * (length_ - ages_.highest_age()), percent_ * (length_ - ages_.lowest_age())};
  }

  int lookback() const { return length_; }

 private:
  int length_;
  double percent_;
  SlidingRangeAt<> ages_;
};

/// Aroon oscillator: Aroon up less Aroon down.
///
/// Shape   high, low in, one out; look-back length
/// Units   percent, -100 to 100
/// Cost    O(1) a step, amortised; 4 length doubles
/// Source  T. Chande, 1995; TA-Lib AROONOSC
class AroonOscillator {
 public:
  explicit AroonOscillator(int length) : length_(length), percent_(100.0 / length), ages_(length + 1) {}

  [[gnu::always_inline]] double step(double high, double low) {
    if (any_nan(high, low)) return kNaN;
    return ages_.step(high, low) ? percent_ * (ages_.lowest_age() - ages_.highest_age()) : kNaN;
  }

  int lookback() const { return length_; }

 private:
  int length_;
  double percent_;
  SlidingRangeAt<> ages_;
};

}  // namespace cw::indicators
