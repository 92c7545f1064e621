#pragma once

#include "indicators/kernel.h"
#include "indicators/ring.h"

namespace cw::indicators {

/// A column of truths holds 0 and 1; NaN is false.
inline bool is_true(double condition) { return condition != 0 && !is_nan(condition); }

/// How many bars ago a condition was true the last time; 0 on a bar where it is.
///
/// Shape   one truth in (NaN is false), one out; NaN until it has been true once
/// Units   bars
/// Cost    O(1) a step
/// Source  Pine ta.barssince
class BarsSince {
 public:
  double step(double condition) { return bars_ = is_true(condition) ? 0 : bars_ + 1; }

  int lookback() const { return 0; }

 private:
  double bars_ = kNaN;
};

/// The source on the bar where a condition was true the last time (occurrence 0), the time before (1), …
///
/// Shape   one truth (NaN is false) and one value in, one out; NaN until there were so many occurrences. A source that is
///         NaN where the condition is true counts as an occurrence and is answered as such
/// Units   those of the source
/// Cost    O(1) a step
/// Source  Pine ta.valuewhen
class ValueWhen {
 public:
  explicit ValueWhen(int occurrence) : missing_(occurrence + 1), values_(occurrence + 1) {
    CW_REQUIRE(occurrence >= 0);
  }

  double step(double condition, double source) {
    if (is_true(condition)) {
      (void)values_.push(source);
      if (missing_ > 0) --missing_;
    }
    return missing_ > 0 ? kNaN : values_.oldest();
  }

  int lookback() const { return 0; }

 private:
  int missing_;
  Ring values_;
};

/// The value, or where it is NaN the last one that was not.
///
/// Shape   one value in, one out; NaN until there was a value
/// Units   those of the input
/// Cost    O(1) a step
/// Source  Pine fixnan
class FixNan {
 public:
  double step(double x) { return last_ = is_nan(x) ? last_ : x; }

  int lookback() const { return 0; }

 private:
  double last_ = kNaN;
};

}  // namespace cw::indicators
