#include "api/signal_parts.h"

#include <cmath>
#include <vector>

#include <fmt/format.h>

#include "base/json_text.h"
#include "signals/track_record.h"

namespace cw::api {

using signals::Horizon;
using signals::Signal;

void append_number(std::string& out, const char* name, double value) {
  out += fmt::format(",\"{}\":", name);
  append_json_number(out, value);
}

void append_text(std::string& out, const char* name, std::string_view value) {
  out += fmt::format(",\"{}\":", name);
  append_json_string(out, value);
}

std::string time_or_null(const std::optional<Timestamp>& time) { return time ? fmt::to_string(to_ms(*time)) : "null"; }

void append_verdict(std::string& out, const Signal& signal, Horizon horizon) {
  append_number(out, "score", signal.score.score);
  append_text(out, "direction", signals::name(signal.score.direction()));
  append_number(out, "confidence", signal.score.confidence);
  append_number(out, "probability", signal.probability[static_cast<std::size_t>(horizon)]);
}

void append_no_verdict(std::string& out) {
  out += R"(,"score":null,"direction":null,"confidence":null,"probability":null)";
}

namespace {

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

}  // namespace

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

namespace {

const char* words_of(signals::Agreement agreement) {
  switch (agreement) {
    case signals::Agreement::none: break;
    case signals::Agreement::agree: return "longer timeframes agree:";
    case signals::Agreement::mixed: return "longer timeframes are mixed:";
    case signals::Agreement::against: return "longer timeframes are against it:";
  }
  return "there are no longer timeframes";
}

}  // namespace

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
  // Nothing is traded on a neutral signal, so it has no record.
  if (tally.n < signals::kRecordLeast || direction == signals::Direction::neutral) {
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

std::string sentence_of(const Shown& symbol, std::size_t place) {
  constexpr std::size_t kReasonsMost = 2;
  const auto& plan = symbol.rules().plans[place];
  const auto& reading = symbol.reading(place);
  const auto& score = reading.signal->score;
  std::vector<std::size_t> strongest(reading.technical.votes.size());
  for (std::size_t i = 0; i < strongest.size(); ++i) strongest[i] = i;
  // Of reasons against the score none is told, however strong; of a neutral one the strongest, whichever way they point.
  const int way = signals::side_of(score.direction());
  const auto strength = [&](std::size_t i) {
    const double contribution = reading.technical.votes[i].contribution;
    return way == 0 ? std::abs(contribution) : way * contribution;
  };
  std::ranges::sort(strongest, [&](std::size_t a, std::size_t b) {
    const double first = strength(a);
    const double second = strength(b);
    return first != second ? first > second : a < b;
  });
  std::string text{signals::name(score.direction())};
  std::ranges::replace(text, '_', ' ');
  text[0] = static_cast<char>(text[0] - 'a' + 'A');
  text += fmt::format(" at {:.0f}", score.score);
  for (std::size_t n = 0; n < std::min(kReasonsMost, strongest.size()); ++n) {
    const auto& vote = reading.technical.votes[strongest[n]];
    if (!(strength(strongest[n]) > 0)) break;
    text += (n == 0 ? ": " : "; ") + reason_text(plan, strongest[n], vote, reading.row);
  }
  return text + '.';
}

}  // namespace cw::api
