#pragma once

#include <array>
#include <cstddef>
#include <utility>

#include "base/require.h"
#include "indicators/kernel.h"
#include "indicators/volatility/true_range.h"
#include "indicators/window_totals.h"

namespace cw::indicators {

/// Ultimate Oscillator: buying pressure (the close above the true low) over true range, summed over three windows, the
/// shares of which are weighted 4, 2 and 1.
///
/// Shape   high, low, close in, one out; look-back the longest of the lengths
/// Units   0 to 100
/// 0/0     a window without a true range adds 0
/// Cost    O(1) a step, amortised
/// Source  TA-Lib ULTOSC; L. Williams, 1985
class Uo {
 public:
  /// short_length <= middle_length <= long_length.
  Uo(int short_length, int middle_length, int long_length)
      : length_(long_length),
        pressures_({short_length, middle_length, long_length}),
        ranges_({short_length, middle_length, long_length}) {
    CW_REQUIRE(short_length <= middle_length && middle_length <= long_length);
  }

  [[gnu::always_inline]] double step(double high, double low, double close) {
    if (any_nan(high, low, close)) return kNaN;
    const double before = std::exchange(last_, close);
    if (!begun_) [[unlikely]] {
      begun_ = true;
      return kNaN;
    }
    const auto pressures = pressures_.step(close - smaller(low, before));
    const auto ranges = ranges_.step(true_range_after(high, low, before));
    return weigh(share(pressures[0], ranges[0]), share(pressures[1], ranges[1]), share(pressures[2], ranges[2]));
  }

  bool warm() const { return begun_; }

  void run_part(const InputColumns<Uo>& in, const OutputColumns<Uo>& out, std::size_t rows) {
    const double* const high = in[0];
    const double* const low = in[1];
    const double* const close = in[2];
    const auto pressure = [=, before = last_](double* to) {
      to[0] = close[0] - smaller(low[0], before);
      in_fours(1, rows, [=](std::size_t i, auto t) {
        put(to + i, at(close + i, t) - smaller(at(low + i, t), at(close + i - 1, t)));
      });
    };
    const auto range = [=, before = last_](double* to) {
      to[0] = true_range_after(high[0], low[0], before);
      in_fours(1, rows, [=](std::size_t i, auto t) {
        put(to + i, true_range_after(at(high + i, t), at(low + i, t), at(close + i - 1, t)));
      });
    };
    std::array<std::array<double, kPartMost>, 3> pressures;
    std::array<std::array<double, kPartMost>, 3> ranges;
    pressures_.run_part_of(pressure, {pressures[0].data(), pressures[1].data(), pressures[2].data()}, rows);
    ranges_.run_part_of(range, {ranges[0].data(), ranges[1].data(), ranges[2].data()}, rows);
    last_ = close[rows - 1];
    for (std::size_t i = 0; i < rows; ++i) {
      out[0][i] = weigh(share(pressures[0][i], ranges[0][i]), share(pressures[1][i], ranges[1][i]),
                        share(pressures[2][i], ranges[2][i]));
    }
  }

  int lookback() const { return length_; }

 private:
  template <class T>
  static T smaller(T a, T b) {
    return where(b < a, b, a);
  }
  /// NaN while a window is not full.
  static double share(double pressure, double range) { return range == 0 ? 0 : pressure / range; }
  static double weigh(double in_short, double in_middle, double in_long) {
    return (4 * in_short + 2 * in_middle + in_long) * (100.0 / 7);
  }

  bool begun_ = false;
  double last_ = 0;
  int length_;
  WindowTotals<3> pressures_;  // may be negative, but are no larger than the ranges
  WindowTotals<3> ranges_;
};

}  // namespace cw::indicators
