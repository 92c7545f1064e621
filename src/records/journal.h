#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/error.h"
#include "desk/event.h"

namespace cw::records {

/// A place between two records of one journal: `offset` records lie before it.
struct JournalPosition {
  std::uint64_t epoch = 0;
  std::uint64_t offset = 0;
  friend bool operator==(const JournalPosition&, const JournalPosition&) = default;
};

struct JournalOptions {
  std::uint64_t segment_bytes = std::uint64_t{16} << 20;  // a segment that would grow beyond this ends
  std::uint64_t retain_bytes = std::uint64_t{1} << 30;    // more than this, and the oldest released segments go
  std::uint64_t pending_most = std::uint64_t{8} << 20;    // appended and not yet synced
  std::optional<std::uint64_t> new_epoch{};               // of a journal that begins; random where absent
};

/// What was found when a journal was opened.
struct JournalRecovery {
  bool created = false;         // there was none
  std::uint64_t cut_bytes = 0;  // of an interrupted last write, cut off
  std::string cut_file{};       // from which file
};

/// What the desk consumes, in order, on disk before its outputs leave: segment files with checksummed frames.
///
/// A journal has an epoch, a random number given at its birth; its records are numbered from 0 without holes. Append as
/// much as belongs together, then `sync`: one write, one fdatasync. After a crash every synced record is there; of the
/// rest a beginning may be. A torn end is cut off at `open` and reported. Damage elsewhere is an error that names the
/// file and the byte, never skipped: a journal with a hole would replay to another desk. Space: old segments are
/// deleted, whole, once all segments exceed `retain_bytes`, but only below what was released
/// (`release`); so the bound is kept as long as snapshots are taken.
/// One owner, not thread-safe; one process a folder (the data folder's lock sees to that).
class Journal {
 public:
  /// Opens, or makes, the journal in `folder` (made if missing).
  /// Errors  corrupt, unsupported, io_error, disk_full
  static Result<std::unique_ptr<Journal>> open(const std::filesystem::path& folder, const JournalOptions& options);
  ~Journal();
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  /// Takes a record; answers its offset. In memory until `sync`.
  /// Errors  limit_exceeded when `pending_most` is reached: sync first; io_error after a sync that failed for good
  Result<std::uint64_t> append(const desk::Event& event);

  /// Puts everything appended on disk.
  /// Errors  disk_full: nothing is lost, what was appended waits and a later sync may succeed; io_error: the state of
  ///         the file is not known, the journal refuses everything from then on and must be opened again
  Result<void> sync();

  /// Visits the synced records from `from` on, in order, until `visit` answers false.
  /// Errors  not_found when `from` is older than what is kept, bad_parameter when it lies beyond the end, corrupt
  Result<void> replay(std::uint64_t from, const std::function<bool(std::uint64_t, const desk::Event&)>& visit) const;

  /// Records before `offset` are covered by a snapshot and may be deleted when space asks for it.
  void release(std::uint64_t offset);

  std::uint64_t epoch() const;
  std::uint64_t first_offset() const;    // of the oldest record that is kept
  std::uint64_t next_offset() const;     // of the next record to be appended
  std::uint64_t durable_offset() const;  // records before it are on disk
  std::uint64_t bytes() const;           // of all segments
  std::size_t segments() const;
  const JournalRecovery& recovery() const;

 private:
  struct Impl;
  explicit Journal(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace cw::records
