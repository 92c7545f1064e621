#include "records/desk_recovery.h"

#include <fmt/format.h>

#include "base/bytes.h"
#include "base/crc32c.h"
#include "records/files.h"

// A snapshot's file: "CWSNAP01" | checksum of the rest (32 bits) | epoch | offset | the desk's own bytes.
namespace cw::records {
namespace {

constexpr std::string_view kMagic = "CWSNAP01";
constexpr std::size_t kHeader = kMagic.size() + 4;
constexpr std::size_t kPositionBytes = 16;
constexpr std::uint64_t kSnapshotMost = std::uint64_t{512} << 20;

/// Why a snapshot cannot stand before this journal's tail; none where it can.
std::optional<Error> misfit(const DeskSnapshot& snapshot, const Journal& journal) {
  const auto& position = snapshot.position;
  if (position.epoch != journal.epoch()) return Error{Errc::conflict, "the desk's snapshot belongs to another journal"};
  if (position.offset > journal.durable_offset()) {
    return Error{Errc::conflict, fmt::format("the desk's snapshot stands for {} records and the journal has {}",
                                             position.offset, journal.durable_offset())};
  }
  if (position.offset < journal.first_offset()) {
    return Error{Errc::not_found, fmt::format("the desk's snapshot ends at record {} and the journal begins at {}",
                                              position.offset, journal.first_offset())};
  }
  return std::nullopt;
}

}  // namespace

Result<void> save_snapshot(const std::filesystem::path& file, const JournalPosition& position, const desk::Desk& desk) {
  std::string body;
  ByteWriter writer{body};
  writer.put(position.epoch);
  writer.put(position.offset);
  body += desk.save();
  std::string bytes{kMagic};
  ByteWriter{bytes}.put(crc32c(body));
  return replace_file(file, bytes + body);
}

Result<std::optional<DeskSnapshot>> load_snapshot(const std::filesystem::path& file) {
  std::error_code ec;
  if (!std::filesystem::exists(file, ec) && !ec) return std::nullopt;
  const auto bytes = read_file(file, kSnapshotMost);
  if (!bytes) return pass_on(bytes);
  const std::string_view all{*bytes};
  if (all.size() < kHeader + kPositionBytes || !all.starts_with(kMagic) ||
      ByteReader{all.substr(kMagic.size())}.get<std::uint32_t>() != crc32c(all.substr(kHeader))) {
    return fail(Errc::corrupt, fmt::format("{} is damaged: its checksum does not match", file.string()));
  }
  ByteReader reader{all.substr(kHeader)};
  const auto epoch = reader.get<std::uint64_t>();
  const auto offset = reader.get<std::uint64_t>();
  auto desk = desk::Desk::restore(all.substr(kHeader + kPositionBytes));
  if (!desk) return std::unexpected(with_place(desk.error(), file.string()));
  return DeskSnapshot{{epoch, offset}, std::move(*desk)};
}

Result<RecoveredDesk> recover_desk(
    const Journal& journal, const std::filesystem::path& snapshot_file,
    const std::function<void(std::uint64_t, const std::vector<desk::Output>&)>& on_outputs) {
  RecoveredDesk recovered;
  auto snapshot = load_snapshot(snapshot_file);
  if (!snapshot) {
    recovered.unused_snapshot = snapshot.error();
  } else if (*snapshot) {
    recovered.unused_snapshot = misfit(**snapshot, journal);
    if (!recovered.unused_snapshot) {
      recovered.desk = std::move((*snapshot)->desk);
      recovered.snapshot_offset = (*snapshot)->position.offset;
    }
  }
  std::vector<desk::Output> outputs;
  const auto replayed = journal.replay(recovered.snapshot_offset, [&](std::uint64_t offset, const desk::Event& event) {
    outputs.clear();
    recovered.desk.on(event, outputs);
    ++recovered.replayed;
    on_outputs(offset, outputs);
    return true;
  });
  if (!replayed) {
    if (recovered.unused_snapshot)
      return std::unexpected(with_place(replayed.error(), recovered.unused_snapshot->message));
    return pass_on(replayed);
  }
  return recovered;
}

}  // namespace cw::records
