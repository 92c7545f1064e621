#pragma once

#include <vector>

#include "api/market_view.h"
#include "api/router.h"

namespace cw::api {

/// /api/market/symbols, candles, ticker and status. The view outlives the routes.
std::vector<Route> market_routes(MarketView& view);

/// The limits of `limit`.
inline constexpr std::int64_t kCandlesMost = 5'000;
inline constexpr std::int64_t kCandlesDefault = 500;

/// Reads the parameters of a candle request; the symbol is already resolved.
/// Errors  bad_parameter and unknown_timeframe, each with `field`
Result<CandleRequest> read_candle_request(const Call& call, const market::InstrumentId& instrument);

}  // namespace cw::api
