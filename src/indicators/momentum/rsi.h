#pragma once

#include <algorithm>
#include <cmath>

#include "base/require.h"
#include "indicators/kernel.h"

namespace cw::indicators {

/// Wilder's average of two series that are made from the changes of one: seeded with the mean of the first `length`
/// changes, then average + (x - average) / length. What RSI and CMO are ratios of.
class ChangeAverages {
 public:
  explicit ChangeAverages(int length) : length_(length), keep_(1.0 - 1.0 / length), weight_(1.0 - keep_) {
    CW_REQUIRE(length >= 1);
  }

  /// Takes the next value, which is not NaN, and of its change from the last one `part(change)` and the size: begin()
  /// until it is warm(), from when on there have been `length` changes, then next(). begin() answers warm().
  template <class Part>
  bool begin(double x, Part part) {
    const double change = x - last_;
    last_ = x;
    if (seen_++ == 0) return false;
    part_ += part(change);
    size_ += std::abs(change);
    if (seen_ <= length_) return false;
    part_ /= length_;
    size_ /= length_;
    return true;
  }
  bool warm() const { return seen_ > length_; }
  template <class Part>
  [[gnu::always_inline]] void next(double x, Part part) {
    const double change = x - last_;
    last_ = x;
    part_ = std::fma(keep_, part_, weight_ * part(change));
    size_ = std::fma(keep_, size_, weight_ * std::abs(change));
  }

  /// 100 times the part's share of the size, `flat` where nothing has moved. Where all of the size is the part's, the two
  /// are equal to the last bit: exactly 100. The bound is where doubles end: a series that stood still for thousands of
  /// bars has averages without digits.
  double percent(double flat) const { return size_ > 1e-290 ? 100 * (part_ / size_) : flat; }

 private:
  int length_;
  double keep_;
  double weight_;
  int seen_ = 0;
  double last_ = 0;
  double part_ = 0;
  double size_ = 0;
};

/// Relative Strength Index: how much of the average move was upward.
///
/// Shape   one value in, one out; look-back length
/// Units   0 to 100, whatever the input's
/// 0/0     a flat series answers 0 (talib) or 100 (pine)
/// Cost    O(1) a step, no memory of the window
/// Source  TA-Lib RSI; Pine ta.rsi; J. W. Wilder, New Concepts in Technical Trading Systems, 1978
class Rsi {
 public:
  explicit Rsi(int length, Seed seed = Seed::talib)
      : length_(length), flat_(seed == Seed::pine ? 100 : 0), averages_(length) {}

  [[gnu::always_inline]] double step(double x) {
    if (is_nan(x)) return kNaN;
    if (warm()) [[likely]]
      return next(x);
    return averages_.begin(x, gain) ? averages_.percent(flat_) : kNaN;
  }
  bool warm() const { return averages_.warm(); }
  [[gnu::always_inline]] double next(double x) {
    averages_.next(x, gain);
    return averages_.percent(flat_);
  }

  int lookback() const { return length_; }

 private:
  static double gain(double change) { return std::max(change, 0.0); }

  int length_;
  double flat_;
  ChangeAverages averages_;
};

}  // namespace cw::indicators
