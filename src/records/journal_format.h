#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"

namespace cw::records {

/// The bytes of a journal's segment: a header, then frames, one a record. All numbers little-endian.
///
///   header  "CWJRNL01" | version u32 | 0 u32 | epoch u64 | first offset u64 | 0 u32 | CRC-32C of the 36 bytes before
///   frame   payload size u32 | CRC-32C of all that follows, u32 | offset u64 | durable u64 | payload
///
/// `offset` numbers the records of a journal from 0. `durable` says how many records were on disk for certain when this
/// one was written. It tells damage from an interrupted write: a bad frame that a later, good frame calls durable was
/// once whole, so something destroyed it.
inline constexpr std::size_t kSegmentHeaderBytes = 40;
inline constexpr std::size_t kFrameHeaderBytes = 24;
inline constexpr std::size_t kPayloadMost = 1 << 20;
inline constexpr std::uint32_t kJournalVersion = 1;

struct SegmentHeader {
  std::uint64_t epoch = 0;
  std::uint64_t first_offset = 0;
  friend bool operator==(const SegmentHeader&, const SegmentHeader&) = default;
};
std::string encode_header(const SegmentHeader& header);
/// Errors  Errc::corrupt, Errc::unsupported for another version's
Result<SegmentHeader> decode_header(std::string_view segment);

struct Frame {
  std::uint64_t offset = 0;
  std::uint64_t durable = 0;
  std::string_view payload{};  // into the segment's bytes
  std::size_t end = 0;         // position after it
};
/// Appends a frame. The payload is not empty and at most kPayloadMost (contract).
void append_frame(std::string& out, std::uint64_t offset, std::uint64_t durable, std::string_view payload);
/// The whole, undamaged frame at `position`, if there is one.
std::optional<Frame> frame_at(std::string_view segment, std::size_t position);

/// Walks a segment's frames in order, whatever the bytes hold.
class SegmentWalk {
 public:
  /// From after the header; `first_offset` is the header's.
  SegmentWalk(std::string_view segment, std::uint64_t first_offset) : segment_(segment), next_offset_(first_offset) {}

  /// The next record; none at the end, or at bytes that are not the frame of `next_offset()`.
  std::optional<Frame> next();

  std::uint64_t next_offset() const { return next_offset_; }
  /// Where the next frame begins, or should.
  std::size_t position() const { return position_; }
  bool at_end() const { return position_ == segment_.size(); }

  /// After `next` stopped short of the end: whether the frame that should be here was once safely on disk.
  /// Cost    at most one checksum a byte of what is left
  bool was_durable() const;

 private:
  std::string_view segment_;
  std::size_t position_ = kSegmentHeaderBytes;
  std::uint64_t next_offset_;
};

}  // namespace cw::records
