#include "evaluation/signal_library.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <optional>
#include <vector>

#include "evaluation/signal_history.h"

namespace cw::evaluation {
namespace {

using market::Timeframe;

constexpr std::chrono::milliseconds kLookEvery{50};  // at whether who waits for another's run is still there

/// Whether the same series are there and have at most become longer at their ends.
bool goes_on(const std::vector<candle_store::SeriesInfo>& before, const std::vector<candle_store::SeriesInfo>& now) {
  return std::ranges::equal(before, now, [](const auto& old, const auto& one) {
    if (old.id != one.id || old.first != one.first || one.last < old.last || one.rows < old.rows) return false;
    const auto room = static_cast<std::uint64_t>((one.last - old.last) / market::duration(one.id.timeframe));
    return one.rows - old.rows <= room && (one.rows > old.rows) == (one.last > old.last);
  });
}

/// From where up a symbol is run for the signals of `wanted`: of finer timeframes than what is stored there are none. None: there
/// are none of any.
std::optional<Timeframe> run_from(const candle_store::CandleStore& store, const market::InstrumentId& instrument,
                                  Timeframe wanted) {
  const auto first = finest_scored(store, instrument);
  if (!first) return std::nullopt;
  return market::duration(*first) > market::duration(wanted) ? *first : wanted;
}

}  // namespace

/// One symbol's run. Of whoever holds `running`, but for `bytes`.
struct SignalLibrary::Symbol {
  std::timed_mutex running;
  std::unique_ptr<signals::SymbolSignals> signals;
  Timeframe finest{};
  SignalHistoryPlace place;
  std::vector<candle_store::SeriesInfo> stored;  // as of the newest run
  bool is_whole = false;                         // that run reached its end
  SignalColumns columns;
  std::atomic<std::size_t> bytes{0};

