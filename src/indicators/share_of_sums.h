#pragma once

#include <cstddef>

#include "indicators/kernel.h"
#include "indicators/sliding_total.h"

namespace cw::indicators {

/// The sum of the last `length` parts over the sum of their wholes: what CMF, MFI, the ultimate oscillator and Chande's
/// momentum are made of.
///
/// Shape   part and whole (not negative) in, one out; look-back length - 1
/// 0/0     where the wholes' sum is 0: `nothing`
/// Cost    O(1) a step, amortised
class ShareOfSums {
 public:
  explicit ShareOfSums(int length, double nothing = 0)
      : length_(length), nothing_(nothing), parts_(length), wholes_(length) {}

  [[gnu::always_inline]] double step(double part, double whole) {
    if (any_nan(part, whole)) return kNaN;
    (void)parts_.step(part);
    if (!wholes_.step(whole)) return kNaN;
    return wholes_.total() > 0 ? parts_.total() / wholes_.total() : nothing_;
  }

  [[gnu::always_inline]] std::size_t fours(double, double) {
    (void)parts_.fours();
    return wholes_.fours();
  }
  [[gnu::always_inline]] Lanes step_four(Lanes part, Lanes whole) {
    const Lanes parts = parts_.step_four(part);
    const Lanes wholes = wholes_.step_four(whole);
    return where(wholes > Lanes{}, parts / wholes, spread(nothing_));
  }

  int lookback() const { return length_ - 1; }

 private:
  int length_;
  double nothing_;
  SlidingTotal parts_;  // a part may be negative, but is no larger than its whole: see SlidingTotal
  SlidingTotal wholes_;
};

}  // namespace cw::indicators
