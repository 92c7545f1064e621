#pragma once

#include <array>
#include <cstddef>

#include "indicators/kernel.h"
#include "indicators/sliding_extreme.h"

namespace cw::indicators {

/// The middle between the highest and the lowest of the last `length` values.
///
/// Shape   one value in, one out; look-back length - 1
/// Units   those of the input
/// Cost    O(1) a step, amortised; 2 length doubles
/// Source  TA-Lib MIDPOINT
class Midpoint {
 public:
  explicit Midpoint(int length) : length_(length), highest_(length), lowest_(length) {}

  [[gnu::always_inline]] double step(double x) {
    if (is_nan(x)) return kNaN;
    const bool full = highest_.step(x);
    (void)lowest_.step(x);
    return full ? (highest_.value() + lowest_.value()) / 2 : kNaN;
  }

  void run_part(const InputColumns<Midpoint>& in, const OutputColumns<Midpoint>& out, std::size_t rows) {
    std::array<double, kPartMost> lowest;
    highest_.run_part(in[0], out[0], rows);
    lowest_.run_part(in[0], lowest.data(), rows);
    for (std::size_t i = 0; i < rows; ++i) out[0][i] = (out[0][i] + lowest[i]) / 2;
  }

  int lookback() const { return length_ - 1; }

 private:
  int length_;
  SlidingExtreme<true> highest_;
  SlidingExtreme<false> lowest_;
};

/// The middle between the highest high and the lowest low of the last `length` bars.
///
/// Shape   high, low in, one out; look-back length - 1
/// Units   those of the price
/// Cost    O(1) a step, amortised; 2 length doubles
/// Source  TA-Lib MIDPRICE
class Midprice {
 public:
  explicit Midprice(int length) : length_(length), highest_(length), lowest_(length) {}

  [[gnu::always_inline]] double step(double high, double low) {
    if (any_nan(high, low)) return kNaN;
    const bool full = highest_.step(high);
    (void)lowest_.step(low);
    return full ? (highest_.value() + lowest_.value()) / 2 : kNaN;
  }

  void run_part(const InputColumns<Midprice>& in, const OutputColumns<Midprice>& out, std::size_t rows) {
    std::array<double, kPartMost> lowest;
    highest_.run_part(in[0], out[0], rows);
    lowest_.run_part(in[1], lowest.data(), rows);
    for (std::size_t i = 0; i < rows; ++i) out[0][i] = (out[0][i] + lowest[i]) / 2;
  }

  int lookback() const { return length_ - 1; }

 private:
  int length_;
  SlidingExtreme<true> highest_;
  SlidingExtreme<false> lowest_;
};

}  // namespace cw::indicators
