#pragma once

#include <algorithm>
#include <limits>
#include <map>
#include <mutex>
#include <shared_mutex>
#include <utility>

#include "candle_store/candle_store.h"
#include "candle_store/chunk.h"
#include "candle_store/disk_space.h"
#include "candle_store/lmdb_env.h"
#include "candle_store/series_record.h"
#include "candle_store/tail_log.h"

namespace cw::candle_store {

/// A series in memory. Written under both mutexes of the store; reading it needs either.
struct SeriesState {
  std::uint32_t number = 0;
  SeriesId id;
  SeriesRecord record;  // as last committed
  bool importing = false;

  // Live bars that no chunk holds yet, in time order. Where a chunk has the same bar, the tail's stands.
  std::vector<market::Candle> tail;
  std::uint64_t tail_added = 0;  // of them: bars that no chunk has

  // What the write-ahead file's current generation holds of this series. A write into the chunks in there must end the
  // generation first, or replaying it after a crash would bring old values back.
  std::int64_t logged_from_ms = std::numeric_limits<std::int64_t>::max();
  std::int64_t logged_to_ms = std::numeric_limits<std::int64_t>::min();

  void forget_logged() {
    logged_from_ms = std::numeric_limits<std::int64_t>::max();
    logged_to_ms = std::numeric_limits<std::int64_t>::min();
  }
  void note_logged(Timestamp time) {
    logged_from_ms = std::min(logged_from_ms, to_ms(time));
    logged_to_ms = std::max(logged_to_ms, to_ms(time));
  }
  bool logged(std::int64_t from_ms, std::int64_t to_ms) const {
    return logged_from_ms < to_ms && logged_to_ms >= from_ms;
  }
  std::optional<std::int64_t> last_ms() const;
};

/// The visible chunk of a bucket.
struct VisibleChunk {
  std::int64_t bucket = 0;
  std::uint32_t version = 0;
  Bytes value{};
};

/// Walks the visible chunks of one series, up or down: of each bucket the highest version up to `version`.
class ChunkWalk {
 public:
  static Result<ChunkWalk> open(const Transaction& txn, std::uint32_t series, std::uint32_t version);

  /// The first visible chunk at or above `bucket`; then `next_up` for the one after it.
  Result<std::optional<VisibleChunk>> seek_up(std::int64_t bucket);
  Result<std::optional<VisibleChunk>> next_up();
  /// The last visible chunk at or below `bucket`; then `next_down`.
  Result<std::optional<VisibleChunk>> seek_down(std::int64_t bucket);
  Result<std::optional<VisibleChunk>> next_down();

 private:
  ChunkWalk(Cursor cursor, std::uint32_t series, std::uint32_t version)
      : cursor_(std::move(cursor)), series_(series), version_(version) {}
  Result<std::optional<VisibleChunk>> take_up(bool found);
  Result<std::optional<VisibleChunk>> take_down(bool found);

  Cursor cursor_;
  std::uint32_t series_;
  std::uint32_t version_;
  std::int64_t bucket_ = 0;
  bool at_end_ = false;
};

/// The visible chunk of one bucket, if there is one.
Result<std::optional<VisibleChunk>> visible_chunk(const Transaction& txn, std::uint32_t series, std::uint32_t version,
                                                  std::int64_t bucket);
/// One bar as the chunks show it at `version`, the tail left aside.
Result<std::optional<market::Candle>> stored_bar(const Transaction& txn, const SeriesState& state,
                                                 std::uint32_t version, Timestamp time);

/// How a live bar meets what is there.
enum class TailPlace { added, unchanged, revised_in_tail, revised_in_chunk };

struct CandleStore::Impl {
  Impl(std::filesystem::path folder_in, const StoreOptions& options, Logger& logger_in, Metrics& metrics);

  Result<void> open(const StoreOptions& options);
  Result<void> load_series(const Transaction& txn);
  /// Takes in the live bars of the write-ahead file and removes what an import left behind.
  Result<void> recover();

  // The caller of each of these holds `writer`, or is alone.
  Result<SeriesState*> find_or_make(const SeriesId& id);
  /// Folds every tail into the chunks, in bounded transactions, and begins a new generation of the write-ahead file.
  /// The tails of series under import stay and are carried over.
  Result<void> flush_tails();
  /// One transaction of it; answers whether there is more.
  Result<bool> fold_some();
  /// Flushes if the current generation holds bars of [from, to) of this series.
  Result<void> end_generation_for(const SeriesState& state, std::int64_t from_ms, std::int64_t to_ms);

  Result<WriteOutcome> put_rows(SeriesState& state, const market::CandleSpan& rows);
  Result<WriteOutcome> append_rows(SeriesState& state, std::span<const market::Candle> bars);
  Result<TailPlace> place_of(SeriesState& state, const market::Candle& bar) const;
  Result<TailPlace> take_into_tail(SeriesState& state, const market::Candle& bar);
  /// Whose bar it is, after a check that it is sound.
  Result<SeriesState*> find_for(const SeriesBar& bar);
  /// Appends to the write-ahead file, durable when it answers; where it is full the tails are folded first.
  Result<void> log_rows(const SeriesState& state, std::span<const TailRow> rows);
  /// The same where there is room, durable once the file is synced.
  Result<void> write_log(std::span<const TailRow> rows);
  Result<std::uint64_t> prune_some(SeriesState& state, std::int64_t before_ms, bool& more);

  /// Merges `rows`, all of one bucket, over its visible chunk and writes the result; updates `record`.
  Result<void> merge_into_bucket(Transaction& txn, const SeriesState& state, SeriesRecord& record, std::int64_t bucket,
                                 const market::CandleSpan& rows, MergeCount& count);
  Result<void> put_record(Transaction& txn, const SeriesState& state, const SeriesRecord& record);
  void keep_record(SeriesState& state, const SeriesRecord& record);

  /// Removes chunks that no reader can see any more, in bounded transactions. Takes `writer` itself for each of them.
  Result<void> collect_garbage(SeriesState& state);

  SeriesState* find(const SeriesId& id) const;
  SeriesInfo info_of(const SeriesState& state) const;

  std::filesystem::path folder;
  Logger& logger;
  DiskWatch disk;
  Counter& log_bytes;
  Counter& chunk_bytes_written;
  Counter& flushes;

  std::unique_ptr<Environment> environment;
  std::unique_ptr<TailLog> log;
  std::uint32_t generation = 0;       // of the write-ahead file, as LMDB has it
  std::uint32_t next_generation = 1;  // never used before, of the other half

  mutable std::mutex writer;         // one write at a time; taken before `memory`
  mutable std::shared_mutex memory;  // the map below and what it holds; never held over a sync
  std::map<SeriesId, std::unique_ptr<SeriesState>> series;
  std::map<std::uint32_t, SeriesState*> by_number;
};

/// Chunks of one write transaction at most: about 6 MB.
inline constexpr std::size_t kChunksPerTransaction = 64;

/// Whether rows can be stored: same lengths, aligned, rising, finite. Errors: bad_input naming the row's time
Result<void> check_rows(const market::CandleSpan& rows, market::Timeframe timeframe);

/// A snapshot of one series: a transaction, the version that counts in it and the tail as it was at that moment.
struct Snapshot {
  Transaction txn;
  std::uint32_t series;
  std::uint32_t version;
  std::vector<market::Candle> tail;
};

inline market::CandleColumns columns_of(std::span<const market::Candle> bars) {
  market::CandleColumns columns;
  columns.reserve(bars.size());
  for (const auto& bar : bars) columns.push_back(bar);
  return columns;
}

}  // namespace cw::candle_store
