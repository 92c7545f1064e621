#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <utility>

#include "indicators/kernel.h"
#include "indicators/way_and_change.h"

namespace cw::indicators {

/// Kaufman's adaptive moving average: an exponential average that is as quick as an EMA of `fast` where the price runs
/// straight and as slow as one of `slow` where it goes to and fro. Straightness is the change over `length` bars as a share
/// of the way gone; the weight is the square of the weight between the two that it says.
///
/// Shape   one value in, one out; look-back length; the average starts from the value before the first answer
/// Units   those of the input
/// 0/0     a way of 0 (flat) counts as straight
/// Cost    O(1) a step, amortised
/// Source  TA-Lib KAMA (fast 2, slow 30); P. Kaufman, Smarter Trading, 1995
class Kama {
 public:
  Kama(int length, int fast, int slow)
      : length_(length), slow_weight_(2.0 / (slow + 1.0)), span_(2.0 / (fast + 1.0) - slow_weight_), way_(length) {
    CW_REQUIRE(length >= 1 && fast >= 1 && slow >= 1);
  }

  double step(double x) {
    if (is_nan(x)) return kNaN;
    const double before = std::exchange(before_, x);
    const auto [way, change] = way_.step(x);
    if (is_nan(way)) [[unlikely]]
      return kNaN;
    if (is_nan(average_)) [[unlikely]]
      average_ = before;
    return blend(x, keep_of(way, change));
  }

  bool warm() const { return !is_nan(average_); }

  void run_part(const InputColumns<Kama>& in, const OutputColumns<Kama>& out, std::size_t rows) {
    const double* const x = in[0];
    double* const answers = out[0];
    std::array<double, kPartMost> ways;
    std::array<double, kPartMost> changes;
    way_.run_part(in, {ways.data(), changes.data()}, rows);
    // The recursion waits for itself; the next rows' weights are worked out meanwhile.
    double average = average_;
    std::size_t i = 0;
    for (; i + 4 <= rows; i += 4) {
      const Lanes keep = keep_of(lanes_at(&ways[i]), lanes_at(&changes[i]));
      const Lanes share = (1 - keep) * lanes_at(x + i);
      for (std::size_t k = 0; k < 4; ++k) answers[i + k] = average = std::fma(keep[k], average, share[k]);
    }
    average_ = average;
    for (; i < rows; ++i) answers[i] = blend(x[i], keep_of(ways[i], changes[i]));
  }

  int lookback() const { return length_; }

 private:
  /// keep + weight is exactly 1, so that a flat series stays where it is; one fused step waits for the last answer.
  double blend(double x, double keep) { return average_ = std::fma(keep, average_, (1 - keep) * x); }
  template <class T>
  T keep_of(T way, T change) const {
    const T weight_root = fused(WayAndChange::straightness(way, change), span_, T{} + slow_weight_);
    return 1 - weight_root * weight_root;
  }

  int length_;
  double slow_weight_;
  double span_;
  WayAndChange way_;
  double before_ = kNaN;  // of use until the average begins
  double average_ = kNaN;
};

}  // namespace cw::indicators
