#include "app/data_folder.h"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include "base/number.h"

namespace cw::app {
namespace {

std::string reason(int error) { return std::error_code{error, std::generic_category()}.message(); }

std::optional<std::filesystem::path> variable(const char* name) {
  const char* const value = std::getenv(name);
  if (value == nullptr || *value == '\0') return std::nullopt;
  return std::filesystem::path{value};
}

}  // namespace

std::filesystem::path default_data_dir() {
  if (auto given = variable("CANDLEWICK_DATA_DIR")) return *given;
  if (auto data = variable("XDG_DATA_HOME"); data && data->is_absolute()) return *data / "candlewick";
  if (auto home = variable("HOME")) return *home / ".local" / "share" / "candlewick";
  return "candlewick-data";
}

bool is_data_dir_named(const std::optional<std::filesystem::path>& flag) {
  return flag.has_value() || variable("CANDLEWICK_DATA_DIR").has_value();
}

Result<void> find_data_folder(const DataFolder& folder) {
  std::error_code error;
  const auto type = std::filesystem::status(folder.root, error).type();
  if (type == std::filesystem::file_type::directory) return {};
  if (type == std::filesystem::file_type::not_found) {
    return fail(Errc::not_found,
                fmt::format("the data folder {} does not exist; check --data-dir ('candlewick serve', 'candlewick "
                            "import' and 'candlewick user add' make one)",
                            folder.root.string()));
  }
  return fail(Errc::io_error, fmt::format("the data folder {} {}; give another --data-dir", folder.root.string(),
                                          error ? "cannot be read: " + error.message() : "is not a folder"));
}

Result<void> make_data_folder(const DataFolder& folder) {
  std::error_code error;
  const bool made = std::filesystem::create_directories(folder.root, error);
  if (!error && !std::filesystem::is_directory(folder.root, error) && !error) {
    return fail(Errc::io_error,
                fmt::format("the data folder {} is not a folder; give another --data-dir", folder.root.string()));
  }
  if (error) {
    return fail(Errc::io_error, fmt::format("the data folder {} cannot be made: {}; give another --data-dir",
                                            folder.root.string(), error.message()));
  }
  // What is in it is its owner's business. A folder that was there already keeps the mode somebody gave it.
  if (made) ::chmod(folder.root.c_str(), 0700);
  return {};
}

Result<std::optional<FolderLock>> FolderLock::try_take(const DataFolder& folder, std::string_view what) {
  const int fd = ::open(folder.lock().c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) {
    return fail(Errc::io_error, fmt::format("{} cannot be opened: {}; the data folder must be writable",
                                            folder.lock().string(), reason(errno)));
  }
  FolderLock lock{fd};
  if (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) return std::optional<FolderLock>{};
    return fail(Errc::io_error, fmt::format("{} cannot be locked: {}", folder.lock().string(), reason(errno)));
  }
  const std::string text = fmt::format("{}\n{}\n", ::getpid(), what);
  if (::ftruncate(fd, 0) != 0 || ::pwrite(fd, text.data(), text.size(), 0) != static_cast<ssize_t>(text.size())) {
    return fail(Errc::io_error, fmt::format("{} cannot be written: {}", folder.lock().string(), reason(errno)));
  }
  return std::optional<FolderLock>{std::move(lock)};
}

std::optional<LockOwner> FolderLock::owner(const DataFolder& folder) {
  const int fd = ::open(folder.lock().c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return std::nullopt;
  std::array<char, 256> buffer{};
  const ssize_t size = ::pread(fd, buffer.data(), buffer.size(), 0);
  ::close(fd);
  if (size <= 0) return std::nullopt;
  const std::string_view text{buffer.data(), static_cast<std::size_t>(size)};
  const std::size_t end = text.find('\n');
  const auto process_id = parse_int(text.substr(0, end));
  if (end == std::string_view::npos || !process_id) return std::nullopt;
  const std::string_view rest = text.substr(end + 1);
  return LockOwner{static_cast<int>(*process_id), std::string{rest.substr(0, rest.find('\n'))}};
}

FolderLock& FolderLock::operator=(FolderLock&& other) noexcept {
  if (this != &other) {
    if (fd_ >= 0) ::close(fd_);
    fd_ = std::exchange(other.fd_, -1);
  }
  return *this;
}

FolderLock::~FolderLock() {
  if (fd_ >= 0) ::close(fd_);
}

Error folder_is_held(const DataFolder& folder) {
  const auto owner = FolderLock::owner(folder);
  if (!owner) {
    return {Errc::busy,
            fmt::format("another process holds the data folder {}; stop it, or give another --data-dir",
                        folder.root.string()),
            {},
            {}};
  }
  return {Errc::busy,
          fmt::format("the data folder {} is held by process {} (candlewick {}); stop it, or give another "
                      "--data-dir",
                      folder.root.string(), owner->process_id, owner->what),
          {},
          {}};
}

}  // namespace cw::app
