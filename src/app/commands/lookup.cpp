#include "app/commands/lookup.h"

#include <algorithm>

#include "app/market_note.h"

namespace cw::app {

std::string default_venue_of(const Config& config, const candle_store::CandleStore& store) {
  if (const std::string& venue = config.text("market.default_venue"); !venue.empty()) return venue;
  const auto kind = read_market_note(store);
  return kind == FolderMarket::practice ? "practice" : "binance";
}

market::InstrumentBook stored_instruments(const Config& config, const candle_store::CandleStore& store) {
  market::InstrumentBook book{default_venue_of(config, store)};
  for (const auto& instrument : store.instruments()) book.put(instrument);
  for (const auto& series : store.list()) {
    if (book.find(series.id.instrument) != nullptr) continue;
    market::Instrument instrument{series.id.instrument, {}, {}};
    if (const auto parts = market::split_symbol(series.id.instrument.symbol)) {
      instrument.base = parts->base;
      instrument.quote = parts->quote;
    }
    book.put(std::move(instrument));
  }
  return book;
}

std::function<std::optional<market::InstrumentId>(std::string_view)> symbol_finder(const market::InstrumentBook& book) {
  return [&book](std::string_view text) -> std::optional<market::InstrumentId> {
    const auto found = book.resolve(text);
    return found ? std::optional{found->id} : std::nullopt;
  };
}

Result<market::Instrument> find_instrument(const Config& config, const candle_store::CandleStore& store,
                                           std::string_view text) {
  const market::InstrumentBook book = stored_instruments(config, store);
  if (store.list().empty()) {
    return fail(Errc::unknown_symbol,
                "no candles are stored here yet; 'candlewick import FILE' stores some, 'candlewick serve' "
                "fetches some");
  }
  return book.resolve(text);
}

}  // namespace cw::app
