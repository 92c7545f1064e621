#include "app/serve/market_writer.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/number.h"
#include "base/require.h"
#include "candle_store/query.h"
#include "records/desk_recovery.h"

namespace cw::app {
namespace {

using market::BarEvent;
using market::Timeframe;

constexpr Millis kLookEvery{250};  // how often fresh prices are shown while no bar comes
constexpr std::string_view kSnapshotFile = "desk.snapshot";
constexpr std::string_view kHeardNote = "feed heard";  // ms since 1970

}  // namespace

MarketWriter::MarketWriter(Parts parts)
    : parts_(std::move(parts)),
      shown_(parts_.store, parts_.followed),
      inbox_(kInboxMost),
      fresh_(parts_.followed.size()),
      bars_(parts_.metrics.counter("candlewick_market_bars_total", "Closed base bars that the desk consumed.")),
      gaps_(parts_.metrics.counter("candlewick_market_gaps_total", "Gaps that the desk was told of.")),
      revised_(
          parts_.metrics.counter("candlewick_market_revised_total", "Bars that came or changed after their time.")),
      waits_(parts_.metrics.counter("candlewick_market_inbox_waits_total",
                                    "Times the feed waited for the market thread.")),
      unstored_(parts_.metrics.counter("candlewick_market_unstored_total",
                                       "Bars that were not stored and are not tried again before the next start.")),
      waiting_(parts_.metrics.gauge("candlewick_market_inbox", "Items that wait for the market thread.")) {}

Result<std::unique_ptr<MarketWriter>> MarketWriter::open(Parts parts) {
  std::unique_ptr<MarketWriter> writer{new MarketWriter{std::move(parts)}};
  auto journal = records::Journal::open(writer->parts_.journal_folder, {});
  if (!journal) return pass_on(journal);
  writer->journal_ = std::move(*journal);
  if (const auto recovered = writer->recover(); !recovered) return pass_on(recovered);
  if (const auto followed = writer->follow(); !followed) return pass_on(followed);
  for (exchange::FollowedIndex i = 0; i < writer->parts_.followed.size(); ++i) writer->shown_.refresh(i);
  return writer;
}

MarketWriter::~MarketWriter() { stop(); }

Result<void> MarketWriter::recover() {
  const auto& found = journal_->recovery();
  if (found.cut_bytes > 0) {
    parts_.logger.warn("journal cut", {{"file", std::string_view{found.cut_file}},
                                       {"bytes", static_cast<std::int64_t>(found.cut_bytes)}});
  }
  auto recovered = records::recover_desk(*journal_, parts_.journal_folder / kSnapshotFile, [](auto, const auto&) {});
  if (!recovered) return pass_on(recovered);
  if (recovered->unused_snapshot) {
    parts_.logger.warn("snapshot unused", {{"reason", std::string_view{recovered->unused_snapshot->message}}});
  }
  desk_ = std::move(recovered->desk);
  parts_.logger.info("desk recovered", {{"replayed", static_cast<std::int64_t>(recovered->replayed)},
                                        {"records", static_cast<std::int64_t>(journal_->next_offset())}});
  // A crash between journal and store: what was journaled since the snapshot is stored now. Storing twice changes nothing.
  keeper_.emplace(parts_.store, *journal_, desk_, parts_.metrics);
  if (auto stored = keeper_->store_from(recovered->snapshot_offset); !stored) return stored;
  if (keeper_->behind_since()) parts_.logger.warn("candle store behind the journal");
  return {};
}

Result<void> MarketWriter::follow() {
  std::vector<desk::Event> events;
  for (desk::InstrumentNumber number = 0; number < desk_.instruments(); ++number) {
    const bool wanted = std::ranges::find(parts_.followed, desk_.instrument(number)) != parts_.followed.end();
    if (desk_.is_followed(number) && !wanted) events.emplace_back(desk::Unfollowed{number});
  }
  for (const market::InstrumentId& id : parts_.followed) {
    const auto number = desk_.number_of(id);
    if (!number || !desk_.is_followed(*number)) events.emplace_back(desk::Followed{id});
  }
  for (const desk::Event& event : events) {
    const auto appended = journal_->append(event);
    if (!appended) return pass_on(appended);
    desk_.on(event, outputs_);
  }
  outputs_.clear();
  if (const auto synced = journal_->sync(); !synced) return pass_on(synced);
  for (const market::InstrumentId& id : parts_.followed) numbers_.push_back(*desk_.number_of(id));
  return {};
}

std::optional<Timestamp> MarketWriter::last_bar(const market::InstrumentId& id) const {
  const auto number = desk_.number_of(id);
  if (!number || !desk_.is_followed(*number)) return std::nullopt;
  return desk_.series(*number).last_bar;
}

std::optional<Timestamp> MarketWriter::last_heard() const {
  std::optional<Timestamp> heard;
  if (const auto note = parts_.store.note(kHeardNote)) {
    if (const auto ms = parse_int(*note); ms && *ms > 0) heard = from_ms(*ms);
  }
  // A kill may have come before the note: a bar was heard at its end at the earliest.
  for (const market::InstrumentId& id : parts_.followed) {
    const auto bar = last_bar(id);
    if (bar) heard = std::max(heard.value_or(Timestamp{}), *bar + market::duration(Timeframe::m1));
  }
  // The practice market's clock may run ahead.
  if (heard) heard = std::min(*heard, clock_.now());
  return heard;
}

void MarketWriter::start() {
  thread_ = std::thread{[this] { run(); }};
}

void MarketWriter::stop() {
  inbox_.close();
  if (thread_.joinable()) thread_.join();
}

MarketWriter::Health MarketWriter::health() const {
  const std::scoped_lock lock{health_mutex_};
  return health_;
}

void MarketWriter::run() {
  for (exchange::FollowedIndex i = 0; i < parts_.followed.size(); ++i) parts_.output.shown(i, shown_.shown(i));
  std::vector<Item> items;
  saved_at_ = clock_.now();
  while (inbox_.take(items, kLookEvery)) {
    take_in(items);
    sync_store(true);
    show_fresh();
    if (clock_.now() - retried_at_ >= kStoreRetryEvery) retry_store();
    if (clock_.now() - saved_at_ >= kSnapshotEvery) {
      save_desk();
      note_heard();
    }
  }
  retry_store();
  save_desk();
  note_heard();
}

void MarketWriter::take_in(std::vector<Item>& items) {
  std::vector<BarItem> bars;
  for (Item& item : items) {
    if (auto* bar = std::get_if<BarItem>(&item)) {
      bars.push_back(std::move(*bar));
      if (bars.size() >= kBarsAtOnce) take_bars(bars);
    } else {
      take_bars(bars);  // in order: what came before the history goes before it
      take_history(std::move(std::get<HistoryItem>(item)));
    }
  }
  take_bars(bars);
  waiting_.set(static_cast<double>(inbox_.size()));
}

void MarketWriter::take_bars(std::vector<BarItem>& bars) {
  for (const BarItem& bar : bars) {
    const auto appended = journal_->append(desk::BarArrived{numbers_[bar.instrument], bar.event});
    if (appended) {
      journaled_.push_back({*appended, bar});
    } else {
      // What the journal cannot take the desk must not see; a later start fetches it again.
      unstored_.add();
      note_journal(appended.error());
    }
  }
  bars.clear();
  if (journaled_.empty()) return;
  // On a full disk what was appended waits in the journal, and here, until a sync succeeds.
  const auto synced = journal_->sync();
  if (!synced) return note_journal(synced.error());
  note_journal(std::nullopt);
  store_bars();
  for (const Journaled& bar : journaled_) consume(bar);
  journaled_.clear();
}

/// A burst comes in several handfuls: those that wait are told before the store is made durable, once for all of them. What
/// it lacks after a crash the journal has.
void MarketWriter::sync_store(bool can_wait) {
  if (can_wait && inbox_.size() > 0 && ++handfuls_unsynced_ < kHandfulsUnsynced) return;
  handfuls_unsynced_ = 0;
  if (const auto durable = keeper_->sync(); !durable) note_store(durable.error());
}

void MarketWriter::consume(const Journaled& journaled) {
  const BarItem& item = journaled.item;
  outputs_.clear();
  desk_.on(desk::BarArrived{numbers_[item.instrument], item.event}, outputs_);
  switch (item.event.kind) {
    case BarEvent::Kind::gap: gaps_.add(); return;
    case BarEvent::Kind::closed: bars_.add(); break;
    case BarEvent::Kind::revised: revised_.add(); break;
  }
  if (item.event.kind == BarEvent::Kind::closed) {
    shown_.closed(item.instrument, item.event.bar);
  } else {
    shown_.refresh(item.instrument);
    publish_revised(item);
  }
  for (const desk::Output& output : outputs_) publish(output, item.instrument);
  parts_.output.shown(item.instrument, shown_.shown(item.instrument));
}

void MarketWriter::publish(const desk::Output& output, exchange::FollowedIndex instrument) {
  const auto* closed = std::get_if<desk::BarClosed>(&output);
  if (closed == nullptr) return;
  market::Candle bar = closed->candle.bar;
  bool gapped = !closed->candle.marks.whole();
  if (gapped) {
    // The desk began in the middle of this bar, or waited in vain for a part of it; the store may know more.
    const auto answer = candle_store::query(
        parts_.store, {parts_.followed[instrument], closed->timeframe, bar.open_time,
                       bar.open_time + market::duration(closed->timeframe), 1, candle_store::Pick::newest, true});
    if (answer && !answer->bars.empty()) {
      bar = answer->bars[0];
      gapped = answer->gaps[0] != 0;
    }
  }
  parts_.output.bar(instrument, closed->timeframe, bar, gapped, false);
}

void MarketWriter::store_bars() {
  std::vector<BarKeeper::Record> records;
  for (const auto& [offset, item] : journaled_) records.push_back({offset, {numbers_[item.instrument], item.event}});
  const auto stored = keeper_->store(records);
  note_store(stored ? std::nullopt : std::optional{stored.error()});
}

void MarketWriter::publish_revised(const BarItem& item) {
  const market::Candle& minute = item.event.bar;
  for (const Timeframe timeframe : market::kTimeframes) {
    const Timestamp open = market::open_of(timeframe, minute.open_time);
    const auto answer =
        candle_store::query(parts_.store, {parts_.followed[item.instrument], timeframe, open,
                                           open + market::duration(timeframe), 1, candle_store::Pick::newest, false});
    if (!answer || answer->bars.empty()) continue;
    parts_.output.bar(item.instrument, timeframe, answer->bars[0], answer->gaps[0] != 0, true);
  }
}

void MarketWriter::take_history(HistoryItem item) {
  const auto stored = store_history(item);
  if (stored) return;
  const bool passes = stored.error().code == Errc::disk_full || stored.error().code == Errc::busy;
  if (passes && kept_history_.size() < kHistoryKept) {
    kept_history_.push_back(std::move(item));
  } else {
    unstored_.add(item.rows.size());
  }
}

Result<void> MarketWriter::store_history(const HistoryItem& item) {
  const auto outcome = parts_.store.put_history({parts_.followed[item.instrument], item.timeframe}, item.rows.view());
  if (!outcome) {
    note_store(outcome.error());
    return pass_on(outcome);
  }
  if (!keeper_->behind_since()) note_store(std::nullopt);
  shown_.refresh(item.instrument);
  parts_.output.shown(item.instrument, shown_.shown(item.instrument));
  parts_.output.history_stored(item.instrument);
  return {};
}

/// What the store could not take before, once more.
void MarketWriter::retry_store() {
  retried_at_ = clock_.now();
  const bool waits = keeper_->behind_since() || !kept_history_.empty();
  if (!waits || parts_.store.disk_state() == candle_store::DiskState::full) return;
  std::vector<HistoryItem> kept;
  kept.swap(kept_history_);
  for (HistoryItem& item : kept) take_history(std::move(item));
  if (!keeper_->behind_since()) return;
  const auto caught_up = keeper_->catch_up();
  if (!caught_up) return note_store(caught_up.error());
  if (!*caught_up) return;
  note_store(std::nullopt);
  parts_.logger.info("candle store caught up with the journal");
  for (exchange::FollowedIndex i = 0; i < parts_.followed.size(); ++i) {
    shown_.refresh(i);
    parts_.output.shown(i, shown_.shown(i));
    parts_.output.history_stored(i);
  }
}

void MarketWriter::show_fresh() {
  std::vector<Fresh> fresh(fresh_.size());
  {
    const std::scoped_lock lock{fresh_mutex_};
    fresh.swap(fresh_);
  }
  for (exchange::FollowedIndex i = 0; i < fresh.size(); ++i) {
    if (!fresh[i].forming && !fresh[i].quote && !fresh[i].trade) continue;
    if (fresh[i].forming) shown_.on_forming(i, *fresh[i].forming);
    if (fresh[i].quote) shown_.on_quote(i, *fresh[i].quote);
    if (fresh[i].trade) shown_.on_trade(i, *fresh[i].trade);
    parts_.output.shown(i, shown_.shown(i));
  }
}

void MarketWriter::save_desk() {
  saved_at_ = clock_.now();
  // A snapshot says that the store has all before it.
  sync_store(false);
  if (keeper_->behind_since()) return;
  const records::JournalPosition position{journal_->epoch(), journal_->durable_offset()};
  if (position.offset != journal_->next_offset()) return;  // a failed append: the desk must not be ahead of the journal
  const auto saved = records::save_snapshot(parts_.journal_folder / kSnapshotFile, position, desk_);
  if (!saved) {
    parts_.logger.warn("snapshot failed", {{"reason", std::string_view{saved.error().message}}});
    return;
  }
  journal_->release(position.offset);
}

void MarketWriter::note_heard() {
  const std::int64_t heard = heard_ms_;
  if (heard == noted_ms_) return;
  const auto noted = parts_.store.put_note(kHeardNote, fmt::to_string(heard));
  if (noted) noted_ms_ = heard;
  if (!noted) parts_.logger.warn("feed time not noted", {{"reason", std::string_view{noted.error().message}}});
}

void MarketWriter::note_journal(std::optional<Error> error) {
  const std::scoped_lock lock{health_mutex_};
  if (!error) health_.journal_at = clock_.now();
  if (error && !health_.journal) parts_.logger.error("journal failed", {{"reason", std::string_view{error->message}}});
  health_.journal = std::move(error);
}

void MarketWriter::note_store(std::optional<Error> error) {
  const std::scoped_lock lock{health_mutex_};
  if (error && !health_.store)
    parts_.logger.error("candle store failed", {{"reason", std::string_view{error->message}}});
  health_.store = std::move(error);
}

void MarketWriter::put(Item item) {
  bool waited = false;
  inbox_.put(std::move(item), waited);
  if (waited) waits_.add();
}

void MarketWriter::on_bar(exchange::FollowedIndex instrument, const BarEvent& event) {
  put(BarItem{instrument, event});
}

void MarketWriter::on_trade(exchange::FollowedIndex instrument, const market::Trade& trade) {
  heard_ms_ = to_ms(clock_.now());
  const std::scoped_lock lock{fresh_mutex_};
  fresh_[instrument].trade = trade;
}

void MarketWriter::on_forming(exchange::FollowedIndex instrument, const market::FormingCandle& bar) {
  heard_ms_ = to_ms(clock_.now());
  const std::scoped_lock lock{fresh_mutex_};
  fresh_[instrument].forming = bar;
}

void MarketWriter::on_quote(exchange::FollowedIndex instrument, const market::Quote& quote) {
  heard_ms_ = to_ms(clock_.now());
  const std::scoped_lock lock{fresh_mutex_};
  fresh_[instrument].quote = quote;
}

void MarketWriter::on_state(const exchange::FeedStatus& status) {
  using exchange::FeedState;
  if (status.state == FeedState::live || status.state == FeedState::backfilling) heard_ms_ = to_ms(clock_.now());
  if (state_listener) state_listener(status);
}

void MarketWriter::on_history(exchange::FollowedIndex instrument, Timeframe timeframe, const market::CandleSpan& rows) {
  HistoryItem item{instrument, timeframe, {}};
  item.rows.append(rows);
  put(std::move(item));
}

void MarketWriter::on_history_progress(exchange::FollowedIndex instrument, Timeframe timeframe, Timestamp oldest,
                                       Timestamp goal, bool done) {
  if (progress_listener) progress_listener(instrument, timeframe, oldest, goal, done);
}

void MarketWriter::on_history_status(exchange::FollowedIndex instrument, Timeframe timeframe,
                                     const exchange::HistoryStatus& status) {
  if (history_listener) history_listener(instrument, timeframe, status);
}

}  // namespace cw::app
