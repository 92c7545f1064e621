#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <utility>

#include "indicators/kernel.h"
#include "indicators/ring.h"
#include "indicators/window_totals.h"

namespace cw::indicators {

/// The way that a value went in `length` bars and how far it came, both as sizes: what Kaufman's straightness is made of.
///
/// Shape   one value in, [way, change] out; look-back length
/// Units   those of the input
/// Cost    O(1) a step, amortised
class WayAndChange {
 public:
  explicit WayAndChange(int length) : values_(length), way_(length) {}

  std::array<double, 2> step(double x) {
    if (is_nan(x)) return {kNaN, kNaN};
    const double old = values_.push(x);
    const double before = std::exchange(before_, x);
    if (is_nan(before)) [[unlikely]]
      return {kNaN, kNaN};
    const double way = way_.step(std::abs(x - before));
    return {way, is_nan(way) ? kNaN : std::abs(x - old)};
  }

  bool warm() const { return !is_nan(before_); }

  /// While the window is not full the way is NaN and the change anything.
  void run_part(const InputColumns<WayAndChange>& in, const OutputColumns<WayAndChange>& out, std::size_t rows) {
    const double* const x = in[0];
    const auto [ways, changes] = out;
    const auto steps = [=, before = before_](double* step) {
      step[0] = std::abs(x[0] - before);
      in_fours(1, rows, [=](std::size_t i, auto t) { put(step + i, absolute(at(x + i, t) - at(x + i - 1, t))); });
    };
    way_.run_part_of(steps, ways, rows);
    before_ = x[rows - 1];

    // A row's older value is read from the column itself where it lies there.
    const auto length = static_cast<std::size_t>(values_.size());
    const std::size_t begin = std::min(rows, length);
    for (std::size_t i = 0; i < begin; ++i) changes[i] = std::abs(x[i] - values_.push(x[i]));
    in_fours(begin, rows, [x, to = changes, length](std::size_t i, auto t) {
      put(to + i, absolute(at(x + i, t) - at(x + i - length, t)));
    });
    for (std::size_t i = std::max(begin, rows - begin); i < rows; ++i) values_.push(x[i]);
  }

  int lookback() const { return values_.size(); }

  /// The change as a share of the way: at most 1, which a straight way may miss by a rounding, and 1 where it did not move
  /// at all. NaN where the way is.
  template <class T>
  static T straightness(T way, T change) {
    return where(way <= change, T{} + 1.0, change / way);
  }

 private:
  Ring values_;
  WindowTotal way_;
  double before_ = kNaN;
};

}  // namespace cw::indicators
