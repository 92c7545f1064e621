#pragma once

#include <array>
#include <cmath>
#include <cstddef>

#include "indicators/kernel.h"
#include "indicators/window.h"

namespace cw::indicators {

/// Arnaud Legoux moving average: Gaussian weights whose middle lies at `offset` of the window (0 the oldest value, 1 the
/// newest) and whose width is length / sigma. `floor` rounds the middle down to a whole place.
///
/// Shape   one value in, one out; look-back length - 1
/// Units   those of the input; a flat window answers its value exactly
/// Cost    O(length) a step, four products at a time: weights without a recursion have no shorter way
/// Source  Pine ta.alma
class Alma {
 public:
  Alma(int length, double offset, double sigma, bool floor) : window_(length), weights_(window_.size()) {
    CW_REQUIRE(sigma > 0);
    const double place = offset * (length - 1);
    const double middle = floor ? std::floor(place) : place;
    const double width = length / sigma;
    double sum = 0;
    for (std::size_t i = 0; i < weights_.size(); ++i) {
      const double z = (static_cast<double>(i) - middle) / width;
      sum += weights_[i] = std::exp(-z * z / 2);
    }
    for (std::size_t i = 0; i < weights_.size(); ++i) weights_[i] /= sum;
  }

  double step(double x) {
    if (is_nan(x)) return kNaN;
    window_.push(x);
    if (!window_.full()) return kNaN;
    return x + weighted(window_.oldest(), weights_.data(), weights_.size(), x);
  }

  std::size_t fours(double) { return window_.full() ? kRowsMost : 0; }
  Lanes step_four(Lanes x) {
    window_.push(x);
    return x + weighted(window_.oldest_of_four(), weights_.data(), weights_.size(), x);
  }

  int lookback() const { return static_cast<int>(weights_.size()) - 1; }

 private:
  static constexpr std::size_t kRowsMost = 1'000'000'000;

  /// sum of weight (value - pivot), into four sums by place, for one window and for four alike.
  [[gnu::noinline]] static double weighted(const double* values, const double* weights, std::size_t count,
                                           double pivot) {
    Lanes sums{};
    std::size_t i = 0;
    for (; i + 4 <= count; i += 4) sums = fused(lanes_at(weights + i), lanes_at(values + i) - pivot, sums);
    for (std::size_t k = 0; i < count; ++i, ++k) sums[k] = std::fma(weights[i], values[i] - pivot, sums[k]);
    return sum_of(sums);
  }
  [[gnu::noinline]] static Lanes weighted(const double* values, const double* weights, std::size_t count, Lanes pivot) {
    std::array<Lanes, 4> sums{};
    std::size_t i = 0;
    for (; i + 4 <= count; i += 4) {
      for (std::size_t k = 0; k < 4; ++k) sums[k] = fused(weights[i + k], lanes_at(values + i + k) - pivot, sums[k]);
    }
    for (std::size_t k = 0; i < count; ++i, ++k) sums[k] = fused(weights[i], lanes_at(values + i) - pivot, sums[k]);
    return (sums[0] + sums[1]) + (sums[2] + sums[3]);
  }

  Window window_;
  Buffer weights_;
};

/// Symmetrically weighted moving average of the last four values: weights 1/6, 2/6, 2/6, 1/6.
///
/// Shape   one value in, one out; look-back 3
/// Units   those of the input; a flat window answers its value exactly
/// Cost    O(1) a step
/// Source  Pine ta.swma
class Swma {
 public:
  double step(double x) {
    if (is_nan(x)) return kNaN;
    const double c = before_[2];
    const double b = before_[1];
    const double a = before_[0];
    before_ = {x, a, b};
    if (seen_ < 3) [[unlikely]] {
      ++seen_;
      return kNaN;
    }
    return x + ((c - x) + 2 * ((b - x) + (a - x))) * (1.0 / 6);
  }

  int lookback() const { return 3; }

 private:
  std::array<double, 3> before_{};  // newest first
  int seen_ = 0;
};

}  // namespace cw::indicators
