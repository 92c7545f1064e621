#pragma once

#include <cstddef>
#include <type_traits>

#include "base/require.h"
#include "indicators/lanes.h"
#include "indicators/ring.h"

namespace cw::indicators {

/// Sums over the last `length` values, without the two faults of a running sum: nothing is ever subtracted again, so no
/// digit is lost and no old value leaves a trace.
///
/// Values come in blocks of `length`. A window is a tail of the block before and a head of this one; the tails' sums are
/// made once a block, backwards, the head's grows a value at a time. Each value is taken relative to `pivot`, the first
/// value of the present block, which every window that reaches into the block contains: so a flat series gives exactly
/// zero, and the mean's distance from the pivot is at most sqrt(length) standard deviations.
///
/// Moments: 1 keeps sum(x - pivot), 2 also sum((x - pivot)^2).
/// Cost    O(1) a step, amortised (each `length` steps one takes O(length)); `Moments * length` doubles
/// Source  the two-stack sliding aggregation of Tangwongsan, Hirzel, Schneider (DEBS 2017), the pivot is ours
template <int Moments>
class SlidingSum {
  static_assert(Moments == 1 || Moments == 2);

 public:
  explicit SlidingSum(int length)
      : length_(static_cast<std::size_t>(length)), at_(length_), block_((length_ + 1) * Moments) {
    CW_REQUIRE(length >= 1);
  }

  /// Takes the next value, which is not NaN. True when the window is full.
  [[gnu::always_inline]] bool step(double x) {
    if (at_ == length_) [[unlikely]]
      begin_block(x);
    const double d = x - pivot_;
    sum_ = head_.step(at_, d);
    if constexpr (Moments == 2) square_ = head_square_.step(at_, d * d);
    block_[at_] = x;
    ++at_;
    sum_ += block_[at_];
    if constexpr (Moments == 2) square_ += block_[squares() + at_];
    return at_ >= full_at_;
  }

  /// How many fours of values it takes from `x` on, the next value (see kernel.h).
  [[gnu::always_inline]] std::size_t fours(double x) {
    if (at_ == length_) begin_block(x);
    return full_at_ == 0 && at_ % 4 == 0 ? (length_ - at_) / 4 : 0;
  }
  struct Four {
    Lanes sum;
    Lanes square;
  };
  /// Takes four values: what sum_from_pivot() and squares_from_pivot() are after each.
  [[gnu::always_inline]] Four step_four(Lanes x) {
    const Lanes d = x - spread(pivot_);
    Four four{head_.step(d) + lanes_at(&block_[at_ + 1]), {}};
    if constexpr (Moments == 2) four.square = head_square_.step(d * d) + lanes_at(&block_[squares() + at_ + 1]);
    put(&block_[at_], x);
    at_ += 4;
    return four;
  }

  /// Of the last full window:
  double pivot() const { return pivot_; }
  double sum_from_pivot() const { return sum_; }
  double squares_from_pivot() const
    requires(Moments == 2)
  {
    return square_;
  }
  double mean() const { return pivot_ + sum_ / static_cast<double>(length_); }

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
    head_square_ = {};
    at_ = 0;
  }

  /// A finished block becomes its tails' sums, relative to the next block's first value. It takes no `this`: the
  /// object's address stays unknown to it, so that in a loop over columns all the rest lives in registers.
  [[gnu::noinline]] static void make_tails(double* block, std::size_t length, double pivot) {
    double* squares = block + length + 1;
    double sum = 0;
    double square = 0;
    std::size_t i = length;
    // Fours as step_four() will read them, from place 1 on (nobody reads the tail of the whole block): a load that lay across
    // two stores would wait for both.
    while (i > 0 && i % 4 != 1) {
      const double d = block[--i] - pivot;
      block[i] = sum += d;
      if constexpr (Moments == 2) squares[i] = square += d * d;
    }
    while (i > 1) {
      i -= 4;
      const Lanes d = lanes_at(block + i) - spread(pivot);
      const Lanes sums = suffix_sums(d) + spread(sum);
      put(block + i, sums);
      sum = sums[0];
      if constexpr (Moments == 2) {
        const Lanes all = suffix_sums(d * d) + spread(square);
        put(squares + i, all);
        square = all[0];
      }
    }
  }

  std::size_t squares() const { return length_ + 1; }

  std::size_t length_;
  std::size_t at_;
  std::size_t full_at_ = length_;
  bool begun_ = false;
  // [0, at_): this block's values; [at_, length): the last block's tails' sums; [length]: always 0; then the same for squares.
  Buffer block_;
  double pivot_ = 0;
  struct None {};
  GrowingSum head_;
  [[no_unique_address]] std::conditional_t<Moments == 2, GrowingSum, None> head_square_;
  double sum_ = 0;
  double square_ = 0;
};

}  // namespace cw::indicators
