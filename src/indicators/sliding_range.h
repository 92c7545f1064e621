#pragma once

#include <cstddef>

#include "base/require.h"
#include "indicators/lanes.h"
#include "indicators/ring.h"
#include "indicators/sliding_extreme.h"

namespace cw::indicators {

namespace detail {

/// Four values become the extremes of themselves, of what follows them and of `tail`; answers the first. A value waits for
/// one comparison and not for four.
template <bool Max>
[[gnu::always_inline]] inline double extremes_of_four(double* four, double tail) {
  const double last_two = extreme<Max>(four[2], four[3]);
  const double last_three = extreme<Max>(four[1], last_two);
  const double all = extreme<Max>(extreme<Max>(four[0], four[1]), last_two);
  four[3] = extreme<Max>(four[3], tail);
  four[2] = extreme<Max>(last_two, tail);
  four[1] = extreme<Max>(last_three, tail);
  return four[0] = extreme<Max>(all, tail);
}

}  // namespace detail

/// The highest of one series and the lowest of another in one window: two SlidingExtremes that keep step, for what one of
/// them costs besides the comparisons.
class SlidingRange {
 public:
  explicit SlidingRange(int length)
      : length_(static_cast<std::size_t>(length)), at_(length_), block_(2 * (length_ + 1)) {
    CW_REQUIRE(length >= 1);
    for (std::size_t i = 0; i <= length_; ++i) {
      block_[i] = kLowest;
      block_[length_ + 1 + i] = kHighest;
    }
  }

  /// Takes the next values, which are not NaN. True when the window is full.
  [[gnu::always_inline]] bool step(double high, double low) {
    if (at_ == length_) [[unlikely]]
      begin_block();
    block_[at_] = high;
    block_[at_ + length_ + 1] = low;
    ++at_;
    head_high_ = detail::extreme<true>(head_high_, high);
    head_low_ = detail::extreme<false>(head_low_, low);
    highest_ = detail::extreme<true>(block_[at_], head_high_);
    lowest_ = detail::extreme<false>(block_[at_ + length_ + 1], head_low_);
    return at_ >= full_at_;
  }

  /// How many fours of values it takes from here on (see kernel.h).
  [[gnu::always_inline]] std::size_t fours() {
    if (at_ == length_) begin_block();
    return full_at_ == 0 && at_ % 4 == 0 ? (length_ - at_) / 4 : 0;
  }
  struct Four {
    Lanes highest;
    Lanes lowest;
  };
  /// Takes four values of each series: what highest() and lowest() are after each.
  [[gnu::always_inline]] Four step_four(Lanes high, Lanes low) {
    const Lanes highs = detail::extremes_so_far<true>(head_high_, high);
    const Lanes lows = detail::extremes_so_far<false>(head_low_, low);
    const Four four{detail::extreme<true>(lanes_at(&block_[at_ + 1]), highs),
                    detail::extreme<false>(lanes_at(&block_[at_ + length_ + 2]), lows)};
    put(&block_[at_], high);
    put(&block_[at_ + length_ + 1], low);
    head_high_ = highs[3];
    head_low_ = lows[3];
    highest_ = four.highest[3];
    lowest_ = four.lowest[3];
    at_ += 4;
    return four;
  }

  /// Of the last `length` values; of all, while there are fewer.
  double highest() const { return highest_; }
  double lowest() const { return lowest_; }

 private:
  static constexpr double kLowest = detail::kNoExtreme<true>;
  static constexpr double kHighest = detail::kNoExtreme<false>;

  [[gnu::always_inline]] void begin_block() {
    if (begun_) {
      make_tails(&block_[0], length_);
      full_at_ = 0;
    }
    begun_ = true;
    head_high_ = kLowest;
    head_low_ = kHighest;
    at_ = 0;
  }

  /// As SlidingExtreme's, for both at once.
  [[gnu::noinline]] static void make_tails(double* highs, std::size_t length) {
    double* const lows = highs + length + 1;
    double high = kLowest;
    double low = kHighest;
    std::size_t i = length;
    for (; i >= 4; i -= 4) {
      high = detail::extremes_of_four<true>(highs + i - 4, high);
      low = detail::extremes_of_four<false>(lows + i - 4, low);
    }
    while (i-- > 0) {
      high = highs[i] = detail::extreme<true>(highs[i], high);
      low = lows[i] = detail::extreme<false>(lows[i], low);
    }
  }

  std::size_t length_;
  std::size_t at_;
  std::size_t full_at_ = length_;
  bool begun_ = false;
  Buffer block_;  // as SlidingExtreme's, of the highs, then of the lows
  double head_high_ = kLowest;
  double head_low_ = kHighest;
  double highest_ = kLowest;
  double lowest_ = kHighest;
};

}  // namespace cw::indicators
