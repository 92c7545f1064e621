#include "realtime/market_json.h"

#include <array>
#include <iterator>

#include <fmt/format.h>

#include "base/number.h"

namespace cw::realtime {
namespace {

void append_optional(std::string& out, std::string_view member, const std::optional<double>& value) {
  fmt::format_to(std::back_inserter(out), ",\"{}\":", member);
  if (value) {
    append_double(out, *value);
  } else {
    out += "null";
  }
}

void append_instrument(std::string& out, const market::Instrument& instrument) {
  fmt::format_to(std::back_inserter(out), R"("symbol":"{}","venue":"{}")", instrument.id.symbol, instrument.id.venue);
}

}  // namespace

void append_candle_json(std::string& out, const market::Candle& bar) {
  fmt::format_to(std::back_inserter(out), "[{}", to_ms(bar.open_time));
  for (const double value : {bar.open, bar.high, bar.low, bar.close, bar.volume}) {
    out += ',';
    append_double(out, value);
  }
  out += ']';
}

market::Candle shown_as_candle(const market::FormingCandle& bar) {
  return {bar.open_time, bar.open, bar.high, bar.low, bar.close, bar.volume};
}

std::string bar_json(BarKind kind, const market::Instrument& instrument, market::Timeframe timeframe,
                     const market::Candle& bar, bool gapped) {
  static constexpr std::array kNames{"forming", "closed", "revised"};
  std::string out = fmt::format(R"({{"kind":"{}",)", kNames[static_cast<std::size_t>(kind)]);
  append_instrument(out, instrument);
  fmt::format_to(std::back_inserter(out), R"(,"timeframe":"{}","candle":)", market::name(timeframe));
  append_candle_json(out, bar);
  if (kind != BarKind::forming) out += gapped ? R"(,"gapped":true)" : R"(,"gapped":false)";
  out += '}';
  return out;
}

std::string bar_snapshot_json(const market::Instrument& instrument, market::Timeframe timeframe,
                              const std::optional<market::Candle>& closed,
                              const std::optional<market::FormingCandle>& forming) {
  std::string out = "{";
  append_instrument(out, instrument);
  fmt::format_to(std::back_inserter(out), R"(,"timeframe":"{}","closed":)", market::name(timeframe));
  if (closed) {
    append_candle_json(out, *closed);
  } else {
    out += "null";
  }
  out += R"(,"forming":)";
  if (forming) {
    append_candle_json(out, shown_as_candle(*forming));
  } else {
    out += "null";
  }
  out += '}';
  return out;
}

std::string ticker_json(const market::Instrument& instrument, const Ticker& ticker) {
  std::string out = "{";
  append_instrument(out, instrument);
  append_optional(out, "price", ticker.price);
  append_optional(out, "bid", ticker.bid);
  append_optional(out, "ask", ticker.ask);
  append_optional(out, "change_24h", ticker.change_24h);
  append_optional(out, "volume_24h", ticker.volume_24h);
  if (ticker.time) {
    fmt::format_to(std::back_inserter(out), R"(,"time":{}}})", to_ms(*ticker.time));
  } else {
    out += R"(,"time":null})";
  }
  return out;
}

}  // namespace cw::realtime
