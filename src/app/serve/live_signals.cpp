#include "app/serve/live_signals.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "accounts/secrets.h"
#include "evaluation/signal_history.h"
#include "records/signal_rows.h"

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

constexpr std::size_t kInputsBytes = 16;

records::SignalRun run_of(const signals::SymbolSignals& symbol, const market::InstrumentId& id, Timestamp now) {
  records::SignalRun run;
  run.instrument = id;
  run.started_at = now;
  run.document = symbol.rules().plans.front().document->text;
  const auto digest = accounts::sha256(run.document);
  run.digest.assign(digest.begin(), digest.end());
  run.round_trip_cost = symbol.rules().round_trip_cost;
  run.model_weight = symbol.rules().model_weight;
  for (std::size_t place = 0; place < signals::kTimeframes; ++place) {
    run.first_bars[place] = symbol.reading(place).first_bar;
    // Where no bar has closed yet the first is the one under way, also when older ones are fetched later.
    const auto step = market::duration(signals::kSignalTimeframes[place]).count();
    if (const auto last = symbol.last_close(); last && !run.first_bars[place])
      run.first_bars[place] = from_ms(to_ms(*last) / step * step);
  }
  return run;
}

}  // namespace

Result<LiveSignals::Made> LiveSignals::run_over(const Parts& parts, const market::InstrumentId& instrument) {
  Made made{std::make_unique<signals::SymbolSignals>(parts.rules), {}};
  std::optional<Timestamp> open_from;
  if (parts.records != nullptr) {
    const auto found = parts.records->read(
        [&](db::Connection& connection) { return records::outcomes_open_from(connection, instrument); });
    if (!found) return pass_on(found);
    open_from = *found;
  }
  const auto& store = parts.store_of(instrument);
  const auto finest = evaluation::finest_scored(store, instrument);
  if (!finest) return pass_on(finest);
  const signals::SymbolSignals::Sink sink{{}, [&](const signals::Outcome& outcome) {
                                            if (open_from && outcome.bar_time >= *open_from)
                                              made.outcomes.push_back(outcome);
                                          }};
  const auto done =
      evaluation::run_signal_history(store, instrument, *finest, *made.signals, sink, {}, {}, ask_nobody(parts));
  if (!done) return pass_on(done);
  return made;
}

LiveSignals::LiveSignals(Parts parts)
    : parts_(std::move(parts)),
      emitted_(parts_.metrics.counter("candlewick_signals_total", "Signals that were emitted live.")),
      runs_(parts_.metrics.counter("candlewick_signal_histories_total", "Histories that were run for signals.")) {}

LiveSignals::~LiveSignals() { post_kept(); }

