#include "candle_store/byte_source.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <vector>

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <fmt/format.h>

#include "candle_store/lmdb_env.h"

namespace cw::candle_store {
namespace {

constexpr int kLookMs = 100;  // how often a wait for a pipe asks whether it should end

class FileBytes final : public ByteSource {
 public:
  FileBytes(int fd, std::function<bool()> cancelled) : fd_(fd), cancelled_(std::move(cancelled)) {}
  ~FileBytes() override { ::close(fd_); }
  FileBytes(const FileBytes&) = delete;
  FileBytes& operator=(const FileBytes&) = delete;

  Result<void> look() {
    struct stat info{};
    if (::fstat(fd_, &info) != 0) return {};
    if (S_ISDIR(info.st_mode)) return fail(Errc::bad_input, "it is a folder, not a file");
    size_ = static_cast<std::uint64_t>(info.st_size);
    is_file_ = S_ISREG(info.st_mode);
    return {};
  }

  Result<std::size_t> read(std::span<char> out) override {
    for (;;) {
      // Only after poll() does a read of 0 mean the end: a named pipe reads as empty before its first writer comes, too.
      if (!is_file_) {
        if (const auto ready = wait(); !ready) return pass_on(ready);
      }
      const auto n = ::read(fd_, out.data(), out.size());
      if (n < 0 && (errno == EINTR || errno == EAGAIN)) continue;
      if (n < 0) return std::unexpected(system_error(errno, "reading the file"));
      position_ += static_cast<std::uint64_t>(n);
      return static_cast<std::size_t>(n);
    }
  }
  std::uint64_t position() const override { return position_; }
  std::uint64_t size() const override { return size_; }

 private:
  Result<void> wait() const {
    pollfd pipe{fd_, POLLIN, 0};
    while (::poll(&pipe, 1, kLookMs) <= 0) {
      if (cancelled_ && cancelled_()) return fail(Errc::cancelled, "stopped, nothing of it was stored");
    }
    return {};
  }

  int fd_;
  std::function<bool()> cancelled_;
  std::uint64_t size_ = 0;
  bool is_file_ = false;
  std::uint64_t position_ = 0;
};

class MemoryBytes final : public ByteSource {
 public:
  explicit MemoryBytes(std::string_view bytes) : bytes_(bytes) {}
  Result<std::size_t> read(std::span<char> out) override {
    const auto n = std::min(out.size(), bytes_.size() - position_);
    std::memcpy(out.data(), bytes_.data() + position_, n);
    position_ += n;
    return n;
  }
  std::uint64_t position() const override { return position_; }
  std::uint64_t size() const override { return bytes_.size(); }

 private:
  std::string_view bytes_;
  std::size_t position_ = 0;
};

/// Unpacks gzip, several members in a row too. Plain bytes pass through: the first two say which it is.
class MaybeGzip final : public ByteSource {
 public:
  explicit MaybeGzip(std::unique_ptr<ByteSource> source) : source_(std::move(source)), packed_(kBlock) {}
  ~MaybeGzip() override {
    if (mode_ == Mode::gzip) ::inflateEnd(&stream_);
  }
  MaybeGzip(const MaybeGzip&) = delete;
  MaybeGzip& operator=(const MaybeGzip&) = delete;

  Result<std::size_t> read(std::span<char> out) override {
    if (mode_ == Mode::unknown) {
      if (auto done = look(); !done) return pass_on(done);
    }
    if (mode_ == Mode::gzip) return inflate_into(out);
    if (front_ < end_) {
      const auto n = std::min(out.size(), end_ - front_);
      std::memcpy(out.data(), packed_.data() + front_, n);
      front_ += n;
      return n;
    }
    return source_->read(out);
  }
  std::uint64_t position() const override { return source_->position(); }
  std::uint64_t size() const override { return source_->size(); }

