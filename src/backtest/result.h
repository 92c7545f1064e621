#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "trading/order.h"

namespace cw::backtest {

/// Which way a position was.
enum class TradeSide : std::uint8_t { long_side, short_side };

/// A position, or the part of it that one exit closed. Money is in the quote currency, for reading: the exact amounts are the
/// ledger's.
struct Trade {
  std::uint64_t id = 0;
  TradeSide side = TradeSide::long_side;
  std::int64_t entry_time = 0;  // ms since 1970, of the fill
  double entry_price = 0;       // as filled, so with slippage
  std::int64_t exit_time = 0;   // of an open trade: the close of the last bar
  double exit_price = 0;        // of an open trade: the last close
  double quantity = 0;          // units of base, above zero
  double pnl = 0;               // after fees
  double pnl_pct = 0;           // pnl in percent of entry_price * quantity
  double fees = 0;              // of both fills; below zero where they were rebates
  double slippage = 0;          // what the fills cost over the prices that were asked for; at least zero
  double mae = 0;  // worst price against the position while it was held, in percent of entry_price; at least zero
  double mfe = 0;  // best price for it, likewise
  std::uint32_t bars = 0;        // closes that it was held over; 0 where it ended in the bar it began in
  std::uint32_t instrument = 0;  // its place among the run's
  trading::Reason exit_reason =
      trading::Reason::open;  // `open`: it had not ended with the data; marked at the last close

  bool is_open() const { return exit_reason == trading::Reason::open; }
  double entry_value() const { return entry_price * quantity; }
};

/// Rows of a run, one a bar, columns of equal length in time order.
struct EquityRows {
  std::span<const std::int64_t> open_time_ms;  // of the bar
  std::span<const double> equity;              // cash and positions at the bar's close; finite
  std::span<const double> benchmark;           // price of what the run is compared with: see RunRows; above zero
  std::span<const double> position_value;      // of open positions at the close: see RunRows; or empty: not known

  std::size_t size() const { return equity.size(); }
  EquityRows subspan(std::size_t from, std::size_t count) const {
    return {open_time_ms.subspan(from, count), equity.subspan(from, count), benchmark.subspan(from, count),
            position_value.empty() ? position_value : position_value.subspan(from, count)};
  }
};

}  // namespace cw::backtest
