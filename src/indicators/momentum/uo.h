#pragma once

#include <algorithm>
#include <array>
#include <cstddef>

#include "base/require.h"
#include "indicators/kernel.h"
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
    const double true_low = std::min(low, last_);
    const double true_high = std::max(high, last_);
    last_ = close;
    if (!begun_) [[unlikely]] {
      begun_ = true;
      return kNaN;
    }
    const double pressure = close - true_low;
    const double range = true_high - true_low;
    const auto pressures = pressures_.step(pressure);
    const auto ranges = ranges_.step(range);
    return weigh(share(pressures[0], ranges[0]), share(pressures[1], ranges[1]), share(pressures[2], ranges[2]));
  }

  bool warm() const { return begun_; }

  void run_part(const InputColumns<Uo>& in, const OutputColumns<Uo>& out, std::size_t rows) {
    const auto [high, low, close] = in;
    std::array<double, kPartMost> pressure;
    std::array<double, kPartMost> range;
    const auto take = [&](std::size_t i, double before) {
      const double true_low = std::min(low[i], before);
      pressure[i] = close[i] - true_low;
      range[i] = std::max(high[i], before) - true_low;
    };
    take(0, last_);
    for (std::size_t i = 1; i < rows; ++i) take(i, close[i - 1]);
    last_ = close[rows - 1];
    std::array<std::array<double, kPartMost>, 3> pressures;
    std::array<std::array<double, kPartMost>, 3> ranges;
    pressures_.run_part({pressure.data()}, {pressures[0].data(), pressures[1].data(), pressures[2].data()}, rows);
    ranges_.run_part({range.data()}, {ranges[0].data(), ranges[1].data(), ranges[2].data()}, rows);
    for (std::size_t i = 0; i < rows; ++i) {
      out[0][i] = weigh(share(pressures[0][i], ranges[0][i]), share(pressures[1][i], ranges[1][i]),
                        share(pressures[2][i], ranges[2][i]));
    }
  }

  int lookback() const { return length_; }

 private:
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
