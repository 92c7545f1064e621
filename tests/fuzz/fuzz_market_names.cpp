// The texts by which people and files name markets: whatever they hold, an answer or an error that can be shown.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/require.h"
#include "market/instrument.h"
#include "market/timeframe.h"

namespace {

void require_showable(const cw::Error& error) { CW_REQUIRE(!error.message.empty() && error.message.size() < 1'000); }

cw::market::InstrumentBook book() {
  cw::market::InstrumentBook made{"binance"};
  for (const char* id :
       {"binance:BTCUSDT", "binance:ETHUSDT", "binanceus:BTCUSDT", "coinbase:BTC-USD", "kraken:BTC-USD"}) {
    cw::market::Instrument instrument;
    instrument.id = cw::market::parse_instrument_id(id).value();
    made.put(instrument);
  }
  return made;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cw::market;  // NOLINT: the whole of this file is about it
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  static const InstrumentBook kBook = book();

  if (const auto timeframe = parse_timeframe(text))
    CW_REQUIRE(name(*timeframe) == text);
  else
    require_showable(timeframe.error());

  if (const auto id = parse_instrument_id(text))
    CW_REQUIRE(parse_instrument_id(id->text()).value() == *id);
  else
    require_showable(id.error());

  if (const auto parts = split_symbol(text)) {
    const auto again = split_symbol(parts->base + '-' + parts->quote);
    CW_REQUIRE(again && again->base == parts->base && again->quote == parts->quote);
  } else {
    require_showable(parts.error());
  }

  if (const auto found = kBook.resolve(text))
    CW_REQUIRE(kBook.resolve(found->id.text())->id == found->id);
  else
    require_showable(found.error());
  return 0;
}
