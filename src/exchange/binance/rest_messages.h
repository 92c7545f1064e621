#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "market/candle.h"
#include "market/instrument.h"

namespace cw::exchange::binance {

// Answers of Binance's REST interface that the product reads. Each `decode_…` refuses a body that is not what it should
// be with Errc::bad_input, naming the element and the field. Source: github.com/binance/binance-spot-api-docs,
// rest-api.md.

/// One row of `klines`. Whether it is closed follows from the venue's clock: `close_time` lies before it.
struct RestKline {
  market::Candle bar;
  Timestamp close_time;  // the last instant that belongs to the bar
  std::int64_t trades;
};

/// Rows in the venue's order, which is that of time; rows out of order are refused.
Result<std::vector<RestKline>> decode_klines(std::string_view body);

/// `time`: the venue's clock.
Result<Timestamp> decode_time(std::string_view body);

struct Listing {
  market::Instrument instrument;  // of venue `venue`; steps without trailing zeros, 1e-8 where the venue states none
  bool trading;                   // `status` is TRADING
};

struct ExchangeInfo {
  Timestamp server_time;
  std::optional<std::int64_t> weight_per_minute;  // REQUEST_WEIGHT, where stated
  std::vector<Listing> listings;
  std::size_t left_out = 0;  // symbols whose names the product cannot write (`[A-Z0-9-]{1,30}`)
};

/// `exchangeInfo`; `venue` names the instruments' venue.
Result<ExchangeInfo> decode_exchange_info(std::string_view body, std::string_view venue);

/// `{code, msg}`, the body of an answer that is not 2xx; none where the body is something else (a proxy's page).
struct ApiError {
  std::int64_t code;
  std::string message;
};
std::optional<ApiError> decode_api_error(std::string_view body);

}  // namespace cw::exchange::binance
