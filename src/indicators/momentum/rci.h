#pragma once

#include <cmath>
#include <cstddef>
#include <limits>

#include "base/require.h"
#include "indicators/kernel.h"
#include "indicators/window.h"

namespace cw::indicators {

/// Rank Correlation Index: Spearman's correlation between the order in time of the last `length` values and their order
/// by size; equal values share the mean of their ranks.
///
/// Shape   one value in, one out; look-back length (Pine's, though `length` values are there one bar earlier)
/// Units   -100 (falling all the way) to 100 (rising all the way)
/// 0/0     a window of equal values answers 0 (Pine: na)
/// Cost    O(length) a step: a new value may move every rank. No sorting: the ranks are kept and corrected
/// Source  Pine ta.rci, which counts values nearer than 1e-10 as equal; here equal is equal
class Rci {
 public:
  /// length >= 2.
  explicit Rci(int length) : length_(length), values_(length), ranks_(length) {
    CW_REQUIRE(length >= 2);
    const double n = length_;
    mean_ = (n - 1) / 2;
    time_variance_ = (n - 1) * (2 * n - 1) / 6 - mean_ * mean_;
    for (int i = 0; i < length; ++i) {  // full from the beginning, so that places are the same all the time
      values_.push(0.0);
      ranks_.push(0.0);
    }
  }

  [[gnu::always_inline]] double step(double x) {
    if (is_nan(x)) return kNaN;
    // What is not there yet is below everything and equal to nothing.
    const double out = seen_ < length_ ? kNothing : values_.oldest()[0];
    values_.push(x);
    ranks_.push(0.0);
    const std::size_t first = static_cast<std::size_t>(length_ - 1 - (seen_ < length_ ? seen_ : length_ - 1));
    const auto [time_by_rank, rank_squares] = correct(values_.oldest(), ranks_.oldest(), first, values_.size(), x, out);
    if (seen_ < length_) [[unlikely]] {
      ++seen_;
      return kNaN;
    }
    const double n = length_;
    const double variance = rank_squares / n - mean_ * mean_;
    const double covariance = time_by_rank / n - mean_ * mean_;
    return variance > 0 ? 100 * (covariance / std::sqrt(time_variance_ * variance)) : 0;
  }

  int lookback() const { return length_; }

 private:
  static constexpr double kNothing = -std::numeric_limits<double>::infinity();

  struct Sums {
    double time_by_rank;
    double rank_squares;
  };

  /// What a value adds to another one's rank: ranks count from 0 at the highest; half a place for an equal.
  static double above(double value, double other) { return (value > other ? 0.5 : 0.0) + (value >= other ? 0.5 : 0.0); }

  /// Values from `first` on are there, the last is the new one. Its rank is counted, the others' are corrected by it and
  /// by the one that left. All are whole or half, so their sums are exact in any order.
  static Sums correct(const double* values, double* ranks, std::size_t first, std::size_t count, double in,
                      double out) {
    double own = 0;
    Sums sums{};
    const std::size_t last = count - 1;
    for (std::size_t i = first; i < last; ++i) {
      own += above(values[i], in);
      const double rank = ranks[i] + (above(in, values[i]) - above(out, values[i]));
      ranks[i] = rank;
      sums.time_by_rank += static_cast<double>(last - i) * rank;
      sums.rank_squares += rank * rank;
    }
    ranks[last] = own;
    sums.rank_squares += own * own;  // in time the newest is the 0th
    return sums;
  }

  int length_;
  int seen_ = 0;
  double mean_ = 0;
  double time_variance_ = 0;
  Window values_;
  Window ranks_;
};

}  // namespace cw::indicators
