#pragma once

#include <algorithm>
#include <cstddef>

#include "indicators/kernel.h"
#include "indicators/ring.h"

namespace cw::indicators {

/// A value beside the one `length` bars before: what Mom and Roc are but for their Answer::of(value, before).
///
/// Shape   one value in, one out; look-back length
/// Cost    O(1) a step
template <class Answer>
class AgainstBefore {
 public:
  explicit AgainstBefore(int length) : missing_(length), past_(length) {}

  [[gnu::always_inline]] double step(double x) {
    if (is_nan(x)) return kNaN;
    const double before = past_.push(x);
    if (missing_ == 0) [[likely]]
      return Answer::of(x, before);
    --missing_;
    return kNaN;
  }
  bool warm() const { return missing_ == 0; }
  [[gnu::always_inline]] double next(double x) { return Answer::of(x, past_.push(x)); }

  /// A row's older value is read from the column itself where it lies there.
  void run_part(const InputColumns<AgainstBefore>& in, const OutputColumns<AgainstBefore>& out, std::size_t rows) {
    const double* const x = in[0];
    double* const answers = out[0];
    const auto lag = static_cast<std::size_t>(past_.size());
    const std::size_t begin = std::min(rows, lag);
    for (std::size_t i = 0; i < begin; ++i) answers[i] = Answer::of(x[i], past_.push(x[i]));
    for (std::size_t i = begin; i < rows; ++i) answers[i] = Answer::of(x[i], x[i - lag]);
    for (std::size_t i = std::max(begin, rows - begin); i < rows; ++i) past_.push(x[i]);
  }

  int lookback() const { return past_.size(); }

 private:
  int missing_;
  Ring past_;
};

namespace detail {
struct Difference {
  static double of(double x, double before) { return x - before; }
};
struct PercentOfBefore {
  static double of(double x, double before) { return before != 0 ? 100 * ((x - before) / before) : 0; }
};
}  // namespace detail

/// Momentum, the change over `length` bars, in units of the input.
/// Source  TA-Lib MOM; Pine ta.mom, ta.change
using Mom = AgainstBefore<detail::Difference>;

/// Rate of change: the change over `length` bars in percent of the value then. 0/0: a value of 0 `length` bars ago answers
/// 0 (Pine: na).
/// Source  TA-Lib ROC; Pine ta.roc
using Roc = AgainstBefore<detail::PercentOfBefore>;

}  // namespace cw::indicators
