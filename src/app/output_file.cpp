#include "app/output_file.h"

#include <cerrno>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

namespace cw::app {
namespace {

constexpr int kNamesTried = 100;
constexpr mode_t kNewFile = 0666;  // less the process's umask

std::unexpected<Error> failed(const std::string& path, int reason) {
  return fail(reason == ENOSPC || reason == EDQUOT ? Errc::disk_full
              : reason == ENOENT                   ? Errc::not_found
                                                   : Errc::io_error,
              fmt::format("'{}' could not be written: {}", path, std::generic_category().message(reason)));
}

}  // namespace

Result<void> write_to(int descriptor, std::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno != EINTR) return failed(path, errno);
    if (written > 0) bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

Result<OutputFile> OutputFile::open(const std::filesystem::path& path) {
  struct stat there{};
  const bool is_there = ::stat(path.c_str(), &there) == 0;
  if (is_there && S_ISDIR(there.st_mode)) return failed(path.string(), EISDIR);
  if (is_there && !S_ISREG(there.st_mode)) {
    const int descriptor = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
    if (descriptor < 0) return failed(path.string(), errno);
    return OutputFile{path, "", descriptor};
  }
  std::error_code unknown;
  const std::filesystem::path target = is_there ? std::filesystem::canonical(path, unknown) : path;
  if (unknown) return failed(path.string(), unknown.value());
  for (int i = 0; i < kNamesTried; ++i) {
    const std::string temporary = fmt::format("{}.{}.{}.part", target.string(), ::getpid(), i);
    const int descriptor = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, kNewFile);
    if (descriptor < 0 && errno == EEXIST) continue;
    if (descriptor < 0) return failed(path.string(), errno);
    OutputFile file{target, temporary, descriptor};
    if (is_there && ::fchmod(descriptor, there.st_mode & 07777) != 0) return failed(path.string(), errno);
    return file;
  }
  return failed(path.string(), EEXIST);
}

OutputFile::OutputFile(OutputFile&& other) noexcept
    : path_(std::move(other.path_)),
      temporary_(std::exchange(other.temporary_, {})),
      descriptor_(std::exchange(other.descriptor_, -1)) {}

OutputFile::~OutputFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

Result<void> OutputFile::write(std::string_view bytes) { return write_to(descriptor_, bytes, path_.string()); }

Result<void> OutputFile::keep() {
  if (temporary_.empty()) return {};
  if (::fsync(descriptor_) != 0) return failed(path_.string(), errno);
  if (::rename(temporary_.c_str(), path_.c_str()) != 0) return failed(path_.string(), errno);
  temporary_.clear();
  return {};
}

}  // namespace cw::app
