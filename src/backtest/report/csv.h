#pragma once

#include <span>
#include <string>

#include "backtest/engine.h"
#include "market/instrument.h"

namespace cw::backtest {

/// Trades as a table: id, symbol, side, entry_time, entry_price, exit_time, exit_price, quantity, pnl, pnl_pct, fees, slippage,
/// mae, mfe, bars, exit_reason; units as Trade has them, times as `2024-08-05T14:00:00Z`, numbers as short as reads
/// back the same.
/// Source  RFC 4180: a line of names, lines end with CR LF
std::string trades_csv(std::span<const Trade> trades, std::span<const market::InstrumentId> instruments);

/// Rows as a table: time (the bar's open), equity, drawdown (a fraction, of the highest equity so far), close (of several instruments
/// the basket's: see RunRows), position_value.
/// Source  RFC 4180
std::string equity_csv(const RunRows& rows);

}  // namespace cw::backtest
