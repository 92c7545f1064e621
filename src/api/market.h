#pragma once

#include <vector>

#include "api/market_view.h"
#include "api/router.h"

namespace cw::api {

/// /api/market/symbols, candles, ticker and status. The view outlives the routes.
std::vector<Route> market_routes(MarketView& view);

/// The limits of `limit`.
inline constexpr std::int64_t kTimeMost = 9'007'199'254'740'991;  // ms; what a JSON number holds exactly
inline constexpr std::int64_t kCandlesMost = 5'000;
inline constexpr std::int64_t kCandlesDefault = 500;

/// The instrument of a path's `{symbol}`. Errors  unknown_symbol, ambiguous_symbol, with `field`
Result<realtime::BoardIndex> find_symbol(const MarketView& view, const Call& call);

/// The parameter `timeframe`. Errors  bad_parameter where it is missing, unknown_timeframe; with `field`
Result<market::Timeframe> read_timeframe(const Call& call);

/// A parameter that is a whole number; none where it is not given. Errors  bad_parameter with `field`
Result<std::optional<std::int64_t>> read_whole(const Call& call, std::string_view name, std::int64_t least,
                                               std::int64_t most);

/// The refusal of market paths while the server starts or drains.
net::HttpResponse not_serving(const Call& call);

/// A JSON answer of 200, and the weak tag of its body.
net::HttpResponse json_answer(std::string body, const char* cache_control);
net::HttpResponse tagged(net::HttpResponse response);

/// Reads the parameters of a candle request; the symbol is already resolved.
/// Errors  bad_parameter and unknown_timeframe, each with `field`
Result<CandleRequest> read_candle_request(const Call& call, const market::InstrumentId& instrument);

}  // namespace cw::api
