#pragma once

#include <array>

#include "indicators/kernel.h"
#include "indicators/sliding_range.h"
#include "indicators/smoothing.h"

namespace cw::indicators {

/// Stochastic: where `source` stands between the lowest `low` and the highest `high` of the last `length` bars.
///
/// Shape   source, high, low in, one out; look-back length - 1
/// Units   0 to 100 for a source between low and high; one outside them goes beyond
/// 0/0     a window whose high and low are one price answers 0 (Pine: na)
/// Cost    O(1) a step, amortised
/// Source  Pine ta.stoch; TA-Lib STOCHF's %K with source = close
class Stoch {
 public:
  explicit Stoch(int length) : length_(length), range_(length) {}

  [[gnu::always_inline]] double step(double source, double high, double low) {
    if (any_nan(source, high, low)) return kNaN;
    if (!range_.step(high, low)) return kNaN;
    const double range = range_.highest() - range_.lowest();
    return range != 0 ? 100 * ((source - range_.lowest()) / range) : 0;
  }

  [[gnu::always_inline]] std::size_t fours(double, double, double) { return range_.fours(); }
  [[gnu::always_inline]] Lanes step_four(Lanes source, Lanes high, Lanes low) {
    const auto [highest, lowest] = range_.step_four(high, low);
    const Lanes range = highest - lowest;
    return where(range != Lanes{}, 100 * ((source - lowest) / range), Lanes{});
  }

  int lookback() const { return length_ - 1; }

 private:
  int length_;
  SlidingRange range_;
};

/// The stochastic smoothed twice: k is the simple average of `k_smoothing` raw values, d that of `d_smoothing` k's. With
/// k_smoothing = 1 it is the fast stochastic (TA-Lib STOCHF).
///
/// Shape   high, low, close in; [k, d] out, both from the same bar;
///         look-back (length - 1) + (k_smoothing - 1) + (d_smoothing - 1)
/// Units   0 to 100
/// 0/0     as Stoch: a raw value of 0
/// Cost    O(1) a step, amortised
/// Source  TA-Lib STOCH with simple averages; G. Lane
class StochFull {
 public:
  StochFull(int length, int k_smoothing, int d_smoothing)
      : lookback_(length + k_smoothing + d_smoothing - 3), raw_(length), k_(k_smoothing), d_(d_smoothing) {}

  [[gnu::always_inline]] std::array<double, 2> step(double high, double low, double close) {
    const double k = k_.step(raw_.step(close, high, low));
    const double d = d_.step(k);
    return {is_nan(d) ? kNaN : k, d};
  }

  void run_part(const InputColumns<StochFull>& in, const OutputColumns<StochFull>& out, std::size_t rows) {
    std::array<double, kPartMost> raw;
    run(raw_, {in[2], in[0], in[1]}, {raw.data()}, rows);
    run(k_, {raw.data()}, {out[0]}, rows);
    run(d_, {out[0]}, {out[1]}, rows);
    for (std::size_t i = 0; i < rows && is_nan(out[1][i]); ++i) out[0][i] = kNaN;  // both begin together
  }

  int lookback() const { return lookback_; }

 private:
  int lookback_;
  Stoch raw_;
  Smoothing k_;
  Smoothing d_;
};

}  // namespace cw::indicators
