#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <vector>

#include "base/error.h"
#include "market/candle.h"

namespace cw::candle_store {

/// One live bar on its way into the chunks.
struct TailRow {
  std::uint32_t series = 0;
  market::Candle bar{};
};

/// The write-ahead file of live bars: fixed 64-byte records with a checksum, in two halves that take turns. Generation
/// G fills half G mod 2 from its start; the store keeps in LMDB which generation counts, so switching halves is one
/// commit and nothing is ever truncated. The file has its full size from the start: a full disk cannot stop an append.
/// A record that was torn or never reached the disk ends its generation: what follows was not acknowledged either.
class TailLog {
 public:
  static constexpr std::size_t kRecordBytes = 64;
  static constexpr std::size_t kCapacity = 32'768;  // records of a half: 2 MiB

  /// Opens `file`, or makes it with its full size.
  static Result<std::unique_ptr<TailLog>> open(const std::filesystem::path& file, bool sync);
  ~TailLog();
  TailLog(const TailLog&) = delete;
  TailLog& operator=(const TailLog&) = delete;

  /// The rows of `generation`, in the order they were appended, up to the first record that is not whole.
  Result<std::vector<TailRow>> replay(std::uint32_t generation) const;

  /// The highest generation of any whole record in the file; 0 where there is none. A generation above it is unused.
  Result<std::uint32_t> highest_generation() const;

  /// Writes `rows` as the beginning of `generation` into its half, durable when it answers. The current generation
  /// stays as it is until `switch_to`.
  Result<void> prepare(std::uint32_t generation, std::span<const TailRow> rows);
  void switch_to(std::uint32_t generation, std::size_t rows);

  /// Appends to the current generation, in one write; durable once `sync` has answered. At most `room()` rows. After an
  /// error of either the generation must be ended (`broken`): its end on disk is unknown.
  Result<void> append(std::span<const TailRow> rows);
  Result<void> sync();

  std::size_t size() const { return count_; }
  std::size_t room() const { return broken_ ? 0 : kCapacity - count_; }
  bool broken() const { return broken_; }
  std::uint64_t written_bytes() const { return written_bytes_; }

 private:
  TailLog(int fd, bool sync) : fd_(fd), sync_(sync) {}
  Result<void> write_at(std::uint32_t generation, std::size_t first, std::span<const TailRow> rows);

  static constexpr std::size_t kSectorBytes = 512;
  int fd_;
  bool sync_;
  bool broken_ = true;  // until a generation begins
  std::uint32_t generation_ = 0;
  std::size_t count_ = 0;
  std::array<std::byte, kSectorBytes> sector_{};       // the sector that holds record `count_`, as far as it is filled
  std::array<std::byte, kSectorBytes> next_sector_{};  // the same for a prepared generation
  std::uint64_t written_bytes_ = 0;
};

}  // namespace cw::candle_store
