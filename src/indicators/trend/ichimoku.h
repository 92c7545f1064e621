#pragma once

#include <array>

#include "indicators/kernel.h"
#include "indicators/ring.h"
#include "indicators/trend/midpoint.h"

namespace cw::indicators {

/// Ichimoku kinko hyo, five lines as the present bar sees them: [conversion, base, lead 1, lead 2, lagging].
///   conversion   the middle of the last `conversion` bars' range (9)
///   base         the middle of the last `base` bars' range (26)
///   lead 1       the mean of conversion and base, of `displacement` bars ago
///   lead 2       the middle of the last `span` bars' range (52), of `displacement` bars ago
///   lagging      the close; it is the chart that draws it `displacement` bars further left
/// Charts draw the lead lines `displacement` bars into the future: what lies over the present bar was known then, so nothing
/// here comes from the future. (Pine's built-in indicator shifts by displacement - 1: 25 here is its picture.)
///
/// Shape   high, low, close in, five out. Look-back 0 (lagging), conversion - 1, base - 1, max(conversion, base) - 1 +
///         displacement, span - 1 + displacement
/// Units   those of the price
/// Cost    O(1) a step, amortised; 2 (conversion + base + span + displacement) doubles
/// Source  G. Hosoda, 1969; Pine's built-in indicator Ichimoku Cloud, but for the shift
class Ichimoku {
 public:
  Ichimoku(int conversion, int base, int span, int displacement)
      : conversion_(conversion), base_(base), span_(span), lead1_(displacement), lead2_(displacement) {
    for (int i = 0; i < displacement; ++i) {
      lead1_.push(kNaN);
      lead2_.push(kNaN);
    }
  }

  [[gnu::always_inline]] std::array<double, 5> step(double high, double low, double close) {
    if (any_nan(high, low, close)) return {kNaN, kNaN, kNaN, kNaN, kNaN};
    const double conversion = conversion_.step(high, low);
    const double base = base_.step(high, low);
    const double lead1 = lead1_.push((conversion + base) / 2);
    const double lead2 = lead2_.push(span_.step(high, low));
    return {conversion, base, lead1, lead2, close};
  }

  int lookback() const { return 0; }

 private:
  Midprice conversion_;
  Midprice base_;
  Midprice span_;
  Ring lead1_;
  Ring lead2_;
};

}  // namespace cw::indicators
