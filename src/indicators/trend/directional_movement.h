#pragma once

#include <algorithm>
#include <array>
#include <cmath>

#include "base/require.h"
#include "indicators/kernel.h"
#include "indicators/volatility/true_range.h"

namespace cw::indicators {

/// Wilder's directional movement system (New Concepts in Technical Trading Systems, 1978): how far a bar reaches beyond the
/// bar before, up or down, as a share of the true range. The kernels of it:
///   DirectionalIndicator<true>, <false>   +DI and -DI: that share, in percent
///   Dx     how one-sided the two are: 100 |+DI - -DI| / (+DI + -DI); the true range cancels out of it
///   Adx    Wilder's average of DX
///   Dmi    +DI, -DI and ADX in one
///
/// Seed    talib: the sums of the first length - 1 movements (the first bar has none), then as ever. pine: Wilder's average
///         of all `length` first ones. Both answer from bar `length` on and come together as Wilder's average forgets
/// 0/0     +DI and -DI over no range: 0. DX without any movement: talib repeats the last DX (0 before there was one) and
///         leaves the ADX as it is; pine takes a DX of 0
/// Ties    a bar that reaches as far up as down has no movement. pine compares to within 1e-12 of the high, as prices that
///         are whole ticks apart differ in their last bits; talib compares exactly
/// Units   percent, 0 to 100
/// Cost    O(1) a bar, no memory of the window
/// Source  TA-Lib PLUS_DI, MINUS_DI, DX, ADX (of which PLUS_DI and MINUS_DI of length 1 lack the factor 100); Pine ta.dmi,
///         which answers NaN where the range is 0

/// How far a bar reaches beyond the one before, one side at most.
struct Movement {
  double plus = 0;
  double minus = 0;
};

/// The movement from bar to bar; none at the first.
class DirectionalMovement {
 public:
  explicit DirectionalMovement(Seed seed) : tolerance_(seed == Seed::pine ? 1e-12 : 0.0) {}

  [[gnu::always_inline]] Movement step(double high, double low) {
    // Both NaN at the first bar, where every comparison is false.
    const double up = high - previous_high_;
    const double down = previous_low_ - low;
    const double tie = tolerance_ * std::abs(high);
    previous_high_ = high;
    previous_low_ = low;
    return {up > std::max(0.0, down) + tie ? up : 0.0, down > std::max(0.0, up) + tie ? down : 0.0};
  }

 private:
  double tolerance_;
  double previous_high_ = kNaN;
  double previous_low_ = kNaN;
};

/// Wilder's sums of N series: each keeps (1 - 1 / length) of itself and takes the new value whole. They are his averages
/// times `length`, which cancels where one is divided by another. The first bar's values are left out.
template <std::size_t N>
class WilderSums {
 public:
  WilderSums(int length, Seed seed)
      : length_(length), plain_(seed == Seed::pine ? length + 1 : length), keep_(1.0 - 1.0 / length) {
    CW_REQUIRE(length >= 1);
  }

  /// True from the step after the first `length` ones on.
  [[gnu::always_inline]] bool step(const std::array<double, N>& values) {
    if (bars_ < plain_) [[unlikely]] {
      for (std::size_t i = 0; bars_ > 0 && i < N; ++i) sums_[i] += values[i];
      return bars_++ == length_;
    }
    for (std::size_t i = 0; i < N; ++i) sums_[i] = std::fma(keep_, sums_[i], values[i]);
    return true;
  }
  double operator[](std::size_t i) const { return sums_[i]; }
  int lookback() const { return length_; }

 private:
  int length_;
  int plain_;  // that many first bars are only added up
  double keep_;
  int bars_ = 0;
  std::array<double, N> sums_{};
};

/// The average of DX, from the sums of the movements up and down.
class AdxAverage {
 public:
  AdxAverage(int length, Seed seed)
      : length_(length), keep_(1.0 - 1.0 / length), weight_(1.0 - keep_), takes_zero_(seed == Seed::pine) {
    CW_REQUIRE(length >= 1);
  }

