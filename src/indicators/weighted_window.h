#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>

#include "base/require.h"
#include "indicators/kernel.h"
#include "indicators/ring.h"

namespace cw::indicators {

/// The last values times fixed weights, for windows so short that adding them up anew costs less than keeping sums. The
/// weights add up to `level`, 1 (an average) or 0 (a slope, a difference of averages). With that the sum is
///
///   level x + sum of coefficient_k (x_k - x_k-1)
///
/// over the steps from one value to the next, where a step's coefficient is minus the sum of the weights of all values
/// before it. So a flat window answers its value, or 0, exactly, and each product serves many rows at once.
///
/// Shape   one value in, one out; look-back (number of weights) - 1
/// Cost    O(1) a step: kMost products at most
class WeightedWindow {
 public:
  /// How many weights it takes.
  static constexpr std::size_t kMost = 40;

  /// `weights` of the values, the newest first; at most kMost.
  WeightedWindow(std::span<const double> weights, double level)
      : level_(level), steps_(weights.size() - 1), coefficients_(steps_), past_(steps_) {
    CW_REQUIRE(!weights.empty() && weights.size() <= kMost);
    double before = 0;
    for (std::size_t k = 0; k < steps_; ++k) {
      before += weights[steps_ - k];
      coefficients_[k] = -before;
    }
  }

  double step(double x) {
    if (is_nan(x)) return kNaN;
    const double own = seen_ == 0 ? 0 : x - last_;
    last_ = x;
    if (steps_ > 0) {
      std::copy_n(past_.data() + 1, steps_ - 1, past_.data());
      past_[steps_ - 1] = own;
    }
    if (seen_ <= steps_ && ++seen_ <= steps_) return kNaN;
    double answer;
    answer_rows<double, 1>(past_.data(), &x, &answer);
    return answer;
  }

  void run_part(const InputColumns<WeightedWindow>& in, const OutputColumns<WeightedWindow>& out, std::size_t rows) {
    const double* const x = in[0];
    std::array<double, kPartMost + kMost> steps;  // those before the part, then its own
    std::copy_n(past_.data(), steps_, steps.data());
    double* const own = steps.data() + steps_;
    own[0] = seen_ == 0 ? 0 : x[0] - last_;
    in_fours(1, rows, [=](std::size_t i, auto t) { put(own + i, at(x + i, t) - at(x + i - 1, t)); });
    last_ = x[rows - 1];
    std::copy_n(steps.data() + rows, steps_, past_.data());

    std::size_t i = 0;
    for (; i + 16 <= rows; i += 16) answer_rows<Lanes, 4>(steps.data() + i + 1, x + i, out[0] + i);
    for (; i + 4 <= rows; i += 4) answer_rows<Lanes, 1>(steps.data() + i + 1, x + i, out[0] + i);
    for (; i < rows; ++i) answer_rows<double, 1>(steps.data() + i + 1, x + i, out[0] + i);
    for (i = 0; i < rows && seen_ < steps_; ++i, ++seen_) out[0][i] = kNaN;
    if (i < rows) seen_ = steps_ + 1;
  }

  int lookback() const { return static_cast<int>(steps_); }

 private:
  /// `Many` Ts of rows; every other product goes to a sum of its own, so that fewer wait for one another.
  template <class T, std::size_t Many>
  [[gnu::always_inline]] void answer_rows(const double* steps, const double* x, double* answers) const {
    constexpr std::size_t kWide = sizeof(T) / sizeof(double);
    T even[Many]{};
    T odd[Many]{};
    std::size_t k = 0;
    for (; k + 2 <= steps_; k += 2) {
      for (std::size_t m = 0; m < Many; ++m) {
        even[m] = fused(at(steps + k + m * kWide, T{}), coefficients_[k], even[m]);
        odd[m] = fused(at(steps + k + 1 + m * kWide, T{}), coefficients_[k + 1], odd[m]);
      }
    }
    if (k < steps_) {
      for (std::size_t m = 0; m < Many; ++m) even[m] = fused(at(steps + k + m * kWide, T{}), coefficients_[k], even[m]);
    }
    for (std::size_t m = 0; m < Many; ++m) {
      put(answers + m * kWide, level_ * at(x + m * kWide, T{}) + (even[m] + odd[m]));
    }
  }

  double level_;
  std::size_t steps_;     // between the window's values
  std::size_t seen_ = 0;  // values, up to a full window
  double last_ = 0;
  Buffer coefficients_;  // of the steps, the oldest first
  Buffer past_;          // the last steps_ steps, the oldest first
};

}  // namespace cw::indicators
