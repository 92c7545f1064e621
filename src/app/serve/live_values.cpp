#include "app/serve/live_values.h"

#include <algorithm>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "accounts/secrets.h"
#include "base/json_text.h"
#include "base/number.h"
#include "realtime/frames.h"

namespace cw::app {
namespace {

constexpr std::size_t kDigestBytes = 16;  // of a text: 128 bits, so that no two share a key

using evaluation::LiveText;
using realtime::BoardIndex;
using realtime::Topic;

/// `[1.5,null]`: what is no finite number is null.
void append_values(std::string& out, std::span<const double> values) {
  out += '[';
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i > 0) out += ',';
    append_json_number(out, values[i]);
  }
  out += ']';
}

void append_data(std::string& out, const market::Instrument& instrument, market::Timeframe timeframe, Timestamp time,
                 std::span<const double> values, bool is_provisional) {
  out += fmt::format(
      R"({{"kind":"values","symbol":"{}","venue":"{}","timeframe":"{}","time":{},"provisional":{},"values":)",
      instrument.id.symbol, instrument.id.venue, market::name(timeframe), to_ms(time), is_provisional);
  append_values(out, values);
  out += '}';
}

/// What tells one text of a series from another, short: it goes out with every message.
std::string suffix_of(const LiveText& text) {
  std::string whole = json_string(text.text);
  if (text.seed == indicators::Seed::pine) whole += " seed=pine";
  for (const auto& [name, value] : text.inputs) {
    whole += " " + json_string(name) + "=";
    if (const auto* number = std::get_if<double>(&value)) {
      append_double(whole, *number);
    } else {
      append_json_string(whole, std::get<std::string>(value));
    }
  }
  const auto digest = accounts::sha256(whole);
  std::string suffix = "expr-";
  for (const unsigned char byte : std::span(digest).first(kDigestBytes)) suffix += fmt::format("{:02x}", byte);
  return suffix;
}

}  // namespace

LiveValues::LiveValues(Parts parts)
    : parts_(std::move(parts)),
      texts_gauge_(parts_.metrics.gauge("candlewick_live_expressions", "Expressions that are watched live.")),
      prepared_(parts_.metrics.counter("candlewick_live_plans_total", "Plans prepared for live expressions.")) {}

/// Compiles the text by itself, so that whoever sent it is told what is wrong with it.
Result<LiveText> LiveValues::text_of(const SeriesKey& key, const realtime::Subscribe& subscribe,
                                     std::vector<std::string>& titles) const {
  LiveText text{*subscribe.expr, subscribe.inputs,
                subscribe.seed == "pine" ? indicators::Seed::pine : indicators::Seed::talib};
  expr::Graph graph(key.timeframe);
  const expr::CompileOptions options{.symbol = parts_.board.instrument(key.instrument).id,
                                     .seed = text.seed,
                                     .inputs = text.inputs,
                                     .find_symbol = [this](std::string_view name) { return find_symbol(name); },
                                     .named = &parts_.signals.names()};
  const auto compiled = expr::compile(text.text, options, graph);
  if (!compiled) {
    return std::unexpected(Error{Errc::bad_expression, compiled.error().text(), compiled.error().suggestions, "expr"});
  }
  // One spelling for all that mean the same: they share a topic.
  text.text = compiled->canonical;
  for (const auto& plot : compiled->plots) titles.push_back(plot.title);
  return text;
}

std::optional<market::InstrumentId> LiveValues::find_symbol(std::string_view name) const {
  const auto found = parts_.board.resolve(name);
  return found ? std::optional{parts_.board.instrument(*found).id} : std::nullopt;
}

std::optional<Error> LiveValues::refuse(const SeriesKey& key, const Series& series, const LiveText& text) const {
  if (series.texts.size() >= kTextsOfSeriesMost || by_key_.size() >= kTextsMost) {
    return Error{
        Errc::limit_exceeded,
        fmt::format("{} expressions are watched already, {} of one symbol and timeframe at most; somebody has to "
                    "close one first",
                    by_key_.size(), kTextsOfSeriesMost)};
  }
  // All texts of a series are one plan: one that does not go with the others must not end what they have.
  evaluation::LiveRequest together{.instrument = parts_.board.instrument(key.instrument).id,
                                   .timeframe = key.timeframe,
                                   .texts = {},
                                   .find_symbol = [this](std::string_view name) { return find_symbol(name); },
                                   .signals = &parts_.signals};
  for (const auto& [watched, state] : series.texts) together.texts.push_back(watched);
  together.texts.push_back(text);
  const auto assembled = evaluation::assemble_live(together);
  if (assembled) return std::nullopt;
  Error error = assembled.error();
  error.field = "expr";
  return error;
}

