#include "records/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include <fmt/format.h>

namespace cw::records {
namespace {

std::unexpected<Error> os_error(std::string_view doing, std::string_view name) {
  const int number = errno;
  const bool full = number == ENOSPC || number == EDQUOT || number == EFBIG;
  return fail(full ? Errc::disk_full : Errc::io_error, fmt::format("{} {}: {}", doing, name, std::strerror(number)));
}

}  // namespace

File::~File() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

File::File(File&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)), name_(std::move(other.name_)) {}

File& File::operator=(File&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  std::swap(name_, other.name_);
  return *this;
}

Result<File> File::open(const std::filesystem::path& path, bool create) {
  File file;
  file.name_ = path.string();
  file.descriptor_ = ::open(path.c_str(), O_RDWR | O_CLOEXEC | (create ? O_CREAT | O_EXCL : 0), 0600);
  if (file.descriptor_ < 0) return os_error("cannot open", file.name_);
  return file;
}

Result<void> File::write_at(std::uint64_t position, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto written = ::pwrite(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(position));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return os_error("cannot write to", name_);
    bytes.remove_prefix(static_cast<std::size_t>(written));
    position += static_cast<std::uint64_t>(written);
  }
  return {};
}

Result<void> File::truncate(std::uint64_t size) {
  if (::ftruncate(descriptor_, static_cast<off_t>(size)) != 0) return os_error("cannot shorten", name_);
  return {};
}

Result<void> File::sync() {
  if (::fdatasync(descriptor_) != 0) return os_error("cannot sync", name_);
  return {};
}

Result<std::string> read_file(const std::filesystem::path& path, std::uint64_t most) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return os_error("cannot open", path.string());
  std::string bytes;
  struct stat facts{};
  auto result = [&]() -> Result<std::string> {
    if (::fstat(descriptor, &facts) != 0) return os_error("cannot look at", path.string());
    if (static_cast<std::uint64_t>(facts.st_size) > most) {
      return fail(Errc::limit_exceeded, fmt::format("{} is larger than {} bytes", path.string(), most));
    }
    bytes.resize(static_cast<std::size_t>(facts.st_size));
    std::size_t got = 0;
    while (got < bytes.size()) {
      const auto n = ::pread(descriptor, bytes.data() + got, bytes.size() - got, static_cast<off_t>(got));
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return os_error("cannot read", path.string());
      if (n == 0) break;
      got += static_cast<std::size_t>(n);
    }
    bytes.resize(got);
    return std::move(bytes);
  }();
  ::close(descriptor);
  return result;
}

Result<void> replace_file(const std::filesystem::path& path, std::string_view bytes) {
  auto temporary = path;
  temporary += ".tmp";
  std::error_code ignored;
  std::filesystem::remove(temporary, ignored);
  auto file = File::open(temporary, true);
  if (!file) return pass_on(file);
  if (auto written = file->write_at(0, bytes); !written) return written;
  if (auto synced = file->sync(); !synced) return synced;
  if (::rename(temporary.c_str(), path.c_str()) != 0) return os_error("cannot rename to", path.string());
  return sync_folder(path.parent_path());
}

Result<void> sync_folder(const std::filesystem::path& folder) {
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return os_error("cannot open", folder.string());
  const bool synced = ::fsync(descriptor) == 0;
  auto result = synced ? Result<void>{} : Result<void>{os_error("cannot sync", folder.string())};
  ::close(descriptor);
  return result;
}

}  // namespace cw::records
