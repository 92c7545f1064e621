#include "app/console.h"

#include <cerrno>

#include <sys/ioctl.h>
#include <unistd.h>

namespace cw::app {
namespace {

bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      return false;
    }
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace

LocalConsole::LocalConsole(const std::atomic<bool>& cancel) : cancel_(cancel) {
  std::error_code failed;
  directory_ = std::filesystem::current_path(failed);
}

bool LocalConsole::out(std::string_view text) {
  if (!out_closed_) out_closed_ = !write_all(STDOUT_FILENO, text);
  return !out_closed_;
}

bool LocalConsole::err(std::string_view text) { return write_all(STDERR_FILENO, text); }

bool LocalConsole::err_is_terminal() const { return ::isatty(STDERR_FILENO) == 1; }

int LocalConsole::columns() const {
  winsize size{};
  if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
  return size.ws_col;
}

}  // namespace cw::app
