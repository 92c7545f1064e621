#include <algorithm>

#include <fmt/format.h>

#include "candle_store/store_impl.h"

namespace cw::candle_store {
namespace {

struct Garbage {
  std::vector<ChunkKey> keys;
  bool more = false;
};

ChunkKey key_of(const ChunkAddress& address) { return chunk_key(address.series, address.bucket, address.version); }

/// The next chunks, from `from` on, that no reader can see: above the visible version, or below another visible one of
/// the same bucket. The values of those that are found are let go: looking at them maps their pages.
Result<Garbage> find_garbage(const Transaction& txn, std::uint32_t series, std::uint32_t version) {
  Garbage garbage;
  auto cursor = Cursor::open(txn, Table::chunks);
  if (!cursor) return pass_on(cursor);
  std::optional<ChunkAddress> shown;
  const auto first = chunk_key(series, 0, 0);
  for (auto found = cursor->seek(first);; found = cursor->next()) {
    if (!found) return pass_on(found);
    const auto address = *found ? parse_chunk_key(cursor->key()) : std::nullopt;
    if (!address || address->series != series) return garbage;
    if (garbage.keys.size() >= kChunksPerTransaction) {
      garbage.more = true;
      return garbage;
    }
    if (address->version > version) {
      garbage.keys.push_back(key_of(*address));
    } else {
      if (shown && shown->bucket == address->bucket) garbage.keys.push_back(key_of(*shown));
      shown = address;
    }
  }
}

}  // namespace

Result<void> CandleStore::Impl::collect_garbage(SeriesState& state) {
  for (bool more = true; more;) {
    const std::lock_guard lock(writer);
    Garbage garbage;
    std::vector<Bytes> values;
    {
      const auto txn = environment->begin_read();
      if (!txn) return pass_on(txn);
      auto found = find_garbage(*txn, state.number, state.record.version);
      if (!found) return pass_on(found);
      garbage = std::move(*found);
      for (const auto& key : garbage.keys) {
        const auto value = txn->get(Table::chunks, key);
        if (value && *value) values.push_back(**value);
      }
    }
    auto txn = environment->begin_write();
    if (!txn) return pass_on(txn);
    for (const auto& key : garbage.keys) {
      if (auto done = txn->erase(Table::chunks, key); !done) return done;
    }
    more = garbage.more;
    auto record = state.record;
    record.garbage = more;
    if (!more) {
      if (auto done = put_record(*txn, state, record); !done) return done;
    }
    if (auto done = txn->commit(); !done) return done;
    keep_record(state, record);
    for (const auto value : values) Transaction::forget(value);
  }
  return {};
}

Result<std::uint64_t> CandleStore::Impl::prune_some(SeriesState& state, std::int64_t before_ms, bool& more) {
  auto txn = environment->begin_write();
  if (!txn) return pass_on(txn);
  auto record = state.record;
  std::uint64_t removed = 0;
  std::vector<ChunkKey> keys;
  std::optional<std::pair<ChunkKey, market::CandleColumns>> cut;  // the chunk that `before` goes through
  std::optional<std::int64_t> first_left;
  std::vector<double> aligned;
  {
    auto walk = ChunkWalk::open(*txn, state.number, record.version);
    if (!walk) return pass_on(walk);
    auto chunk = walk->seek_up(0);
    for (;; chunk = walk->next_up()) {
      if (!chunk) return pass_on(chunk);
      if (!*chunk) break;
      const auto rows = decode_chunk((*chunk)->value, aligned);
      if (!rows) return fail(Errc::corrupt, state.id.text() + ": a chunk is damaged");
      const auto key = chunk_key(state.number, (*chunk)->bucket, (*chunk)->version);
      const auto left = rows_between(*rows, before_ms, std::numeric_limits<std::int64_t>::max());
      if (!left.empty() || keys.size() == kChunksPerTransaction) {
        first_left = left.empty() ? rows->open_time_ms.front() : left.open_time_ms.front();
        if (!left.empty() && left.size() < rows->size()) {
          cut.emplace(key, market::CandleColumns{});
          cut->second.append(left);
          removed += rows->size() - left.size();
          record.bytes -= chunk_disk_bytes(rows->size()) - chunk_disk_bytes(left.size());
        }
        more = left.empty();
        break;
      }
      keys.push_back(key);
      removed += rows->size();
      record.bytes -= chunk_disk_bytes(rows->size());
    }
  }
  if (removed == 0) return removed;
  for (const auto& key : keys) {
    if (auto done = txn->erase(Table::chunks, key); !done) return pass_on(done);
  }
  if (cut) {
    const auto out = txn->reserve(Table::chunks, cut->first, candle_store::chunk_bytes(cut->second.size()));
    if (!out) return pass_on(out);
    encode_chunk(cut->second.view(), *out);
  }
  record.rows -= removed;
  record.first_ms = first_left.value_or(0);
  if (auto done = put_record(*txn, state, record); !done) return pass_on(done);
  if (auto done = txn->commit(); !done) return pass_on(done);
  keep_record(state, record);
  return removed;
}

Result<std::uint64_t> CandleStore::prune(const SeriesId& series, Timestamp before) {
  const auto before_ms = to_ms(before);
  std::uint64_t removed = 0;
  for (bool more = true; more;) {
    more = false;
    const std::lock_guard lock(impl_->writer);
    auto* state = impl_->find(series);
    if (state == nullptr) return removed;
    if (state->importing) return fail(Errc::busy, fmt::format("an import of {} is running", series.text()));
    if (auto done = impl_->end_generation_for(*state, std::numeric_limits<std::int64_t>::min(), before_ms); !done) {
      return pass_on(done);
    }
    const auto some = impl_->prune_some(*state, before_ms, more);
    if (!some) return pass_on(some);
    removed += *some;
  }
  return removed;
}

Result<void> CandleStore::verify() const {
  const auto txn = impl_->environment->begin_read();
  if (!txn) return pass_on(txn);
  auto cursor = Cursor::open(*txn, Table::chunks);
  if (!cursor) return pass_on(cursor);
  std::vector<double> aligned;
  const auto first = chunk_key(0, 0, 0);
  for (auto found = cursor->seek(first);; found = cursor->next()) {
    if (!found) return pass_on(found);
    if (!*found) return {};
    const auto address = parse_chunk_key(cursor->key());
    const SeriesState* state = nullptr;
    if (address) {
      const std::shared_lock lock(impl_->memory);
      const auto known = impl_->by_number.find(address->series);
      if (known != impl_->by_number.end()) state = known->second;
    }
    if (state == nullptr) return fail(Errc::corrupt, "a chunk belongs to no series");
    const auto rows = decode_chunk(cursor->value(), aligned);
    const bool sound = rows && chunk_is_sound(cursor->value()) && check_rows(*rows, state->id.timeframe) &&
                       bucket_of(state->id.timeframe, rows->open_time_ms.front()) == address->bucket &&
                       bucket_of(state->id.timeframe, rows->open_time_ms.back()) == address->bucket;
    if (!sound) {
      return fail(Errc::corrupt, fmt::format("{}: the chunk at {} is damaged", state->id.text(),
                                             format_time(from_ms(address->bucket))));
    }
  }
}

}  // namespace cw::candle_store