evaluation::LiveRequest LiveValues::request_of(const SeriesKey& key, const Series& series) const {
  // A copy of what is known now: the request is read on a worker's thread.
  auto book = std::make_shared<market::InstrumentBook>(parts_.board.default_venue());
  for (BoardIndex i = 0; i < parts_.board.size(); ++i) book->put(parts_.board.instrument(i));
  evaluation::LiveRequest request{.instrument = parts_.board.instrument(key.instrument).id,
                                  .timeframe = key.timeframe,
                                  .texts = {},
                                  .signals = &parts_.signals};
  for (const auto& [text, watched] : series.texts) request.texts.push_back(text);
  request.find_symbol = [book](std::string_view text) -> std::optional<market::InstrumentId> {
    const auto found = book->resolve(text);
    return found ? std::optional{found->id} : std::nullopt;
  };
  return request;
}

Result<Topic> LiveValues::open(BoardIndex instrument, market::Timeframe timeframe,
                               const realtime::Subscribe& subscribe) {
  const SeriesKey key{instrument, timeframe};
  std::vector<std::string> titles;
  const auto text = text_of(key, subscribe, titles);
  if (!text) return pass_on(text);
  const std::string name = fmt::format("market_data:{}:{}:{}", parts_.board.instrument(instrument).id.text(),
                                       market::name(timeframe), suffix_of(*text));
  auto& series = series_[key];
  auto found = series.texts.find(*text);
  if (found == series.texts.end()) {
    if (auto refused = refuse(key, series, *text)) {
      if (series.texts.empty() && !series.is_preparing) series_.erase(key);
      return std::unexpected(std::move(*refused));
    }
    found =
        series.texts.emplace(*text, Watched{.key = name, .source = take_source(), .titles = std::move(titles)}).first;
    by_key_.emplace(name, std::pair{key, *text});
    texts_gauge_.set(static_cast<double>(by_key_.size()));
    want_plan(series, Millis{0});
    begin_to_prepare(key, series);
  }
  return Topic{
      realtime::Channel::market_data, name, {found->second.source}, snapshot(key, series, *text, found->second)};
}

void LiveValues::left(const std::string& key) {
  const auto found = by_key_.find(key);
  if (found == by_key_.end()) return;
  const auto [series_key, text] = found->second;
  by_key_.erase(found);
  texts_gauge_.set(static_cast<double>(by_key_.size()));
  auto& series = series_.at(series_key);
  free_sources_.push_back(series.texts.at(text).source);
  series.texts.erase(text);
  // The plan keeps the text's nodes until the next one is prepared; without any text it goes.
  if (series.texts.empty() && !series.is_preparing) series_.erase(series_key);
}

realtime::SourceId LiveValues::take_source() {
  if (free_sources_.empty()) return parts_.hub.add_source();
  const auto source = free_sources_.back();
  free_sources_.pop_back();
  return source;
}

void LiveValues::want_plan(Series& series, Millis after) {
  if (!series.wants_plan) series.prepare_from = parts_.runtime.now() + after;
  if (after == Millis{0}) series.prepare_from = parts_.runtime.now();
  series.wants_plan = true;
}

void LiveValues::begin_to_prepare(const SeriesKey& key, Series& series) {
  if (!std::exchange(series.is_preparing, true)) parts_.runtime.spawn("live plan", prepare(key));
}

/// Prepares plans for a series until nothing new is wanted. While is_preparing the series stays where it is.
net::Task<void> LiveValues::prepare(SeriesKey key) {
  auto& series = series_.at(key);
  while (series.wants_plan && parts_.runtime.now() >= series.prepare_from && !series.texts.empty()) {
    series.wants_plan = false;
    series.live.expect_plan();
    auto request = request_of(key, series);
    std::function<Result<evaluation::LivePlan>()> work = [store_of = parts_.store_of, request = std::move(request)] {
      return evaluation::prepare_live(store_of, request);
    };
    auto plan = co_await parts_.workers.run<evaluation::LivePlan>(parts_.runtime, std::move(work));
    prepared_.add();
    if (!plan) {
      series.live.abandon_expected();
      if (plan.error().code == Errc::cancelled) break;
      parts_.logger.warn(
          "a live plan could not be prepared",
          {{"series", parts_.board.instrument(key.instrument).id.text()}, {"why", plan.error().message}});
      want_plan(series, kPrepareAgainAfter);
      break;
    }
    if (!series.live.adopt(std::move(*plan))) want_plan(series, Millis{0});
    publish(key, series);
  }
  series.is_preparing = false;
  if (series.texts.empty()) series_.erase(key);
}

void LiveValues::closed(BoardIndex instrument, market::Timeframe timeframe, const market::Candle& bar) {
  const expr::Context as_other{parts_.board.instrument(instrument).id.text(), timeframe};
  for (auto& [key, series] : series_) {
    if (key.instrument == instrument && key.timeframe == timeframe) {
      if (series.forming && series.forming->open_time <= bar.open_time) series.forming.reset();
      if (series.live.closed(bar)) publish(key, series);
    } else if (key.instrument != instrument) {
      series.live.other_closed(as_other, bar);
    }
  }
}

