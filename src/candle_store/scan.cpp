#include <algorithm>

#include <fmt/format.h>
#include <sys/mman.h>

#include "candle_store/store_impl.h"

namespace cw::candle_store {
namespace {

using Visit = std::function<bool(const market::CandleSpan&)>;

Error damaged(const SeriesId& id, std::int64_t bucket) {
  return {Errc::corrupt,
          fmt::format("{}: the stored candles around {} are damaged", id.text(), format_time(from_ms(bucket))),
          {},
          {}};
}

/// Gives the rows of one chunk and the tail's rows of the same stretch of time to `visit`, in time order (rows inside a
/// span always; the spans in order of time, or newest first when `backward`). Chunk rows stay in place where the tail
/// has nothing among them.
class Merger {
 public:
  Merger(const Visit& visit, bool backward) : visit_(visit), backward_(backward) {}

  bool give(const market::CandleSpan& chunk, std::span<const market::Candle> tail) {
    if (tail.empty()) return chunk.empty() || visit_(chunk);
    if (chunk.empty()) return give_tail(tail);
    if (to_ms(tail.front().open_time) > chunk.open_time_ms.back()) {
      return backward_ ? give_tail(tail) && visit_(chunk) : visit_(chunk) && give_tail(tail);
    }
    MergeCount count;
    merge_rows(chunk, columns_of(tail).view(), merged_, count);
    return visit_(merged_.view());
  }

 private:
  bool give_tail(std::span<const market::Candle> tail) {
    const auto columns = columns_of(tail);
    return visit_(columns.view());
  }

