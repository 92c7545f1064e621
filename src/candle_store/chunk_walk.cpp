#include "candle_store/store_impl.h"

namespace cw::candle_store {

Result<ChunkWalk> ChunkWalk::open(const Transaction& txn, std::uint32_t series, std::uint32_t version) {
  auto cursor = Cursor::open(txn, Table::chunks);
  if (!cursor) return pass_on(cursor);
  return ChunkWalk(std::move(*cursor), series, version);
}

Result<std::optional<VisibleChunk>> ChunkWalk::seek_up(std::int64_t bucket) {
  const auto key = chunk_key(series_, bucket, 0);
  at_end_ = false;
  const auto found = cursor_.seek(key);
  if (!found) return pass_on(found);
  return take_up(*found);
}

Result<std::optional<VisibleChunk>> ChunkWalk::next_up() {
  // The cursor stands on the first key after the bucket that was answered last.
  return take_up(!at_end_);
}

Result<std::optional<VisibleChunk>> ChunkWalk::take_up(bool found) {
  std::optional<VisibleChunk> best;
  while (found) {
    const auto address = parse_chunk_key(cursor_.key());
    if (!address || address->series != series_) break;
    if (best && best->bucket != address->bucket) return best;
    if (address->version <= version_) best = VisibleChunk{address->bucket, address->version, cursor_.value()};
    const auto more = cursor_.next();
    if (!more) return pass_on(more);
    found = *more;
  }
  at_end_ = true;
  return best;
}

Result<std::optional<VisibleChunk>> ChunkWalk::seek_down(std::int64_t bucket) {
  const auto key = chunk_key(series_, bucket, std::numeric_limits<std::uint32_t>::max());
  at_end_ = false;
  auto found = cursor_.seek(key);
  if (!found) return pass_on(found);
  found = *found ? cursor_.previous() : cursor_.last();
  if (!found) return pass_on(found);
  return take_down(*found);
}

Result<std::optional<VisibleChunk>> ChunkWalk::next_down() {
  if (at_end_) return std::nullopt;
  for (;;) {
    const auto found = cursor_.previous();
    if (!found) return pass_on(found);
    if (!*found) return take_down(false);
    const auto address = parse_chunk_key(cursor_.key());
    if (!address || address->series != series_ || address->bucket != bucket_) return take_down(true);
  }
}

Result<std::optional<VisibleChunk>> ChunkWalk::take_down(bool found) {
  while (found) {
    const auto address = parse_chunk_key(cursor_.key());
    if (!address || address->series != series_) break;
    if (address->version <= version_) {
      bucket_ = address->bucket;
      return VisibleChunk{address->bucket, address->version, cursor_.value()};
    }
    const auto more = cursor_.previous();
    if (!more) return pass_on(more);
    found = *more;
  }
  at_end_ = true;
  return std::nullopt;
}

}  // namespace cw::candle_store
