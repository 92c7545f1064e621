#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "candle_store/candle_store.h"
#include "candle_store/lmdb_env.h"

namespace cw::candle_store {

/// What LMDB keeps about a series. A reader takes of each bucket the chunk with the highest version up to `version`; an
/// import stages its chunks under `version + 1` and shows them by raising `version`.
struct SeriesRecord {
  std::uint32_t version = 0;
  bool garbage = false;  // chunks above `version`, or several of one bucket, may be there
  std::uint64_t rows = 0;
  std::int64_t first_ms = 0;
  std::int64_t last_ms = 0;
  std::uint64_t bytes = 0;
  std::uint64_t duplicates = 0;
};

std::string encode_record(const SeriesId& id, const SeriesRecord& record);

struct NamedRecord {
  SeriesId id;
  SeriesRecord record;
};
/// No answer for a value that is no record.
std::optional<SeriesRecord> decode_record(Bytes value);
std::optional<NamedRecord> decode_named_record(Bytes value);

/// The key of a record: the series' number, big-endian.
std::array<std::byte, 4> series_key(std::uint32_t number);
std::optional<std::uint32_t> parse_series_key(Bytes key);

}  // namespace cw::candle_store
