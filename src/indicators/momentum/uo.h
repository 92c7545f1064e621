#pragma once

#include <algorithm>
#include <array>

#include "base/require.h"
#include "indicators/kernel.h"
#include "indicators/share_of_sums.h"

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
      : short_(short_length), middle_(middle_length), long_(long_length) {
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
    const double in_short = short_.step(pressure, range);
    const double in_middle = middle_.step(pressure, range);
    return weigh(in_short, in_middle, long_.step(pressure, range));
  }

  bool warm() const { return begun_; }
  double next(double high, double low, double close) { return step(high, low, close); }

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
    std::array<double, kPartMost> in_short;
    std::array<double, kPartMost> in_middle;
    std::array<double, kPartMost> in_long;
    run(short_, {pressure.data(), range.data()}, {in_short.data()}, rows);
    run(middle_, {pressure.data(), range.data()}, {in_middle.data()}, rows);
    run(long_, {pressure.data(), range.data()}, {in_long.data()}, rows);
    for (std::size_t i = 0; i < rows; ++i) out[0][i] = weigh(in_short[i], in_middle[i], in_long[i]);
  }

  int lookback() const { return long_.lookback() + 1; }

 private:
  /// NaN until the longest window is full.
  static double weigh(double in_short, double in_middle, double in_long) {
    return (4 * in_short + 2 * in_middle + in_long) * (100.0 / 7);
  }

  bool begun_ = false;
  double last_ = 0;
  ShareOfSums short_;
  ShareOfSums middle_;
  ShareOfSums long_;
};

}  // namespace cw::indicators
