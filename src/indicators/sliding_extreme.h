#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <limits>
#include <utility>

#include "base/require.h"
#include "indicators/kernel.h"
#include "indicators/lanes.h"
#include "indicators/ring.h"

namespace cw::indicators {

namespace detail {

template <bool Max>
inline constexpr double kNoExtreme =
    Max ? -std::numeric_limits<double>::infinity() : std::numeric_limits<double>::infinity();

template <bool Max>
[[gnu::always_inline]] inline double extreme(double a, double b) {
  return (Max ? a < b : b < a) ? b : a;
}

template <bool Max>
[[gnu::always_inline]] inline Lanes extreme(Lanes a, Lanes b) {
  return (Max ? a < b : b < a) ? b : a;
}

/// The extremes of `head` and of each value with those before it.
template <bool Max>
[[gnu::always_inline]] inline Lanes extremes_so_far(double head, Lanes x) {
  const Lanes nothing = spread(kNoExtreme<Max>);
  const Lanes pairs = extreme<Max>(__builtin_shufflevector(nothing, x, 0, 4, 5, 6), x);
  return extreme<Max>(spread(head), extreme<Max>(__builtin_shufflevector(nothing, pairs, 0, 1, 4, 5), pairs));
}

}  // namespace detail

/// The highest (`Max`) or lowest of the last `length` values, O(1) a step whatever the length and whatever the data: no
/// queue whose work depends on which way the market goes, no scan when an extreme leaves the window.
///
/// Values come in blocks of `length`. A window is a tail of the block before and a head of this one; the tails' extremes
/// are made once a block, backwards, the head's grows a value at a time. Of equal values (0.0 and -0.0) the oldest is
/// the answer.
///
/// Cost    O(1) a step, amortised (each `length` steps one takes O(length)); `length + 1` doubles
/// Source  the two-stack sliding aggregation of Tangwongsan, Hirzel, Schneider (DEBS 2017)
template <bool Max>
class SlidingExtreme {
 public:
  explicit SlidingExtreme(int length) : length_(static_cast<std::size_t>(length)), at_(length_), block_(length_ + 1) {
    CW_REQUIRE(length >= 1);
    for (std::size_t i = 0; i <= length_; ++i) block_[i] = kNone;
  }

  /// Takes the next value, which is not NaN. True when the window is full.
  [[gnu::always_inline]] bool step(double x) {
    if (at_ == length_) [[unlikely]]
      begin_block();
    block_[at_] = x;
    ++at_;
    head_ = of(head_, x);
    value_ = of(block_[at_], head_);
    return at_ >= full_at_;
  }

  /// How many fours of values it takes from here on (see kernel.h).
  [[gnu::always_inline]] std::size_t fours() {
    if (at_ == length_) begin_block();
    return full_at_ == 0 && at_ % 4 == 0 ? (length_ - at_) / 4 : 0;
  }
  /// Takes four values: what value() is after each.
  [[gnu::always_inline]] Lanes step_four(Lanes x) {
    const Lanes heads = detail::extremes_so_far<Max>(head_, x);
    const Lanes values = detail::extreme<Max>(lanes_at(&block_[at_ + 1]), heads);
    put(&block_[at_], x);
    head_ = heads[3];
    value_ = values[3];
    at_ += 4;
    return values;
  }

  /// Takes at most kPartMost values: what value() is after each, NaN while the window is not full.
  void run_part(const double* x, double* values, std::size_t rows) {
    std::size_t row = 0;
    if (length_ > kShortMost) {
      SlidingExtreme local = std::move(*this);  // whose state lives in registers
      while (row < rows) {
        std::size_t fours = std::min(local.fours(), (rows - row) / 4);
        if (fours == 0) local.step_into(x[row], values[row]), ++row;
        for (; fours > 0; --fours, row += 4) put(values + row, local.step_four(lanes_at(x + row)));
      }
      *this = std::move(local);
      return;
    }
    // At the end of a block the window lies there as it came. From then on it is left at such an end.
    for (; row < rows && !(begun_ && at_ == length_); ++row) step_into(x[row], values[row]);
    if (row < rows) look_anew(x + row, values + row, rows - row);
  }

  /// Of the last `length` values; of all, while there are fewer.
  double value() const { return value_; }

 private:
  static constexpr double kNone = detail::kNoExtreme<Max>;
  static constexpr std::size_t kShortMost = 64;

  [[gnu::always_inline]] void step_into(double x, double& value) { value = step(x) ? value_ : kNaN; }

