#pragma once

#include <array>
#include <cmath>
#include <cstddef>

#include "indicators/averages/sma.h"
#include "indicators/kernel.h"

namespace cw::indicators {

/// The simple average for lengths that are mostly 3 or 5: a window of up to eight values is added up anew at each step,
/// which is less work than to keep its sum; a longer one is Sma's. A flat window answers its value exactly.
///
/// Shape   one value in, one out; look-back length - 1
/// Units   those of the input
class Smoothing {
 public:
  explicit Smoothing(int length) : length_(static_cast<std::size_t>(length)), inverse_(1.0 / length), long_(length) {}

  [[gnu::always_inline]] double step(double x) {
    if (length_ > kShortMost) return long_.step(x);
    if (is_nan(x)) return kNaN;
    double sum = 0;
    for (std::size_t back = 1; back < length_; ++back) sum += last_[back - 1] - x;
    for (std::size_t back = kShortMost - 1; back > 0; --back) last_[back] = last_[back - 1];
    last_[0] = x;
    if (seen_ < length_ && ++seen_ < length_) return kNaN;
    return std::fma(sum, inverse_, x);
  }

  bool warm() const { return length_ > kShortMost || seen_ == length_; }

  void run_part(const InputColumns<Smoothing>& in, const OutputColumns<Smoothing>& out, std::size_t rows) {
    if (length_ > kShortMost) return run(long_, {in[0]}, {out[0]}, rows);
    // The values before the part, then the part, so that every window lies in one place.
    std::array<double, kPartMost + kShortMost> values;
    for (std::size_t i = 0; i < kShortMost; ++i) values[i] = last_[kShortMost - 1 - i];
    std::copy_n(in[0], rows, values.data() + kShortMost);
    const double* const now = values.data() + kShortMost;
    std::array<double, kPartMost> sums{};
    for (std::size_t back = 1; back < length_; ++back) {
      for (std::size_t i = 0; i < rows; ++i) sums[i] += (now - back)[i] - now[i];
    }
    for (std::size_t i = 0; i < rows; ++i) out[0][i] = std::fma(sums[i], inverse_, now[i]);
    for (std::size_t i = 0; i < kShortMost; ++i) last_[i] = values[rows + kShortMost - 1 - i];
  }

  int lookback() const { return static_cast<int>(length_) - 1; }

 private:
  static constexpr std::size_t kShortMost = 8;

  std::size_t length_;
  double inverse_;
  std::size_t seen_ = 0;
  std::array<double, kShortMost> last_{};  // the newest first
  Sma long_;
};

}  // namespace cw::indicators
