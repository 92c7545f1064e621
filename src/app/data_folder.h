#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/error.h"

namespace cw::app {

/// Where everything of one installation lives: candlewick.toml, candles/, journal/, log/, tls/, lock,
/// control.sock.
struct DataFolder {
  std::filesystem::path root;

  std::filesystem::path candles() const { return root / "candles"; }
  std::filesystem::path journal() const { return root / "journal"; }
  std::filesystem::path logs() const { return root / "log"; }
  std::filesystem::path tls() const { return root / "tls"; }
  std::filesystem::path lock() const { return root / "lock"; }
};

/// The folder used where no --data-dir is given: CANDLEWICK_DATA_DIR, else $XDG_DATA_HOME/candlewick, else
/// ~/.local/share/candlewick, else ./candlewick-data.
std::filesystem::path default_data_dir();

/// Whether somebody named a folder, by --data-dir (`flag`) or CANDLEWICK_DATA_DIR: one that is missing is then a mistake.
bool is_data_dir_named(const std::optional<std::filesystem::path>& flag);

/// For a command that only reads, which makes no folder.
/// Errors  not_found naming the path and what makes one; io_error where something else stands there or it cannot be seen
Result<void> find_data_folder(const DataFolder& folder);

/// Makes the folder where it is missing (mode 0700). Errors: io_error naming the path and the reason.
Result<void> make_data_folder(const DataFolder& folder);

/// Who holds a folder's lock.
struct LockOwner {
  int process_id = 0;
  std::string what;  // "serve", "import"
};

/// The one owner of a data folder: a lock that the kernel frees with the process, however it ends. Move-only.
class FolderLock {
 public:
  /// Takes the lock and writes process id and `what` into it. No answer while somebody else holds it.
  /// Errors  io_error naming the path
  static Result<std::optional<FolderLock>> try_take(const DataFolder& folder, std::string_view what);

  /// Who holds it, as written by the holder. None where nothing readable stands there.
  static std::optional<LockOwner> owner(const DataFolder& folder);

  FolderLock(FolderLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  FolderLock& operator=(FolderLock&& other) noexcept;
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;
  ~FolderLock();

 private:
  explicit FolderLock(int fd) : fd_(fd) {}
  int fd_;
};

/// The sentence for a folder that somebody else holds.
Error folder_is_held(const DataFolder& folder);

}  // namespace cw::app
