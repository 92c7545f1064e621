#include <algorithm>
#include <future>
#include <utility>

#include <fmt/format.h>

#include "base/require.h"
#include "candle_store/store_impl.h"

namespace cw::candle_store {
namespace {

struct PendingChunk {
  std::int64_t bucket = 0;
  market::CandleColumns rows;
};

// So few chunks at the end are written by the transaction that shows the import.
constexpr std::size_t kChunksWithLast = 4;

std::string describe(const market::Candle& bar) {
  return fmt::format("{},{},{},{},{}", bar.open, bar.high, bar.low, bar.close, bar.volume);
}

}  // namespace

struct Import::Impl {
  Impl(CandleStore::Impl& store_in, SeriesState& state_in, std::string source_in)
      : store(store_in), state(state_in), source(std::move(source_in)), record(state_in.record) {
    current.reserve(kRowsPerChunk);
  }

  Result<void> stage(const market::CandleSpan& rows);
  Result<void> finish_bucket();
  Result<void> write_pending();
  Result<void> write_chunks(std::span<const PendingChunk> chunks);
  Result<void> put_chunks(Transaction& txn, std::span<const PendingChunk> chunks) const;
  Result<void> wait_for_writer();
  Result<void> settle_tail(const Transaction& txn, std::uint64_t& tail_added);
  Result<WriteOutcome> commit(bool replace);
  void end();

  void note_conflict(const MergeCount& count) {
    if (count.revised > 0 && conflict.count == 0) {
      conflict.stored = *count.first_stored;
      conflict.given = *count.first_given;
    }
    conflict.count += count.revised;
  }

  CandleStore::Impl& store;
  SeriesState& state;
  std::string source;
  SeriesRecord record;  // as it will be when the import shows

  std::int64_t bucket = -1;
  market::CandleColumns current;  // rows of the bucket that is being filled
  std::vector<PendingChunk> pending;
  std::size_t pending_count = 0;
  // One batch is written while the next one is read: the disk and the parser do not wait for each other.
  std::vector<PendingChunk> in_writing;
  std::future<Result<void>> writing;
  std::int64_t last_ms = -1;

