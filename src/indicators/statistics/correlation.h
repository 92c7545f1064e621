#pragma once

#include <array>
#include <cstddef>

#include "indicators/kernel.h"
#include "indicators/lanes.h"
#include "indicators/ring.h"

namespace cw::indicators {

/// Pearson's correlation of two series over the last `length` bars.
///
/// Shape   two values in, one out; look-back length - 1
/// Units   -1 to 1
/// 0/0     0 where one of the two is flat
/// Cost    O(1) a step, amortised, by tails and heads as in sliding_sum.h, relative to the present block's first values: a
///         flat window is known exactly, and no digit is lost at large prices; 5 `length` doubles
/// Source  TA-Lib CORREL; Pine ta.correlation (0 wherever the covariance is below an absolute 1e-10)
class Correlation {
 public:
  explicit Correlation(int length)
      : length_(static_cast<std::size_t>(length)), at_(length_), inverse_(1.0 / length), block_((length_ + 1) * kSums) {
    CW_REQUIRE(length >= 1);
  }

  double step(double x, double y) {
    if (any_nan(x, y)) return kNaN;
    if (at_ == length_) [[unlikely]]
      begin_block(x, y);
    const double dx = x - pivot_x_;
    const double dy = y - pivot_y_;
    std::array<double, kSums> sums{head_[0].step(at_, dx), head_[1].step(at_, dy), head_[2].step(at_, dx * dx),
                                   head_[3].step(at_, dy * dy), head_[4].step(at_, dx * dy)};
    plane(0)[at_] = x;
    plane(1)[at_] = y;
    ++at_;
    if (at_ < full_at_) [[unlikely]]
      return kNaN;
    for (std::size_t s = 0; s < kSums; ++s) sums[s] += plane(s)[at_];
    return of(sums);
  }

  std::size_t fours(double x, double y) {
    if (at_ == length_) begin_block(x, y);
    return full_at_ == 0 && at_ % 4 == 0 ? (length_ - at_) / 4 : 0;
  }
  Lanes step_four(Lanes x, Lanes y) {
    const Lanes dx = x - pivot_x_;
    const Lanes dy = y - pivot_y_;
    std::array<Lanes, kSums> sums{head_[0].step(dx), head_[1].step(dy), head_[2].step(dx * dx), head_[3].step(dy * dy),
                                  head_[4].step(dx * dy)};
    for (std::size_t s = 0; s < kSums; ++s) sums[s] += lanes_at(plane(s) + at_ + 1);
    put(plane(0) + at_, x);
    put(plane(1) + at_, y);
    at_ += 4;
    return of(sums);
  }

  int lookback() const { return static_cast<int>(length_) - 1; }

 private:
  static constexpr std::size_t kSums = 5;  // of x, y, x^2, y^2, x y, each less its pivot

  template <class T>
  T of(const std::array<T, kSums>& sums) const {
    const T xx = sums[2] - sums[0] * sums[0] * inverse_;
    const T yy = sums[3] - sums[1] * sums[1] * inverse_;
    const T xy = sums[4] - sums[0] * sums[1] * inverse_;
    // Two roots: the product of two small variances may be too small for a double.
    const T r = xy / (root(xx) * root(yy));
    const T one = T{} + 1;
    return where((xx <= 0) | (yy <= 0), T{}, where(r > one, one, where(r < -one, -one, r)));
  }

  [[gnu::always_inline]] double* plane(std::size_t s) { return block_.data() + s * (length_ + 1); }

  [[gnu::always_inline]] void begin_block(double pivot_x, double pivot_y) {
    if (begun_) {
      make_tails(block_.data(), length_, pivot_x, pivot_y);
      full_at_ = 0;
    }
    begun_ = true;
    pivot_x_ = pivot_x;
    pivot_y_ = pivot_y;
    head_ = {};
    at_ = 0;
  }
  [[gnu::noinline]] static void make_tails(double* block, std::size_t length, double pivot_x, double pivot_y) {
    std::array<double, kSums> sums{};
    std::size_t i = length;
    while (i > 0 && i % 4 != 1) {
      --i;
      const double dx = block[i] - pivot_x;
      const double dy = block[length + 1 + i] - pivot_y;
      const std::array<double, kSums> terms{dx, dy, dx * dx, dy * dy, dx * dy};
      for (std::size_t s = 0; s < kSums; ++s) block[s * (length + 1) + i] = sums[s] += terms[s];
    }
    while (i > 1) {
      i -= 4;
      const Lanes dx = lanes_at(block + i) - pivot_x;
      const Lanes dy = lanes_at(block + length + 1 + i) - pivot_y;
      const std::array<Lanes, kSums> terms{dx, dy, dx * dx, dy * dy, dx * dy};
      for (std::size_t s = 0; s < kSums; ++s) {
        const Lanes tails = suffix_sums(terms[s]) + spread(sums[s]);
        put(block + s * (length + 1) + i, tails);
        sums[s] = tails[0];
      }
    }
  }

  std::size_t length_;
  std::size_t at_;
  std::size_t full_at_ = length_;
  bool begun_ = false;
  double inverse_;
  Buffer block_;  // a plane a sum, each as in SlidingSum; this block's values are in the first two
  double pivot_x_ = 0;
  double pivot_y_ = 0;
  std::array<GrowingSum, kSums> head_;
};

}  // namespace cw::indicators
