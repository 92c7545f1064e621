#pragma once

#include <cstddef>
#include <cstring>
#include <limits>

#include "base/require.h"
#include "indicators/ring.h"

namespace cw::indicators {

/// Which of several equal extremes is meant.
enum class Tie : unsigned char { newest, oldest };

/// Two numbers that go the same way: one instruction does for both what it does for one. Lowest values go with highest ones
/// by their negatives, which is exact.
using Pair = double __attribute__((vector_size(16)));

/// The greatest of the last `length` values and how many steps ago it was, for a double or for both of a Pair. As
/// SlidingExtreme, and as independent of which way the data go; where the place does not matter that one costs less.
///
/// Cost    O(1) a step, amortised (each `length` steps one takes O(length)); `2 (length + 1)` values
/// Source  the two-stack sliding aggregation of Tangwongsan, Hirzel, Schneider (DEBS 2017)
template <class V, Tie Wins>
class SlidingGreatestAt {
 public:
  explicit SlidingGreatestAt(int length)
      : length_(static_cast<std::size_t>(length)), at_(length_), block_((length_ + 1) * 2 * kWidth) {
    CW_REQUIRE(length >= 1);
    for (std::size_t i = 0; i <= length_; ++i) store(block_.data() + 2 * kWidth * i, nothing());
  }

  /// Takes the next value, which is not NaN. True when the window is full.
  [[gnu::always_inline]] bool step(V x) {
    if (at_ == length_) [[unlikely]]
      begin_block();
    const auto leads = newer_wins(x, head_);
    head_ = leads ? x : head_;
    head_place_ = leads ? place_ : head_place_;
    store(block_.data() + 2 * kWidth * at_, x);
    ++at_;
    place_ += 1;
    return at_ >= full_at_;
  }

  /// Of the last `length` values; of all, while there are fewer.
  [[gnu::always_inline]] V value() const {
    const V tail = load(block_.data() + 2 * kWidth * at_);
    return newer_wins(head_, tail) ? head_ : tail;
  }
  /// 0 for the newest, at most length - 1; a whole number.
  [[gnu::always_inline]] V age() const {
    const V tail = load(block_.data() + 2 * kWidth * at_);
    const V tail_place = load(block_.data() + 2 * kWidth * at_ + kWidth);
    return place_ - 1 - (newer_wins(head_, tail) ? head_place_ : tail_place);
  }

 private:
  static constexpr std::size_t kWidth = sizeof(V) / sizeof(double);

  static V nothing() { return V{} - std::numeric_limits<double>::infinity(); }
  [[gnu::always_inline]] static V load(const double* from) {
    V value;
    std::memcpy(&value, from, sizeof value);
    return value;
  }
  [[gnu::always_inline]] static void store(double* to, V value) { std::memcpy(to, &value, sizeof value); }

  [[gnu::always_inline]] static auto newer_wins(V newer, V older) {
    if constexpr (Wins == Tie::newest) {
      return newer >= older;
    } else {
      return newer > older;
    }
  }

  [[gnu::always_inline]] void begin_block() {
    // In the first block the tails are the nothing that the memory was filled with; after it every window is full.
    if (begun_) {
      make_tails(block_.data(), length_);
      full_at_ = 0;
    }
    begun_ = true;
    head_ = nothing();
    head_place_ = V{};
    place_ = V{};
    at_ = 0;
  }

  /// A finished block becomes its tails' extremes and their places, counted from the next block's beginning (so they are
  /// negative). It takes no `this`: in a loop over columns all the rest lives in registers.
  [[gnu::noinline]] static void make_tails(double* block, std::size_t length) {
    V tail = nothing();
    V tail_place = V{};
    V place = V{};
    for (std::size_t i = length; i-- > 0;) {
      place -= 1;
      double* const at = block + 2 * kWidth * i;
      const V x = load(at);
      const auto stays = newer_wins(tail, x);
      tail = stays ? tail : x;
      tail_place = stays ? tail_place : place;
      store(at, tail);
      store(at + kWidth, tail_place);
    }
  }

  std::size_t length_;
  std::size_t at_;
  std::size_t full_at_ = length_;
  bool begun_ = false;
  Buffer
      block_;  // value, place. [0, at_): this block's values; [at_, length): the last block's tails; [length]: nothing
  V head_ = nothing();
  V head_place_ = V{};
  V place_ = V{};  // at_ as a double
};

/// The highest (`Max`) or lowest of the last `length` values and its age in steps.
template <bool Max, Tie Wins = Tie::newest>
class SlidingExtremeAt {
 public:
  explicit SlidingExtremeAt(int length) : greatest_(length) {}

  /// Takes the next value, which is not NaN. True when the window is full.
  [[gnu::always_inline]] bool step(double x) { return greatest_.step(Max ? x : -x); }
  /// Of the last `length` values; of all, while there are fewer.
  double value() const { return Max ? greatest_.value() : -greatest_.value(); }
  /// 0 for the newest, at most length - 1; a whole number.
  double age() const { return greatest_.age(); }

 private:
  SlidingGreatestAt<double, Wins> greatest_;
};

/// The ages of the highest high and the lowest low of the last `length` bars: two SlidingExtremeAt at the cost of one.
template <Tie Wins = Tie::newest>
class SlidingRangeAt {
 public:
  explicit SlidingRangeAt(int length) : greatest_(length) {}

  /// Takes the next bar, no NaN in it. True when the window is full.
  [[gnu::always_inline]] bool step(double high, double low) { return greatest_.step(Pair{high, -low}); }
  [[gnu::always_inline]] double highest_age() const { return greatest_.age()[0]; }
  [[gnu::always_inline]] double lowest_age() const { return greatest_.age()[1]; }

 private:
  SlidingGreatestAt<Pair, Wins> greatest_;
};

}  // namespace cw::indicators
