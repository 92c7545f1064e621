#pragma once

#include <array>
#include <cstddef>

#include "indicators/kernel.h"
#include "indicators/way_and_change.h"

namespace cw::indicators {

/// Kaufman's efficiency ratio: how far the value came in `length` bars over the way it went: 1 in a straight line, 0 where it
/// is back where it was.
///
/// Shape   one value in, one out; look-back length
/// Units   none, 0 to 1
/// 0/0     1 where the value did not move at all, as in TA-Lib
/// Cost    O(1) a step, amortised; 2 length doubles
/// Source  P. J. Kaufman, Smarter Trading, 1995; TA-Lib ER
class EfficiencyRatio {
 public:
  explicit EfficiencyRatio(int length) : way_(length) {}

  double step(double x) {
    const auto [way, change] = way_.step(x);
    return WayAndChange::straightness(way, change);
  }

  bool warm() const { return way_.warm(); }

  void run_part(const InputColumns<EfficiencyRatio>& in, const OutputColumns<EfficiencyRatio>& out, std::size_t rows) {
    std::array<double, kPartMost> ways;
    std::array<double, kPartMost> changes;
    way_.run_part(in, {ways.data(), changes.data()}, rows);
    for (std::size_t i = 0; i < rows; ++i) out[0][i] = WayAndChange::straightness(ways[i], changes[i]);
  }

  int lookback() const { return way_.lookback(); }

 private:
  WayAndChange way_;
};

}  // namespace cw::indicators
