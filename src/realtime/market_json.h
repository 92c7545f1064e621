#pragma once

#include <optional>
#include <string>

#include "market/candle.h"
#include "market/instrument.h"
#include "market/timeframe.h"
#include "realtime/market_board.h"

// The payloads of market data and tickers, as docs/asyncapi.yaml and docs/openapi.yaml state them.
namespace cw::realtime {

enum class BarKind { forming, closed, revised };
std::string bar_json(BarKind kind, const market::Instrument& instrument, market::Timeframe timeframe,
                     const market::Candle& bar, bool gapped);
std::string bar_snapshot_json(const market::Instrument& instrument, market::Timeframe timeframe,
                              const std::optional<market::Candle>& closed,
                              const std::optional<market::FormingCandle>& forming);
std::string ticker_json(const market::Instrument& instrument, const Ticker& ticker);

/// `[open time in ms,open,high,low,close,volume]`, appended.
void append_candle_json(std::string& out, const market::Candle& bar);

/// The values of a forming bar in the shape of a candle, for the wire only.
market::Candle shown_as_candle(const market::FormingCandle& bar);

}  // namespace cw::realtime
