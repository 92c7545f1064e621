#pragma once

#include <algorithm>
#include <array>
#include <cmath>

#include "base/require.h"
#include "indicators/kernel.h"
#include "indicators/ring.h"

namespace cw::indicators {

/// Linear regression channel: the straight line of least squares through the last `length` values, where it ends at the
/// present bar, and lines `width` deviations above and below. Answers [middle, upper, lower]. The deviation is the root of
/// the summed squares of the distances from the line over length - 1.
///
/// Shape   one value in, three out; length at least 2; look-back length - 1
/// Units   those of the input
/// Digits  the deviation is good to about 1e-8 of the window's own spread: values on a straight line give that or less, a
///         flat window gives exactly 0
/// Cost    O(1) a step, amortised (each `length` steps one takes O(length)); 3 length doubles
/// Source  Pine's built-in indicator Linear Regression Channel, at its last bar; least squares over blocks as in
///         sliding_sum.h is ours
class RegressionChannel {
 public:
  RegressionChannel(int length, double width)
      : length_(static_cast<std::size_t>(length)),
        at_(length_),
        block_((length_ + 1) * 3),
        inverse_(1.0 / length),
        middle_place_((length - 1) / 2.0),
        width_(width),
        inverse_degrees_(1.0 / (length - 1)) {
    CW_REQUIRE(length >= 2);
    const double n = length;
    inverse_places_ = 12 / (n * (n * n - 1));  // the places' summed squares from their mean are n (n^2 - 1) / 12
  }

  [[gnu::always_inline]] std::array<double, 3> step(double x) {
    if (is_nan(x)) return {kNaN, kNaN, kNaN};
    if (at_ == length_) [[unlikely]]
      begin_block(x);
    const double d = x - pivot_;
    head_[0] += d;
    head_[1] += place_ * d;
    head_[2] += d * d;
    block_[3 * at_] = x;
    const double place = place_;
    ++at_;
    place_ += 1;
    if (at_ < full_at_) [[unlikely]]
      return {kNaN, kNaN, kNaN};
    const double sum = block_[3 * at_] + head_[0];
    const double placed = block_[3 * at_ + 1] + head_[1];
    const double squares = block_[3 * at_ + 2] + head_[2];

    const double mean = sum * inverse_;
    const double together = placed - (place - middle_place_) * sum;  // places from their mean times values
    const double slope = together * inverse_places_;
    const double middle = pivot_ + std::fma(slope, middle_place_, mean);
    const double left_over = std::max(squares - mean * sum - slope * together, 0.0);
    const double reach = width_ * std::sqrt(left_over * inverse_degrees_);
    return {middle, middle + reach, middle - reach};
  }

  int lookback() const { return static_cast<int>(length_) - 1; }

 private:
  [[gnu::always_inline]] void begin_block(double pivot) {
    // In the first block the tails are the zeros that the memory begins with; after it every window is full.
    if (begun_) {
      make_tails(&block_[0], length_, pivot);
      full_at_ = 0;
    }
    begun_ = true;
    pivot_ = pivot;
    head_ = {};
    place_ = 0;
    at_ = 0;
  }

  /// A finished block becomes its tails' sums, relative to the next block's first value, places counted from there (so they
  /// are negative). It takes no `this`: in a loop over columns all the rest lives in registers.
  [[gnu::noinline]] static void make_tails(double* block, std::size_t length, double pivot) {
    std::array<double, 3> tail{};
    double place = -1;
    for (std::size_t i = length; i-- > 0; place -= 1) {
      const double d = block[3 * i] - pivot;
      block[3 * i] = tail[0] += d;
      block[3 * i + 1] = tail[1] += place * d;
      block[3 * i + 2] = tail[2] += d * d;
    }
  }

  std::size_t length_;
  std::size_t at_;
  std::size_t full_at_ = length_;
  bool begun_ = false;
  // Triples of sum, sum by place, sum of squares. [0, at_): this block's values; [at_, length): the last block's tails; then 0
  Buffer block_;
  double inverse_;
  double middle_place_;  // of the last place, the distance to the places' mean
  double width_;
  double inverse_degrees_;
  double inverse_places_ = 0;
  double pivot_ = 0;
  double place_ = 0;  // at_ as a double
  std::array<double, 3> head_{};
};

}  // namespace cw::indicators
