#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <string>
#include <vector>

namespace cw::crash {

/// What a program asked the system to do to one folder's files, in order.
struct DiskEvent {
  enum class Kind {
    create,       // `file` was made under `name`
    write,        // `data` at `offset`; `durable`: through a descriptor opened O_DSYNC
    truncate,     // to `offset` bytes
    sync,         // everything of `file` so far is on the disk
    rename,       // `name` is now `new_name`
    remove,       // `name` is gone
    sync_folder,  // every name so far is on the disk
    mark,         // told by the test: `offset` is its number
  };
  Kind kind{};
  std::uint64_t file = 0;  // inode number
  std::uint64_t offset = 0;
  bool durable = false;
  std::vector<std::byte> data{};
  std::string name{};
  std::string new_name{};
};

/// Stands between this program (liblmdb included) and the system's write, sync and name calls: their definitions in the
/// test program come before those of the C library. Records those on one folder; can refuse writes like a full disk.
/// One at a time, from `start` to `stop`; calls of all threads are recorded in one order.
class DiskRecorder {
 public:
  static void start(const std::filesystem::path& folder);
  static std::vector<DiskEvent> stop();
  static void mark(std::uint64_t number);

  /// After the folder's files have grown by so many more bytes, writes that would grow them fail with ENOSPC (the last
  /// one is cut short, as by a real disk). Recording need not be on.
  static void fill_disk_after(const std::filesystem::path& folder, std::uint64_t bytes);
  static void free_disk();
};

/// What a disk holds after the power went while `events` were under way: only what was synced is sure. Of the rest,
/// each 512-byte sector of each write is there or not, by `random`, and of the unsynced names a random number of the
/// first.
void build_disk_after_power_loss(const std::vector<DiskEvent>& events, std::size_t crash_at, std::uint64_t seed,
                                 const std::filesystem::path& target);

}  // namespace cw::crash
