#include "exchange/practice/wire.h"

#include <fmt/compile.h>
#include <fmt/format.h>

#include <array>
#include <iterator>

#include "base/number.h"

namespace cw::exchange::practice::wire {
namespace {

// Text in quotation marks, as decimal numbers travel.
struct Quoted {
  double value;
};

void append(std::string& out, std::string_view text) { out += text; }
void append(std::string& out, std::int64_t value) { fmt::format_to(std::back_inserter(out), FMT_COMPILE("{}"), value); }
void append(std::string& out, Timestamp t) { append(out, to_ms(t)); }
void append(std::string& out, Quoted number) {
  out += '"';
  append_decimal(out, number.value);
  out += '"';
}

template <class... Parts>
void join(std::string& out, Parts... parts) {
  (append(out, parts), ...);
}

// The end of a bar as the exchange states it: its last millisecond.
Timestamp last_ms(const Bar& bar, market::Timeframe timeframe) {
  return bar.candle.open_time + duration(timeframe) - Millis{1};
}

std::string_view as_text(bool value) { return value ? "true" : "false"; }

int decimals_of(std::string_view step) {
  const std::size_t point = step.find('.');
  return point == std::string_view::npos ? 0 : static_cast<int>(step.size() - point - 1);
}

// A step as the exchange writes it, with eight places.
std::string padded(std::string_view step) {
  std::string text(step);
  const int decimals = decimals_of(step);
  if (decimals == 0) text += '.';
  text.append(static_cast<std::size_t>(std::max(0, 8 - decimals)), '0');
  return text;
}

}  // namespace

void append_decimal(std::string& out, double value) {
  std::array<char, 64> text{};
  const auto end = fmt::format_to_n(text.data(), text.size(), FMT_COMPILE("{:.8f}"), value);
  if (end.size <= text.size()) {
    const std::string_view eight_places(text.data(), end.size);
    if (parse_double(eight_places) == value) {
      out += eight_places;
      return;
    }
  }
  append_double(out, value);
}

void trade(std::string& out, std::string_view symbol, const market::Trade& one, Timestamp event_time) {
  join(out, R"({"e":"trade","E":)", event_time, R"(,"s":")", symbol, R"(","t":)", one.trade_id, R"(,"p":)",
       Quoted{one.price}, R"(,"q":)", Quoted{one.quantity}, R"(,"T":)", one.time, R"(,"m":)", as_text(one.taker_sold),
       R"(,"M":true})");
}

void agg_trade(std::string& out, std::string_view symbol, const market::Trade& one, Timestamp event_time) {
  join(out, R"({"e":"aggTrade","E":)", event_time, R"(,"s":")", symbol, R"(","a":)", one.trade_id, R"(,"p":)",
       Quoted{one.price}, R"(,"q":)", Quoted{one.quantity}, R"(,"f":)", one.trade_id, R"(,"l":)", one.trade_id,
       R"(,"T":)", one.time, R"(,"m":)", as_text(one.taker_sold), R"(,"M":true})");
}

void book_ticker(std::string& out, std::string_view symbol, std::int64_t update_id, const market::Quote& quote) {
  join(out, R"({"u":)", update_id, R"(,"s":")", symbol, R"(","b":)", Quoted{quote.bid}, R"(,"B":)",
       Quoted{quote.bid_size}, R"(,"a":)", Quoted{quote.ask}, R"(,"A":)", Quoted{quote.ask_size}, "}");
}

void mini_ticker(std::string& out, std::string_view symbol, const Bar& day, Timestamp event_time) {
  const market::Candle& c = day.candle;
  join(out, R"({"e":"24hrMiniTicker","E":)", event_time, R"(,"s":")", symbol, R"(","c":)", Quoted{c.close}, R"(,"o":)",
       Quoted{c.open}, R"(,"h":)", Quoted{c.high}, R"(,"l":)", Quoted{c.low}, R"(,"v":)", Quoted{c.volume}, R"(,"q":)",
       Quoted{day.quote_volume}, "}");
}

void kline(std::string& out, std::string_view symbol, market::Timeframe timeframe, const Bar& bar, bool closed,
           Timestamp event_time) {
  const market::Candle& c = bar.candle;
  join(out, R"({"e":"kline","E":)", event_time, R"(,"s":")", symbol, R"(","k":{"t":)", c.open_time, R"(,"T":)",
       last_ms(bar, timeframe), R"(,"s":")", symbol, R"(","i":")", name(timeframe), R"(","f":)", bar.first_trade_id,
       R"(,"L":)", bar.last_trade_id, R"(,"o":)", Quoted{c.open}, R"(,"c":)", Quoted{c.close}, R"(,"h":)",
       Quoted{c.high}, R"(,"l":)", Quoted{c.low}, R"(,"v":)", Quoted{c.volume}, R"(,"n":)", bar.trades, R"(,"x":)",
       as_text(closed), R"(,"q":)", Quoted{bar.quote_volume}, R"(,"V":)", Quoted{bar.taker_buy_volume}, R"(,"Q":)",
       Quoted{bar.taker_buy_quote_volume}, R"(,"B":"0"}})");
}

void server_shutdown(std::string& out, Timestamp event_time) {
  join(out, R"({"e":"serverShutdown","E":)", event_time, "}");
}

std::string klines(std::span<const Bar> bars, market::Timeframe timeframe) {
  std::string out;
  out.reserve(bars.size() * 190 + 2);
  out += '[';
  for (const Bar& bar : bars) {
    const market::Candle& c = bar.candle;
    if (out.size() > 1) out += ',';
    join(out, "[", c.open_time, ",", Quoted{c.open}, ",", Quoted{c.high}, ",", Quoted{c.low}, ",", Quoted{c.close}, ",",
         Quoted{c.volume}, ",", last_ms(bar, timeframe), ",", Quoted{bar.quote_volume}, ",", bar.trades, ",",
         Quoted{bar.taker_buy_volume}, ",", Quoted{bar.taker_buy_quote_volume}, R"(,"0"])");
  }
  return out += ']';
}

std::string exchange_info(std::span<const market::Instrument> instruments, Timestamp now, int weight_limit) {
  std::string out;
  join(out, R"({"timezone":"UTC","serverTime":)", now,
       R"(,"rateLimits":[{"rateLimitType":"REQUEST_WEIGHT","interval":"MINUTE","intervalNum":1,"limit":)",
       std::int64_t{weight_limit}, R"(}],"exchangeFilters":[],"symbols":[)");
  bool first = true;
  for (const market::Instrument& one : instruments) {
    if (!first) out += ',';
    first = false;
    const std::string tick = padded(one.tick_size);
    const std::string lot = padded(one.lot_size);
    const std::string_view tick_text = tick;
    const std::string_view lot_text = lot;
    join(out, R"({"symbol":")", std::string_view(one.id.symbol), R"(","status":"TRADING","baseAsset":")",
         std::string_view(one.base), R"(","baseAssetPrecision":8,"quoteAsset":")", std::string_view(one.quote),
         R"(","quotePrecision":8,"quoteAssetPrecision":8,"baseCommissionPrecision":8,"quoteCommissionPrecision":8,)",
         R"("orderTypes":[],"icebergAllowed":false,"ocoAllowed":false,"otoAllowed":false,)",
         R"("quoteOrderQtyMarketAllowed":false,"allowTrailingStop":false,"cancelReplaceAllowed":false,)",
         R"("isSpotTradingAllowed":true,"isMarginTradingAllowed":false,"filters":[)",
         R"({"filterType":"PRICE_FILTER","minPrice":")", tick_text, R"(","maxPrice":"100000000.00000000","tickSize":")",
         tick_text, R"("},{"filterType":"LOT_SIZE","minQty":")", lot_text,
         R"(","maxQty":"10000000000.00000000","stepSize":")", lot_text,
         R"("}],"permissions":[],"permissionSets":[["SPOT"]],"defaultSelfTradePreventionMode":"NONE",)",
         R"("allowedSelfTradePreventionModes":["NONE"]})");
  }
  return out += "]}";
}

std::string server_time(Timestamp now) {
  std::string out;
  join(out, R"({"serverTime":)", now, "}");
  return out;
}

std::string error(int code, std::string_view message) {
  std::string escaped;
  for (const char c : message) {
    if (c == '"' || c == '\\') escaped += '\\';
    escaped += c;
  }
  std::string out;
  join(out, R"({"code":)", std::int64_t{code}, R"(,"msg":")", std::string_view(escaped), R"("})");
  return out;
}

}  // namespace cw::exchange::practice::wire
