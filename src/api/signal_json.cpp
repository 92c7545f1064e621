#include "api/signal_json.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/json_text.h"
#include "signals/track_record.h"

namespace cw::api {
namespace {

using signals::Horizon;
using signals::Signal;
using signals::SymbolSignals;

/// A symbol's signals as they are shown: those of its closed bars, or, where a bar is under way and that is asked for, those
/// that it would give.
class Shown {
 public:
  Shown(const SymbolSignals& symbol, const SignalAsked& asked) : symbol_(symbol), asked_(asked) {}

  const SymbolSignals::Reading& reading(std::size_t place) const {
    return is_provisional(place) ? *asked_.provisional->for_display()[place] : symbol_.reading(place);
  }
  bool is_provisional(std::size_t place) const {
    return asked_.provisional != nullptr && asked_.provisional->for_display()[place].has_value();
  }
  bool is_provisional() const {
    return asked_.provisional != nullptr &&
           std::ranges::any_of(asked_.provisional->for_display(), [](const auto& one) { return one.has_value(); });
  }
  const signals::SignalRules& rules() const { return symbol_.rules(); }
  const SymbolSignals& closed() const { return symbol_; }

 private:
  const SymbolSignals& symbol_;
  const SignalAsked& asked_;
};

void append_number(std::string& out, const char* name, double value) {
  out += fmt::format(",\"{}\":", name);
  append_json_number(out, value);
}

void append_text(std::string& out, const char* name, std::string_view value) {
  out += fmt::format(",\"{}\":", name);
  append_json_string(out, value);
}

std::string time_or_null(const std::optional<Timestamp>& time) { return time ? fmt::to_string(to_ms(*time)) : "null"; }

void append_head(std::string& out, const Shown& symbol, const SignalAsked& asked) {
  out += fmt::format(R"({{"symbol":"{}","venue":"{}","practice":{},"provisional":{},"as_of":{})",
                     asked.instrument.symbol, asked.instrument.venue, asked.practice, symbol.is_provisional(),
                     time_or_null(symbol.closed().last_close()));
  const auto stale = stale_since(symbol.closed(), asked.now);
  out += fmt::format(R"(,"stale":{},"stale_since":{})", stale.has_value(), time_or_null(stale));
}

/// What a signal says, for the whole answer and for one timeframe of it.
void append_verdict(std::string& out, const Signal& signal, Horizon horizon) {
  append_number(out, "score", signal.score.score);
  append_text(out, "direction", signals::name(signal.score.direction()));
  append_number(out, "confidence", signal.score.confidence);
  append_number(out, "probability", signal.probability[static_cast<std::size_t>(horizon)]);
}

void append_no_verdict(std::string& out) {
  out += R"(,"score":null,"direction":null,"confidence":null,"probability":null)";
}

const char* trend_of(const Signal& signal) {
  if (signal.regime == signals::Regime::range) return "sideways";
  return signal.score.score > 50 ? "up" : signal.score.score < 50 ? "down" : "sideways";
}

void append_components(std::string& out, const Shown& symbol, std::size_t place) {
  const auto& plan = symbol.rules().plans[place];
  const auto& reading = symbol.reading(place);
  out += ",\"components\":[";
  for (std::size_t i = 0; i < plan.components.size(); ++i) {
    const auto& component = plan.document->components[i];
    const auto& vote = reading.technical.votes[i];
    out += i > 0 ? ",{\"name\":" : "{\"name\":";
    append_json_string(out, component.name);
    append_text(out, "family", plan.document->families[component.family].title);
    append_number(out, "value", vote.value);
    append_number(out, "vote", vote.vote);
    append_number(out, "weight", vote.weight);
    append_number(out, "contribution", vote.contribution);
    append_text(out, "reason", reason_text(plan, i, vote, reading.row));
    out += '}';
  }
  out += ']';
}

/// Which bars the first score waits for: those before the first one that there is, or before the newest close where there is
/// none.
void append_missing(std::string& out, const Shown& symbol, std::size_t place, std::uint64_t needed) {
  const auto& reading = symbol.reading(place);
  const auto step = market::duration(symbol.rules().plans[place].timeframe);
  std::optional<Timestamp> to = reading.first_bar;
  if (const auto last = symbol.closed().last_close(); !to && last)
    to = from_ms(to_ms(*last) / step.count() * step.count());
  if (!to || reading.bars >= needed) {
    out += ",\"missing\":null";
    return;
  }
  const Timestamp from = *to - static_cast<std::int64_t>(needed - reading.bars) * step;
  out += fmt::format(R"(,"missing":{{"from":{},"to":{}}})", to_ms(from), to_ms(*to));
}

void append_timeframe(std::string& out, const Shown& symbol, std::size_t place, Horizon horizon) {
  const auto& plan = symbol.rules().plans[place];
  const auto& reading = symbol.reading(place);
  out +=
      fmt::format(R"({{"timeframe":"{}","provisional":{})", market::name(plan.timeframe), symbol.is_provisional(place));
  const auto needed = static_cast<std::uint64_t>(plan.lookback) + 1;
  if (!reading.signal) {
    out += fmt::format(R"(,"status":"not_enough_history","bars":{},"bars_needed":{},"bar_time":{})", reading.bars,
                       needed, reading.bars > 0 ? fmt::to_string(to_ms(reading.bar_time)) : "null");
    append_missing(out, symbol, place, needed);
    append_no_verdict(out);
    out += R"(,"trend":null,"regime":null,"components":[],"patterns":[],"rating_tradingview":null})";
    return;
  }
  const auto& signal = *reading.signal;
  out += fmt::format(R"(,"status":"ready","bars":{},"bars_needed":{},"bar_time":{},"missing":null)", reading.bars,
                     needed, to_ms(signal.score.bar_time));
  append_verdict(out, signal, horizon);
  append_text(out, "trend", trend_of(signal));
  append_text(out, "regime", signals::name(signal.regime));
  append_components(out, symbol, place);
  out += ",\"patterns\":[";
  bool first = true;
  for (const auto& pattern : patterns_of(plan, reading.row)) {
    if (!std::exchange(first, false)) out += ',';
    append_json_string(out, pattern);
  }
  out += ']';
  append_number(out, "rating_tradingview", signal.tradingview);
  out += '}';
}

const char* words_of(signals::Agreement agreement) {
  switch (agreement) {
    case signals::Agreement::none: break;
    case signals::Agreement::agree: return "longer timeframes agree:";
    case signals::Agreement::mixed: return "longer timeframes are mixed:";
    case signals::Agreement::against: return "longer timeframes are against it:";
  }
  return "there are no longer timeframes";
}

/// The reasons of a score, in the order in which it adds them up.
void append_reasons(std::string& out, const Shown& symbol, std::size_t place) {
  const auto& plan = symbol.rules().plans[place];
  const auto& reading = symbol.reading(place);
  const auto& score = reading.signal->score;
  const auto timeframe = market::name(plan.timeframe);
  bool first = true;
  const auto add = [&](std::string_view text, double contribution) {
    if (!std::exchange(first, false)) out += ',';
    out += "{\"text\":";
    append_json_string(out, text);
    append_number(out, "contribution", contribution);
    out += '}';
  };
  out += ",\"reasons\":[";
  for (std::size_t i = 0; i < reading.technical.votes.size(); ++i) {
    const auto& vote = reading.technical.votes[i];
    add(fmt::format("{} {}: {}", timeframe, plan.document->components[i].name, reason_text(plan, i, vote, reading.row)),
        score.components_share * vote.contribution);
  }
  if (!score.confirmation.higher.empty()) {
    std::string text{words_of(score.confirmation.verdict)};
    for (const auto& higher : score.confirmation.higher)
      text += fmt::format(" {} {:+.2f}", market::name(higher.timeframe), higher.rating);
    add(text, score.components_share * score.confirmation.effect);
  }
  if (const auto& prediction = reading.signal->forecast.used()) {
    add(fmt::format("the model {} expects a rise within {} at {:.0f} %", prediction->model_id,
                    signals::name(prediction->horizon), 100 * prediction->probability_up),
        score.model_effect);
  }
  out += ']';
}

void append_confirmation(std::string& out, const signals::Score& score) {
  out += fmt::format(R"(,"confirmation":{{"aligned":{},"verdict":"{}","timeframes":[)", score.confirmation.aligned,
                     signals::name(score.confirmation.verdict));
  for (std::size_t i = 0; i < score.confirmation.higher.size(); ++i) {
    const auto& higher = score.confirmation.higher[i];
    out += fmt::format(R"({}{{"timeframe":"{}","bar_time":{},"rating":)", i > 0 ? "," : "",
                       market::name(higher.timeframe), to_ms(higher.bar_time));
    append_json_number(out, higher.rating);
    out += '}';
  }
  out += ']';
  append_number(out, "effect", score.components_share * score.confirmation.effect);
  out += '}';
}

/// What the model says. A forecast that is too old is named, and its number is not told: it is in nothing.
void append_ai(std::string& out, const signals::Forecast& forecast) {
  out += fmt::format(R"(,"ai":{{"status":"{}")", signals::name(forecast.status));
  const auto& used = forecast.used();
  append_number(out, "score", used ? 100 * used->probability_up : std::nan(""));
  append_number(out, "probability_up", used ? used->probability_up : std::nan(""));
  if (const auto& prediction = forecast.prediction) {
    append_text(out, "horizon", signals::name(prediction->horizon));
    append_text(out, "model_id", prediction->model_id);
    out += fmt::format(R"(,"as_of":{}}})", to_ms(prediction->as_of));
  } else {
    out += R"(,"horizon":null,"model_id":null,"as_of":null})";
  }
}

void append_record(std::string& out, const Shown& symbol, std::size_t place, Horizon horizon) {
  const auto direction = symbol.reading(place).signal->score.direction();
  const auto& tally = symbol.closed().tally(place, horizon, direction);
  if (tally.n < signals::kRecordLeast) {
    out += ",\"track_record\":null";
    return;
  }
  const auto n = static_cast<double>(tally.n);
  out += fmt::format(R"(,"track_record":{{"band":"{}","timeframe":"{}","horizon":"{}","n":{},"paid":{})",
                     signals::name(direction), market::name(symbol.rules().plans[place].timeframe),
                     signals::name(horizon), tally.n, tally.paid);
  append_number(out, "hit_rate", tally.paid / n);
  append_number(out, "mean_return", tally.sum / n);
  out += R"(,"always_long":{"hit_rate":)";
  append_json_number(out, tally.long_paid / n);
  append_number(out, "mean_return", tally.long_sum / n);
  out += "}}";
}

/// "Buy at 67: the price is +1.2 ATR from its EMA 50; MACD 12 is over its signal line 9."
std::string sentence_of(const Shown& symbol, std::size_t place) {
  constexpr std::size_t kReasonsMost = 2;
  const auto& plan = symbol.rules().plans[place];
  const auto& reading = symbol.reading(place);
  const auto& score = reading.signal->score;
  std::vector<std::size_t> strongest(reading.technical.votes.size());
  for (std::size_t i = 0; i < strongest.size(); ++i) strongest[i] = i;
  // Of reasons against the score none is told, however strong.
  const double way = score.score >= 50 ? 1 : -1;
  std::ranges::sort(strongest, [&](std::size_t a, std::size_t b) {
    const double first = way * reading.technical.votes[a].contribution;
    const double second = way * reading.technical.votes[b].contribution;
    return first != second ? first > second : a < b;
  });
  std::string text{signals::name(score.direction())};
  std::ranges::replace(text, '_', ' ');
  text[0] = static_cast<char>(text[0] - 'a' + 'A');
  text += fmt::format(" at {:.0f}", score.score);
  for (std::size_t n = 0; n < std::min(kReasonsMost, strongest.size()); ++n) {
    const auto& vote = reading.technical.votes[strongest[n]];
    if (way * vote.contribution <= 0) break;
    text += (n == 0 ? ": " : "; ") + reason_text(plan, strongest[n], vote, reading.row);
  }
  return text + '.';
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
