#include "candle_store/chunk.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "base/random.h"
#include "base/require.h"

namespace cw::candle_store {
namespace {

constexpr std::uint32_t kMagic = 0x31435743;  // "CWC1"
constexpr std::size_t kPageBytes = 4'096;
constexpr std::size_t kPageHeaderBytes = 16;
constexpr std::size_t kLeafMost = 2'000;  // values up to about here stay inside a leaf page

struct Header {
  std::uint32_t magic;
  std::uint32_t rows;
  std::uint64_t checksum;
};
static_assert(sizeof(Header) == kChunkHeaderBytes);
static_assert((chunk_bytes(kRowsPerChunk) + kPageHeaderBytes + kPageBytes - 1) / kPageBytes == 24);
static_assert(24 * kPageBytes <= 1.005 * kRowsPerChunk * kBytesPerRow);

/// Four lanes, so that the multiplications overlap: about 10 GB/s.
std::uint64_t checksum_of(const std::byte* data, std::size_t words) {
  std::uint64_t lane[4] = {1, 2, 3, 4};
  std::size_t i = 0;
  const auto word = [&](std::size_t at) {
    std::uint64_t value;
    std::memcpy(&value, data + at * 8, 8);
    return value;
  };
  for (; i + 4 <= words; i += 4) {
    for (std::size_t k = 0; k < 4; ++k) lane[k] = std::rotl((lane[k] ^ word(i + k)) * 0x9e3779b97f4a7c15, 29);
  }
  for (; i < words; ++i) lane[0] = std::rotl((lane[0] ^ word(i)) * 0x9e3779b97f4a7c15, 29);
  return mix64(lane[0] + mix64(lane[1] + mix64(lane[2] + mix64(lane[3] + words))));
}

template <class T>
void put_big_endian(std::byte* out, T value) {
  for (std::size_t i = 0; i < sizeof(T); ++i) out[i] = static_cast<std::byte>(value >> (8 * (sizeof(T) - 1 - i)));
}

template <class T>
T get_big_endian(const std::byte* in) {
  T value = 0;
  for (std::size_t i = 0; i < sizeof(T); ++i) value = static_cast<T>(value << 8 | std::to_integer<T>(in[i]));
  return value;
}

}  // namespace

std::uint64_t chunk_disk_bytes(std::size_t rows) {
  const auto bytes = chunk_bytes(rows);
  if (bytes < kLeafMost) return bytes;
  return (bytes + kPageHeaderBytes + kPageBytes - 1) / kPageBytes * kPageBytes;
}

std::int64_t bucket_span(market::Timeframe timeframe) {
  return static_cast<std::int64_t>(kRowsPerChunk) * market::duration(timeframe).count();
}

std::int64_t bucket_of(market::Timeframe timeframe, std::int64_t open_time_ms) {
  const auto span = bucket_span(timeframe);
  return std::max<std::int64_t>(open_time_ms, 0) / span * span;
}

ChunkKey chunk_key(std::uint32_t series, std::int64_t bucket, std::uint32_t version) {
  ChunkKey key;
  put_big_endian(key.data(), series);
  put_big_endian(key.data() + 4, static_cast<std::uint64_t>(bucket));
  put_big_endian(key.data() + 12, version);
  return key;
}

std::optional<ChunkAddress> parse_chunk_key(Bytes key) {
  if (key.size() != sizeof(ChunkKey)) return std::nullopt;
  return ChunkAddress{get_big_endian<std::uint32_t>(key.data()),
                      static_cast<std::int64_t>(get_big_endian<std::uint64_t>(key.data() + 4)),
                      get_big_endian<std::uint32_t>(key.data() + 12)};
}

void encode_chunk(const market::CandleSpan& rows, std::span<std::byte> out) {
  CW_REQUIRE(!rows.empty() && rows.size() <= kRowsPerChunk && out.size() == chunk_bytes(rows.size()));
  const auto column_bytes = rows.size() * 8;
  std::byte* at = out.data() + sizeof(Header);
  const auto put = [&](const void* column) {
    std::memcpy(at, column, column_bytes);
    at += column_bytes;
  };
  put(rows.open_time_ms.data());
  put(rows.open.data());
  put(rows.high.data());
  put(rows.low.data());
  put(rows.close.data());
  put(rows.volume.data());
  const Header header{kMagic, static_cast<std::uint32_t>(rows.size()),
                      checksum_of(out.data() + sizeof(Header), rows.size() * 6)};
  std::memcpy(out.data(), &header, sizeof(header));
}

std::optional<market::CandleSpan> decode_chunk(Bytes value, std::vector<double>& aligned) {
  Header header;
  if (value.size() < sizeof(header)) return std::nullopt;
  std::memcpy(&header, value.data(), sizeof(header));
  if (header.magic != kMagic || header.rows == 0 || header.rows > kRowsPerChunk ||
      value.size() != chunk_bytes(header.rows)) {
    return std::nullopt;
  }
  const std::byte* data = value.data() + sizeof(Header);
  if (reinterpret_cast<std::uintptr_t>(data) % alignof(double) != 0) {
    aligned.resize(header.rows * 6);
    std::memcpy(aligned.data(), data, header.rows * kBytesPerRow);
    data = reinterpret_cast<const std::byte*>(aligned.data());
  }
  const std::size_t n = header.rows;
  const auto* times = reinterpret_cast<const std::int64_t*>(data);
  const auto* numbers = reinterpret_cast<const double*>(data);
  return market::CandleSpan{{times, n},           {numbers + n, n},     {numbers + 2 * n, n},
                            {numbers + 3 * n, n}, {numbers + 4 * n, n}, {numbers + 5 * n, n}};
}

bool chunk_is_sound(Bytes value) {
  std::vector<double> aligned;
  const auto rows = decode_chunk(value, aligned);
  if (!rows) return false;
  Header header;
  std::memcpy(&header, value.data(), sizeof(header));
  return checksum_of(value.data() + sizeof(Header), header.rows * std::size_t{6}) == header.checksum;
}

void merge_rows(const market::CandleSpan& stored, const market::CandleSpan& given, market::CandleColumns& out,
                MergeCount& count) {
  out.clear();
  if (stored.empty() || given.empty() || stored.open_time_ms.back() < given.open_time_ms.front()) {
    out.append(stored);
    out.append(given);
    count.added += given.size();
    return;
  }
  std::size_t s = 0;
  for (std::size_t g = 0; g < given.size(); ++g) {
    const auto time = given.open_time_ms[g];
    while (s < stored.size() && stored.open_time_ms[s] < time) out.push_back(stored[s++]);
    const auto row = given[g];
    if (s < stored.size() && stored.open_time_ms[s] == time) {
      const auto old = stored[s++];
      if (old == row) {
        ++count.unchanged;
      } else {
        ++count.revised;
        if (!count.first_given) {
          count.first_stored = old;
          count.first_given = row;
        }
      }
    } else {
      ++count.added;
    }
    out.push_back(row);
  }
  if (s < stored.size()) out.append(stored.subspan(s, stored.size() - s));
}

market::CandleSpan rows_between(const market::CandleSpan& rows, std::int64_t from_ms, std::int64_t to_ms) {
  const auto& times = rows.open_time_ms;
  const auto first = std::lower_bound(times.begin(), times.end(), from_ms) - times.begin();
  const auto last = std::lower_bound(times.begin() + first, times.end(), to_ms) - times.begin();
  return rows.subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(last - first));
}

}  // namespace cw::candle_store
