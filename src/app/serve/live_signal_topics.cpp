#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "app/serve/live_signals.h"

// What LiveSignals tells its subscribers beside the signals of closed bars.
namespace cw::app {
namespace {

using realtime::BoardIndex;

Error with_field(Error error, const char* field) {
  error.field = field;
  return error;
}

}  // namespace

api::SignalAsked LiveSignals::shown(BoardIndex instrument) const {
  return {.instrument = parts_.board.instrument(instrument).id, .places = {}, .now = parts_.runtime.now()};
}

const api::SignalView::Provisional& LiveSignals::provisional(BoardIndex index) {
  auto& symbol = *symbols_[index];
  const Timestamp now = parts_.runtime.now();
  const bool is_good = symbol.provisional && symbol.provisional_version == symbol.version &&
                       now - symbol.provisional->made_at < kProvisionalFor;
  if (is_good) return *symbol.provisional;
  signals::SymbolSignals::FormingBars forming;
  for (std::size_t place = 0; place < forming.size(); ++place)
    forming[place] = parts_.board.forming(index, signals::kSignalTimeframes[place]);
  symbol.provisional.emplace(symbol.signals->peek(forming, ask_of(index, now)), now);
  symbol.provisional_version = symbol.version;
  return *symbol.provisional;
}

/// Of each symbol once, when its signals become old and when they are no longer.
void LiveSignals::say_states() {
  for (BoardIndex i = 0; i < symbols_.size(); ++i) {
    auto& symbol = *symbols_[i];
    if (!symbol.signals) continue;
    const bool is_stale = api::stale_since(*symbol.signals, parts_.runtime.now()).has_value();
    const auto told = std::exchange(symbol.told_stale, is_stale);
    if (told.value_or(false) == is_stale) continue;
    parts_.hub.publish(symbol.state_source, realtime::Delivery::durable,
                       [&](std::string& out) { out += api::signal_state_json(*symbol.signals, shown(i)); });
  }
}

/// Takes the topics in turns: where there are many each is told less often, and nothing else waits for them.
void LiveSignals::say_provisional() {
  auto next = watched_.upper_bound(watched_last_);
  for (std::size_t n = std::min(watched_.size(), kPeeksATick); n > 0; --n) {
    if (next == watched_.end()) next = watched_.begin();
    watched_last_ = next->first;
    say_provisional(next->second);
    ++next;
  }
}

void LiveSignals::say_provisional(BoardIndex instrument) {
  auto& symbol = *symbols_[instrument];
  if (!symbol.signals) return;
  const auto& made = provisional(instrument).peeked;
  auto asked = shown(instrument);
  asked.provisional = &made;
  for (std::size_t place = 0; place < signals::kTimeframes; ++place) {
    const auto& reading = made.for_display()[place];
    if (!reading || !reading->signal) continue;
    std::string event = api::signal_event_json(*symbol.signals, asked, place);
    if (event == symbol.told_provisional[place]) continue;
    parts_.hub.publish(symbol.provisional_sources[place], realtime::Delivery::conflatable,
                       [&event](std::string& out) { out += event; });
    symbol.told_provisional[place] = std::move(event);
  }
}

Result<std::vector<std::size_t>> LiveSignals::places_of(const realtime::Subscribe& subscribe) const {
  std::vector<std::size_t> places;
  if (subscribe.timeframe.empty()) {
    for (std::size_t place = 0; place < signals::kTimeframes; ++place) places.push_back(place);
    return places;
  }
  const auto timeframe = signals::parse_signal_timeframe(subscribe.timeframe);
  if (!timeframe) return std::unexpected(with_field(timeframe.error(), "timeframe"));
  places.push_back(*signals::place_of(*timeframe));
  return places;
}

Result<realtime::Topic> LiveSignals::open(const realtime::Subscribe& subscribe) {
  const auto places = places_of(subscribe);
  if (!places) return pass_on(places);
  std::vector<BoardIndex> instruments;
  std::string whose = "*";
  if (subscribe.symbol == "*") {
    for (BoardIndex i = 0; i < parts_.board.size(); ++i) instruments.push_back(i);
  } else {
    const auto found = parts_.board.resolve(subscribe.symbol);
    if (!found) return std::unexpected(with_field(found.error(), "symbol"));
    instruments.push_back(*found);
    whose = parts_.board.instrument(*found).id.text();
  }
  const std::string_view name =
      subscribe.timeframe.empty() ? "*" : market::name(signals::kSignalTimeframes[places->front()]);
  realtime::Topic topic{realtime::Channel::signals,
                        fmt::format("signals:{}:{}{}{}", whose, name, subscribe.provisional ? ":provisional" : "",
                                    subscribe.strategies ? ":" + subscribe.user_id : ""),
                        {},
                        R"({"signals":[)"};
  std::string states;
  auto add = [first = true, &topic](const std::string& event) mutable {
    if (!std::exchange(first, false)) topic.snapshot_json += ',';
    topic.snapshot_json += event;
  };
  for (const BoardIndex i : instruments) {
    auto& symbol = at(i);
    topic.sources.push_back(symbol.state_source);
    if (subscribe.strategies && strategies_ != nullptr)
      topic.sources.push_back(strategies_->source(subscribe.user_id, i));
    auto asked = shown(i);
    if (symbol.signals) states += (states.empty() ? "" : ",") + api::signal_state_json(*symbol.signals, asked);
    for (const std::size_t place : *places) {
      topic.sources.push_back(symbol.sources[place]);
      if (symbol.signals && symbol.signals->reading(place).signal)
        add(api::signal_event_json(*symbol.signals, asked, place));
    }
    if (!subscribe.provisional) continue;
    watched_.emplace(topic.key, i);
    if (symbol.signals) asked.provisional = &provisional(i).peeked;
    for (const std::size_t place : *places) {
      topic.sources.push_back(symbol.provisional_sources[place]);
      if (asked.provisional == nullptr) continue;
      const auto& reading = asked.provisional->for_display()[place];
      if (reading && reading->signal) add(api::signal_event_json(*symbol.signals, asked, place));
    }
  }
  topic.snapshot_json += fmt::format(R"(],"states":[{}]}})", states);
  return topic;
}

void LiveSignals::left(const std::string& key) { watched_.erase(key); }

}  // namespace cw::app
