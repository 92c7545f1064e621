#include "market/instrument.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/nearest.h"
#include "base/printable.h"

namespace cw::market {
namespace {

constexpr std::size_t kVenueMost = 20;
constexpr std::size_t kSymbolMost = 30;
constexpr std::size_t kShownMost = 60;

// Quotes that pairs are traded against on the large exchanges, as written at the end of a symbol without a mark.
constexpr std::array<std::string_view, 37> kQuotes{
    "USDT", "USDC", "FDUSD", "TUSD", "BUSD", "USDP", "USDE", "USD1", "USDS", "PYUSD", "DAI", "PAX", "UST",
    "USD",  "EUR",  "EURI",  "GBP",  "AUD",  "CAD",  "CHF",  "JPY",  "TRY",  "BRL",   "MXN", "ARS", "PLN",
    "UAH",  "ZAR",  "NGN",   "RUB",  "IDRT", "BTC",  "XBT",  "ETH",  "BNB",  "TRX",   "XRP"};

// What people call the coins that are traded most, where that is not their asset's letters.
struct Coin {
  std::string_view name;
  std::string_view asset;
};
constexpr std::array<Coin, 20> kCoins{
    {{"BITCOIN", "BTC"},    {"XBT", "BTC"},      {"ETHEREUM", "ETH"},  {"ETHER", "ETH"},       {"SOLANA", "SOL"},
     {"RIPPLE", "XRP"},     {"CARDANO", "ADA"},  {"DOGECOIN", "DOGE"}, {"TRON", "TRX"},        {"CHAINLINK", "LINK"},
     {"AVALANCHE", "AVAX"}, {"LITECOIN", "LTC"}, {"POLKADOT", "DOT"},  {"BINANCECOIN", "BNB"}, {"MONERO", "XMR"},
     {"STELLAR", "XLM"},    {"POLYGON", "POL"},  {"UNISWAP", "UNI"},   {"COSMOS", "ATOM"},     {"BITCOINCASH", "BCH"}}};

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
constexpr char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }
constexpr bool is_mark(char c) { return c == '-' || c == '_' || c == '/'; }
constexpr bool is_upper_or_digit(char c) { return (c >= 'A' && c <= 'Z') || is_digit(c); }

std::string upper_case(std::string_view text) {
  std::string out{text};
  std::ranges::transform(out, out.begin(), upper);
  return out;
}

std::string lower_case(std::string_view text) {
  std::string out{text};
  std::ranges::transform(out, out.begin(), lower);
  return out;
}

/// A symbol as far as it matters when a person types one: upper case, without marks.
std::string bare(std::string_view symbol) {
  std::string out = upper_case(symbol);
  std::erase_if(out, is_mark);
  return out;
}

std::string shown(std::string_view text) { return printable(text, kShownMost); }

bool is_symbol(std::string_view text) {
  return !text.empty() && text.size() <= kSymbolMost &&
         std::ranges::all_of(text, [](char c) { return is_upper_or_digit(c) || c == '-'; });
}

bool is_asset(std::string_view text) {
  return !text.empty() && text.size() <= kSymbolMost && std::ranges::all_of(text, is_upper_or_digit);
}

std::unexpected<Error> bad_symbol(std::string_view text) {
  return std::unexpected(
      Error{Errc::bad_input,
            fmt::format("'{}' is not a symbol of a base and a quote; write BTC-USDT or BTCUSDT", shown(text)),
            {},
            "symbol"});
}

/// Every instrument whose symbol is `symbol` but for letter case and marks. Where a venue writes one exactly so, only
/// that.
std::vector<const Instrument*> written_like(std::span<const Instrument> instruments, std::string_view symbol) {
  const std::string exact = upper_case(symbol);
  const std::string wanted = bare(symbol);
  std::vector<const Instrument*> found;
  for (const auto& instrument : instruments) {
    if (bare(instrument.id.symbol) == wanted) found.push_back(&instrument);
  }
  const auto exact_at_venue = [&](const std::string& venue) {
    return std::ranges::any_of(instruments,
                               [&](const Instrument& i) { return i.id.venue == venue && i.id.symbol == exact; });
  };
  std::erase_if(found, [&](const Instrument* i) { return i->id.symbol != exact && exact_at_venue(i->id.venue); });
  return found;
}

Error ambiguous_symbol(std::span<const Instrument* const> found, std::string_view text) {
  std::vector<std::string> ids;
  for (const auto* instrument : found) ids.push_back(instrument->id.text());
  auto message = fmt::format("'{}' could be {}; write one of them", shown(text), fmt::join(ids, ", "));
  return {Errc::ambiguous_symbol, std::move(message), std::move(ids), "symbol"};
}

/// Symbols that a person may mean by a coin's name or a part of a symbol, then those spelt alike, best first.
std::vector<std::string> nearest_symbols(std::string_view text, std::span<const std::string> known) {
  constexpr std::size_t kMost = 3;
  std::string wanted = bare(text.substr(text.find(':') + 1));
  if (const auto coin = std::ranges::find(kCoins, wanted, &Coin::name); coin != kCoins.end()) wanted = coin->asset;
  if (wanted.size() < 2) return nearest_names(text, known, kMost);
  std::vector<std::string> found;
  const auto add = [&](const std::string& name) {
    if (found.size() < kMost && std::ranges::find(found, name) == found.end()) found.push_back(name);
  };
  const auto add_where = [&](auto fits) {
    for (const std::string& name : known) {
      if (fits(name.substr(name.find(':') + 1))) add(name);
    }
  };
  // The asset itself before one that only begins so: BTC is BTCUSDT before BTCSTUSDT.
  add_where([&](const std::string& symbol) {
    const auto parts = split_symbol(symbol);
    return parts && parts->base == wanted;
  });
  for (const auto& name : nearest_names(text, known, kMost)) add(name);
  add_where([&](const std::string& symbol) { return bare(symbol).find(wanted) != std::string::npos; });
  return found;
}

/// Names the nearest symbols of `venue`, or whole ids where there is no such venue; of every venue where it is empty.
Error unknown_symbol(std::span<const Instrument> instruments, std::string_view text, const std::string& venue) {
  const bool known_venue =
      venue.empty() || std::ranges::any_of(instruments, [&](const Instrument& i) { return i.id.venue == venue; });
  std::vector<std::string> known;
  for (const auto& instrument : instruments) {
    if (!known_venue)
      known.push_back(instrument.id.text());
    else if (venue.empty() || instrument.id.venue == venue)
      known.push_back(instrument.id.symbol);
  }
  std::ranges::sort(known);
  known.erase(std::ranges::unique(known).begin(), known.end());
  std::string_view wanted = text.substr(0, kShownMost);
  if (known_venue && !venue.empty()) wanted.remove_prefix(venue.size() + 1);
  auto nearest = nearest_symbols(wanted, known);
  auto message = fmt::format("no instrument '{}' is known{}", shown(text), did_you_mean(nearest));
  if (nearest.empty()) message += "; 'candlewick candles list' and /api/market/symbols list those that are";
  return {Errc::unknown_symbol, std::move(message), std::move(nearest), "symbol"};
}

}  // namespace

