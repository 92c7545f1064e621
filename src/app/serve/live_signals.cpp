#include "app/serve/live_signals.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "api/signal_json.h"
#include "evaluation/signal_history.h"

namespace cw::app {
namespace {

using market::Timeframe;
using realtime::BoardIndex;
using signals::kSignalTimeframes;

/// The longest scored timeframe whose bar ends with the minute that ends at `now`.
Timeframe longest_at(Timestamp now) {
  Timeframe longest = Timeframe::m1;
  for (const auto timeframe : kSignalTimeframes) {
    if (market::is_open_time(timeframe, now)) longest = timeframe;
  }
  return longest;
}

/// The finest scored timeframe that can be made of what is stored.
Result<std::unique_ptr<signals::SymbolSignals>> run_over(const candle_store::CandleStore& store,
                                                         const market::InstrumentId& instrument,
                                                         const signals::SignalRules& rules) {
  Error why{Errc::not_found, "nothing is stored of it", {}, {}};
  for (const auto finest : kSignalTimeframes) {
    auto made = std::make_unique<signals::SymbolSignals>(rules);
    const auto done = evaluation::run_signal_history(store, instrument, finest, *made, {});
    if (done) return made;
    if (done.error().code != Errc::not_found) return pass_on(done);
  }
  return std::unexpected(std::move(why));
}

}  // namespace

LiveSignals::LiveSignals(Parts parts)
    : parts_(std::move(parts)),
      emitted_(parts_.metrics.counter("candlewick_signals_total", "Signals that were emitted live.")),
      runs_(parts_.metrics.counter("candlewick_signal_histories_total", "Histories that were run for signals.")) {}

LiveSignals::Symbol& LiveSignals::at(BoardIndex instrument) {
  while (symbols_.size() <= instrument) {
    auto& symbol = symbols_.emplace_back(std::make_unique<Symbol>());
    for (auto& source : symbol->sources) source = parts_.hub.add_source();
  }
  return *symbols_[instrument];
}

void LiveSignals::put(BoardIndex instrument) {
  auto& symbol = at(instrument);
  if (symbol.signals || symbol.is_running) return;
  symbol.wants_run = true;
  symbol.run_from = parts_.runtime.now();
}

void LiveSignals::stored_changed(BoardIndex instrument) {
  auto& symbol = at(instrument);
  symbol.wants_run = true;
  symbol.run_from = parts_.runtime.now() + kRunAgainAfter;
}

void LiveSignals::closed(BoardIndex instrument, Timeframe timeframe, const market::Candle& bar) {
  if (!signals::place_of(timeframe)) return;
  auto& symbol = at(instrument);
  if (symbol.is_running) {
    if (symbol.kept.size() >= kKeptMost) {
      symbol.kept.pop_front();
      symbol.lost = true;
    }
    symbol.kept.push_back({timeframe, bar});
  }
  if (symbol.signals) {
    take(instrument, {timeframe, bar}, true);
  } else if (!symbol.is_running) {
    put(instrument);  // the first bars of a symbol
  }
}

/// Collects the bars of an instant and goes on once the last of them is there: after the minute's own bar come those that it
/// completes, the longest last.
void LiveSignals::take(BoardIndex instrument, const Closed& closed, bool is_news) {
  auto& symbol = *symbols_[instrument];
  const auto& reading = symbol.signals->reading(*signals::place_of(closed.timeframe));
  if (reading.bars > 0 && closed.bar.open_time <= reading.bar_time) return;
  symbol.instant.push_back(closed);
  const auto minute = std::ranges::find(symbol.instant, Timeframe::m1, &Closed::timeframe);
  if (minute == symbol.instant.end()) return;
  if (closed.timeframe == longest_at(minute->bar.open_time + market::duration(Timeframe::m1)))
    settle(instrument, is_news);
}

void LiveSignals::settle(BoardIndex instrument, bool is_news) {
  auto& symbol = *symbols_[instrument];
  Timestamp now{};
  double price = 0;
  for (const auto& one : symbol.instant) {
    symbol.signals->closed(one.timeframe, one.bar);
    if (one.timeframe != Timeframe::m1) continue;
    now = one.bar.open_time + market::duration(Timeframe::m1);
    price = one.bar.close;
  }
  symbol.instant.clear();
  std::vector<std::size_t> fresh;
  symbol.signals->settle(
      now, price,
      {[&](const signals::Signal& signal) { fresh.push_back(*signals::place_of(signal.score.timeframe)); }, {}});
  ++symbol.version;
  if (!is_news) return;
  const auto& id = parts_.board.instrument(instrument).id;
  for (const std::size_t place : fresh) {
    emitted_.add();
    parts_.hub.publish(symbol.sources[place], realtime::Delivery::durable, [&](std::string& out) {
      out += api::signal_event_json(*symbol.signals, {id, {}, {}, {}, now}, place);
    });
  }
}

void LiveSignals::tick() {
  if (is_running_) return;
  const Timestamp now = parts_.runtime.now();
  const auto waits = [&](const auto& symbol) { return symbol->wants_run && symbol->run_from <= now; };
  if (std::ranges::none_of(symbols_, waits)) return;
  is_running_ = true;
  parts_.runtime.spawn("signals", run());
}

/// Runs the histories that wait, one after the other.
net::Task<void> LiveSignals::run() {
  for (BoardIndex i = 0; i < symbols_.size(); ++i) {
    if (symbols_[i]->wants_run && symbols_[i]->run_from <= parts_.runtime.now()) co_await run_history(i);
  }
  is_running_ = false;
}

net::Task<void> LiveSignals::run_history(BoardIndex instrument) {
  auto& symbol = *symbols_[instrument];
  symbol.wants_run = false;
  symbol.is_running = true;
  symbol.lost = false;
  const auto id = parts_.board.instrument(instrument).id;
  std::function<Result<Made>()> work = [store_of = parts_.store_of, id, &rules = parts_.rules]() -> Result<Made> {
    auto made = run_over(store_of(id), id, rules);
    if (!made) return pass_on(made);
    return Made{std::move(*made)};
  };
  auto made = co_await parts_.workers.run<Made>(parts_.runtime, std::move(work));
  runs_.add();
  symbol.is_running = false;
  const auto kept = std::exchange(symbol.kept, {});
  if (!made) {
    symbol.trouble = made.error().message;
    if (made.error().code != Errc::not_found && made.error().code != Errc::cancelled)
      parts_.logger.warn("the signals of a symbol could not be made",
                         {{"symbol", id.text()}, {"why", made.error().message}});
    co_return;
  }
  symbol.trouble.clear();
  if (symbol.lost) {
    symbol.wants_run = true;  // too many bars closed meanwhile: from the store, once more
    symbol.run_from = parts_.runtime.now();
    co_return;
  }
  symbol.signals = std::move(made->signals);
  symbol.instant.clear();
  ++symbol.version;
  for (const auto& closed : kept) take(instrument, closed, false);
}

const signals::SymbolSignals* LiveSignals::symbol(BoardIndex index) const {
  return index < symbols_.size() ? symbols_[index]->signals.get() : nullptr;
}

std::uint64_t LiveSignals::version(BoardIndex index) const {
  return index < symbols_.size() ? symbols_[index]->version : 0;
}

std::string LiveSignals::why_not(BoardIndex index) const {
  if (index < symbols_.size() && !symbols_[index]->trouble.empty()) return symbols_[index]->trouble;
  return "its history is being run";
}

Result<realtime::Topic> LiveSignals::open(const realtime::Subscribe& subscribe) {
  std::vector<std::size_t> places;
  std::string name = "*";
  if (subscribe.timeframe.empty()) {
    for (std::size_t place = 0; place < signals::kTimeframes; ++place) places.push_back(place);
  } else {
    const auto timeframe = signals::parse_signal_timeframe(subscribe.timeframe);
    if (!timeframe) {
      Error error = timeframe.error();
      error.field = "timeframe";
      return std::unexpected(std::move(error));
    }
    places.push_back(*signals::place_of(*timeframe));
    name = market::name(*timeframe);
  }
  std::vector<BoardIndex> instruments;
  std::string whose = "*";
  if (subscribe.symbol == "*") {
    for (BoardIndex i = 0; i < parts_.board.size(); ++i) instruments.push_back(i);
  } else {
    const auto found = parts_.board.resolve(subscribe.symbol);
    if (!found) {
      Error error = found.error();
      error.field = "symbol";
      return std::unexpected(std::move(error));
    }
    instruments.push_back(*found);
    whose = parts_.board.instrument(*found).id.text();
  }
  realtime::Topic topic{realtime::Channel::signals, fmt::format("signals:{}:{}", whose, name), {}, R"({"signals":[)"};
  bool first = true;
  for (const BoardIndex i : instruments) {
    auto& symbol = at(i);
    for (const std::size_t place : places) {
      topic.sources.push_back(symbol.sources[place]);
      if (!symbol.signals || !symbol.signals->reading(place).signal) continue;
      if (!std::exchange(first, false)) topic.snapshot_json += ',';
      topic.snapshot_json +=
          api::signal_event_json(*symbol.signals, {parts_.board.instrument(i).id, {}, {}, {}, {}}, place);
    }
  }
  topic.snapshot_json += "]}";
  return topic;
}

}  // namespace cw::app