  const Visit& visit_;
  bool backward_;
  market::CandleColumns merged_;
};

/// The bars of `tail` that open before `end_ms` are taken off its front.
std::span<const market::Candle> take_before(std::span<const market::Candle>& tail, std::int64_t end_ms) {
  const auto end = std::lower_bound(tail.begin(), tail.end(), end_ms,
                                    [](const market::Candle& bar, std::int64_t t) { return to_ms(bar.open_time) < t; });
  const auto taken = tail.first(static_cast<std::size_t>(end - tail.begin()));
  tail = tail.subspan(taken.size());
  return taken;
}

/// The bars of `tail` that open at or after `begin_ms` are taken off its back.
std::span<const market::Candle> take_from(std::span<const market::Candle>& tail, std::int64_t begin_ms) {
  auto rest = tail;
  const auto front = take_before(rest, begin_ms);
  tail = front;
  return rest;
}

struct Range {
  const SeriesId& id;
  std::int64_t from;
  std::int64_t to;
};

Result<void> walk_up(const Range& range, const Snapshot& snapshot, const Visit& visit) {
  const auto span = bucket_span(range.id.timeframe);
  std::span<const market::Candle> tail = snapshot.tail;
  Merger merger(visit, false);
  std::vector<double> aligned;
  auto walk = ChunkWalk::open(snapshot.txn, snapshot.series, snapshot.version);
  if (!walk) return pass_on(walk);
  auto chunk = walk->seek_up(bucket_of(range.id.timeframe, range.from));
  for (;; chunk = walk->next_up()) {
    if (!chunk) return pass_on(chunk);
    if (!*chunk || (*chunk)->bucket >= range.to) break;
    const auto rows = decode_chunk((*chunk)->value, aligned);
    if (!rows) return std::unexpected(damaged(range.id, (*chunk)->bucket));
    const auto before = take_before(tail, (*chunk)->bucket);
    if (!merger.give({}, before)) return {};
    const auto inside = take_before(tail, (*chunk)->bucket + span);
    if (!merger.give(rows_between(*rows, range.from, range.to), inside)) return {};
  }
  merger.give({}, tail);
  return {};
}

Result<void> walk_down(const Range& range, const Snapshot& snapshot, const Visit& visit) {
  const auto span = bucket_span(range.id.timeframe);
  const auto lowest = bucket_of(range.id.timeframe, range.from);
  std::span<const market::Candle> tail = snapshot.tail;
  Merger merger(visit, true);
  std::vector<double> aligned;
  auto walk = ChunkWalk::open(snapshot.txn, snapshot.series, snapshot.version);
  if (!walk) return pass_on(walk);
  auto chunk = walk->seek_down(bucket_of(range.id.timeframe, range.to - 1));
  for (;; chunk = walk->next_down()) {
    if (!chunk) return pass_on(chunk);
    if (!*chunk || (*chunk)->bucket < lowest) break;
    const auto rows = decode_chunk((*chunk)->value, aligned);
    if (!rows) return std::unexpected(damaged(range.id, (*chunk)->bucket));
    const auto after = take_from(tail, (*chunk)->bucket + span);
    if (!merger.give({}, after)) return {};
    const auto inside = take_from(tail, (*chunk)->bucket);
    if (!merger.give(rows_between(*rows, range.from, range.to), inside)) return {};
  }
  merger.give({}, tail);
  return {};
}

/// The transaction begins and the tail is copied under one lock: the tail only ever loses rows that a committed chunk
/// has.
Result<std::optional<Snapshot>> snapshot_of(const CandleStore::Impl& impl, const Range& range) {
  std::shared_lock lock(impl.memory);
  const auto* state = impl.find(range.id);
  if (state == nullptr) return std::optional<Snapshot>{};
  auto txn = impl.environment->begin_read();
  if (!txn) return pass_on(txn);
  std::span<const market::Candle> tail = state->tail;
  take_before(tail, range.from);
  const auto rows = take_before(tail, range.to);
  Snapshot snapshot{std::move(*txn), state->number, 0, {rows.begin(), rows.end()}};
  lock.unlock();

  const auto value = snapshot.txn.get(Table::series, series_key(snapshot.series));
  if (!value) return pass_on(value);
  const auto record = *value ? decode_record(**value) : std::nullopt;
  if (!record) return fail(Errc::corrupt, range.id.text() + ": its record in the candle store is damaged");
  snapshot.version = record->version;
  return std::optional<Snapshot>(std::move(snapshot));
}

/// Asks for large pages behind large columns: most of the time of a big copy is the first touch of each page.
void expect_large(market::CandleColumns& columns) {
  constexpr std::uintptr_t kLargePage = 2 << 20;
  const auto advise = [](void* data, std::size_t bytes) {
    const auto skipped = (kLargePage - reinterpret_cast<std::uintptr_t>(data) % kLargePage) % kLargePage;
    const auto whole = bytes < skipped ? 0 : (bytes - skipped) / kLargePage * kLargePage;
    if (whole > 0) ::madvise(static_cast<std::byte*>(data) + skipped, whole, MADV_HUGEPAGE);
  };
  advise(columns.open_time_ms.data(), columns.open_time_ms.capacity() * sizeof(std::int64_t));
  for (auto* column : {&columns.open, &columns.high, &columns.low, &columns.close, &columns.volume}) {
    advise(column->data(), column->capacity() * sizeof(double));
  }
}

}  // namespace

Result<void> CandleStore::scan(const SeriesId& series, Timestamp from, Timestamp to, const Visit& visit) const {
  const Range range{series, std::max<std::int64_t>(to_ms(from), 0), to_ms(to)};
  if (range.from >= range.to) return {};
  const auto snapshot = snapshot_of(*impl_, range);
  if (!snapshot) return pass_on(snapshot);
  return *snapshot ? walk_up(range, **snapshot, visit) : Result<void>{};
}

Result<void> CandleStore::scan_backward(const SeriesId& series, Timestamp from, Timestamp to,
                                        const Visit& visit) const {
  const Range range{series, std::max<std::int64_t>(to_ms(from), 0), to_ms(to)};
  if (range.from >= range.to) return {};
  const auto snapshot = snapshot_of(*impl_, range);
  if (!snapshot) return pass_on(snapshot);
  return *snapshot ? walk_down(range, **snapshot, visit) : Result<void>{};
}

Result<market::CandleColumns> CandleStore::read(const SeriesId& series, Timestamp from, Timestamp to) const {
  market::CandleColumns columns;
  if (const auto known = info(series); known && from < to) {
    const auto first = std::max(from, known->first);
    const auto last = std::min(to, known->last + market::duration(series.timeframe));
    const auto slots = first < last ? (last - first) / market::duration(series.timeframe) + 1 : 0;
    columns.reserve(std::min(known->rows, static_cast<std::uint64_t>(slots)));
    expect_large(columns);
  }
  auto done = scan(series, from, to, [&](const market::CandleSpan& rows) {
    columns.append(rows);
    return true;
  });
  if (!done) return pass_on(done);
  return columns;
}

}  // namespace cw::candle_store
