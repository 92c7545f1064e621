#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <vector>

#include "base/error.h"
#include "desk/desk.h"
#include "records/journal.h"

namespace cw::records {

/// A desk as it was after the first `position.offset` records of the journal `position.epoch`.
struct DeskSnapshot {
  JournalPosition position;
  desk::Desk desk;
};

/// Writes a snapshot in place of the one before, all or nothing. Only of what is durable: a snapshot ahead of its
/// journal would be of a past that did not happen. Errors  disk_full, io_error: the snapshot before stays
Result<void> save_snapshot(const std::filesystem::path& file, const JournalPosition& position, const desk::Desk& desk);

/// Reads one back; none where there is no file.
/// Errors  corrupt, unsupported, io_error
Result<std::optional<DeskSnapshot>> load_snapshot(const std::filesystem::path& file);

/// A desk brought up to its journal's end.
struct RecoveredDesk {
  desk::Desk desk;
  std::uint64_t snapshot_offset = 0;     // records that the snapshot stood for; 0 without one
  std::uint64_t replayed = 0;            // records consumed after it
  std::optional<Error> unused_snapshot;  // why the snapshot was passed over, where it was
};

/// Restores the desk from its snapshot and the records after it; without a usable snapshot from the whole journal.
/// Calls `on_outputs` with the offset of each record and its outputs, those that left before the crash included:
/// whoever sends them on tells by the offset what is new. Errors  corrupt; not_found when the journal no longer reaches
/// back to where it is needed
Result<RecoveredDesk> recover_desk(
    const Journal& journal, const std::filesystem::path& snapshot_file,
    const std::function<void(std::uint64_t, const std::vector<desk::Output>&)>& on_outputs);

}  // namespace cw::records
