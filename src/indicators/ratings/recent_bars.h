#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

#include "indicators/lanes.h"

namespace cw::indicators {

/// The last N values side by side, oldest first; before the first ones lie zeros. They walk through a memory that has kRoom
/// more and are moved back when they reach its end.
template <std::size_t N>
class Recent {
 public:
  [[gnu::always_inline]] void push(double x) {
    if (end_ == values_.size()) [[unlikely]] {
      std::copy_n(values_.data() + end_ - N, N, values_.data());
      end_ = N;
    }
    values_[end_++] = x;
    if (seen_ < N) ++seen_;
  }
  /// Whether there were `count` values yet, at most N.
  bool has(std::size_t count) const { return seen_ >= count; }
  /// The value of `steps` ago.
  double back(std::size_t steps) const { return values_[end_ - 1 - steps]; }
  /// The newest `count` values, oldest first.
  const double* newest(std::size_t count) const { return values_.data() + end_ - count; }

 private:
  static constexpr std::size_t kRoom = N < 32 ? 4 : 8;
  std::array<double, N + kRoom> values_{};
  std::size_t end_ = N;
  std::size_t seen_ = 0;
};

/// sum of f(i) for i from 0 to `count`, four at a time; f(i, Lanes{}) stands for four from i on.
template <class F>
[[gnu::always_inline]] inline double sum_over(std::size_t count, F f) {
  Lanes lanes{};
  std::size_t i = 0;
  for (; i + 4 <= count; i += 4) lanes += f(i, Lanes{});
  double rest = 0;
  for (; i < count; ++i) rest += f(i, 0.0);
  return sum_of(lanes) + rest;
}

/// How far the values lie from `x`, added up: 0 exactly where all of them are `x`.
[[gnu::always_inline]] inline double sum_from(const double* values, std::size_t count, double x) {
  return sum_over(count, [=](std::size_t i, auto t) { return at(values + i, t) - x; });
}

/// The bars that a rating looks at anew at each step: one memory of them serves its thirty averages and oscillators, where a
/// kernel each would keep five times as much. A desk has thousands of ratings.
class RecentBars {
 public:
  void push(double high, double low, double close, double volume) {
    highs_.push(high);
    lows_.push(low);
    closes_.push(close);
    volumes_.push(volume);
  }
  const Recent<200>& closes() const { return closes_; }
  const Recent<52>& highs() const { return highs_; }
  const Recent<52>& lows() const { return lows_; }
  const Recent<20>& volumes() const { return volumes_; }

  /// The highest high and lowest low of the newest `count` bars, which are there.
  double highest(std::size_t count) const {
    const double* const high = highs_.newest(count);
    double highest = high[0];
    for (std::size_t i = 1; i < count; ++i) highest = high[i] > highest ? high[i] : highest;
    return highest;
  }
  double lowest(std::size_t count) const {
    const double* const low = lows_.newest(count);
    double lowest = low[0];
    for (std::size_t i = 1; i < count; ++i) lowest = low[i] < lowest ? low[i] : lowest;
    return lowest;
  }

 private:
  Recent<200> closes_;
  Recent<52> highs_;
  Recent<52> lows_;
  Recent<20> volumes_;
};

}  // namespace cw::indicators
