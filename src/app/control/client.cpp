#include "app/control/client.h"

#include <cerrno>

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "app/control/protocol.h"
#include "base/number.h"

namespace cw::app {
namespace {

constexpr int kLookMs = 100;  // how often a wait looks whether the person pressed Ctrl-C

class Connection {
 public:
  explicit Connection(int fd) : fd_(fd) {}
  ~Connection() { ::close(fd_); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  bool send(std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent < 0 && errno != EINTR) return false;
      if (sent > 0) bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  /// Waits for the next frame. Errc::cancelled after Ctrl-C.
  Result<Frame> receive(const Console& console) const {
    for (;;) {
      pollfd socket{fd_, POLLIN, 0};
      const int ready = ::poll(&socket, 1, kLookMs);
      if (console.cancelled()) return fail(Errc::cancelled, "stopped");
      if (ready > 0) return read_frame(fd_);
    }
  }

 private:
  int fd_;
};

}  // namespace

Result<std::optional<int>> run_at_holder(const DataFolder& folder, const std::vector<std::string>& arguments,
                                         Console& console) {
  const auto fd = connect_in(folder);
  if (!fd && fd.error().code == Errc::not_found) return std::optional<int>{};
  if (!fd) return pass_on(fd);
  const Connection connection{*fd};
  const std::string request =
      encode({arguments, console.working_directory(), console.err_is_terminal(), console.columns()});
  if (request.size() > kFrameBytesMost) {
    return fail(Errc::limit_exceeded, "the command line is over 1 MiB; name fewer files at once");
  }
  if (!connection.send(encode_frame(FrameKind::request, request))) return std::optional<int>{};
  bool began = false;
  for (;;) {
    const auto frame = connection.receive(console);
    if (!frame && frame.error().code == Errc::cancelled) return std::optional<int>{1};
    if (!frame && !began) return std::optional<int>{};
    if (!frame)
      return fail(Errc::disconnected, "the server ended before the command did; look at its log, then run it again");
    began = true;
    switch (frame->kind) {
      case FrameKind::out:
        if (!console.out(frame->payload)) return std::optional<int>{0};  // nobody reads on: `| head`
        break;
      case FrameKind::err: console.err(frame->payload); break;
      case FrameKind::exit: return std::optional<int>{static_cast<int>(parse_int(frame->payload).value_or(1))};
      case FrameKind::busy: return std::optional<int>{};
      case FrameKind::request: return fail(Errc::bad_input, "the holder of the data folder speaks another protocol");
    }
  }
}

}  // namespace cw::app
