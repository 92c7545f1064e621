#pragma once

#include <array>

#include "indicators/kernel.h"
#include "indicators/statistics/deviation.h"

namespace cw::indicators {

/// Bollinger bands: the mean of the last `length` values, and `mult` population standard deviations above and below.
///
/// Shape   one value in; [middle, upper, lower] out; look-back length - 1
/// Units   those of the input; on a flat window all three are the value exactly
/// Cost    O(1) a step, amortised
/// Source  TA-Lib BBANDS (as [upper, middle, lower], with STDDEV's absolute threshold); Pine ta.bb; J. Bollinger
class Bollinger {
 public:
  Bollinger(int length, double mult) : length_(length), mult_(mult), moments_(length) {}

  std::array<double, 3> step(double x) {
    if (is_nan(x) || !moments_.step(x)) return {kNaN, kNaN, kNaN};
    return of(moments_.mean(), moments_.variance());
  }

  std::size_t fours(double x) { return moments_.fours(x); }
  std::array<Lanes, 3> step_four(Lanes x) {
    const auto four = moments_.step_four(x);
    return of(four.mean, four.variance);
  }

  int lookback() const { return length_ - 1; }

 private:
  template <class T>
  std::array<T, 3> of(T middle, T variance) const {
    const T deviation = root(variance);
    return {middle, fused(mult_, deviation, middle), fused(-mult_, deviation, middle)};
  }

  int length_;
  double mult_;
  WindowMoments moments_;
};

/// Width of the Bollinger bands: (upper - lower) / middle.
///
/// Shape   one value in, one out; look-back length - 1
/// Units   per cent of the middle
/// 0/0     0 where the middle is 0
/// Cost    O(1) a step, amortised
/// Source  Pine ta.bbw
class BollingerWidth {
 public:
  BollingerWidth(int length, double mult) : length_(length), mult_(mult), moments_(length) {}

  double step(double x) {
    if (is_nan(x)) return kNaN;
    if (!moments_.step(x)) return kNaN;
    return of(moments_.mean(), moments_.variance());
  }

  std::size_t fours(double x) { return moments_.fours(x); }
  Lanes step_four(Lanes x) {
    const auto four = moments_.step_four(x);
    return of(four.mean, four.variance);
  }

  int lookback() const { return length_ - 1; }

 private:
  template <class T>
  T of(T middle, T variance) const {
    return where(middle == 0, T{}, 200 * mult_ * root(variance) / middle);
  }

  int length_;
  double mult_;
  WindowMoments moments_;
};

/// Where a value lies between the Bollinger bands: (value - lower) / (upper - lower).
///
/// Shape   one value in, one out; look-back length - 1
/// Units   0 at the lower band, 1 at the upper one; values outside the bands lie beyond
/// 0/0     0.5, the middle, on a flat window
/// Cost    O(1) a step, amortised
/// Source  J. Bollinger's %b
class PercentB {
 public:
  PercentB(int length, double mult) : scale_(0.5 / mult), score_(length) {}

  [[gnu::always_inline]] double step(double x) { return std::fma(score_.step(x), scale_, 0.5); }  // NaN stays NaN
  std::size_t fours(double x) { return score_.fours(x); }
  Lanes step_four(Lanes x) {
    const Lanes score = score_.step_four(x);
    Lanes answer;
    for (int i = 0; i < 4; ++i) answer[i] = std::fma(score[i], scale_, 0.5);
    return answer;
  }

  int lookback() const { return score_.lookback(); }

 private:
  double scale_;
  ZScore score_;
};

}  // namespace cw::indicators