LiveSignals::Symbol& LiveSignals::at(BoardIndex instrument) {
  while (symbols_.size() <= instrument) {
    auto& symbol = symbols_.emplace_back(std::make_unique<Symbol>());
    for (auto& source : symbol->sources) source = parts_.hub.add_source();
    for (auto& source : symbol->provisional_sources) source = parts_.hub.add_source();
    symbol->state_source = parts_.hub.add_source();
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
/// completes, the longest last. What the history has seen already ends an instant as well.
void LiveSignals::take(BoardIndex instrument, const Closed& closed, bool is_news) {
  auto& symbol = *symbols_[instrument];
  const std::size_t place = *signals::place_of(closed.timeframe);
  const auto& reading = symbol.signals->reading(place);
  const bool is_old = reading.bars > 0 && closed.bar.open_time <= reading.bar_time;
  // As history is run: a longer bar that lacks its beginning is left out.
  const auto& begins = symbol.signals->reading(0).first_bar;
  const bool is_cut = place > 0 && reading.bars == 0 && begins && closed.bar.open_time < *begins;
  if (!is_old && !is_cut) symbol.instant.push_back(closed);
  if (closed.timeframe == Timeframe::m1) symbol.minute = closed.bar;
  if (!symbol.minute) return;
  const Timestamp now = symbol.minute->open_time + market::duration(Timeframe::m1);
  if (closed.timeframe != longest_at(now)) return;
  const double price = std::exchange(symbol.minute, std::nullopt)->close;
  if (!symbol.instant.empty()) settle(instrument, now, price, is_news);
}

signals::SymbolSignals::Ask LiveSignals::ask_of(BoardIndex instrument, Timestamp now) const {
  if (parts_.predictions == nullptr) return {};
  return [this, instrument, now](Timeframe timeframe, Timestamp) {
    return signals::ask(parts_.predictions, parts_.board.instrument(instrument).id, signals::default_horizon(timeframe),
                        now);
  };
}

/// What was told before, or by nobody, is made without a model: what one would say of it now, it did not say then.
signals::SymbolSignals::Ask LiveSignals::ask_nobody(const Parts& parts) {
  if (parts.predictions == nullptr) return {};
  return [](Timeframe, Timestamp) { return signals::Forecast{signals::ForecastStatus::no_forecast, {}}; };
}

/// Whether something is missing before the first live bars that may still come; if so the history is run again.
bool LiveSignals::waits_for_hole(Symbol& symbol, Timestamp now) {
  if (symbol.is_joined) return false;
  const auto hole = symbol.signals->newest_hole();
  symbol.is_joined = !hole || *hole < now - kHoleMatters || symbol.joins_left == 0;
  if (symbol.is_joined) return false;
  if (!symbol.wants_run && !symbol.is_running) {
    --symbol.joins_left;
    symbol.wants_run = true;
    symbol.run_from = parts_.runtime.now() + kRunAgainAfter;
  }
  return true;
}

void LiveSignals::settle(BoardIndex instrument, Timestamp now, double price, bool is_news) {
  auto& symbol = *symbols_[instrument];
  for (const auto& one : symbol.instant) symbol.signals->closed(one.timeframe, one.bar);
  symbol.instant.clear();
  if (waits_for_hole(symbol, now)) is_news = false;
  std::vector<std::size_t> fresh;
  std::vector<signals::Outcome> outcomes;
  symbol.signals->settle(
      now, price,
      {[&](const signals::Signal& signal) { fresh.push_back(*signals::place_of(signal.score.timeframe)); },
       [&](const signals::Outcome& outcome) { outcomes.push_back(outcome); }},
      is_news ? ask_of(instrument, now) : ask_nobody(parts_));
  ++symbol.version;
  if (parts_.listener != nullptr) parts_.listener->signals_settled(instrument, *symbol.signals, fresh);
  if (!is_news) fresh.clear();
  keep(instrument, fresh, std::move(outcomes));
  for (const std::size_t place : fresh) {
    emitted_.add();
    symbol.told_provisional[place].clear();
    parts_.hub.publish(symbol.sources[place], realtime::Delivery::durable, [&](std::string& out) {
      out += api::signal_event_json(*symbol.signals, shown(instrument), place);
    });
  }
}

/// Has what was emitted and what became known kept in `record.db`, in one write.
void LiveSignals::keep(BoardIndex instrument, const std::vector<std::size_t>& fresh,
                       std::vector<signals::Outcome> outcomes) {
  if (parts_.records == nullptr || (fresh.empty() && outcomes.empty())) return;
  auto& symbol = *symbols_[instrument];
  const auto& id = parts_.board.instrument(instrument).id;
  std::vector<records::SignalRow> rows;
  for (const std::size_t place : fresh) {
    const auto digest = accounts::sha256(symbol.signals->inputs_of(place));
    rows.push_back(records::row_of(*symbol.signals->reading(place).signal, id, 0,
                                   std::string{digest.begin(), digest.begin() + kInputsBytes}));
  }
  if (!rows.empty() && !symbol.run)
    symbol.run = std::make_shared<records::SignalRun>(run_of(*symbol.signals, id, parts_.runtime.now()));
  if (unkept_.empty()) parts_.runtime.spawn("kept signals", post_soon());
  unkept_.emplace_back([run = symbol.run, rows = std::move(rows), outcomes = std::move(outcomes),
                        id](db::Connection& connection) mutable -> Result<void> {
    if (!rows.empty() && run->id == 0) {
      const auto added = records::add_signal_run(connection, *run);
      if (!added) return pass_on(added);
      run->id = *added;
    }
    for (auto& row : rows) {
      row.run = run->id;
      if (auto kept = records::keep_signal(connection, row); !kept) {
        run->id =
            0;  // a full disk may have taken the run back with the rest of its commit: the next write adds it anew
        return kept;
      }
    }
    for (const auto& outcome : outcomes) {
      if (auto kept = records::keep_outcome(connection, id, outcome); !kept) return kept;
    }
    return {};
  });
}

net::Task<void> LiveSignals::post_soon() {
  co_await parts_.runtime.sleep_for(kKeepAfter);
  post_kept();
}

void LiveSignals::post_kept() {
  for (auto& write : std::exchange(unkept_, {})) parts_.records->post_write(std::move(write), "signals");
}

void LiveSignals::tick() {
  say_states();
  say_provisional();
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
  std::function<Result<Made>()> work = [&parts = parts_, id] { return run_over(parts, id); };
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
  // What closed meanwhile is news where nobody has said it yet.
  const bool is_unsaid = symbol.signals == nullptr || !symbol.is_joined;
  symbol.signals = std::move(made->signals);
  symbol.instant.clear();
  symbol.minute.reset();
  symbol.run.reset();
  ++symbol.version;
  keep(instrument, {}, std::move(made->outcomes));
  if (parts_.listener != nullptr) parts_.listener->signals_begun_anew(instrument);
  for (const auto& closed : kept) take(instrument, closed, is_unsaid);
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

}  // namespace cw::app
