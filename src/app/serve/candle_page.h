#pragma once

#include <optional>
#include <vector>

#include "api/market_view.h"
#include "candle_store/candle_store.h"
#include "realtime/market_board.h"

namespace cw::app {

/// Answers a candle request from the store alone: bars, where they came from, holes, the oldest bar. `backfill` is left to
/// whoever knows the feed.
/// Errors  unknown_timeframe where everything that is stored is coarser; those of the store
Result<api::CandlePage> read_candle_page(const candle_store::CandleStore& store, const api::CandleRequest& request);

/// Whether a request reaches back before the oldest stored bar: its range begins there, or its newest bars do not fill its
/// limit.
bool wants_older(const api::CandlePage& page, const api::CandleRequest& request);

/// The timeframes that can be answered from stored ones: those and all that they fold into. A followed instrument has all.
std::vector<market::Timeframe> offered_timeframes(const std::vector<market::Timeframe>& stored, bool followed);

std::optional<Timestamp> oldest_stored(const candle_store::CandleStore& store, const market::InstrumentId& id,
                                       market::Timeframe timeframe);

/// The ticker of an instrument that is only stored: its newest bar.
std::optional<realtime::Ticker> stored_ticker(const candle_store::CandleStore& store, const market::InstrumentId& id);

}  // namespace cw::app
