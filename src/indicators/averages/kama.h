#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <utility>

#include "indicators/kernel.h"
#include "indicators/ring.h"
#include "indicators/statistics/sums.h"

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
      : length_(length),
        slow_weight_(2.0 / (slow + 1.0)),
        span_(2.0 / (fast + 1.0) - slow_weight_),
        window_(length),
        way_(length) {
    CW_REQUIRE(length >= 1 && fast >= 1 && slow >= 1);
  }

  double step(double x) {
    if (is_nan(x)) return kNaN;
    const double old = window_.push(x);
    const double before = std::exchange(before_, x);
    if (is_nan(before)) [[unlikely]]
      return kNaN;
    const double way = way_.step(std::abs(x - before));
    if (is_nan(way)) [[unlikely]]
      return kNaN;
    if (is_nan(average_)) [[unlikely]]
      average_ = before;
    return next(x, keep_of(way, std::abs(x - old)));
  }

  /// In pieces of the column: the ways and the weights of many rows at once, then the recursion, which waits for itself.
  template <class In, class Out>
  void run_rows(const In& in, const Out& out, std::size_t rows) {
    constexpr std::size_t kPiece = 256;
    std::array<double, kPiece> steps;
    std::array<double, kPiece> ways;
    std::array<double, kPiece> keeps;
    for (std::size_t from = 0; from < rows; from += kPiece) {
      const std::size_t piece = std::min(kPiece, rows - from);
      const double* x = in[0] + from;
      double* answer = out[0] + from;
      double sum = 0;
      for (std::size_t i = 0; i < piece; ++i) sum += x[i] - x[i];  // NaN where one of them is, or is infinite
      if (is_nan(average_) || is_nan(sum)) {
        for (std::size_t i = 0; i < piece; ++i) answer[i] = step(x[i]);
        continue;
      }
      steps[0] = std::abs(x[0] - before_);
      for (std::size_t i = 1; i < piece; ++i) steps[i] = std::abs(x[i] - x[i - 1]);
      before_ = x[piece - 1];
      run(way_, {steps.data()}, {ways.data()}, piece);
      for (std::size_t i = 0; i < piece; ++i) steps[i] = std::abs(x[i] - window_.push(x[i]));
      for (std::size_t i = 0; i < piece; ++i) keeps[i] = keep_of(ways[i], steps[i]);
      double average = average_;
      for (std::size_t i = 0; i < piece; ++i) {
        answer[i] = average = std::fma(keeps[i], average, (1 - keeps[i]) * x[i]);
      }
      average_ = average;
    }
  }

  int lookback() const { return length_; }

 private:
  /// keep + weight is exactly 1, so that a flat series stays where it is; one fused step waits for the last answer.
  double next(double x, double keep) { return average_ = std::fma(keep, average_, (1 - keep) * x); }
  double keep_of(double way, double change) const {
    const double straight = way <= change ? 1 : change / way;
    const double weight_root = std::fma(straight, span_, slow_weight_);
    return 1 - weight_root * weight_root;
  }

  int length_;
  double slow_weight_;
  double span_;
  Ring window_;
  Sum way_;
  double before_ = kNaN;
  double average_ = kNaN;
};

}  // namespace cw::indicators