  bool serves(Timeframe wanted, const std::vector<candle_store::SeriesInfo>& now) const {
    return signals && market::duration(finest) <= market::duration(wanted) && goes_on(stored, now);
  }
  void begin_anew(const signals::SignalRules& rules, Timeframe from) {
    signals = std::make_unique<signals::SymbolSignals>(rules);
    finest = from;
    place = {};
    columns = {};
    stored.clear();
    is_whole = false;
  }
  Result<void> run(const candle_store::CandleStore& store, const market::InstrumentId& instrument,
                   std::vector<candle_store::SeriesInfo> now, const std::function<bool()>& cancelled);
};

Result<void> SignalLibrary::Symbol::run(const candle_store::CandleStore& store, const market::InstrumentId& instrument,
                                        std::vector<candle_store::SeriesInfo> now,
                                        const std::function<bool()>& cancelled) {
  stored = std::move(now);
  is_whole = false;
  const signals::SymbolSignals::Sink sink{
      [this](const signals::Signal& signal) {
        columns.by_place[*signals::place_of(signal.score.timeframe)].append(ToldSignal::of(signal));
      },
      {}};
  const auto done = run_signal_history(store, instrument, finest, *signals, sink, cancelled, {}, {}, &place);
  std::size_t count = 0;
  for (const auto& column : columns.by_place) count += column.size();
  bytes = count * sizeof(ToldSignal);
  if (!done && done.error().code != Errc::cancelled) signals.reset();
  if (!done) return pass_on(done);
  columns.until = done->until;
  is_whole = true;
  return {};
}

SignalLibrary::SignalLibrary(StoreOf store_of, const signals::SignalRules& rules)
    : store_of_(std::move(store_of)), rules_(rules) {}

SignalLibrary::~SignalLibrary() = default;

SignalLibrary::SymbolPtr SignalLibrary::find(const market::InstrumentId& instrument) {
  const std::scoped_lock lock{mutex_};
  const auto found = std::ranges::find(kept_, instrument, &std::pair<market::InstrumentId, SymbolPtr>::first);
  return found == kept_.end() ? nullptr : found->second;
}

SignalLibrary::SymbolPtr SignalLibrary::take(const market::InstrumentId& instrument) {
  const std::scoped_lock lock{mutex_};
  const auto found = std::ranges::find(kept_, instrument, &std::pair<market::InstrumentId, SymbolPtr>::first);
  if (found == kept_.end()) {
    kept_.emplace_front(instrument, std::make_shared<Symbol>());
  } else {
    kept_.splice(kept_.begin(), kept_, found);
  }
  return kept_.front().second;
}

void SignalLibrary::limit() {
  const std::scoped_lock lock{mutex_};
  std::size_t bytes = 0;
  for (const auto& [instrument, symbol] : kept_) bytes += symbol->bytes;
  while (!kept_.empty() && (kept_.size() > kSymbolsMost || bytes > kBytesMost)) {
    bytes -= kept_.back().second->bytes;
    kept_.pop_back();
  }
}

Result<std::unique_ptr<expr::NamedSeries>> SignalLibrary::series(const market::InstrumentId& instrument,
                                                                 const expr::Graph& graph,
                                                                 const std::function<bool()>& cancelled,
                                                                 std::shared_ptr<const SignalFeed> feed) {
  const auto wanted = finest_signal(graph);
  if (!wanted) return nullptr;
  const auto symbol = take(instrument);
  std::unique_lock lock{symbol->running, std::defer_lock};
  while (!lock.try_lock_for(kLookEvery)) {
    if (cancelled && cancelled()) return fail(Errc::cancelled, "the evaluation was ended");
  }
  const auto& store = store_of_(instrument);
  auto now = store.list(instrument);
  const auto finest = run_from(store, instrument, *wanted);
  if (!finest) return std::make_unique<SignalSeries>(SignalColumns{{}, from_ms(kLatestMs)}, std::move(feed));
  if (!symbol->serves(*finest, now)) symbol->begin_anew(rules_, *finest);
  const bool is_new =
      symbol->stored.empty() || !symbol->is_whole ||
      !std::ranges::equal(symbol->stored, now, {}, &candle_store::SeriesInfo::rows, &candle_store::SeriesInfo::rows);
  if (is_new) {
    if (auto done = symbol->run(store, instrument, std::move(now), cancelled); !done) return pass_on(done);
  }
  auto made = std::make_unique<SignalSeries>(symbol->columns, std::move(feed));
  lock.unlock();
  limit();
  return made;
}

std::uint64_t SignalLibrary::work(const market::InstrumentId& instrument, const expr::Graph& graph) {
  const auto wanted = finest_signal(graph);
  if (!wanted) return 0;
  const auto& store = store_of_(instrument);
  const auto now = store.list(instrument);
  const auto finest = run_from(store, instrument, *wanted);
  if (!finest) return 0;
  Timestamp end{};
  for (const auto& series : now) end = std::max(end, series.last + market::duration(series.id.timeframe));
  std::optional<Timestamp> from;
  if (const auto symbol = find(instrument)) {
    // What is being run by somebody else is counted as if it was not there.
    const std::unique_lock lock{symbol->running, std::try_to_lock};
    if (lock && symbol->is_whole && symbol->serves(*finest, now)) from = symbol->columns.until;
  }
  std::uint64_t bars = 0;
  for (const auto timeframe : signals::kSignalTimeframes) {
    if (market::duration(timeframe) < market::duration(*finest)) continue;
    bars += from ? static_cast<std::uint64_t>(std::max(end - *from, Millis{0}) / market::duration(timeframe))
                 : bars_at_most(store, instrument, timeframe);
  }
  return bars * kSignalWork;
}

void SignalLibrary::forget(const market::InstrumentId& instrument) {
  const std::scoped_lock lock{mutex_};
  kept_.remove_if([&](const auto& one) { return one.first == instrument; });
}

void SignalLibrary::forget_all() {
  const std::scoped_lock lock{mutex_};
  kept_.clear();
}

}  // namespace cw::evaluation
