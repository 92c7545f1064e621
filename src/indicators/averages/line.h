#pragma once

#include <algorithm>

#include "indicators/kernel.h"
#include "indicators/sliding_line.h"

namespace cw::indicators {

/// A value of the last `length` values that is their mean plus `weight` times their lean (see SlidingLine). Averages with
/// weights along a line and all points of the regression line are of this kind and differ in the weight alone; a flat
/// window answers its value exactly.
/// Cost    O(1) a step, amortised
class LineAverage {
 public:
  LineAverage(int length, double weight) : length_(length), inverse_(1.0 / length), weight_(weight), line_(length) {}

  [[gnu::always_inline]] double step(double x) {
    if (is_nan(x)) return kNaN;
    if (!line_.step(x)) return kNaN;
    return line_.pivot() + std::fma(line_.lean(), weight_, line_.sum_from_pivot() * inverse_);
  }

  [[gnu::always_inline]] std::size_t fours(double x) { return line_.fours(x); }
  [[gnu::always_inline]] Lanes step_four(Lanes x) {
    const auto [sum, lean] = line_.step_four(x);
    return spread(line_.pivot()) + fused(lean, weight_, sum * inverse_);
  }

  int lookback() const { return length_ - 1; }

 private:
  int length_;
  double inverse_;
  double weight_;
  SlidingLine line_;
};

/// sum of (j - middle)^2 over a window of `length`: what turns a lean into the slope of the regression line.
inline double sum_of_squared_places(int length) {
  const double n = length;
  return n * (n * n - 1) / 12;
}

/// Weighted moving average: the newest value weighs `length`, the oldest 1.
///
/// Shape   one value in, one out; look-back length - 1
/// Units   those of the input
/// Cost    O(1) a step, amortised
/// Source  TA-Lib WMA; Pine ta.wma (which puts the value before into a NaN's place, where all of this room skip it)
class Wma : public LineAverage {
 public:
  explicit Wma(int length) : LineAverage(length, 2 / (length * (length + 1.0))) {}
  [[gnu::always_inline]] double step(double x) { return LineAverage::step(x); }
};

/// The least squares line through the last `length` values, read `offset` bars before the newest (negative: after it).
///
/// Shape   one value in, one out; look-back length - 1
/// Units   those of the input
/// 0/0     a length of 1 has no slope: the answer is the value itself
/// Cost    O(1) a step, amortised
/// Source  TA-Lib LINEARREG (offset 0), TSF (offset -1), LINEARREG_INTERCEPT (offset length - 1); Pine ta.linreg
class Linreg : public LineAverage {
 public:
  Linreg(int length, int offset)
      : LineAverage(length, length == 1 ? 0 : ((length - 1) / 2.0 - offset) / sum_of_squared_places(length)) {}
  [[gnu::always_inline]] double step(double x) { return LineAverage::step(x); }
};

/// Hull moving average: the WMA over floor(sqrt(length)) of 2 WMA(length / 2) - WMA(length), rounded down.
///
/// Shape   one value in, one out; look-back length - 1 + floor(sqrt(length)) - 1; length at least 2
/// Units   those of the input
/// Cost    O(1) a step, amortised
/// Source  TA-Lib HMA; Pine ta.hma; A. Hull, 2005
class Hma {
 public:
  explicit Hma(int length) : half_(length / 2), whole_(length), smooth_(root(length)) { CW_REQUIRE(length >= 2); }

  double step(double x) {
    if (is_nan(x)) return kNaN;
    const double half = half_.step(x);
    const double whole = whole_.step(x);
    if (is_nan(whole)) [[unlikely]]
      return kNaN;
    return smooth_.step(half + (half - whole));
  }

  /// The three averages one after the other over pieces of the columns: each takes its values in fours.
  template <class In, class Out>
  void run_rows(const In& in, const Out& out, std::size_t rows) {
    constexpr std::size_t kPiece = 256;
    double half[kPiece];
    double whole[kPiece];
    for (std::size_t from = 0; from < rows; from += kPiece) {
      const std::size_t piece = std::min(kPiece, rows - from);
      run(half_, {in[0] + from}, {half}, piece);
      run(whole_, {in[0] + from}, {whole}, piece);
      // NaN where `whole` is, and the smoothing skips that.
      for (std::size_t i = 0; i < piece; ++i) half[i] = half[i] + (half[i] - whole[i]);
      run(smooth_, {half}, {out[0] + from}, piece);
    }
  }

  int lookback() const { return whole_.lookback() + smooth_.lookback(); }

 private:
  static int root(int length) {
    int n = 1;
    while ((n + 1) * (n + 1) <= length) ++n;
    return n;
  }

  Wma half_;
  Wma whole_;
  Wma smooth_;
};

}  // namespace cw::indicators