bool is_venue_name(std::string_view text) {
  return !text.empty() && text.size() <= kVenueMost &&
         std::ranges::all_of(text, [](char c) { return (c >= 'a' && c <= 'z') || is_digit(c); });
}

const std::vector<std::string>& known_venues() {
  static const std::vector<std::string> venues{
      "binance", "binanceus",   "bitfinex",  "bitget",  "bithumb", "bitmex", "bitstamp", "bittrex",
      "bybit",   "coinbase",    "cryptocom", "deribit", "gate",    "gateio", "gemini",   "htx",
      "huobi",   "hyperliquid", "kraken",    "kucoin",  "mexc",    "okx",    "poloniex", "upbit"};
  return venues;
}

bool is_symbol_like(std::string_view text) {
  if (const auto colon = text.find(':'); colon != std::string_view::npos) {
    if (!is_venue_name(lower_case(text.substr(0, colon)))) return false;
    text.remove_prefix(colon + 1);
  }
  return text.size() <= kSymbolMost && is_asset(bare(text));
}

Result<InstrumentId> parse_instrument_id(std::string_view text) {
  const auto colon = text.find(':');
  if (colon != std::string_view::npos) {
    InstrumentId id{lower_case(text.substr(0, colon)), upper_case(text.substr(colon + 1))};
    if (is_venue_name(id.venue) && is_symbol(id.symbol)) return id;
  }
  return std::unexpected(
      Error{Errc::bad_input,
            fmt::format("'{}' is not an instrument; write venue:SYMBOL, as binance:BTCUSDT", shown(text)),
            {},
            "symbol"});
}

