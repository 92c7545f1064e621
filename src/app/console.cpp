#include "app/console.h"

#include <algorithm>
#include <cerrno>

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/output_file.h"
#include "candle_store/byte_source.h"

namespace cw::app {
namespace {

constexpr int kLookMs = 100;              // how often a blocked write looks whether it should give up
constexpr std::size_t kPipePiece = 4096;  // PIPE_BUF: a pipe that is writable takes as much without waiting

/// Answers 0, or the errno of what went wrong: ECANCELED where `cancel` was raised while nobody read.
int write_all(int fd, std::string_view text, const std::atomic<bool>& cancel) {
  struct stat info{};
  const bool is_file = ::fstat(fd, &info) == 0 && S_ISREG(info.st_mode);
  while (!text.empty()) {
    if (!is_file) {
      pollfd reader{fd, POLLOUT, 0};
      const int ready = ::poll(&reader, 1, kLookMs);
      if (ready <= 0 && cancel.load(std::memory_order_relaxed)) return ECANCELED;
      if (ready <= 0) continue;
    }
    const ssize_t written = ::write(fd, text.data(), is_file ? text.size() : std::min(text.size(), kPipePiece));
    if (written < 0 && errno != EINTR && errno != EAGAIN) return errno;
    if (written > 0) text.remove_prefix(static_cast<std::size_t>(written));
  }
  return 0;
}

}  // namespace

LocalConsole::LocalConsole(const std::atomic<bool>& cancel) : cancel_(cancel) {
  std::error_code failed;
  directory_ = std::filesystem::current_path(failed);
}

bool LocalConsole::out(std::string_view text) {
  if (out_closed_) return false;
  const int failed = write_all(STDOUT_FILENO, text, cancel_);
  out_closed_ = failed != 0;
  if (failed != EPIPE && failed != ECANCELED) out_failure_ = failed;
  return !out_closed_;
}

bool LocalConsole::err(std::string_view text) { return write_all(STDERR_FILENO, text, cancel_) == 0; }

Result<int> LocalConsole::open_input(const std::string& named) {
  if (named == "-") {  // also where it is a socket, which /dev/stdin cannot open
    const int fd = ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
    return fd < 0 ? Result<int>{fail(Errc::io_error, "stdin is closed")} : Result<int>{fd};
  }
  return candle_store::open_for_reading(directory_ / named);
}

Result<void> LocalConsole::write_file(const std::string& named, std::string_view bytes) {
  auto file = OutputFile::open(directory_ / named);
  if (!file) return pass_on(file);
  if (auto written = file->write(bytes); !written) return written;
  return file->keep();
}

bool LocalConsole::err_is_terminal() const { return ::isatty(STDERR_FILENO) == 1; }

int LocalConsole::columns() const {
  winsize size{};
  if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
  return size.ws_col;
}

}  // namespace cw::app
