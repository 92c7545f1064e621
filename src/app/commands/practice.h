#pragma once

#include <memory>

#include "app/cli.h"
#include "app/console.h"
#include "base/config.h"
#include "base/error.h"
#include "candle_store/candle_store.h"
#include "exchange/practice/replay_market.h"

namespace cw::app {

/// Runs the practice exchange until it is told to stop. `stored` holds the candles of a replay, null for an invented market.
int run_practice(Console& console, const Config& config, const PracticeArgs& args,
                 std::unique_ptr<exchange::practice::CandleSource> stored);

/// The stored 1m candles of one instrument, as a replay reads them. The store outlives it.
/// Errors  not_found where none are stored
Result<std::unique_ptr<exchange::practice::CandleSource>> stored_candles(const candle_store::CandleStore& store,
                                                                         const market::Instrument& instrument);

}  // namespace cw::app
