#pragma once

#include <algorithm>
#include <array>
#include <cstddef>

#include "indicators/kernel.h"
#include "indicators/smoothing.h"

namespace cw::indicators {

/// Awesome Oscillator: the fast simple average of the bars' middle, (high + low) / 2, less the slow one.
///
/// Shape   high, low in, one out; look-back max(fast, slow) - 1
/// Units   those of the price
/// Cost    O(1) a step, amortised
/// Source  TA-Lib AO; B. Williams, New Trading Dimensions, 1998
class Ao {
 public:
  Ao(int fast, int slow) : lookback_(std::max(fast, slow) - 1), fast_(fast), slow_(slow) {}

  [[gnu::always_inline]] double step(double high, double low) {
    const double middle = 0.5 * (high + low);
    const double fast = fast_.step(middle);
    return fast - slow_.step(middle);
  }

  void run_part(const InputColumns<Ao>& in, const OutputColumns<Ao>& out, std::size_t rows) {
    const auto [high, low] = in;
    std::array<double, kPartMost> middle;
    std::array<double, kPartMost> fast;
    std::array<double, kPartMost> slow;
    for (std::size_t i = 0; i < rows; ++i) middle[i] = 0.5 * (high[i] + low[i]);
    run(fast_, {middle.data()}, {fast.data()}, rows);
    run(slow_, {middle.data()}, {slow.data()}, rows);
    for (std::size_t i = 0; i < rows; ++i) out[0][i] = fast[i] - slow[i];
  }

  int lookback() const { return lookback_; }

 private:
  int lookback_;
  Smoothing fast_;
  Smoothing slow_;
};

}  // namespace cw::indicators
