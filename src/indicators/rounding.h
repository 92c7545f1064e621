#pragma once

#include <cmath>

#include "indicators/lanes.h"

namespace cw::indicators {

/// Whether a difference of prices of this size is rounding alone. (h + l + c) / 3 of two bars whose sums are equal on paper
/// differs in its last digit: that is no move. A real tick is at least 1e-9 of any price that is traded.
[[gnu::always_inline]] inline bool is_rounding(double difference, double size) {
  return std::abs(difference) <= 1e-14 * std::abs(size);
}
[[gnu::always_inline]] inline LaneTruths is_rounding(Lanes difference, Lanes size) {
  return absolute(difference) <= 1e-14 * absolute(size);
}

}  // namespace cw::indicators
