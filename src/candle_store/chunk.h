#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/error.h"
#include "candle_store/lmdb_env.h"
#include "market/candle.h"
#include "market/timeframe.h"

namespace cw::candle_store {

/// Rows of one chunk at most: 34 hours of minutes. With its header and LMDB's it fills 24 pages to 99.6 %.
inline constexpr std::size_t kRowsPerChunk = 2'040;
inline constexpr std::size_t kBytesPerRow = 48;
inline constexpr std::size_t kChunkHeaderBytes = 16;

constexpr std::size_t chunk_bytes(std::size_t rows) { return kChunkHeaderBytes + rows * kBytesPerRow; }

/// What a chunk of `rows` takes in the file: whole pages, with the page header, or its share of a leaf page.
std::uint64_t chunk_disk_bytes(std::size_t rows);

/// The start of the span of `kRowsPerChunk` bars that holds `open_time_ms`. Spans lie side by side since 1970, so a bar
/// has one place whatever the order in which bars come.
std::int64_t bucket_of(market::Timeframe timeframe, std::int64_t open_time_ms);
std::int64_t bucket_span(market::Timeframe timeframe);

/// Series, bucket, version, big-endian, so that keys sort as they are read. Times are after 1970.
using ChunkKey = std::array<std::byte, 16>;
ChunkKey chunk_key(std::uint32_t series, std::int64_t bucket, std::uint32_t version);

struct ChunkAddress {
  std::uint32_t series = 0;
  std::int64_t bucket = 0;
  std::uint32_t version = 0;
};
std::optional<ChunkAddress> parse_chunk_key(Bytes key);

/// Writes header and columns of `rows` (1 to kRowsPerChunk) into `out`, which has chunk_bytes(rows.size()) bytes.
void encode_chunk(const market::CandleSpan& rows, std::span<std::byte> out);

/// The rows of a chunk, in place where `value` is aligned for it, else in `aligned`, which must outlive the answer.
/// No answer for a value that is no chunk. Does not read the columns: see `chunk_is_sound`.
std::optional<market::CandleSpan> decode_chunk(Bytes value, std::vector<double>& aligned);

/// Whether the columns are those that were written, by their checksum. Reads all of them.
bool chunk_is_sound(Bytes value);

/// What happened to rows that met stored ones.
struct MergeCount {
  std::uint64_t added = 0;
  std::uint64_t unchanged = 0;
  std::uint64_t revised = 0;
  std::optional<market::Candle> first_stored;  // of the first pair that differs
  std::optional<market::Candle> first_given;
};

/// Both in time order, one row a time, `given` standing where both have one. Replaces what is in `out`.
void merge_rows(const market::CandleSpan& stored, const market::CandleSpan& given, market::CandleColumns& out,
                MergeCount& count);

/// The rows of [from_ms, to_ms).
market::CandleSpan rows_between(const market::CandleSpan& rows, std::int64_t from_ms, std::int64_t to_ms);

}  // namespace cw::candle_store
