#pragma once

#include <compare>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace cw::market {

/// Names one instrument: `binance:BTCUSDT`. The venue is lower case (`[a-z0-9]{1,20}`), the symbol upper case
/// (`[A-Z0-9-]{1,30}`, as the venue writes it); both are valid by construction through `parse_instrument_id`.
struct InstrumentId {
  std::string venue;
  std::string symbol;

  std::string text() const { return venue + ':' + symbol; }
  friend auto operator<=>(const InstrumentId&, const InstrumentId&) = default;
};

/// Whether it can be a venue's name: `[a-z0-9]{1,20}`.
bool is_venue_name(std::string_view text);

/// Exchanges that candle files are commonly of, in order of the alphabet. Another name is as good, but may be misspelt.
const std::vector<std::string>& known_venues();

/// Whether a person can mean an instrument by it: a venue and a colon or neither, then letters, digits and the marks
/// `-_/`, at most 30 of them, at least one no mark. Letter case is forgiven.
bool is_symbol_like(std::string_view text);

/// Reads `venue:SYMBOL`. Letter case is forgiven, a missing venue is not (see InstrumentBook::resolve).
/// Errors  Errc::bad_input naming the offending text
Result<InstrumentId> parse_instrument_id(std::string_view text);

/// Base and quote of a symbol as exchanges and files write it: `BTC-USDT`, `BTC_USDT`, `BTC/USDT` split at the mark,
/// `BTCUSDT` by the longest known quote at its end. Errors: Errc::bad_input when neither works.
struct SymbolParts {
  std::string base;
  std::string quote;
};
Result<SymbolParts> split_symbol(std::string_view text);

/// The symbol as the venue writes it, which is how it is stored: `BTCUSDT` where the venue uses no mark (binance,
/// binanceus, bybit, mexc, practice), else `BTC-USD` (coinbase, kraken, okx and every venue that is not known here).
std::string venue_symbol(std::string_view venue, const SymbolParts& parts);

/// What an exchange says about an instrument. Steps are decimal text, as exact as the exchange gave it.
struct Instrument {
  InstrumentId id;
  std::string base;
  std::string quote;
  std::string tick_size = "0.00000001";  // smallest step of a price; the default for unknown instruments
  std::string lot_size = "0.00000001";   // smallest step of a quantity

  friend bool operator==(const Instrument&, const Instrument&) = default;
};

/// The instruments that are known, by id. Not thread-safe: one owner, copies for others.
class InstrumentBook {
 public:
  explicit InstrumentBook(std::string default_venue);

  /// Adds, or replaces what is known about, an instrument.
  void put(Instrument instrument);

  const Instrument* find(const InstrumentId& id) const;
  std::span<const Instrument> all() const { return instruments_; }  // in order of id
  const std::string& default_venue() const { return default_venue_; }

  /// Finds what a person means: `binance:BTCUSDT`, or a bare `BTCUSDT` where exactly one venue has it, else the default
  /// venue's. Letter case and the marks `-_/` are forgiven.
  ///
  /// Errors  Errc::unknown_symbol with the nearest names, by asset (`btc`, `bitcoin`) and by spelling, or else where the
  ///         known ones are listed; Errc::ambiguous_symbol listing every venue that has it
  Result<Instrument> resolve(std::string_view text) const;

 private:
  std::string default_venue_;
  std::vector<Instrument> instruments_;
};

}  // namespace cw::market

template <>
struct std::hash<cw::market::InstrumentId> {
  std::size_t operator()(const cw::market::InstrumentId& id) const noexcept {
    return std::hash<std::string>{}(id.venue) * 31 + std::hash<std::string>{}(id.symbol);
  }
};
