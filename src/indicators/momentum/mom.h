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
  /// A row's older value is read from the column itself where it and all rows after it have values. A NaN shows in the
  /// answers: nothing is looked at twice.
  void run_rows(const InputColumns<AgainstBefore>& in, const OutputColumns<AgainstBefore>& out, std::size_t rows) {
    const double* const x = in[0];
    double* const answers = out[0];
    const auto lag = static_cast<std::size_t>(past_.size());
    std::size_t sound = 0;  // rows up to this one without a NaN between them
    for (std::size_t row = 0; row < rows;) {
      if (sound < lag) {
        sound = is_nan(x[row]) ? 0 : sound + 1;
        answers[row] = step(x[row]);
        ++row;
        continue;
      }
      const std::size_t begin = row;
      while (row < rows && answer(x + row, answers + row, std::min(kPartMost, rows - row))) {
        row += std::min(kPartMost, rows - row);
      }
      for (std::size_t i = std::max(begin, row - lag); i < row; ++i) past_.push(x[i]);
      if (row < rows) {
        // There is a NaN in this part.
        const std::size_t end = row + std::min(kPartMost, rows - row);
        for (; row < end; ++row) {
          sound = is_nan(x[row]) ? 0 : sound + 1;
          answers[row] = step(x[row]);
        }
      }
    }
  }

  int lookback() const { return past_.size(); }

 private:
  /// False where one of the answers is NaN.
  bool answer(const double* x, double* answers, std::size_t rows) const {
    const double* const before = x - past_.size();
    bool sound = true;
    for (std::size_t i = 0; i < rows; ++i) {
      answers[i] = Answer::of(x[i], before[i]);
      sound &= answers[i] == answers[i];
    }
    return sound;
  }

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
