#include <algorithm>

#include <fmt/format.h>

#include "candle_store/store_impl.h"

namespace cw::candle_store {
namespace {

// More rows than this at once are history, whatever they are called: they go straight into the chunks.
constexpr std::size_t kAppendMost = 1'024;
// Rows of series under import stay in the write-ahead file; together they may take half of it.
constexpr std::size_t kCarriedMost = TailLog::kCapacity / 2;
// Spans of more chunks than this are staged like an import, to keep the transaction small.
constexpr std::size_t kDirectChunksMost = 32;

auto tail_place(std::vector<market::Candle>& tail, Timestamp time) {
  return std::lower_bound(tail.begin(), tail.end(), time,
                          [](const market::Candle& bar, Timestamp t) { return bar.open_time < t; });
}

/// The rows of the first bucket are taken off the front of `rows`.
market::CandleSpan take_bucket(market::CandleSpan& rows, market::Timeframe timeframe, std::int64_t bucket) {
  const auto taken = rows_between(rows, rows.open_time_ms.front(), bucket + bucket_span(timeframe));
  rows = rows.subspan(taken.size(), rows.size() - taken.size());
  return taken;
}

}  // namespace

Result<std::optional<VisibleChunk>> visible_chunk(const Transaction& txn, std::uint32_t series, std::uint32_t version,
                                                  std::int64_t bucket) {
  auto walk = ChunkWalk::open(txn, series, version);
  if (!walk) return pass_on(walk);
  auto chunk = walk->seek_down(bucket);
  if (chunk && *chunk && (*chunk)->bucket != bucket) return std::optional<VisibleChunk>{};
  return chunk;
}

Result<std::optional<market::Candle>> stored_bar(const Transaction& txn, const SeriesState& state,
                                                 std::uint32_t version, Timestamp time) {
  const auto chunk = visible_chunk(txn, state.number, version, bucket_of(state.id.timeframe, to_ms(time)));
  if (!chunk) return pass_on(chunk);
  if (!*chunk) return std::optional<market::Candle>{};
  std::vector<double> aligned;
  const auto rows = decode_chunk((*chunk)->value, aligned);
  if (!rows) return fail(Errc::corrupt, state.id.text() + ": a chunk is damaged");
  const auto found = rows_between(*rows, to_ms(time), to_ms(time) + 1);
  return found.empty() ? std::optional<market::Candle>{} : found[0];
}

Result<void> CandleStore::Impl::merge_into_bucket(Transaction& txn, const SeriesState& state, SeriesRecord& record,
                                                  std::int64_t bucket, const market::CandleSpan& rows,
                                                  MergeCount& count) {
  const auto chunk = visible_chunk(txn, state.number, record.version, bucket);
  if (!chunk) return pass_on(chunk);
  std::vector<double> aligned;
  market::CandleSpan stored;
  if (*chunk) {
    const auto decoded = decode_chunk((*chunk)->value, aligned);
    if (!decoded) return fail(Errc::corrupt, state.id.text() + ": a chunk is damaged");
    stored = *decoded;
  }
  MergeCount here;
  market::CandleColumns merged;
  merge_rows(stored, rows, merged, here);
  count.added += here.added;
  count.unchanged += here.unchanged;
  count.revised += here.revised;
  if (here.added + here.revised == 0) return {};

  const auto old_bytes = stored.empty() ? 0 : chunk_disk_bytes(stored.size());
  const auto key = chunk_key(state.number, bucket, *chunk ? (*chunk)->version : record.version);
  const auto out = txn.reserve(Table::chunks, key, candle_store::chunk_bytes(merged.size()));
  if (!out) return pass_on(out);
  encode_chunk(merged.view(), *out);
  chunk_bytes_written.add(chunk_disk_bytes(merged.size()));

  record.first_ms =
      record.rows == 0 ? merged.open_time_ms.front() : std::min(record.first_ms, merged.open_time_ms.front());
  record.last_ms = record.rows == 0 ? merged.open_time_ms.back() : std::max(record.last_ms, merged.open_time_ms.back());
  record.rows += here.added;
  record.bytes += chunk_disk_bytes(merged.size()) - old_bytes;
  return {};
}

Result<bool> CandleStore::Impl::fold_some() {
  struct Folded {
    SeriesState* state;
    SeriesRecord record;
    std::size_t rows;
    std::uint64_t added;
  };
  std::vector<Folded> folded;
  std::size_t chunks = 0;
  bool more = false;
  auto txn = environment->begin_write();
  if (!txn) return pass_on(txn);
  for (auto& [id, state] : series) {
    if (state->importing || state->tail.empty()) continue;
    if (chunks == kChunksPerTransaction) {
      more = true;
      break;
    }
    const auto columns = columns_of(state->tail);
    auto rest = columns.view();
    auto record = state->record;
    MergeCount count;
    while (!rest.empty() && chunks < kChunksPerTransaction) {
      const auto bucket = bucket_of(id.timeframe, rest.open_time_ms.front());
      const auto piece = take_bucket(rest, id.timeframe, bucket);
      if (auto done = merge_into_bucket(*txn, *state, record, bucket, piece, count); !done) return pass_on(done);
      ++chunks;
    }
    if (auto done = put_record(*txn, *state, record); !done) return pass_on(done);
    more = more || !rest.empty();
    folded.push_back({state.get(), record, state->tail.size() - rest.size(), count.added});
  }
  if (!more) {
    const Bytes number = std::as_bytes(std::span(&next_generation, 1));
    if (auto done = txn->put(Table::meta, bytes_of("generation"), number); !done) return pass_on(done);
  }
  if (auto done = txn->commit(); !done) return pass_on(done);

  const std::unique_lock lock(memory);
  for (auto& [state, record, rows, added] : folded) {
    state->record = record;
    state->tail.erase(state->tail.begin(), state->tail.begin() + static_cast<std::ptrdiff_t>(rows));
    state->tail_added -= added;
  }
  return more;
}

Result<void> CandleStore::Impl::flush_tails() {
  std::vector<TailRow> carried;
  for (const auto& [id, state] : series) {
    if (!state->importing) continue;
    for (const auto& bar : state->tail) carried.push_back({state->number, bar});
  }
  const auto before = log->written_bytes();
  auto done = log->prepare(next_generation, carried);
  log_bytes.add(log->written_bytes() - before);
  bool more = true;
  while (done && more) {
    const auto some = fold_some();
    if (!some) {
      done = pass_on(some);
    } else {
      more = *some;
    }
  }
  if (!done) {
    // The half that was prepared may hold records of this number now.
    next_generation += 2;
    return done;
  }
  log->switch_to(next_generation, carried.size());
  generation = next_generation++;
  flushes.add();
  for (auto& [id, state] : series) state->forget_logged();
  for (const auto& [number, bar] : carried) by_number.at(number)->note_logged(bar.open_time);
  return {};
}

Result<void> CandleStore::Impl::end_generation_for(const SeriesState& state, std::int64_t from_ms, std::int64_t to_ms) {
  return state.logged(from_ms, to_ms) ? flush_tails() : Result<void>{};
}

Result<TailPlace> CandleStore::Impl::place_of(SeriesState& state, const market::Candle& bar) const {
  if (const auto last = state.last_ms(); !last || to_ms(bar.open_time) > *last) return TailPlace::added;
  if (const auto at = tail_place(state.tail, bar.open_time); at != state.tail.end() && at->open_time == bar.open_time) {
    return *at == bar ? TailPlace::unchanged : TailPlace::revised_in_tail;
  }
  const auto txn = environment->begin_read();
  if (!txn) return pass_on(txn);
  const auto stored = stored_bar(*txn, state, state.record.version, bar.open_time);
  if (!stored) return pass_on(stored);
  if (!*stored) return TailPlace::added;
  return **stored == bar ? TailPlace::unchanged : TailPlace::revised_in_chunk;
}

Result<TailPlace> CandleStore::Impl::take_into_tail(SeriesState& state, const market::Candle& bar) {
  const auto place = place_of(state, bar);
  if (!place) return place;
  state.note_logged(bar.open_time);
  if (*place == TailPlace::unchanged) return place;
  const std::unique_lock lock(memory);
  const auto at = tail_place(state.tail, bar.open_time);
  if (*place == TailPlace::revised_in_tail) {
    *at = bar;
  } else {
    state.tail.insert(at, bar);
  }
  if (*place == TailPlace::added) ++state.tail_added;
  return place;
}

Result<void> CandleStore::Impl::log_rows(const SeriesState& state, std::span<const TailRow> rows) {
  if (log->room() < rows.size()) {
    std::size_t carried = 0;
    for (const auto& [id, other] : series) carried += other->importing ? other->tail.size() : 0;
    if (state.importing && carried >= kCarriedMost) {
      return fail(Errc::busy, fmt::format("{}: too many live bars came while an import of it runs", state.id.text()));
    }
    if (auto done = flush_tails(); !done) return done;
  }
  if (auto done = write_log(rows); !done) return done;
  return log->sync();
}

Result<void> CandleStore::Impl::write_log(std::span<const TailRow> rows) {
  const auto before = log->written_bytes();
  auto done = log->append(rows);
  log_bytes.add(log->written_bytes() - before);
  return done;
}

Result<SeriesState*> CandleStore::Impl::find_for(const SeriesBar& bar) {
  market::CandleColumns columns;
  columns.push_back(bar.bar);
  if (auto sound = check_rows(columns.view(), bar.series.timeframe); !sound)
    return std::unexpected(with_place(sound.error(), bar.series.text()));
  return find_or_make(bar.series);
}

Result<WriteOutcome> CandleStore::Impl::append_rows(SeriesState& state, std::span<const market::Candle> bars) {
  WriteOutcome outcome;
  std::vector<TailRow> rows;
  for (const auto& bar : bars) {
    const auto place = place_of(state, bar);
    if (!place) return pass_on(place);
    if (*place == TailPlace::unchanged) {
      ++outcome.unchanged;
    } else {
      rows.push_back({state.number, bar});
      ++(*place == TailPlace::added ? outcome.added : outcome.revised);
    }
  }
  if (rows.empty()) return outcome;
  if (auto done = log_rows(state, rows); !done) return pass_on(done);
  for (const auto& row : rows) {
    if (auto done = take_into_tail(state, row.bar); !done) return pass_on(done);
  }
  return outcome;
}

Result<WriteOutcome> CandleStore::Impl::put_rows(SeriesState& state, const market::CandleSpan& rows) {
  const auto first = rows.open_time_ms.front();
  const auto last = rows.open_time_ms.back();
  if (auto done = end_generation_for(state, first, last + 1); !done) return pass_on(done);
  auto txn = environment->begin_write();
  if (!txn) return pass_on(txn);
  auto record = state.record;
  MergeCount count;
  for (auto rest = rows; !rest.empty();) {
    const auto bucket = bucket_of(state.id.timeframe, rest.open_time_ms.front());
    const auto piece = take_bucket(rest, state.id.timeframe, bucket);
    if (auto done = merge_into_bucket(*txn, state, record, bucket, piece, count); !done) return pass_on(done);
  }
  if (count.added + count.revised > 0) {
    if (auto done = put_record(*txn, state, record); !done) return pass_on(done);
    if (auto done = txn->commit(); !done) return pass_on(done);
    keep_record(state, record);
  }
  return WriteOutcome{count.added, count.unchanged, count.revised};
}

Result<WriteOutcome> CandleStore::append(const SeriesId& series, std::span<const market::Candle> bars) {
  if (bars.empty()) return WriteOutcome{};
  const auto columns = columns_of(bars);
  if (bars.size() > kAppendMost) return put_history(series, columns.view());
  if (auto sound = check_rows(columns.view(), series.timeframe); !sound) {
    return std::unexpected(with_place(sound.error(), series.text()));
  }
  const std::lock_guard lock(impl_->writer);
  if (auto allowed = impl_->disk.allow_write(); !allowed) return pass_on(allowed);
  const auto state = impl_->find_or_make(series);
  if (!state) return pass_on(state);
  return impl_->append_rows(**state, bars);
}

std::vector<Result<WriteOutcome>> CandleStore::append_together(std::span<const SeriesBar> bars) {
  const std::lock_guard lock(impl_->writer);
  std::vector<Result<WriteOutcome>> outcomes(bars.size());
  if (auto allowed = impl_->disk.allow_write(); !allowed) {
    for (auto& outcome : outcomes) outcome = std::unexpected(allowed.error());
    return outcomes;
  }
  std::vector<TailRow> rows;
  std::vector<SeriesState*> states(bars.size());
  for (std::size_t i = 0; i < bars.size(); ++i) {
    if (auto state = impl_->find_for(bars[i])) {
      states[i] = *state;
      rows.push_back({(*state)->number, bars[i].bar});
    } else {
      outcomes[i] = std::unexpected(state.error());
    }
  }
  if (rows.size() > impl_->log->room()) {  // the file is full, which append_rows sees to
    for (std::size_t i = 0; i < bars.size(); ++i)
      if (states[i] != nullptr) outcomes[i] = impl_->append_rows(*states[i], {&bars[i].bar, 1});
    return outcomes;
  }
  if (rows.empty()) return outcomes;
  const auto written = impl_->write_log(rows);
  for (std::size_t i = 0; i < bars.size(); ++i) {
    if (states[i] == nullptr) continue;
    if (!written) {
      outcomes[i] = std::unexpected(written.error());
    } else if (const auto place = impl_->take_into_tail(*states[i], bars[i].bar); !place) {
      outcomes[i] = pass_on(place);
    } else {
      outcomes[i] = WriteOutcome{*place == TailPlace::added, *place == TailPlace::unchanged,
                                 *place != TailPlace::added && *place != TailPlace::unchanged};
    }
  }
  return outcomes;
}

Result<void> CandleStore::sync() {
  const std::lock_guard lock(impl_->writer);
  return impl_->log->sync();
}

Result<WriteOutcome> CandleStore::put_history(const SeriesId& series, const market::CandleSpan& bars) {
  if (bars.empty()) return WriteOutcome{};
  if (auto sound = check_rows(bars, series.timeframe); !sound) {
    return std::unexpected(with_place(sound.error(), series.text()));
  }
  const auto buckets = (bars.open_time_ms.back() - bars.open_time_ms.front()) / bucket_span(series.timeframe) + 2;
  if (buckets > static_cast<std::int64_t>(kDirectChunksMost)) {
    auto import = begin_import(series, "history");
    if (!import) return pass_on(import);
    if (auto done = (*import)->stage(bars); !done) return pass_on(done);
    return (*import)->commit(true);
  }
  const std::lock_guard lock(impl_->writer);
  if (auto allowed = impl_->disk.allow_write(); !allowed) return pass_on(allowed);
  const auto state = impl_->find_or_make(series);
  if (!state) return pass_on(state);
  if ((*state)->importing) return fail(Errc::busy, fmt::format("an import of {} is running", series.text()));
  return impl_->put_rows(**state, bars);
}

}  // namespace cw::candle_store
