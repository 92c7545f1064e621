#pragma once

#include <cstddef>

#include "base/require.h"
#include "indicators/lanes.h"
#include "indicators/ring.h"

namespace cw::indicators {

/// The total of the last `length` values that are never negative (ranges, distances, volumes): those cannot cancel, so a
/// plain sum is good to some `length` roundings, and is 0 exactly where all of them are 0. The signed parts of such values
/// may be totalled too: good to some `length` roundings of the sum of sizes. (SlidingSum is for other values of either sign.)
/// Two series that are equal in the window have equal totals, to the last bit. Nothing is ever subtracted, so an old large
/// value leaves no trace.
///
/// Values come in blocks of `length`. A window is a tail of the block before and a head of this one; the tails' totals are
/// made once a block, backwards, the head's grows a value at a time.
/// Cost    O(1) a step, amortised (each `length` steps one takes O(length)); `length + 1` doubles
/// Source  the two-stack sliding aggregation of Tangwongsan, Hirzel, Schneider (DEBS 2017)
class SlidingTotal {
 public:
  explicit SlidingTotal(int length) : length_(static_cast<std::size_t>(length)), at_(length_), block_(length_ + 1) {
    CW_REQUIRE(length >= 1);
  }

  /// Takes the next value, which is not NaN. True when the window is full.
  [[gnu::always_inline]] bool step(double x) {
    if (at_ == length_) [[unlikely]]
      begin_block();
    const double head = head_.step(at_, x);
    block_[at_] = x;
    ++at_;
    total_ = head + block_[at_];
    return at_ >= full_at_;
  }

  /// How many fours of values it takes from here on (see kernel.h).
  [[gnu::always_inline]] std::size_t fours() {
    if (at_ == length_) begin_block();
    return full_at_ == 0 && at_ % 4 == 0 ? (length_ - at_) / 4 : 0;
  }
  /// Takes four values: what total() is after each.
  [[gnu::always_inline]] Lanes step_four(Lanes x) {
    const Lanes totals = head_.step(x) + lanes_at(&block_[at_ + 1]);
    put(&block_[at_], x);
    at_ += 4;
    return totals;
  }

  /// Of the last `length` values; of all, while there are fewer.
  double total() const { return total_; }
  /// Where in its block the next value goes; after step() and fours() below `length`. `length` steps ago it was the same, so
  /// it serves as the place in a ring of the caller's own.
  std::size_t place() const { return at_; }

 private:
  [[gnu::always_inline]] void begin_block() {
    // In the first block the tails are the zeros that the memory begins with; after it every window is full.
    if (begun_) {
      make_tails(&block_[0], length_);
      full_at_ = 0;
    }
    begun_ = true;
    head_ = {};
    at_ = 0;
  }

  /// A finished block becomes its tails' totals. It takes no `this`: in a loop over columns all the rest lives in registers.
  [[gnu::noinline]] static void make_tails(double* block, std::size_t length) {
    double total = 0;
    std::size_t i = length;
    while (i % 4 != 0) {
      --i;
      block[i] = total += block[i];
    }
    while (i > 0) {
      i -= 4;
      const Lanes totals = suffix_sums(lanes_at(block + i)) + spread(total);
      put(block + i, totals);
      total = totals[0];
    }
  }

  std::size_t length_;
  std::size_t at_;
  std::size_t full_at_ = length_;
  bool begun_ = false;
  Buffer block_;  // [0, at_): this block's values; [at_, length): the last block's tails' totals; [length]: always 0
  GrowingSum head_;
  double total_ = 0;
};

}  // namespace cw::indicators