  /// Short windows are looked at anew for each row, by the extremes of neighbours that all rows share; the two widest ones
  /// that cover a window may overlap. Less work than to keep heads and tails, and no row waits for the one before.
  void look_anew(const double* x, double* values, std::size_t rows) {
    std::array<double, kPartMost + kShortMost + 4> memory;
    std::array<double, kPartMost + kShortMost + 4> other_memory;
    double* of_width = memory.data();
    double* of_more = other_memory.data();
    const std::size_t before = length_ - 1;
    std::copy_n(block_.data() + 1, before, of_width);
    std::copy_n(x, rows, of_width + before);
    std::copy_n(of_width + rows - 1, length_, block_.data());
    std::size_t width = length_ >= 16 ? 16 : length_ >= 4 ? 4 : 1;
    if (width > 1) {
      put(of_width + before + rows, Lanes{});  // the last four may be no whole one
      width == 16 ? widen<16>(of_width, of_more, before + rows) : widen<4>(of_width, of_more, before + rows);
      std::swap(of_width, of_more);
    }
    for (; 2 * width <= length_; width *= 2) {
      in_fours(2 * width - 1, before + rows,
               [=](std::size_t i, auto t) { put(of_more + i, of(at(of_width + i - width, t), at(of_width + i, t))); });
      std::swap(of_width, of_more);
    }
    // The older ones first: of equal values the oldest is the answer here as in a step.
    const double* const newer = of_width + before;
    const double* const older = newer - (length_ - width);
    in_fours(0, rows, [=](std::size_t i, auto t) { put(values + i, of(at(older + i, t), at(newer + i, t))); });
    value_ = values[rows - 1];
  }

  /// The extremes of 4 or 16 neighbours up to each place; the first ones are those of fewer. What was four or more places
  /// ago is still in registers.
  template <std::size_t Width>
  static void widen(const double* x, double* widened, std::size_t count) {
    Lanes last = spread(kNone);
    Lanes last_pairs = last;
    std::array<Lanes, 3> fours_before{last, last, last};  // the newest first
#pragma clang loop unroll_count(4)
    for (std::size_t i = 0; i < count; i += 4) {
      const Lanes now = lanes_at(x + i);
      const Lanes pairs = of(__builtin_shufflevector(last, now, 3, 4, 5, 6), now);
      const Lanes fours = of(__builtin_shufflevector(last_pairs, pairs, 2, 3, 4, 5), pairs);
      const auto [a, b, c] = fours_before;
      put(widened + i, Width == 4 ? fours : of(of(c, b), of(a, fours)));
      last = now;
      last_pairs = pairs;
      fours_before = {fours, a, b};
    }
  }

  [[gnu::always_inline]] static double of(double a, double b) { return detail::extreme<Max>(a, b); }
  [[gnu::always_inline]] static Lanes of(Lanes a, Lanes b) { return detail::extreme<Max>(a, b); }

  [[gnu::always_inline]] void begin_block() {
    // In the first block the tails are the nothing that the memory was filled with; after it every window is full.
    if (begun_) {
      make_tails(&block_[0], length_);
      full_at_ = 0;
    }
    begun_ = true;
    head_ = kNone;
    at_ = 0;
  }

  /// A finished block becomes its tails' extremes, four at a time, in the fours that step_four() will read (see sliding_sum.h).
  /// It takes no `this`: in a loop over columns all the rest lives in registers.
  [[gnu::noinline]] static void make_tails(double* block, std::size_t length) {
    constexpr Lanes kNothing{kNone, kNone, kNone, kNone};
    double tail = kNone;
    std::size_t i = length;
    while (i > 0 && i % 4 != 1) {
      --i;
      tail = block[i] = of(block[i], tail);
    }
    while (i > 1) {
      i -= 4;
      const Lanes x = lanes_at(block + i);
      const Lanes pairs = of(x, __builtin_shufflevector(x, kNothing, 1, 2, 3, 4));
      const Lanes tails = of(of(pairs, __builtin_shufflevector(pairs, kNothing, 2, 3, 4, 5)), spread(tail));
      put(block + i, tails);
      tail = tails[0];
    }
  }

  std::size_t length_;
  std::size_t at_;
  std::size_t full_at_ = length_;
  bool begun_ = false;
  Buffer block_;  // [0, at_): this block's values; [at_, length): the last block's tails' extremes; [length]: nothing
  double head_ = kNone;
  double value_ = kNone;
};

}  // namespace cw::indicators
