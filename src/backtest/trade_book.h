#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "backtest/result.h"
#include "market/candle.h"
#include "trading/fill.h"
#include "trading/instrument_rules.h"

namespace cw::backtest {

/// Makes trades of fills: each fill that closes ends a trade of what it closed, opened at the position's average price. Of one
/// instrument.
///
/// MAE and MFE look at the prices from the fill that opened to the fill that closed: of the bar of the opening the prices
/// after it, as far as they are known (a fill at the open: all of the bar; inside it: its close and the fills), of the bar of the
/// closing its open and the price of the closing alone.
class TradeBook {
 public:
  explicit TradeBook(const trading::InstrumentRules& rules) : rules_(rules) {}

  /// The fills of one bar, in order, then the bar itself.
  void take(std::span<const trading::Fill> fills, const market::Candle& bar, std::int64_t close_time_ms);

  /// The first `count` of these bars, which are without fills, as take() of each.
  void pass(const market::CandleSpan& bars, std::size_t count);

  /// What is still open, marked at this bar's close, becomes the last trade.
  void end(const market::Candle& bar, std::int64_t close_time_ms);

  std::vector<Trade>& trades() { return trades_; }
  const std::vector<Trade>& trades() const { return trades_; }

  /// The position that is open, as `end` would make it a trade at this bar; none: flat.
  std::optional<Trade> standing(const market::Candle& bar, std::int64_t close_time_ms) const;

 private:
  /// Since when of the present bar the position is held.
  enum class Began : unsigned char { earlier, at_open, inside, at_close };
  struct Open {
    TradeSide side = TradeSide::long_side;
    std::int64_t entry_time = 0;
    std::int64_t lots = 0;  // without sign
    double cost = 0;        // of what is held, at the prices of the fills
    double first_price = 0;
    bool is_of_one_price = true;  // then its price is that of the fills, and no quotient
    double fees = 0;              // of the opening fills, of what is held
    double slippage = 0;
    double lowest = 0;
    double highest = 0;
    std::uint32_t bars = 0;
    Began began = Began::earlier;
  };
  void open(const trading::Fill& fill, const market::Candle& bar, std::int64_t close_time_ms);
  void close(const trading::Fill& fill, const market::Candle& bar, std::int64_t close_time_ms);
  Trade trade_of(std::int64_t lots) const;
  /// Fills in what the trade was worth, its end being known.
  void judge(Trade& trade) const;
  static void see(Open& open, double price);

  const trading::InstrumentRules& rules_;
  Open open_;
  bool is_open_ = false;
  std::vector<Trade> trades_;
};

}  // namespace cw::backtest
