#include "api/signal_json.h"

#include <fmt/format.h>

#include "api/signal_parts.h"
#include "base/json_text.h"

namespace cw::api {
namespace {

using signals::Horizon;
using signals::SymbolSignals;

void append_head(std::string& out, const Shown& symbol, const SignalAsked& asked) {
  out += fmt::format(R"({{"symbol":"{}","venue":"{}","practice":{},"provisional":{},"as_of":{})",
                     asked.instrument.symbol, asked.instrument.venue, asked.practice, symbol.is_provisional(),
                     time_or_null(symbol.closed().last_close()));
  const auto stale = stale_since(symbol.closed(), asked.now);
  out += fmt::format(R"(,"stale":{},"stale_since":{})", stale.has_value(), time_or_null(stale));
}

/// The timeframe whose signal stands for a horizon: the one that is looked at some four times within it, 15m for 1h, 1h for
/// 4h, 4h for 1d. Where that one has no signal yet, the nearest shorter one, else the nearest longer one.
std::optional<std::size_t> leading_place(const Shown& symbol, Horizon horizon) {
  const std::size_t wanted = horizon == Horizon::h1 ? 2 : horizon == Horizon::h4 ? 3 : 4;
  for (std::size_t place = wanted + 1; place-- > 0;) {
    if (symbol.reading(place).signal) return place;
  }
  for (std::size_t place = wanted + 1; place < signals::kTimeframes; ++place) {
    if (symbol.reading(place).signal) return place;
  }
  return std::nullopt;
}

constexpr const char* kNoScore = "Not enough history for a score.";

/// What an answer and a summary begin with, up to the list of timeframes.
void append_whole(std::string& out, const Shown& symbol, const SignalAsked& asked, std::optional<std::size_t> leading) {
  append_head(out, symbol, asked);
  append_text(out, "horizon", signals::name(asked.horizon));
  if (!leading) {
    out += ",\"timeframe\":null,\"price\":null";
    append_no_verdict(out);
    out += ",\"regime\":null";
    return;
  }
  const auto& signal = *symbol.reading(*leading).signal;
  append_text(out, "timeframe", market::name(signal.score.timeframe));
  append_number(out, "price", signal.price);
  append_verdict(out, signal, asked.horizon);
  append_text(out, "regime", signals::name(signal.regime));
}

/// A feed that has been silent for so long after the next bar was due is stale.
constexpr Millis kGrace{90'000};
constexpr Millis kBase{60'000};

}  // namespace

std::optional<std::size_t> leading_place(const SymbolSignals& symbol, Horizon horizon) {
  const SignalAsked of_closed_bars{};
  return leading_place(Shown(symbol, of_closed_bars), horizon);
}

std::optional<Timestamp> stale_since(const SymbolSignals& symbol, Timestamp now) {
  const auto last = symbol.last_close();
  if (!last || now <= *last + kBase + kGrace) return std::nullopt;
  return *last + kBase;
}

std::string signal_json(const SymbolSignals& closed, const SignalAsked& asked) {
  const Shown symbol{closed, asked};
  const auto leading = leading_place(symbol, asked.horizon);
  std::string out;
  out.reserve(32 * 1024);
  append_whole(out, symbol, asked, leading);
  out += ",\"timeframes\":[";
  for (std::size_t i = 0; i < asked.places.size(); ++i) {
    if (i > 0) out += ',';
    append_timeframe(out, symbol, asked.places[i], asked.horizon);
  }
  out += "],\"technical\":{\"score\":";
  if (leading) {
    const auto& signal = *symbol.reading(*leading).signal;
    append_json_number(out, signal.score.technical);
    out += '}';
    append_ai(out, signal.forecast);
    append_confirmation(out, signal.score);
    append_reasons(out, symbol, *leading);
    append_record(out, symbol, *leading, asked.horizon);
  } else {
    out += "null}";
    append_ai(out, {});
    append_confirmation(out, {});
    out += R"(,"reasons":[],"track_record":null)";
  }
  append_text(out, "sentence", leading ? sentence_of(symbol, *leading) : std::string{kNoScore});
  return out;
}

void append_signal_summary(std::string& out, const SymbolSignals& closed, const SignalAsked& asked) {
  const Shown symbol{closed, asked};
  const auto leading = leading_place(symbol, asked.horizon);
  append_whole(out, symbol, asked, leading);
  out += ",\"timeframes\":[";
  for (std::size_t i = 0; i < asked.places.size(); ++i) {
    const auto& reading = symbol.reading(asked.places[i]);
    out += fmt::format(R"({}{{"timeframe":"{}","provisional":{})", i > 0 ? "," : "",
                       market::name(symbol.rules().plans[asked.places[i]].timeframe),
                       symbol.is_provisional(asked.places[i]));
    if (reading.signal) {
      out += fmt::format(",\"bar_time\":{}", to_ms(reading.signal->score.bar_time));
      append_verdict(out, *reading.signal, asked.horizon);
      append_number(out, "rating_tradingview", reading.signal->tradingview);
    } else {
      out += ",\"bar_time\":null";
      append_no_verdict(out);
      out += ",\"rating_tradingview\":null";
    }
    out += '}';
  }
  out += ']';
  append_text(out, "sentence", leading ? sentence_of(symbol, *leading) : std::string{kNoScore});
  out += '}';
}

std::string signal_event_json(const SymbolSignals& closed, const SignalAsked& asked, std::size_t place) {
  const Shown symbol{closed, asked};
  const auto& signal = *symbol.reading(place).signal;
  std::string out =
      fmt::format(R"({{"kind":"signal","symbol":"{}","venue":"{}","timeframe":"{}","bar_time":{},"provisional":{})",
                  asked.instrument.symbol, asked.instrument.venue, market::name(signal.score.timeframe),
                  to_ms(signal.score.bar_time), symbol.is_provisional(place));
  append_verdict(out, signal, signals::default_horizon(signal.score.timeframe));
  append_text(out, "regime", signals::name(signal.regime));
  append_number(out, "price", signal.price);
  append_number(out, "rating_tradingview", signal.tradingview);
  return out + '}';
}

std::string signal_state_json(const SymbolSignals& symbol, const SignalAsked& asked) {
  const auto stale = stale_since(symbol, asked.now);
  return fmt::format(R"({{"kind":"state","symbol":"{}","venue":"{}","as_of":{},"stale":{},"stale_since":{}}})",
                     asked.instrument.symbol, asked.instrument.venue, time_or_null(symbol.last_close()),
                     stale.has_value(), time_or_null(stale));
}

}  // namespace cw::api
