#include "backtest/trade_book.h"

#include <algorithm>
#include <utility>

#include "indicators/lanes.h"

namespace cw::backtest {

void TradeBook::see(Open& open, double price) {
  open.lowest = std::min(open.lowest, price);
  open.highest = std::max(open.highest, price);
}

void TradeBook::open(const trading::Fill& fill, const market::Candle& bar, std::int64_t close_time_ms) {
  const double price = rules_.price(fill.price);
  if (!is_open_) {
    is_open_ = true;
    const bool at_open = rules_.nearest_ticks(bar.open) == std::optional{fill.reference};
    open_ = {.side = fill.side == trading::Side::buy ? TradeSide::long_side : TradeSide::short_side,
             .entry_time = fill.at_close ? close_time_ms : to_ms(fill.bar),
             .first_price = price,
             .lowest = price,
             .highest = price,
             .began = fill.at_close ? Began::at_close
                      : at_open     ? Began::at_open
                                    : Began::inside};
  }
  open_.is_of_one_price = open_.is_of_one_price && price == open_.first_price;
  open_.lots += fill.lots.count;
  open_.cost += price * rules_.quantity(fill.lots);
  open_.fees += fill.commission.value();
  open_.slippage += fill.slippage.value();
}

Trade TradeBook::trade_of(std::int64_t lots) const {
  const double share = lots == open_.lots ? 1 : static_cast<double>(lots) / static_cast<double>(open_.lots);
  Trade trade;
  trade.id = trades_.size() + 1;
  trade.side = open_.side;
  trade.entry_time = open_.entry_time;
  trade.quantity = rules_.quantity(trading::Lots{lots});
  trade.entry_price =
      open_.is_of_one_price ? open_.first_price : open_.cost / rules_.quantity(trading::Lots{open_.lots});
  trade.fees = open_.fees * share;
  trade.slippage = open_.slippage * share;
  trade.bars = open_.bars;
  return trade;
}

void TradeBook::judge(Trade& trade) const {
  const bool is_long = trade.side == TradeSide::long_side;
  const double gained = (trade.exit_price - trade.entry_price) * trade.quantity;
  trade.pnl = (is_long ? gained : -gained) - trade.fees;
  trade.pnl_pct = 100 * trade.pnl / trade.entry_value();
  const double down = std::max(0.0, 100 * (trade.entry_price - open_.lowest) / trade.entry_price);
  const double up = std::max(0.0, 100 * (open_.highest - trade.entry_price) / trade.entry_price);
  trade.mae = is_long ? down : up;
  trade.mfe = is_long ? up : down;
}

void TradeBook::close(const trading::Fill& fill, const market::Candle& bar, std::int64_t close_time_ms) {
  if (open_.began == Began::earlier) see(open_, bar.open);
  if (fill.at_close && (open_.began == Began::earlier || open_.began == Began::at_open)) {
    see(open_, bar.high);
    see(open_, bar.low);
  }
  Trade trade = trade_of(fill.lots.count);
  trade.exit_time = fill.at_close ? close_time_ms : to_ms(fill.bar);
  trade.exit_price = rules_.price(fill.price);
  trade.fees += fill.commission.value();
  trade.slippage += fill.slippage.value();
  trade.exit_reason = fill.reason;
  see(open_, trade.exit_price);
  judge(trade);
  trades_.push_back(trade);

  is_open_ = open_.lots != fill.lots.count;
  if (!is_open_) return;
  const double left = static_cast<double>(open_.lots - fill.lots.count) / static_cast<double>(open_.lots);
  open_.lots -= fill.lots.count;
  open_.cost *= left;
  open_.fees *= left;
  open_.slippage *= left;
}

void TradeBook::take(std::span<const trading::Fill> fills, const market::Candle& bar, std::int64_t close_time_ms) {
  for (const auto& fill : fills) fill.opens ? open(fill, bar, close_time_ms) : close(fill, bar, close_time_ms);
  if (!is_open_) return;
  const auto began = std::exchange(open_.began, Began::earlier);
  if (began == Began::at_close) return;
  if (began != Began::inside) {
    see(open_, bar.high);
    see(open_, bar.low);
  }
  see(open_, bar.close);
  ++open_.bars;
}

void TradeBook::pass(const market::CandleSpan& bars, std::size_t count) {
  // Whatever opened earlier has seen the end of its bar.
  if (!is_open_) return;
  using indicators::Lanes;
  Lanes low = indicators::spread(open_.lowest);
  Lanes high = indicators::spread(open_.highest);
  std::size_t row = 0;
  for (; row + 4 <= count; row += 4) {
    const Lanes a = indicators::lanes_at(bars.high.data() + row);
    const Lanes b = indicators::lanes_at(bars.low.data() + row);
    const Lanes c = indicators::lanes_at(bars.close.data() + row);
    low = __builtin_elementwise_min(low, __builtin_elementwise_min(__builtin_elementwise_min(a, b), c));
    high = __builtin_elementwise_max(high, __builtin_elementwise_max(__builtin_elementwise_max(a, b), c));
  }
  for (std::size_t lane = 0; lane < 4; ++lane) {
    open_.lowest = std::min(open_.lowest, low[lane]);
    open_.highest = std::max(open_.highest, high[lane]);
  }
  for (; row < count; ++row) {
    for (const double price : {bars.high[row], bars.low[row], bars.close[row]}) see(open_, price);
  }
  open_.bars += static_cast<std::uint32_t>(count);
}

std::optional<Trade> TradeBook::standing(const market::Candle& bar, std::int64_t close_time_ms) const {
  if (!is_open_) return std::nullopt;
  Trade trade = trade_of(open_.lots);
  trade.exit_time = close_time_ms;
  trade.exit_price = bar.close;
  judge(trade);
  return trade;
}

void TradeBook::end(const market::Candle& bar, std::int64_t close_time_ms) {
  if (auto trade = standing(bar, close_time_ms)) trades_.push_back(*trade);
}

}  // namespace cw::backtest
