#include "tests/crash/disk_recorder.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstdlib>
#include <mutex>

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

namespace cw::crash {
namespace {

struct State {
  std::mutex mutex;
  std::string recorded;  // the folder, with a slash; empty when nothing is recorded
  std::vector<DiskEvent> events;
  std::string limited;
  std::uint64_t room = 0;
};
State& state() {
  static State one;
  return one;
}
std::atomic<bool> watching{false};

template <class F>
F next(const char* name) {
  return reinterpret_cast<F>(::dlsym(RTLD_NEXT, name));
}

std::string path_of(int fd) {
  std::string link = "/proc/self/fd/" + std::to_string(fd);
  char text[4'096];
  const auto n = ::readlink(link.c_str(), text, sizeof(text));
  return n > 0 ? std::string(text, static_cast<std::size_t>(n)) : std::string{};
}

bool inside(const std::string& folder, const std::string& path) {
  // The reader table is a scratch file, made anew by whoever opens the store first.
  return !folder.empty() && path.starts_with(folder) && !path.ends_with("-lock");
}

std::uint64_t inode_of(int fd) {
  struct stat info{};
  return ::fstat(fd, &info) == 0 ? info.st_ino : 0;
}

std::string name_in(const std::string& folder, const std::string& path) { return path.substr(folder.size()); }

/// How many of `size` bytes may be written to `fd` at `offset`. A full disk refuses new blocks only: what lies inside
/// the file already is written as ever.
std::size_t allowed(State& s, int fd, const std::string& path, std::uint64_t offset, std::size_t size) {
  if (!inside(s.limited, path)) return size;
  struct stat info{};
  const auto end = ::fstat(fd, &info) == 0 ? static_cast<std::uint64_t>(info.st_size) : 0;
  const auto old = offset < end ? std::min<std::uint64_t>(end - offset, size) : 0;
  const auto grown = std::min<std::uint64_t>(s.room, size - old);
  s.room -= grown;
  return static_cast<std::size_t>(old + grown);
}

template <class Write>
ssize_t record_write(int fd, const std::vector<std::byte>& data, std::uint64_t offset, Write&& write) {
  auto& s = state();
  const std::lock_guard lock(s.mutex);
  const auto path = path_of(fd);
  const auto fits = allowed(s, fd, path, offset, data.size());
  if (fits == 0 && !data.empty()) {
    errno = ENOSPC;
    return -1;
  }
  const auto n = write(fits);
  if (n > 0 && inside(s.recorded, path)) {
    const bool durable = (::fcntl(fd, F_GETFL) & (O_DSYNC | O_SYNC)) != 0;
    s.events.push_back({DiskEvent::Kind::write, inode_of(fd), offset, durable, {data.begin(), data.begin() + n}});
  }
  return n;
}

void record_sync(int fd) {
  auto& s = state();
  const std::lock_guard lock(s.mutex);
  const auto path = path_of(fd);
  if (!s.recorded.empty() && path + "/" == s.recorded) {
    s.events.push_back({DiskEvent::Kind::sync_folder});
  } else if (inside(s.recorded, path)) {
    s.events.push_back({DiskEvent::Kind::sync, inode_of(fd)});
  }
}

void record_open(int fd, bool existed) {
  if (fd < 0 || existed) return;
  auto& s = state();
  const std::lock_guard lock(s.mutex);
  const auto path = path_of(fd);
  if (inside(s.recorded, path)) {
    s.events.push_back({DiskEvent::Kind::create, inode_of(fd), 0, false, {}, name_in(s.recorded, path)});
  }
}

void record_truncate(int fd, std::uint64_t size) {
  auto& s = state();
  const std::lock_guard lock(s.mutex);
  if (inside(s.recorded, path_of(fd))) s.events.push_back({DiskEvent::Kind::truncate, inode_of(fd), size});
}

std::vector<std::byte> bytes_of(const void* data, std::size_t size) {
  const auto* begin = static_cast<const std::byte*>(data);
  return {begin, begin + size};
}

int open_watched(const char* symbol, const char* path, int flags, mode_t mode) {
  const auto real = next<int (*)(const char*, int, ...)>(symbol);
  struct stat info{};
  const bool existed = (flags & O_CREAT) == 0 || ::stat(path, &info) == 0;
  const int fd = real(path, flags, mode);
  if (watching && fd >= 0) {
    record_open(fd, existed);
    if (existed && (flags & O_TRUNC) != 0) record_truncate(fd, 0);
  }
  return fd;
}

ssize_t pwrite_watched(const char* symbol, int fd, const void* data, std::size_t size, off_t offset) {
  const auto real = next<ssize_t (*)(int, const void*, std::size_t, off_t)>(symbol);
  if (!watching) return real(fd, data, size, offset);
  return record_write(fd, bytes_of(data, size), static_cast<std::uint64_t>(offset),
                      [&](std::size_t fits) { return real(fd, data, fits, offset); });
}

}  // namespace

void DiskRecorder::start(const std::filesystem::path& folder) {
  auto& s = state();
  const std::lock_guard lock(s.mutex);
  s.recorded = std::filesystem::canonical(folder).string() + "/";
  s.events.clear();
  watching = true;
}

std::vector<DiskEvent> DiskRecorder::stop() {
  auto& s = state();
  const std::lock_guard lock(s.mutex);
  s.recorded.clear();
  watching = !s.limited.empty();
  return std::move(s.events);
}

void DiskRecorder::mark(std::uint64_t number) {
  auto& s = state();
  const std::lock_guard lock(s.mutex);
  s.events.push_back({DiskEvent::Kind::mark, 0, number});
}

void DiskRecorder::fill_disk_after(const std::filesystem::path& folder, std::uint64_t bytes) {
  auto& s = state();
  const std::lock_guard lock(s.mutex);
  s.limited = std::filesystem::canonical(folder).string() + "/";
  s.room = bytes;
  watching = true;
}

void DiskRecorder::free_disk() {
  auto& s = state();
  const std::lock_guard lock(s.mutex);
  s.limited.clear();
  watching = !s.recorded.empty();
}

extern "C" {

int open(const char* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  const auto mode = static_cast<mode_t>((flags & O_CREAT) != 0 ? va_arg(rest, int) : 0);
  va_end(rest);
  return open_watched("open", path, flags, mode);
}

int open64(const char* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  const auto mode = static_cast<mode_t>((flags & O_CREAT) != 0 ? va_arg(rest, int) : 0);
  va_end(rest);
  return open_watched("open64", path, flags, mode);
}

ssize_t pwrite(int fd, const void* data, std::size_t size, off_t offset) {
  return pwrite_watched("pwrite", fd, data, size, offset);
}

ssize_t pwrite64(int fd, const void* data, std::size_t size, off_t offset) {
  return pwrite_watched("pwrite64", fd, data, size, offset);
}

ssize_t write(int fd, const void* data, std::size_t size) {
  const auto real = next<ssize_t (*)(int, const void*, std::size_t)>("write");
  if (!watching) return real(fd, data, size);
  const auto at = ::lseek(fd, 0, SEEK_CUR);
  return record_write(fd, bytes_of(data, size), at < 0 ? 0 : static_cast<std::uint64_t>(at),
                      [&](std::size_t fits) { return real(fd, data, fits); });
}

ssize_t writev(int fd, const struct iovec* parts, int count) {
  const auto real = next<ssize_t (*)(int, const struct iovec*, int)>("writev");
  if (!watching) return real(fd, parts, count);
  std::vector<std::byte> data;
  for (int i = 0; i < count; ++i) {
    const auto* begin = static_cast<const std::byte*>(parts[i].iov_base);
    data.insert(data.end(), begin, begin + parts[i].iov_len);
  }
  const auto at = ::lseek(fd, 0, SEEK_CUR);
  const auto one = next<ssize_t (*)(int, const void*, std::size_t)>("write");
  return record_write(fd, data, at < 0 ? 0 : static_cast<std::uint64_t>(at),
                      [&](std::size_t fits) { return one(fd, data.data(), fits); });
}

int fdatasync(int fd) {
  const int rc = next<int (*)(int)>("fdatasync")(fd);
  if (watching && rc == 0) record_sync(fd);
  return rc;
}

int fsync(int fd) {
  const int rc = next<int (*)(int)>("fsync")(fd);
  if (watching && rc == 0) record_sync(fd);
  return rc;
}

int ftruncate(int fd, off_t size) noexcept {
  const int rc = next<int (*)(int, off_t)>("ftruncate")(fd, size);
  if (watching && rc == 0) record_truncate(fd, static_cast<std::uint64_t>(size));
  return rc;
}

int rename(const char* from, const char* to) noexcept {
  const int rc = next<int (*)(const char*, const char*)>("rename")(from, to);
  if (watching && rc == 0) {
    auto& s = state();
    const std::lock_guard lock(s.mutex);
    if (inside(s.recorded, from) && inside(s.recorded, to)) {
      s.events.push_back(
          {DiskEvent::Kind::rename, 0, 0, false, {}, name_in(s.recorded, from), name_in(s.recorded, to)});
    }
  }
  return rc;
}

int remove(const char* path) noexcept {
  const int rc = next<int (*)(const char*)>("remove")(path);
  if (watching && rc == 0) {
    auto& s = state();
    const std::lock_guard lock(s.mutex);
    if (inside(s.recorded, path))
      s.events.push_back({DiskEvent::Kind::remove, 0, 0, false, {}, name_in(s.recorded, path)});
  }
  return rc;
}

}  // extern "C"

}  // namespace cw::crash
