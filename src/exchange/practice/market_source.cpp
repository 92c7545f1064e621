#include "exchange/practice/market_source.h"

#include <algorithm>
#include <cmath>

namespace cw::exchange::practice {

double on_grid(double value, double step) {
  // Dividing by a whole number of steps a unit rounds once; multiplying by a step that is no double would round twice.
  const double steps_a_unit = std::round(1 / step);
  return steps_a_unit > 1 ? std::round(value * steps_a_unit) / steps_a_unit : std::round(value / step) * step;
}

Bar Bar::empty_at(Timestamp open_time) {
  Bar bar;
  bar.candle.open_time = open_time;
  return bar;
}

void Bar::add(const Bar& later) {
  if (later.is_empty()) return;
  if (is_empty()) {
    const Timestamp open_time = candle.open_time;
    *this = later;
    candle.open_time = open_time;
    return;
  }
  candle.high = std::max(candle.high, later.candle.high);
  candle.low = std::min(candle.low, later.candle.low);
  candle.close = later.candle.close;
  candle.volume += later.candle.volume;
  quote_volume += later.quote_volume;
  taker_buy_volume += later.taker_buy_volume;
  taker_buy_quote_volume += later.taker_buy_quote_volume;
  if (later.trades > 0) {
    if (trades == 0) first_trade_id = later.first_trade_id;
    last_trade_id = later.last_trade_id;
  }
  trades += later.trades;
}

}  // namespace cw::exchange::practice