  ImportConflict conflict;
  WriteOutcome outcome;
  std::uint64_t duplicates = 0;
  bool changes = false;   // some chunk will be new
  bool replaces = false;  // some of them stand for older ones
  bool failed = false;
  bool ended = false;
};

Result<void> Import::Impl::stage(const market::CandleSpan& rows) {
  if (rows.empty()) return {};
  if (auto sound = check_rows(rows, state.id.timeframe); !sound) return sound;
  if (rows.open_time_ms.front() <= last_ms) return fail(Errc::bad_input, "rows are not in time order");
  last_ms = rows.open_time_ms.back();
  for (auto rest = rows; !rest.empty();) {
    const auto here = bucket_of(state.id.timeframe, rest.open_time_ms.front());
    if (here != bucket) {
      if (auto done = finish_bucket(); !done) return done;
      bucket = here;
    }
    const auto piece = rows_between(rest, rest.open_time_ms.front(), here + bucket_span(state.id.timeframe));
    current.append(piece);
    rest = rest.subspan(piece.size(), rest.size() - piece.size());
  }
  return {};
}

Result<void> Import::Impl::finish_bucket() {
  if (current.empty()) return {};
  MergeCount count;
  if (pending_count == pending.size()) pending.emplace_back();
  auto& chunk = pending[pending_count];
  chunk.bucket = bucket;
  std::uint64_t old_bytes = 0;
  {
    const auto txn = store.environment->begin_read();
    if (!txn) return pass_on(txn);
    const auto stored = visible_chunk(*txn, state.number, record.version, bucket);
    if (!stored) return pass_on(stored);
    std::vector<double> aligned;
    market::CandleSpan rows;
    if (*stored) {
      const auto decoded = decode_chunk((*stored)->value, aligned);
      if (!decoded) return fail(Errc::corrupt, state.id.text() + ": a chunk is damaged");
      rows = *decoded;
      old_bytes = chunk_disk_bytes(rows.size());
    }
    merge_rows(rows, current.view(), chunk.rows, count);
    if (*stored) Transaction::forget((*stored)->value);
  }
  current.clear();
  outcome.added += count.added;
  outcome.unchanged += count.unchanged;
  outcome.revised += count.revised;
  note_conflict(count);
  if (count.added + count.revised == 0) return {};

  changes = true;
  replaces = replaces || old_bytes > 0;
  const auto& times = chunk.rows.open_time_ms;
  record.first_ms = record.rows == 0 ? times.front() : std::min(record.first_ms, times.front());
  record.last_ms = record.rows == 0 ? times.back() : std::max(record.last_ms, times.back());
  record.rows += count.added;
  record.bytes += chunk_disk_bytes(chunk.rows.size()) - old_bytes;
  ++pending_count;
  return pending_count == kChunksPerTransaction ? write_pending() : Result<void>{};
}

Result<void> Import::Impl::put_chunks(Transaction& txn, std::span<const PendingChunk> chunks) const {
  for (const auto& [at, rows] : chunks) {
    const auto out = txn.reserve(Table::chunks, chunk_key(state.number, at, record.version + 1),
                                 candle_store::chunk_bytes(rows.size()));
    if (!out) return pass_on(out);
    encode_chunk(rows.view(), *out);
    store.chunk_bytes_written.add(chunk_disk_bytes(rows.size()));
  }
  return {};
}

Result<void> Import::Impl::write_chunks(std::span<const PendingChunk> chunks) {
  const std::lock_guard lock(store.writer);
  if (auto allowed = store.disk.allow_write(); !allowed) return allowed;
  auto txn = store.environment->begin_write();
  if (!txn) return pass_on(txn);
  auto marked = state.record;
  marked.garbage = true;
  if (!state.record.garbage) {
    if (auto done = store.put_record(*txn, state, marked); !done) return done;
  }
  if (auto done = put_chunks(*txn, chunks); !done) return done;
  if (auto done = txn->commit(); !done) return done;
  store.keep_record(state, marked);
  return {};
}

Result<void> Import::Impl::wait_for_writer() { return writing.valid() ? writing.get() : Result<void>{}; }

Result<void> Import::Impl::write_pending() {
  if (auto done = wait_for_writer(); !done) return done;
  std::swap(pending, in_writing);
  const auto chunks = std::span<const PendingChunk>(in_writing).first(std::exchange(pending_count, 0));
  writing = std::async(std::launch::async, [this, chunks] { return write_chunks(chunks); });
  return {};
}

/// Live bars that came while the import ran meet its rows: what differs is a conflict, and what the chunks of the
/// import hold too is no longer counted as the tail's own.
Result<void> Import::Impl::settle_tail(const Transaction& txn, std::uint64_t& tail_added) {
  tail_added = 0;
  MergeCount count;
  for (const auto& bar : state.tail) {
    const auto shown = stored_bar(txn, state, state.record.version + 1, bar.open_time);
    if (!shown) return pass_on(shown);
    if (!*shown) {
      ++tail_added;
      continue;
    }
    const auto before = stored_bar(txn, state, state.record.version, bar.open_time);
    if (!before) return pass_on(before);
    const bool given_by_file = !*before || **before != **shown;
    if (given_by_file && **shown != bar) {
      ++count.revised;
      if (!count.first_given) {
        count.first_stored = bar;
        count.first_given = **shown;
      }
    }
  }
  note_conflict(count);
  return {};
}

Result<WriteOutcome> Import::Impl::commit(bool replace) {
  if (auto done = finish_bucket(); !done) return pass_on(done);
  if (pending_count > kChunksWithLast) {
    if (auto done = write_pending(); !done) return pass_on(done);
  }
  if (auto done = wait_for_writer(); !done) return pass_on(done);
  const std::lock_guard lock(store.writer);
  if (changes) {
    if (auto allowed = store.disk.allow_write(); !allowed) return pass_on(allowed);
  }
  auto txn = store.environment->begin_write();
  if (!txn) return pass_on(txn);
  if (auto done = put_chunks(*txn, std::span(pending).first(pending_count)); !done) return pass_on(done);
  std::uint64_t tail_added = 0;
  if (auto done = settle_tail(*txn, tail_added); !done) return pass_on(done);
  if (conflict.count > 0 && !replace) {
    return fail(
        Errc::conflict,
        fmt::format("{}: {} bar{} what is stored, first at {}: stored {}, given {} "
                    "(open,high,low,close,volume); nothing was stored; import with --replace to take the file's",
                    state.id.text(), conflict.count, conflict.count == 1 ? " differs from" : "s differ from",
                    format_time(conflict.stored.open_time), describe(conflict.stored), describe(conflict.given)));
  }
  if (!changes) return outcome;
  record.version = state.record.version + 1;
  record.garbage = replaces;
  record.duplicates += duplicates;
  if (auto done = store.put_record(*txn, state, record); !done) return pass_on(done);
  if (auto done = txn->commit(); !done) return pass_on(done);
  const std::unique_lock memory_lock(store.memory);
  state.record = record;
  state.tail_added = tail_added;
  return outcome;
}

void Import::Impl::end() {
  if (std::exchange(ended, true)) return;
  (void)wait_for_writer();  // an error of it was answered already, or nobody asks any more
  if (state.record.garbage) {
    if (auto done = store.collect_garbage(state); !done) {
      store.logger.warn("chunks of an import are removed later",
                        {{"source", std::string_view(source)}, {"reason", std::string_view(done.error().message)}});
    }
  }
  const std::lock_guard lock(store.writer);
  const std::unique_lock memory_lock(store.memory);
  state.importing = false;
}

Import::Import(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Import::~Import() { impl_->end(); }

Result<void> Import::stage(const market::CandleSpan& rows) {
  CW_REQUIRE(!impl_->failed && !impl_->ended);
  auto done = impl_->stage(rows);
  impl_->failed = !done;
  return done;
}

void Import::count_duplicates(std::uint64_t lines) { impl_->duplicates += lines; }
const ImportConflict& Import::conflict() const { return impl_->conflict; }

Result<WriteOutcome> Import::commit(bool replace) {
  CW_REQUIRE(!impl_->failed && !impl_->ended);
  auto outcome = impl_->commit(replace);
  impl_->end();
  return outcome;
}

Result<std::unique_ptr<Import>> CandleStore::begin_import(const SeriesId& series, std::string source) {
  SeriesState* state = nullptr;
  {
    const std::lock_guard lock(impl_->writer);
    if (auto allowed = impl_->disk.allow_write(); !allowed) return pass_on(allowed);
    const auto made = impl_->find_or_make(series);
    if (!made) return pass_on(made);
    state = *made;
    if (state->importing) return fail(Errc::busy, fmt::format("an import of {} is running", series.text()));
    // From here on the tail holds only what came during the import.
    if (!state->tail.empty() || state->logged_to_ms >= state->logged_from_ms) {
      if (auto done = impl_->flush_tails(); !done) return pass_on(done);
    }
    const std::unique_lock memory_lock(impl_->memory);
    state->importing = true;
  }
  std::unique_ptr<Import> import(new Import(std::make_unique<Import::Impl>(*impl_, *state, std::move(source))));
  if (state->record.garbage) {
    if (auto done = impl_->collect_garbage(*state); !done) return pass_on(done);
    import->impl_->record = state->record;
  }
  return import;
}

}  // namespace cw::candle_store
