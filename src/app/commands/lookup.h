#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/config.h"
#include "base/error.h"
#include "candle_store/candle_store.h"
#include "market/instrument.h"

namespace cw::app {

/// The venue that a bare symbol means where several have it: the configured one, else that of the folder's feed, else
/// binance.
std::string default_venue_of(const Config& config, const candle_store::CandleStore& store);

/// Every instrument of which something is stored, as the store knows it.
market::InstrumentBook stored_instruments(const Config& config, const candle_store::CandleStore& store);

/// What the text of an expression means that names another symbol. The book outlives it.
std::function<std::optional<market::InstrumentId>(std::string_view)> symbol_finder(const market::InstrumentBook& book);

/// What a person means by `BTCUSDT` or `binance:BTCUSDT`, among what is stored.
/// Errors  unknown_symbol (saying how to get candles where nothing is stored at all), ambiguous_symbol
Result<market::Instrument> find_instrument(const Config& config, const candle_store::CandleStore& store,
                                           std::string_view text);

}  // namespace cw::app
