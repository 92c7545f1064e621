#include "candle_store/series_record.h"

#include <array>
#include <cstring>

namespace cw::candle_store {
namespace {

struct Fixed {
  std::uint32_t version;
  std::uint32_t garbage;
  std::uint64_t rows;
  std::int64_t first_ms;
  std::int64_t last_ms;
  std::uint64_t bytes;
  std::uint64_t duplicates;
};
static_assert(sizeof(Fixed) == 48);

}  // namespace

std::string encode_record(const SeriesId& id, const SeriesRecord& record) {
  const Fixed fixed{record.version, record.garbage ? 1U : 0U, record.rows, record.first_ms, record.last_ms,
                    record.bytes,   record.duplicates};
  std::string out(sizeof(fixed), '\0');
  std::memcpy(out.data(), &fixed, sizeof(fixed));
  return out + id.text();
}

std::optional<SeriesRecord> decode_record(Bytes value) {
  Fixed fixed;
  if (value.size() < sizeof(fixed)) return std::nullopt;
  std::memcpy(&fixed, value.data(), sizeof(fixed));
  return SeriesRecord{fixed.version, fixed.garbage != 0, fixed.rows,      fixed.first_ms,
                      fixed.last_ms, fixed.bytes,        fixed.duplicates};
}

std::optional<NamedRecord> decode_named_record(Bytes value) {
  const auto record = decode_record(value);
  if (!record) return std::nullopt;
  const auto text = text_of(value.subspan(sizeof(Fixed)));
  const auto blank = text.rfind(' ');
  if (blank == std::string_view::npos) return std::nullopt;
  const auto instrument = market::parse_instrument_id(text.substr(0, blank));
  const auto timeframe = market::parse_timeframe(text.substr(blank + 1));
  if (!instrument || !timeframe) return std::nullopt;
  return NamedRecord{{*instrument, *timeframe}, *record};
}

std::array<std::byte, 4> series_key(std::uint32_t number) {
  std::array<std::byte, 4> key;
  for (std::size_t i = 0; i < key.size(); ++i) key[i] = static_cast<std::byte>(number >> (24 - 8 * i));
  return key;
}

std::optional<std::uint32_t> parse_series_key(Bytes key) {
  if (key.size() != 4) return std::nullopt;
  std::uint32_t number = 0;
  for (const auto byte : key) number = number << 8 | std::to_integer<std::uint32_t>(byte);
  return number;
}

}  // namespace cw::candle_store
