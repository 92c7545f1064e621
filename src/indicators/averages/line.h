#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <vector>

#include "indicators/kernel.h"
#include "indicators/sliding_line.h"
#include "indicators/weighted_window.h"

namespace cw::indicators {

/// sum of (j - middle)^2 over a window of `length`: what turns a lean into the slope of the regression line.
inline double sum_of_squared_places(int length) {
  const double n = length;
  return n * (n * n - 1) / 12;
}

/// What a straight line of weights makes of the last `length` values: `level` (1 or 0) times their mean plus `lean` times
/// their lean (see SlidingLine). Averages with weights along a line, all points of the regression line and its slope are of
/// this kind; a flat window answers its value, or 0, exactly. This one keeps sums: for long windows.
/// Cost    O(1) a step, amortised
class LongWeightedLine {
 public:
  LongWeightedLine(int length, double level, double lean)
      : length_(length), level_(level), lean_(lean), share_(level / length), line_(length) {}

  [[gnu::always_inline]] double step(double x) {
    if (is_nan(x)) return kNaN;
    if (!line_.step(x)) return kNaN;
    return level_ * line_.pivot() + std::fma(line_.lean(), lean_, line_.sum_from_pivot() * share_);
  }

  [[gnu::always_inline]] std::size_t fours(double x) { return line_.fours(x); }
  [[gnu::always_inline]] Lanes step_four(Lanes x) {
    const auto [sum, lean] = line_.step_four(x);
    return spread(level_ * line_.pivot()) + fused(lean, lean_, sum * share_);
  }

  int lookback() const { return length_ - 1; }

 private:
  int length_;
  double level_;
  double lean_;
  double share_;
  SlidingLine line_;
};

/// The same for any length: a short window is added up anew at each step, which is less work than to keep its sums.
class WeightedLine {
 public:
  WeightedLine(int length, double level, double lean)
      : length_(length),
        short_(is_short() ? weights(length, level, lean) : Weights{1}, is_short() ? level : 1),
        long_(is_short() ? 1 : length, level, lean) {}

  double step(double x) { return is_short() ? short_.step(x) : long_.step(x); }

  void run_part(const InputColumns<WeightedLine>& in, const OutputColumns<WeightedLine>& out, std::size_t rows) {
    if (is_short()) {
      short_.run_part(in, out, rows);
    } else {
      run(long_, in, out, rows);
    }
  }

  int lookback() const { return length_ - 1; }

  using Weights = std::vector<double>;
  /// The weight of each value, the newest first.
  static Weights weights(int length, double level, double lean) {
    Weights all;
    for (int k = 0; k < length; ++k) all.push_back(level / length + lean * ((length - 1) / 2.0 - k));
    return all;
  }

 private:
  static constexpr int kShortMost = 28;  // here the two cost about the same
  bool is_short() const { return length_ <= kShortMost; }

  int length_;
  WeightedWindow short_;
  LongWeightedLine long_;
};

/// Weighted moving average: the newest value weighs `length`, the oldest 1.
///
/// Shape   one value in, one out; look-back length - 1
/// Units   those of the input
/// Cost    O(1) a step, amortised
/// Source  TA-Lib WMA; Pine ta.wma (which puts the value before into a NaN's place, where all of this room skip it)
class Wma : public WeightedLine {
 public:
  explicit Wma(int length) : WeightedLine(length, 1, lean(length)) {}
  double step(double x) { return WeightedLine::step(x); }

  static double lean(int length) { return 2 / (length * (length + 1.0)); }
};

/// The least squares line through the last `length` values, read `offset` bars before the newest (negative: after it).
///
/// Shape   one value in, one out; look-back length - 1
/// Units   those of the input
/// 0/0     a length of 1 has no slope: the answer is the value itself
/// Cost    O(1) a step, amortised
/// Source  TA-Lib LINEARREG (offset 0), TSF (offset -1), LINEARREG_INTERCEPT (offset length - 1); Pine ta.linreg
class Linreg : public WeightedLine {
 public:
  Linreg(int length, int offset)
      : WeightedLine(length, 1, length == 1 ? 0 : ((length - 1) / 2.0 - offset) / sum_of_squared_places(length)) {}
  double step(double x) { return WeightedLine::step(x); }
};

/// Slope of the least squares line through the last `length` values.
///
/// Shape   one value in, one out; look-back length - 1; length at least 2
/// Units   those of the input a bar; exactly 0 on a flat window
/// Cost    O(1) a step, amortised
/// Source  TA-Lib LINEARREG_SLOPE
class Slope : public WeightedLine {
 public:
  explicit Slope(int length) : WeightedLine(length, 0, 1 / sum_of_squared_places(length)) { CW_REQUIRE(length >= 2); }
  double step(double x) { return WeightedLine::step(x); }
};

/// Hull moving average: the WMA over floor(sqrt(length)) of 2 WMA(length / 2) - WMA(length), rounded down.
///
/// Shape   one value in, one out; look-back length - 1 + floor(sqrt(length)) - 1; length at least 2
/// Units   those of the input
/// Cost    O(1) a step, amortised
/// Source  TA-Lib HMA; Pine ta.hma; A. Hull, 2005
class Hma {
 public:
  explicit Hma(int length)
      : half_(length / 2),
        whole_(length),
        smooth_(root(length)),
        at_once_(is_short() ? weights(length) : WeightedLine::Weights{1}, 1) {
    CW_REQUIRE(length >= 2);
  }

  double step(double x) {
    if (is_nan(x)) return kNaN;
    if (is_short()) return at_once_.step(x);
    const double half = half_.step(x);
    const double whole = whole_.step(x);
    return is_nan(whole) ? kNaN : smooth_.step(half + (half - whole));
  }

  void run_part(const InputColumns<Hma>& in, const OutputColumns<Hma>& out, std::size_t rows) {
    if (is_short()) return at_once_.run_part(in, out, rows);
    std::array<double, kPartMost> half;
    std::array<double, kPartMost> whole;
    half_.run_part(in, {half.data()}, rows);
    whole_.run_part(in, {whole.data()}, rows);
    // NaN where `whole` is, and the smoothing skips that.
    for (std::size_t i = 0; i < rows; ++i) half[i] = half[i] + (half[i] - whole[i]);
    run(smooth_, {half.data()}, out, rows);
  }

  int lookback() const { return whole_.lookback() + smooth_.lookback(); }

 private:
  static int root(int length) {
    int n = 1;
    while ((n + 1) * (n + 1) <= length) ++n;
    return n;
  }

  /// Averages of averages are averages: the weights, the newest first, where they are few enough to be worked at once.
  static WeightedLine::Weights weights(int length) {
    const auto wma = [](int n) { return WeightedLine::weights(n, 1, Wma::lean(n)); };
    WeightedLine::Weights inner = wma(length);
    for (double& weight : inner) weight = -weight;
    const WeightedLine::Weights half = wma(length / 2);
    for (std::size_t k = 0; k < half.size(); ++k) inner[k] += 2 * half[k];
    const WeightedLine::Weights outer = wma(root(length));
    WeightedLine::Weights all(inner.size() + outer.size() - 1);
    for (std::size_t i = 0; i < outer.size(); ++i) {
      for (std::size_t k = 0; k < inner.size(); ++k) all[i + k] += outer[i] * inner[k];
    }
    return all;
  }
  bool is_short() const { return lookback() < static_cast<int>(WeightedWindow::kMost); }

  Wma half_;
  Wma whole_;
  Wma smooth_;
  WeightedWindow at_once_;
};

}  // namespace cw::indicators
