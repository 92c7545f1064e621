// Bodies of REST answers: each reader either refuses a body or gives values that keep their promises.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/number.h"
#include "base/require.h"
#include "exchange/binance/rest_messages.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cw::exchange::binance;
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  if (const auto rows = decode_klines(body)) {
    const RestKline* before = nullptr;
    for (const RestKline& row : *rows) {
      CW_REQUIRE(std::isfinite(row.bar.high) && row.bar.low > 0 && row.bar.volume >= 0);
      CW_REQUIRE(row.close_time >= row.bar.open_time && (!before || before->bar.open_time < row.bar.open_time));
      before = &row;
    }
  }
  if (const auto at = decode_time(body))
    CW_REQUIRE(cw::to_ms(*at) >= cw::kEarliestMs && cw::to_ms(*at) < cw::kLatestMs);
  if (const auto info = decode_exchange_info(body, "binance")) {
    for (const Listing& listing : info->listings) {
      CW_REQUIRE(cw::market::parse_instrument_id(listing.instrument.id.text()));
      CW_REQUIRE(cw::parse_double(listing.instrument.tick_size).value_or(0) > 0);
      CW_REQUIRE(cw::parse_double(listing.instrument.lot_size).value_or(0) > 0);
    }
  }
  (void)decode_api_error(body);
  return 0;
}
