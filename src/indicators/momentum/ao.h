#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <vector>

#include "indicators/averages/sma.h"
#include "indicators/kernel.h"
#include "indicators/weighted_window.h"

namespace cw::indicators {

/// Awesome Oscillator: the fast simple average of the bars' middle, (high + low) / 2, less the slow one.
///
/// Shape   high, low in, one out; look-back max(fast, slow) - 1
/// Units   those of the price
/// Cost    O(1) a step, amortised
/// Source  TA-Lib AO; B. Williams, New Trading Dimensions, 1998
class Ao {
 public:
  Ao(int fast, int slow)
      : lookback_(std::max(fast, slow) - 1),
        at_once_(is_short() ? weights(fast, slow) : std::vector<double>{0}, 0),
        fast_(is_short() ? 1 : fast),
        slow_(is_short() ? 1 : slow) {
    CW_REQUIRE(fast >= 1 && slow >= 1);
  }

  [[gnu::always_inline]] double step(double high, double low) {
    const double middle = 0.5 * (high + low);
    if (is_short()) return at_once_.step(middle);
    const double fast = fast_.step(middle);
    return fast - slow_.step(middle);
  }

  void run_part(const InputColumns<Ao>& in, const OutputColumns<Ao>& out, std::size_t rows) {
    const auto [high, low] = in;
    std::array<double, kPartMost> middle;
    for (std::size_t i = 0; i < rows; ++i) middle[i] = 0.5 * (high[i] + low[i]);
    if (is_short()) return at_once_.run_part({middle.data()}, out, rows);
    std::array<double, kPartMost> fast;
    std::array<double, kPartMost> slow;
    run(fast_, {middle.data()}, {fast.data()}, rows);
    run(slow_, {middle.data()}, {slow.data()}, rows);
    for (std::size_t i = 0; i < rows; ++i) out[0][i] = fast[i] - slow[i];
  }

  int lookback() const { return lookback_; }

 private:
  /// Of the middles, the newest first: what one average takes of each less what the other does.
  static std::vector<double> weights(int fast, int slow) {
    std::vector<double> all;
    for (int k = 0; k < std::max(fast, slow); ++k)
      all.push_back((k < fast ? 1.0 / fast : 0) - (k < slow ? 1.0 / slow : 0));
    return all;
  }
  bool is_short() const { return lookback_ < static_cast<int>(WeightedWindow::kMost); }

  int lookback_;
  WeightedWindow at_once_;  // where the windows are short
  Sma fast_;
  Sma slow_;
};

}  // namespace cw::indicators