std::string venue_symbol(std::string_view venue, const SymbolParts& parts) {
  constexpr std::array<std::string_view, 5> kWithoutMark{"binance", "binanceus", "bybit", "mexc", "practice"};
  const bool joined = std::ranges::find(kWithoutMark, lower_case(venue)) != kWithoutMark.end();
  return upper_case(parts.base) + (joined ? "" : "-") + upper_case(parts.quote);
}

Result<SymbolParts> split_symbol(std::string_view text) {
  const std::string symbol = upper_case(text);
  const auto mark = std::ranges::find_if(symbol, is_mark);
  if (mark != symbol.end()) {
    SymbolParts parts{std::string(symbol.begin(), mark), std::string(mark + 1, symbol.end())};
    if (!is_asset(parts.base) || !is_asset(parts.quote)) return bad_symbol(text);
    return parts;
  }
  if (!is_asset(symbol)) return bad_symbol(text);
  std::string_view longest;
  for (const auto quote : kQuotes) {
    if (symbol.size() > quote.size() && symbol.ends_with(quote) && quote.size() > longest.size()) longest = quote;
  }
  if (longest.empty()) return bad_symbol(text);
  return SymbolParts{symbol.substr(0, symbol.size() - longest.size()), std::string{longest}};
}

InstrumentBook::InstrumentBook(std::string default_venue) : default_venue_(std::move(default_venue)) {}

void InstrumentBook::put(Instrument instrument) {
  const auto at = std::ranges::lower_bound(instruments_, instrument.id, {}, &Instrument::id);
  if (at != instruments_.end() && at->id == instrument.id) {
    *at = std::move(instrument);
  } else {
    instruments_.insert(at, std::move(instrument));
  }
}

const Instrument* InstrumentBook::find(const InstrumentId& id) const {
  const auto at = std::ranges::lower_bound(instruments_, id, {}, &Instrument::id);
  return at != instruments_.end() && at->id == id ? &*at : nullptr;
}

Result<Instrument> InstrumentBook::resolve(std::string_view text) const {
  const auto colon = text.find(':');
  const bool has_venue = colon != std::string_view::npos;
  const std::string venue = has_venue ? lower_case(text.substr(0, colon)) : std::string{};
  const std::string_view symbol = has_venue ? text.substr(colon + 1) : text;

  auto found = written_like(instruments_, symbol);
  if (has_venue) std::erase_if(found, [&](const Instrument* i) { return i->id.venue != venue; });
  if (found.empty()) return std::unexpected(unknown_symbol(instruments_, text, venue));
  if (found.size() == 1) return *found.front();

  const auto of_default = [&](const Instrument* i) { return i->id.venue == default_venue_; };
  if (std::ranges::count_if(found, of_default) == 1) return **std::ranges::find_if(found, of_default);
  return std::unexpected(ambiguous_symbol(found, text));
}

}  // namespace cw::market
