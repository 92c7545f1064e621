#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "indicators/kernel.h"
#include "indicators/window.h"

namespace cw::indicators {

/// The value of a window below or at which `percentage` per cent of it lie, in the nearest rank: the value of rank
/// ceil(percentage length / 100), at least the first.
///
/// Shape   one value in, one out; look-back length - 1
/// Units   those of the input; always a value of the window
/// Cost    O(length) a step (SortedWindow)
/// Source  TA-Lib PERCENTILE; Pine ta.percentile_nearest_rank (which keeps a NaN in the window)
class NearestRank {
 public:
  NearestRank(int length, double percentage) : window_(length), rank_(rank_of(length, percentage)) {}

  double step(double x) {
    if (is_nan(x)) return kNaN;
    return window_.step(x) ? window_.ranked(rank_) : kNaN;
  }

  int lookback() const { return static_cast<int>(window_.size()) - 1; }

 private:
  static std::size_t rank_of(int length, double percentage) {
    CW_REQUIRE(percentage >= 0 && percentage <= 100);
    return static_cast<std::size_t>(std::max(1.0, std::ceil(percentage * length / 100))) - 1;
  }

  SortedWindow window_;
  std::size_t rank_;
};

/// The same between the two nearest ranks: the value of rank i (from 1) stands at 100 (i - 0.5) / length per cent, between
/// them a line, beyond the first and the last those.
///
/// Shape   one value in, one out; look-back length - 1
/// Units   those of the input
/// Cost    O(length) a step (SortedWindow)
/// Source  Pine ta.percentile_linear_interpolation (which keeps a NaN in the window)
class InterpolatedRank {
 public:
  InterpolatedRank(int length, double percentage) : window_(length) {
    CW_REQUIRE(percentage >= 0 && percentage <= 100);
    const double place = std::clamp(percentage * length / 100 - 0.5, 0.0, length - 1.0);
    // A percentage that means a whole rank is that rank, whatever its last digit.
    const bool whole = std::abs(place - std::round(place)) < 1e-9;
    const double below = whole ? std::round(place) : std::floor(place);
    rank_ = static_cast<std::size_t>(below);
    next_ = std::min(rank_ + 1, window_.size() - 1);
    share_ = whole ? 0 : place - below;
  }

  double step(double x) {
    if (is_nan(x)) return kNaN;
    if (!window_.step(x)) return kNaN;
    const double lower = window_.ranked(rank_);
    return std::fma(share_, window_.ranked(next_) - lower, lower);
  }

  int lookback() const { return static_cast<int>(window_.size()) - 1; }

 private:
  SortedWindow window_;
  std::size_t rank_ = 0;
  std::size_t next_ = 0;
  double share_ = 0;
};

/// Median of the last `length` values; of an even number the mean of the two in the middle.
///
/// Shape   one value in, one out; look-back length - 1
/// Units   those of the input
/// Cost    O(length) a step (SortedWindow)
/// Source  Pine ta.median (which answers a NaN with the window's median)
class Median : public InterpolatedRank {
 public:
  explicit Median(int length) : InterpolatedRank(length, 50) {}
  double step(double x) { return InterpolatedRank::step(x); }
};

/// The most frequent of the last `length` values; of several the smallest, so of values that are all different the lowest.
///
/// Shape   one value in, one out; look-back length - 1
/// Units   those of the input
/// Cost    O(length) a step
/// Source  Pine ta.mode (which answers a NaN with the window's mode)
class Mode {
 public:
  explicit Mode(int length) : window_(length) {}

  double step(double x) {
    if (is_nan(x)) return kNaN;
    return window_.step(x) ? longest_run(window_.sorted(), window_.size()) : kNaN;
  }

  int lookback() const { return static_cast<int>(window_.size()) - 1; }

 private:
  [[gnu::noinline]] static double longest_run(const double* sorted, std::size_t count) {
    // A run longer than `most` must have equal values `most` places apart.
    double mode = sorted[0];
    std::size_t most = 1;
    for (std::size_t i = 0; i + most < count; ++i) {
      while (i + most < count && sorted[i] == sorted[i + most]) {
        ++most;
        mode = sorted[i];
      }
    }
    return mode;
  }

  SortedWindow window_;
};

/// How many per cent of the `length` values before lie below the newest.
///
/// Seed    talib: below it; pine: below it or equal to it (so a flat series answers 0 and 100)
/// Shape   one value in, one out; look-back length
/// Units   per cent, 0 to 100
/// Cost    O(length) a step, counted: four values or four windows at a time
/// Source  TA-Lib PERCENTRANK; Pine ta.percentrank
class PercentRank {
 public:
  PercentRank(int length, Seed seed) : equal_counts_(seed == Seed::pine), share_(100.0 / length), window_(length) {}

  double step(double x) {
    if (is_nan(x)) return kNaN;
    const bool full = window_.full();
    const double count = full ? counted(window_.oldest(), window_.size(), x, equal_counts_) : kNaN;
    window_.push(x);
    return count * share_;
  }

  std::size_t fours(double) { return window_.full() ? 1'000'000'000 : 0; }
  Lanes step_four(Lanes x) {
    window_.push(x);
    // The four values' windows of values before begin four places before that of the last value.
    return counted(window_.oldest_of_four() - 1, window_.size(), x, equal_counts_) * share_;
  }

  int lookback() const { return static_cast<int>(window_.size()); }

 private:
  /// How many of `count` values lie below x (or equal it), as a whole number: by subtracting the -1 that a true comparison is.
  [[gnu::noinline]] static double counted(const double* values, std::size_t count, double x, bool equal) {
    std::size_t n = 0;
    if (equal) {
      for (std::size_t i = 0; i < count; ++i) n += values[i] <= x ? 1 : 0;
    } else {
      for (std::size_t i = 0; i < count; ++i) n += values[i] < x ? 1 : 0;
    }
    return static_cast<double>(n);
  }
  [[gnu::noinline]] static Lanes counted(const double* values, std::size_t count, Lanes x, bool equal) {
    LaneTruths n{};
    if (equal) {
      for (std::size_t i = 0; i < count; ++i) n -= lanes_at(values + i) <= x;
    } else {
      for (std::size_t i = 0; i < count; ++i) n -= lanes_at(values + i) < x;
    }
    return __builtin_convertvector(n, Lanes);
  }

  bool equal_counts_;
  double share_;
  Window window_;
};

}  // namespace cw::indicators