 private:
  enum class Mode { unknown, plain, gzip };
  static constexpr std::size_t kBlock = 128 * 1024;
  static constexpr int kGzipOnly = 16 + MAX_WBITS;

  Result<void> look() {
    while (end_ < 2) {
      const auto n = source_->read(std::span(packed_).subspan(end_));
      if (!n) return pass_on(n);
      if (*n == 0) break;
      end_ += *n;
    }
    const bool gzip = end_ >= 2 && packed_[0] == '\x1f' && packed_[1] == '\x8b';
    if (gzip && ::inflateInit2(&stream_, kGzipOnly) != Z_OK) return fail(Errc::internal, "zlib does not start");
    mode_ = gzip ? Mode::gzip : Mode::plain;
    return {};
  }

  Result<void> refill() {
    const auto n = source_->read(packed_);
    if (!n) return pass_on(n);
    front_ = 0;
    end_ = *n;
    return {};
  }

  Result<std::size_t> inflate_into(std::span<char> out) {
    stream_.next_out = reinterpret_cast<Bytef*>(out.data());
    stream_.avail_out = static_cast<uInt>(std::min<std::size_t>(out.size(), 1U << 30));
    const auto room = stream_.avail_out;
    while (stream_.avail_out == room) {
      if (front_ == end_) {
        if (auto done = refill(); !done) return pass_on(done);
        if (end_ == 0 && between_members_) return 0;
      }
      if (between_members_) {
        // Zero bytes after a member are padding, as gzip itself has it.
        while (front_ < end_ && packed_[front_] == 0) ++front_;
        if (front_ == end_) continue;
        ::inflateReset2(&stream_, kGzipOnly);
        between_members_ = false;
      }
      stream_.next_in = reinterpret_cast<Bytef*>(packed_.data() + front_);
      stream_.avail_in = static_cast<uInt>(end_ - front_);
      // Without input too: zlib holds back what a small `out` had no room for.
      const int rc = ::inflate(&stream_, Z_NO_FLUSH);
      const bool starved = end_ == 0 && stream_.avail_out == room;
      front_ = end_ - stream_.avail_in;
      if (starved && (rc == Z_OK || rc == Z_BUF_ERROR))
        return fail(Errc::bad_input, "the gzip data ends too early: the file is cut off");
      if (rc == Z_STREAM_END) {
        between_members_ = true;
      } else if (rc != Z_OK && rc != Z_BUF_ERROR) {
        if (stream_.avail_out != room) break;  // first what came before the damage; zlib says it again
        return fail(Errc::bad_input, fmt::format("the gzip data is damaged ({})",
                                                 stream_.msg != nullptr ? stream_.msg : "wrong checksum"));
      }
    }
    return room - stream_.avail_out;
  }

  std::unique_ptr<ByteSource> source_;
  Mode mode_ = Mode::unknown;
  std::vector<char> packed_;
  std::size_t front_ = 0;
  std::size_t end_ = 0;
  bool between_members_ = false;
  z_stream stream_{};
};

}  // namespace

Error cannot_open(int error_number) {
  if (error_number == ENOENT) return {Errc::not_found, "there is no such file", {}, {}};
  return system_error(error_number, "opening the file");
}

Result<int> open_for_reading(const std::filesystem::path& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (fd < 0) return std::unexpected(cannot_open(errno));
  return fd;
}

Result<std::unique_ptr<ByteSource>> bytes_of(int descriptor, std::function<bool()> cancelled) {
  auto file = std::make_unique<FileBytes>(descriptor, std::move(cancelled));
  if (const auto looked = file->look(); !looked) return pass_on(looked);
  return std::unique_ptr<ByteSource>(std::make_unique<MaybeGzip>(std::move(file)));
}

std::unique_ptr<ByteSource> bytes_in_memory(std::string_view bytes) {
  return std::make_unique<MaybeGzip>(std::make_unique<MemoryBytes>(bytes));
}

}  // namespace cw::candle_store
