#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/error.h"
#include "candle_store/candle_store.h"

namespace cw::app {

/// What kind of market a data folder follows: chosen once, kept with its candles.
enum class FolderMarket {
  live,      // has seen a real exchange: never falls back to invented prices
  practice,  // the local exchange
};
std::string_view name(FolderMarket market);

/// None for a folder that has not chosen yet.
std::optional<FolderMarket> read_market_note(const candle_store::CandleStore& store);
Result<void> write_market_note(candle_store::CandleStore& store, FolderMarket market);

/// The seed of a practice folder's prices. None where it was not noted.
std::optional<std::int64_t> read_seed_note(const candle_store::CandleStore& store);
Result<void> write_seed_note(candle_store::CandleStore& store, std::int64_t seed);

}  // namespace cw::app
