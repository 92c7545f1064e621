#pragma once

#include <cstddef>

#include "base/require.h"
#include "indicators/lanes.h"
#include "indicators/ring.h"

namespace cw::indicators {

/// What a straight line through the last `length` values is made of: their sum and their sum weighted by place, both
/// relative to the first value of the present block (see sliding_sum.h): exactly zero on a flat series, and nothing is
/// ever subtracted again. Weighted averages are such lines too.
///
/// With j = 0 for the oldest value of the window and c = (length - 1) / 2 its middle:
///   sum_from_pivot()  sum of (x_j - pivot)
///   lean()            sum of (j - c) (x_j - pivot), which is also the sum of (j - c) x_j
/// Cost    O(1) a step, amortised (each `length` steps one takes O(length)); 2 `length` doubles
class SlidingLine {
 public:
  explicit SlidingLine(int length)
      : length_(static_cast<std::size_t>(length)),
        at_(length_),
        block_((length_ + 1) * 2),
        middle_((length - 1) / 2.0) {
    CW_REQUIRE(length >= 1);
  }

  /// Takes the next value, which is not NaN. True when the window is full.
  [[gnu::always_inline]] bool step(double x) {
    if (at_ == length_) [[unlikely]]
      begin_block(x);
    const double d = x - pivot_;
    // The head's values keep their weights while the tail shrinks: place in the block, then all moved by what is left.
    const double head = head_.step(at_, d);
    const double head_lean = head_lean_.step(at_, place_ * d);
    place_ += 1;
    block_[at_] = x;
    ++at_;
    sum_ = block_[at_] + head;
    lean_ = block_[leans() + at_] + fused(middle_ + 1 - place_, head, head_lean);
    return at_ >= full_at_;
  }

  /// How many fours of values it takes from `x` on, the next value (see kernel.h).
  [[gnu::always_inline]] std::size_t fours(double x) {
    if (at_ == length_) begin_block(x);
    return full_at_ == 0 && at_ % 4 == 0 ? (length_ - at_) / 4 : 0;
  }
  struct Four {
    Lanes sum;
    Lanes lean;
  };
  /// Takes four values: what sum_from_pivot() and lean() are after each.
  [[gnu::always_inline]] Four step_four(Lanes x) {
    const Lanes d = x - spread(pivot_);
    const Lanes place = spread(place_) + Lanes{0, 1, 2, 3};
    const Lanes head = head_.step(d);
    const Lanes head_lean = head_lean_.step(place * d);
    const Lanes sum = lanes_at(&block_[at_ + 1]) + head;
    const Lanes lean =
        lanes_at(&block_[leans() + at_ + 1]) + fused(spread(middle_ + 1) - (place + spread(1)), head, head_lean);
    put(&block_[at_], x);
    place_ += 4;
    at_ += 4;
    return {sum, lean};
  }

  /// Of the last full window:
  double pivot() const { return pivot_; }
  double sum_from_pivot() const { return sum_; }
  double lean() const { return lean_; }

 private:
  [[gnu::always_inline]] void begin_block(double pivot) {
    if (begun_) {
      make_tails(&block_[0], length_, pivot, middle_);
      full_at_ = 0;
    }
    begun_ = true;
    pivot_ = pivot;
    head_ = {};
    head_lean_ = {};
    place_ = 0;
    at_ = 0;
  }
  /// A tail that begins one value earlier weighs each of the later ones by one more: sum (j + 1) d grows by the sum.
  [[gnu::noinline]] static void make_tails(double* block, std::size_t length, double pivot, double middle) {
    double* leans = block + length + 1;
    double sum = 0;
    double weighted = 0;
    std::size_t i = length;
    while (i > 0 && i % 4 != 1) {
      block[i - 1] = sum += block[i - 1] - pivot;
      weighted += sum;
      leans[--i] = fused(-(middle + 1), sum, weighted);
    }
    while (i > 1) {
      i -= 4;
      const Lanes sums = suffix_sums(lanes_at(block + i) - spread(pivot)) + spread(sum);
      const Lanes all = suffix_sums(sums) + spread(weighted);
      put(block + i, sums);
      put(leans + i, fused(-(middle + 1), sums, all));
      sum = sums[0];
      weighted = all[0];
    }
  }

  std::size_t leans() const { return length_ + 1; }

  std::size_t length_;
  std::size_t at_;
  std::size_t full_at_ = length_;
  bool begun_ = false;
  Buffer block_;  // laid out as in SlidingSum: sums, then leans
  double middle_;
  double place_ = 0;
  double pivot_ = 0;
  GrowingSum head_;
  GrowingSum head_lean_;
  double sum_ = 0;
  double lean_ = 0;
};

}  // namespace cw::indicators
