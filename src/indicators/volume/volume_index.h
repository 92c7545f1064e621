#pragma once

#include <cmath>

#include "indicators/kernel.h"

namespace cw::indicators {

/// Negative (`Rising` = false) and positive volume index: moves with the close, but only on bars whose volume is smaller
/// (greater) than the last bar's.
///
/// Shape   close, volume in, one out; no look-back
/// Units   begins at 1000 (talib) or 1 (pine)
/// 0/0     after a close of 0 it stays where it is
/// Source  TA-Lib NVI, PVI; Pine ta.nvi, ta.pvi; P. Dysart, N. Fosback
template <bool Rising>
class VolumeIndex {
 public:
  explicit VolumeIndex(Seed seed = Seed::talib) : index_(seed == Seed::pine ? 1 : 1000) {}

  [[gnu::always_inline]] double step(double close, double volume) {
    if (any_nan(close, volume)) return kNaN;
    // Masked, not branched upon: whether volume grew is what no processor can guess. Before the first bar the last close
    // is 0.
    const double moves = static_cast<double>(Rising ? volume > last_volume_ : volume < last_volume_);
    const double growth = last_close_ != 0 && close != 0 ? close / last_close_ - 1 : 0;
    last_close_ = close;
    last_volume_ = volume;
    return index_ = std::fma(moves * growth, index_, index_);
  }

  int lookback() const { return 0; }

 private:
  double index_;
  double last_close_ = 0;
  double last_volume_ = 0;
};

using Nvi = VolumeIndex<false>;
using Pvi = VolumeIndex<true>;

}  // namespace cw::indicators