void LiveValues::signals_settled(BoardIndex instrument, const signals::SymbolSignals& symbol,
                                 const std::vector<std::size_t>& fresh) {
  for (auto at = series_.lower_bound({instrument, market::kTimeframes.front()});
       at != series_.end() && at->first.instrument == instrument; ++at) {
    auto& live = at->second.live;
    for (const std::size_t place : fresh)
      live.signal_told(place, evaluation::ToldSignal::of(*symbol.reading(place).signal));
    if (live.signals_settled()) publish(at->first, at->second);
  }
}

void LiveValues::signals_begun_anew(BoardIndex instrument) {
  for (auto& [key, series] : series_) {
    if (key.instrument != instrument || !series.live.signals_begun_anew()) continue;
    want_plan(series, Millis{0});
    begin_to_prepare(key, series);
  }
}

void LiveValues::forming(BoardIndex instrument, market::Timeframe timeframe, const market::FormingCandle& bar) {
  const auto found = series_.find({instrument, timeframe});
  if (found != series_.end()) found->second.forming = bar;
}

void LiveValues::stored_changed(BoardIndex instrument) {
  const std::string id = parts_.board.instrument(instrument).id.text();
  for (auto& [key, series] : series_) {
    const bool looks_at_it =
        series.live.has_plan() && std::ranges::find(series.live.plan().plan.feeds(), id, &expr::Context::symbol) !=
                                      series.live.plan().plan.feeds().end();
    // What a plan that is being prepared looks at, and has read already, is not known yet.
    if (key.instrument == instrument || looks_at_it || series.is_preparing) want_plan(series, kPrepareAgainAfter);
  }
}

void LiveValues::tick() {
  for (auto& [key, series] : series_) {
    if (series.wants_plan && parts_.runtime.now() >= series.prepare_from) begin_to_prepare(key, series);
    if (series.forming) publish_provisional(key, series);
    series.forming.reset();
  }
}

/// The values as of the newest closed bar, to all who watch.
void LiveValues::publish(const SeriesKey& key, Series& series) {
  if (!series.live.has_plan() || !series.live.plan().last_bar) return;
  const auto& plan = series.live.plan();
  for (std::size_t i = 0; i < plan.texts.size(); ++i) {
    const auto found = series.texts.find(plan.texts[i]);
    if (found == series.texts.end()) continue;
    found->second.last_provisional.clear();
    parts_.hub.publish(found->second.source, realtime::Delivery::durable, [&](std::string& out) {
      append_data(out, parts_.board.instrument(key.instrument), key.timeframe, *plan.last_bar, series.live.values(i),
                  false);
    });
  }
}

void LiveValues::publish_provisional(const SeriesKey& key, Series& series) {
  const auto peeked = series.live.peek(*series.forming);
  if (!peeked) return;
  const auto& plan = series.live.plan();
  std::size_t at = 0;
  for (std::size_t i = 0; i < plan.texts.size(); at += plan.widths[i++]) {
    const auto found = series.texts.find(plan.texts[i]);
    if (found == series.texts.end()) continue;
    std::string data;
    append_data(data, parts_.board.instrument(key.instrument), key.timeframe, series.forming->open_time,
                std::span(peeked->for_display()).subspan(at, plan.widths[i]), true);
    if (data == found->second.last_provisional) continue;
    found->second.last_provisional = data;
    parts_.hub.publish(found->second.source, realtime::Delivery::conflatable, [&](std::string& out) { out += data; });
  }
}

std::string LiveValues::snapshot(const SeriesKey& key, const Series& series, const LiveText& text,
                                 const Watched& watched) const {
  const auto& instrument = parts_.board.instrument(key.instrument);
  std::string out = fmt::format(R"({{"kind":"values","symbol":"{}","venue":"{}","timeframe":"{}","expr":)",
                                instrument.id.symbol, instrument.id.venue, market::name(key.timeframe));
  append_json_string(out, text.text);
  out += R"(,"titles":[)";
  for (std::size_t i = 0; i < watched.titles.size(); ++i) {
    if (i > 0) out += ',';
    append_json_string(out, watched.titles[i]);
  }
  out += R"(],"provisional":false)";
  if (series.live.has_plan() && series.live.plan().last_bar) {
    const auto& plan = series.live.plan();
    for (std::size_t i = 0; i < plan.texts.size(); ++i) {
      if (plan.texts[i] != text) continue;
      out += fmt::format(R"(,"time":{},"values":)", to_ms(*plan.last_bar));
      append_values(out, series.live.values(i));
      return out + '}';
    }
  }
  return out + R"(,"time":null,"values":null})";
}

}  // namespace cw::app
