#include "records/journal_format.h"

#include <fmt/format.h>

#include "base/bytes.h"
#include "base/crc32c.h"
#include "base/require.h"

namespace cw::records {
namespace {

constexpr std::string_view kMagic = "CWJRNL01";
constexpr std::size_t kCheckedFrom = 8;  // a frame's checksum covers what follows itself

}  // namespace

std::string encode_header(const SegmentHeader& header) {
  std::string bytes{kMagic};
  ByteWriter writer{bytes};
  writer.put(kJournalVersion);
  writer.put(std::uint32_t{0});
  writer.put(header.epoch);
  writer.put(header.first_offset);
  writer.put(std::uint32_t{0});
  writer.put(crc32c(bytes));
  return bytes;
}

Result<SegmentHeader> decode_header(std::string_view segment) {
  if (segment.size() < kSegmentHeaderBytes || !segment.starts_with(kMagic)) {
    return fail(Errc::corrupt, "it does not begin as a journal's segment");
  }
  const auto bytes = segment.substr(0, kSegmentHeaderBytes);
  ByteReader reader{bytes.substr(kMagic.size())};
  const auto version = reader.get<std::uint32_t>();
  const auto reserved = reader.get<std::uint32_t>();
  SegmentHeader header;
  header.epoch = reader.get<std::uint64_t>();
  header.first_offset = reader.get<std::uint64_t>();
  const auto reserved_too = reader.get<std::uint32_t>();
  if (reader.get<std::uint32_t>() != crc32c(bytes.substr(0, kSegmentHeaderBytes - 4))) {
    return fail(Errc::corrupt, "the checksum of its header does not match");
  }
  if (version != kJournalVersion) {
    return fail(Errc::unsupported,
                fmt::format("it has version {} of the journal's format; this program reads version {}", version,
                            kJournalVersion));
  }
  if (reserved != 0 || reserved_too != 0) return fail(Errc::corrupt, "its header holds what no program wrote");
  return header;
}

void append_frame(std::string& out, std::uint64_t offset, std::uint64_t durable, std::string_view payload) {
  CW_REQUIRE(!payload.empty() && payload.size() <= kPayloadMost);
  const std::size_t at = out.size();
  ByteWriter writer{out};
  writer.put(static_cast<std::uint32_t>(payload.size()));
  writer.put(std::uint32_t{0});
  writer.put(offset);
  writer.put(durable);
  out += payload;
  const auto checksum = crc32c(std::string_view{out}.substr(at + kCheckedFrom));
  std::memcpy(out.data() + at + 4, &checksum, sizeof checksum);
}

std::optional<Frame> frame_at(std::string_view segment, std::size_t position) {
  if (position > segment.size() || segment.size() - position < kFrameHeaderBytes) return std::nullopt;
  ByteReader reader{segment.substr(position, kFrameHeaderBytes)};
  const auto size = reader.get<std::uint32_t>();
  const auto checksum = reader.get<std::uint32_t>();
  if (size == 0 || size > kPayloadMost || size > segment.size() - position - kFrameHeaderBytes) return std::nullopt;
  const auto checked = segment.substr(position + kCheckedFrom, kFrameHeaderBytes - kCheckedFrom + size);
  if (crc32c(checked) != checksum) return std::nullopt;
  Frame frame;
  frame.offset = reader.get<std::uint64_t>();
  frame.durable = reader.get<std::uint64_t>();
  frame.payload = segment.substr(position + kFrameHeaderBytes, size);
  frame.end = position + kFrameHeaderBytes + size;
  return frame;
}

std::optional<Frame> SegmentWalk::next() {
  const auto frame = frame_at(segment_, position_);
  if (!frame || frame->offset != next_offset_) return std::nullopt;
  position_ = frame->end;
  ++next_offset_;
  return frame;
}

bool SegmentWalk::was_durable() const {
  const std::uint64_t offset_most = next_offset_ + (segment_.size() - position_) / kFrameHeaderBytes;
  for (std::size_t at = position_; at + kFrameHeaderBytes <= segment_.size(); ++at) {
    // The offset alone acquits nearly every position; only what looks like a frame is summed.
    ByteReader reader{segment_.substr(at + kCheckedFrom, 16)};
    const auto offset = reader.get<std::uint64_t>();
    const auto durable = reader.get<std::uint64_t>();
    if (offset <= next_offset_ || offset > offset_most || durable <= next_offset_ || durable > offset) continue;
    if (frame_at(segment_, at)) return true;
  }
  return false;
}

}  // namespace cw::records