  [[gnu::always_inline]] double step(double plus, double minus) {
    const double sum = plus + minus;
    const bool moved = sum > kVanished;
    const double dx = moved ? 100 * std::abs(plus - minus) / sum : 0.0;
    if (seen_ < length_) [[unlikely]] {
      average_ += dx;
      if (++seen_ < length_) return kNaN;
      return average_ /= length_;
    }
    if (moved || takes_zero_) average_ = std::fma(keep_, average_, weight_ * dx);
    return average_;
  }
  int lookback() const { return length_ - 1; }

 private:
  int length_;
  double keep_;
  double weight_;
  bool takes_zero_;
  int seen_ = 0;
  double average_ = 0;
};

/// +DI (`Plus`) or -DI. Shape: high, low, close in, one out; look-back length. The rest: above.
template <bool Plus>
class DirectionalIndicator {
 public:
  explicit DirectionalIndicator(int length, Seed seed = Seed::talib) : movement_(seed), sums_(length, seed) {}

  [[gnu::always_inline]] double step(double high, double low, double close) {
    if (any_nan(high, low, close)) return kNaN;
    const Movement movement = movement_.step(high, low);
    const double range = true_range(high, low, previous_close_);
    previous_close_ = close;
    if (!sums_.step({Plus ? movement.plus : movement.minus, range})) return kNaN;
    return sums_[1] > kVanished ? 100 * sums_[0] / sums_[1] : 0.0;
  }

  int lookback() const { return sums_.lookback(); }

 private:
  DirectionalMovement movement_;
  WilderSums<2> sums_;
  double previous_close_ = kNaN;
};

/// Directional movement index. Shape: high, low in, one out; look-back length. The rest: above.
class Dx {
 public:
  explicit Dx(int length, Seed seed = Seed::talib)
      : movement_(seed), sums_(length, seed), repeats_(seed == Seed::talib) {}

  [[gnu::always_inline]] double step(double high, double low) {
    if (any_nan(high, low)) return kNaN;
    const Movement movement = movement_.step(high, low);
    if (!sums_.step({movement.plus, movement.minus})) return kNaN;
    const double sum = sums_[0] + sums_[1];
    if (sum > kVanished) [[likely]]
      return last_ = 100 * std::abs(sums_[0] - sums_[1]) / sum;
    return repeats_ ? last_ : 0.0;
  }

  int lookback() const { return sums_.lookback(); }

 private:
  DirectionalMovement movement_;
  WilderSums<2> sums_;
  bool repeats_;
  double last_ = 0;
};

/// Average directional movement index. Shape: high, low in, one out; look-back length + smoothing - 1. The rest: above.
class Adx {
 public:
  Adx(int length, int smoothing, Seed seed = Seed::talib)
      : movement_(seed), sums_(length, seed), average_(smoothing, seed) {}

  [[gnu::always_inline]] double step(double high, double low) {
    if (any_nan(high, low)) return kNaN;
    const Movement movement = movement_.step(high, low);
    if (!sums_.step({movement.plus, movement.minus})) return kNaN;
    return average_.step(sums_[0], sums_[1]);
  }

  int lookback() const { return sums_.lookback() + average_.lookback(); }

 private:
  DirectionalMovement movement_;
  WilderSums<2> sums_;
  AdxAverage average_;
};

/// +DI, -DI and ADX. Shape: high, low, close in, three out; look-back length for the first two, length + smoothing - 1 for
/// the third. The rest: above.
class Dmi {
 public:
  Dmi(int length, int smoothing, Seed seed = Seed::talib)
      : movement_(seed), sums_(length, seed), average_(smoothing, seed) {}

  [[gnu::always_inline]] std::array<double, 3> step(double high, double low, double close) {
    if (any_nan(high, low, close)) return {kNaN, kNaN, kNaN};
    const Movement movement = movement_.step(high, low);
    const double range = true_range(high, low, previous_close_);
    previous_close_ = close;
    if (!sums_.step({movement.plus, movement.minus, range})) return {kNaN, kNaN, kNaN};
    const double percent = sums_[2] > kVanished ? 100 / sums_[2] : 0.0;
    return {sums_[0] * percent, sums_[1] * percent, average_.step(sums_[0], sums_[1])};
  }

  int lookback() const { return sums_.lookback(); }

 private:
  DirectionalMovement movement_;
  WilderSums<3> sums_;
  AdxAverage average_;
  double previous_close_ = kNaN;
};

}  // namespace cw::indicators
