#pragma once

#include <array>
#include <cmath>

#include "indicators/kernel.h"
#include "indicators/sliding_sum.h"
#include "indicators/window.h"

namespace cw::indicators {

/// Mean and variance of the last `length` values, for the kernels below. A flat window has a variance of exactly 0, and as
/// all is counted from a value of the window no digit is lost at large prices, none vanishes at small ones.
class WindowMoments {
 public:
  /// `biased` divides by length, else by length - 1 (length at least 2).
  explicit WindowMoments(int length, bool biased = true)
      : inverse_(1.0 / length), divisor_(1.0 / (biased ? length : length - 1)), sum_(length) {
    CW_REQUIRE(biased || length >= 2);
  }

  [[gnu::always_inline]] bool step(double x) { return sum_.step(x); }
  double mean() const { return mean(sum_.pivot(), sum_.sum_from_pivot()); }
  double variance() const { return variance(sum_.sum_from_pivot(), sum_.squares_from_pivot()); }
  /// How far x lies above the mean. Counted from the pivot, it keeps the digits that the mean itself has not room for.
  double above_mean(double x) const { return (x - sum_.pivot()) - sum_.sum_from_pivot() * inverse_; }

  /// The same in fours (see kernel.h).
  [[gnu::always_inline]] std::size_t fours(double x) { return sum_.fours(x); }
  struct Four {
    Lanes mean;
    Lanes variance;
    Lanes above_mean;  // of the value itself
  };
  [[gnu::always_inline]] Four step_four(Lanes x) {
    const auto [sum, squares] = sum_.step_four(x);
    return {mean(spread(sum_.pivot()), sum), variance(sum, squares), (x - sum_.pivot()) - sum * inverse_};
  }

 private:
  template <class T>
  T mean(T pivot, T sum) const {
    return fused(sum, inverse_, pivot);
  }
  template <class T>
  T variance(T sum, T squares) const {
    return not_negative((squares - sum * sum * inverse_) * divisor_);
  }

  double inverse_;
  double divisor_;
  SlidingSum<2> sum_;
};

/// Variance of the last `length` values: of the population (biased), or the estimate from a sample.
///
/// Shape   one value in, one out; look-back length - 1; unbiased takes a length of at least 2
/// Units   those of the input, squared; exactly 0 on a flat window
/// Cost    O(1) a step, amortised
/// Source  TA-Lib VAR (biased; it sets variances below an absolute 1e-14 to 0); Pine ta.variance
class Variance {
 public:
  Variance(int length, bool biased) : length_(length), moments_(length, biased) {}

  double step(double x) {
    if (is_nan(x)) return kNaN;
    if (!moments_.step(x)) return kNaN;
    return moments_.variance();
  }

  std::size_t fours(double x) { return moments_.fours(x); }
  Lanes step_four(Lanes x) { return moments_.step_four(x).variance; }

  int lookback() const { return length_ - 1; }

 private:
  int length_;
  WindowMoments moments_;
};

/// Standard deviation of the last `length` values: the root of Variance.
///
/// Shape   one value in, one out; look-back length - 1; unbiased takes a length of at least 2
/// Units   those of the input; exactly 0 on a flat window
/// Cost    O(1) a step, amortised
/// Source  TA-Lib STDDEV (biased; it sets variances below an absolute 1e-14 to 0); Pine ta.stdev
class Stdev {
 public:
  Stdev(int length, bool biased) : length_(length), moments_(length, biased) {}

  double step(double x) {
    if (is_nan(x)) return kNaN;
    if (!moments_.step(x)) return kNaN;
    return std::sqrt(moments_.variance());
  }

  std::size_t fours(double x) { return moments_.fours(x); }
  Lanes step_four(Lanes x) { return root(moments_.step_four(x).variance); }

  int lookback() const { return length_ - 1; }

 private:
  int length_;
  WindowMoments moments_;
};

/// How many (population) standard deviations the newest value lies above the mean of the last `length`.
///
/// Shape   one value in, one out; look-back length - 1
/// Units   standard deviations
/// 0/0     0 on a flat window
/// Cost    O(1) a step, amortised
/// Source  the standard score of any textbook of statistics
class ZScore {
 public:
  explicit ZScore(int length) : length_(length), moments_(length) {}

  double step(double x) {
    if (is_nan(x)) return kNaN;
    if (!moments_.step(x)) return kNaN;
    return of(moments_.above_mean(x), moments_.variance());
  }

  std::size_t fours(double x) { return moments_.fours(x); }
  Lanes step_four(Lanes x) {
    const auto four = moments_.step_four(x);
    return of(four.above_mean, four.variance);
  }

  int lookback() const { return length_ - 1; }

 private:
  template <class T>
  static T of(T above_mean, T variance) {
    return where(variance == 0, T{}, above_mean / root(variance));
  }

  int length_;
  WindowMoments moments_;
};

/// Mean absolute deviation of the last `length` values from their mean.
///
/// Shape   one value in, one out; look-back length - 1
/// Units   those of the input; exactly 0 on a flat window
/// Cost    O(length) a step: the mean moves under every value; eight values or four windows at a time
/// Source  TA-Lib AVGDEV; Pine ta.dev
class MeanDeviation {
 public:
  explicit MeanDeviation(int length) : inverse_(1.0 / length), sum_(length), window_(length) {}

  double step(double x) {
    if (is_nan(x)) return kNaN;
    window_.push(x);
    if (!sum_.step(x)) return kNaN;
    return distances(window_.oldest(), window_.size(), sum_.pivot(), sum_.sum_from_pivot() * inverse_) * inverse_;
  }

  std::size_t fours(double x) { return sum_.fours(x); }
  Lanes step_four(Lanes x) {
    window_.push(x);
    const Lanes mean_from_pivot = sum_.step_four(x).sum * inverse_;
    return distances(window_.oldest_of_four(), window_.size(), sum_.pivot(), mean_from_pivot) * inverse_;
  }

  int lookback() const { return static_cast<int>(window_.size()) - 1; }

 private:
  /// Distances from a mean, all counted from a pivot, into eight sums by place, for one window (four places at a time) and for four windows (one place at a time) alike.
  [[gnu::noinline]] static double distances(const double* values, std::size_t count, double pivot, double mean) {
    Lanes even{};
    Lanes odd{};
    std::size_t i = 0;
    for (; i + 8 <= count; i += 8) {
      even += absolute(lanes_at(values + i) - pivot - mean);
      odd += absolute(lanes_at(values + i + 4) - pivot - mean);
    }
    for (std::size_t k = 0; i < count; ++i, ++k) (k < 4 ? even : odd)[k % 4] += std::abs(values[i] - pivot - mean);
    const Lanes sums = even + odd;
    return sum_of(sums);
  }
  [[gnu::noinline]] static Lanes distances(const double* values, std::size_t count, double pivot, Lanes mean) {
    std::array<Lanes, 8> sums{};
    std::size_t i = 0;
    for (; i + 8 <= count; i += 8) {
      for (std::size_t k = 0; k < 8; ++k) sums[k] += absolute(lanes_at(values + i + k) - pivot - mean);
    }
    for (std::size_t k = 0; i < count; ++i, ++k) sums[k] += absolute(lanes_at(values + i) - pivot - mean);
    return ((sums[0] + sums[4]) + (sums[1] + sums[5])) + ((sums[2] + sums[6]) + (sums[3] + sums[7]));
  }

  double inverse_;
  SlidingSum<1> sum_;
  Window window_;
};

}  // namespace cw::indicators
