#pragma once

#include <array>
#include <cmath>
#include <cstddef>

#include "indicators/kernel.h"
#include "indicators/volatility/true_range.h"
#include "indicators/window_totals.h"

namespace cw::indicators {

/// Vortex: the way from each bar's low to the next one's high, and from its high to the next one's low, both summed over
/// `length` bars and divided by the sum of true ranges. Answers [vi+, vi-]; the greater one names the trend.
///
/// Shape   high, low, close in, two out; look-back length (the first bar has no bar before it)
/// Units   none, around 1
/// 0/0     0 and 0 where the true ranges of the whole window are 0, as in TA-Lib
/// Cost    O(1) a step, amortised; 3 length doubles
/// Source  E. Botes, D. Siepman, Technical Analysis of Stocks & Commodities, January 2010; TA-Lib VORTEX
class Vortex {
 public:
  explicit Vortex(int length) : length_(length), ups_(length), downs_(length), ranges_(length) {}

  [[gnu::always_inline]] std::array<double, 2> step(double high, double low, double close) {
    if (any_nan(high, low, close)) return {kNaN, kNaN};
    const double up = std::abs(high - previous_low_);
    const double down = std::abs(low - previous_high_);
    const double range = true_range_after(high, low, previous_close_);
    remember(high, low, close);
    if (is_nan(range)) [[unlikely]]
      return {kNaN, kNaN};
    const double ranges = ranges_.step(range);
    return {share(ups_.step(up), ranges), share(downs_.step(down), ranges)};
  }

  bool warm() const { return !is_nan(previous_close_); }

  void run_part(const InputColumns<Vortex>& in, const OutputColumns<Vortex>& out, std::size_t rows) {
    const double* const high = in[0];
    const double* const low = in[1];
    const double* const close = in[2];
    const auto ways = [&](const double* to, const double* from, double previous) {
      return [=](double* way) {
        way[0] = std::abs(to[0] - previous);
        in_fours(1, rows, [=](std::size_t i, auto t) { put(way + i, absolute(at(to + i, t) - at(from + i - 1, t))); });
      };
    };
    const auto true_ranges = [&](double* range) {
      range[0] = true_range_after(high[0], low[0], previous_close_);
      in_fours(1, rows, [=](std::size_t i, auto t) {
        put(range + i, true_range_after(at(high + i, t), at(low + i, t), at(close + i - 1, t)));
      });
    };
    std::array<double, kPartMost> ranges;
    ranges_.run_part_of(true_ranges, ranges.data(), rows);
    const auto shares = [&](std::size_t i, auto way) { return share(way, at(&ranges[i], way)); };
    ups_.run_part_of(ways(high, low, previous_low_), out[0], rows, shares);
    downs_.run_part_of(ways(low, high, previous_high_), out[1], rows, shares);
    remember(high[rows - 1], low[rows - 1], close[rows - 1]);
  }

  int lookback() const { return length_; }

 private:
  /// NaN while the windows are not full.
  template <class T>
  static T share(T way, T range) {
    return where(range == 0, T{}, way / range);
  }
  [[gnu::always_inline]] void remember(double high, double low, double close) {
    previous_high_ = high;
    previous_low_ = low;
    previous_close_ = close;
  }

  int length_;
  WindowTotal ups_;
  WindowTotal downs_;
  WindowTotal ranges_;
  double previous_high_ = kNaN;
  double previous_low_ = kNaN;
  double previous_close_ = kNaN;
};

}  // namespace cw::indicators
