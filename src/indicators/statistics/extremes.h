#pragma once

#include <array>
#include <cstddef>
#include <limits>

#include "indicators/kernel.h"
#include "indicators/sliding_extreme.h"
#include "indicators/sliding_extreme_at.h"

namespace cw::indicators {

/// The highest (`Max`) or lowest of the last `length` values.
///
/// Shape   one value in, one out; look-back length - 1
/// Units   those of the input
/// Cost    O(1) a step, amortised
/// Source  TA-Lib MAX, MIN; Pine ta.highest, ta.lowest (which begin anew after a NaN, where all of this room skip it)
template <bool Max>
class WindowExtreme {
 public:
  explicit WindowExtreme(int length) : length_(length), extreme_(length) {}

  double step(double x) {
    if (is_nan(x)) return kNaN;
    return extreme_.step(x) ? extreme_.value() : kNaN;
  }

  void run_part(const InputColumns<WindowExtreme>& in, const OutputColumns<WindowExtreme>& out, std::size_t rows) {
    extreme_.run_part(in[0], out[0], rows);
  }

  int lookback() const { return length_ - 1; }

 private:
  int length_;
  SlidingExtreme<Max> extreme_;
};

/// How many bars ago that was, as a negative number: 0 is the newest bar. Of equal values the oldest counts.
///
/// Shape   one value in, one out; look-back length - 1
/// Units   bars, -(length - 1) to 0
/// Cost    O(1) a step, amortised
/// Source  Pine ta.highestbars, ta.lowestbars. TA-Lib MAXINDEX, MININDEX count from the first bar of the series; of equal
///         values they take now the newest, now the oldest, as the search came by
template <bool Max>
class WindowExtremeBars {
 public:
  explicit WindowExtremeBars(int length) : length_(length), extreme_(length) {}

  double step(double x) {
    if (is_nan(x)) return kNaN;
    return extreme_.step(x) ? 0.0 - extreme_.age() : kNaN;
  }

  int lookback() const { return length_ - 1; }

 private:
  int length_;
  SlidingExtremeAt<Max, Tie::oldest> extreme_;
};

/// Highest minus lowest of the last `length` values.
///
/// Shape   one value in, one out; look-back length - 1
/// Units   those of the input
/// Cost    O(1) a step, amortised
/// Source  Pine ta.range
class WindowRange {
 public:
  explicit WindowRange(int length) : length_(length), highest_(length), lowest_(length) {}

  double step(double x) {
    if (is_nan(x)) return kNaN;
    const bool full = highest_.step(x);
    (void)lowest_.step(x);
    return full ? highest_.value() - lowest_.value() : kNaN;
  }

  void run_part(const InputColumns<WindowRange>& in, const OutputColumns<WindowRange>& out, std::size_t rows) {
    std::array<double, kPartMost> lowest;
    highest_.run_part(in[0], out[0], rows);
    lowest_.run_part(in[0], lowest.data(), rows);
    for (std::size_t i = 0; i < rows; ++i) out[0][i] -= lowest[i];
  }

  int lookback() const { return length_ - 1; }

 private:
  int length_;
  SlidingExtreme<true> highest_;
  SlidingExtreme<false> lowest_;
};

/// The highest (`Max`) or lowest value since the first bar.
///
/// Shape   one value in, one out; no look-back
/// Units   those of the input
/// Cost    O(1) a step
/// Source  Pine ta.max, ta.min (which answer a NaN with the value so far)
template <bool Max>
class AllTimeExtreme {
 public:
  double step(double x) {
    if (is_nan(x)) return kNaN;
    return extreme_ = (Max ? extreme_ < x : x < extreme_) ? x : extreme_;
  }

  int lookback() const { return 0; }

 private:
  double extreme_ = Max ? -std::numeric_limits<double>::infinity() : std::numeric_limits<double>::infinity();
};

}  // namespace cw::indicators
