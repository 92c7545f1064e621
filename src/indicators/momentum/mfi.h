#pragma once

#include "indicators/kernel.h"
#include "indicators/rounding.h"
#include "indicators/share_of_sums.h"

namespace cw::indicators {

/// Money Flow Index: of the money (price times volume) of the last `length` bars whose price changed, the share of those
/// in which it rose.
///
/// Shape   price (as a rule (high + low + close) / 3) and volume in, one out; look-back length (talib) or length - 1
///         (pine, which counts the first bar on both sides)
/// Units   0 to 100
/// 0/0     a window without a change or without volume answers 0 (talib) or 100 (pine). A change in the last digit
///         alone (rounding.h) is none
/// Cost    O(1) a step, amortised
/// Source  TA-Lib MFI; Pine ta.mfi; G. Quong, A. Soudack, 1989
class Mfi {
 public:
  explicit Mfi(int length, Seed seed = Seed::talib) : pine_(seed == Seed::pine), share_(length, pine_ ? 1 : 0) {}

  [[gnu::always_inline]] double step(double price, double volume) {
    if (any_nan(price, volume)) return kNaN;
    const double money = price * volume;
    double both = is_rounding(price - last_, price) ? 0 : money;
    double up = price > last_ ? both : 0;
    last_ = price;
    if (!begun_) [[unlikely]] {
      begun_ = true;
      if (!pine_) return kNaN;
      up = money;
      both = 2 * money;
    }
    return 100 * share_.step(up, both);
  }

  [[gnu::always_inline]] std::size_t fours(double price, double volume) {
    return begun_ ? share_.fours(price, volume) : 0;
  }
  [[gnu::always_inline]] Lanes step_four(Lanes price, Lanes volume) {
    const Lanes before = before_each(last_, price);
    last_ = price[3];
    const Lanes both = where(is_rounding(price - before, price), Lanes{}, price * volume);
    return 100 * share_.step_four(where(price > before, both, Lanes{}), both);
  }

  int lookback() const { return share_.lookback() + (pine_ ? 0 : 1); }

 private:
  bool pine_;
  bool begun_ = false;
  double last_ = 0;
  ShareOfSums share_;
};

}  // namespace cw::indicators
