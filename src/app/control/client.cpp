#include "app/control/client.h"

#include <algorithm>
#include <cerrno>
#include <chrono>

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "app/control/protocol.h"
#include "app/output_file.h"
#include "base/number.h"

namespace cw::app {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kLookMs = 100;                        // how often a wait looks whether the person pressed Ctrl-C
constexpr auto kGoodbye = std::chrono::seconds{5};  // for the holder to end a cancelled command and say so

class Connection {
 public:
  explicit Connection(int fd) : fd_(fd) {}
  ~Connection() { ::close(fd_); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void send(std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent < 0 && errno != EINTR) return;
      if (sent > 0) bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
  }

  /// Waits for the next frame. Ctrl-C closes the writing half, which cancels the command there; what it says about that
  /// still comes. Errors  those of read_frame; cancelled where it does not come in time
  Result<Frame> receive(const Console& console) {
    for (;;) {
      pollfd socket{fd_, POLLIN, 0};
      const int ready = ::poll(&socket, 1, kLookMs);
      if (console.cancelled() && !stopped_) {
        stopped_ = Clock::now();
        ::shutdown(fd_, SHUT_WR);
      }
      if (ready > 0) return read_frame(fd_);
      if (stopped_ && Clock::now() - *stopped_ > kGoodbye) {
        return fail(Errc::cancelled,
                    "stopped; the server was told, but did not say in time what became of the command");
      }
    }
  }

  /// Opens the file that the holder asks for, by its place among the arguments, and hands it over.
  void hand_over(const Frame& asked, const std::vector<std::string>& arguments, Console& console) const {
    const auto named = name_of(asked, arguments);
    const auto opened = named ? console.open_input(*named) : pass_on_int(named);
    if (!opened) return refuse(opened.error());
    send_with_descriptor(fd_, encode_frame(FrameKind::opened, ""), *opened);
    ::close(*opened);
  }

  /// Likewise one to write to; the one before is given up where it was not kept.
  void hand_over_output(const Frame& asked, const std::vector<std::string>& arguments, const Console& console) {
    output_.reset();
    const auto named = name_of(asked, arguments);
    if (!named) return refuse(named.error());
    auto opened = OutputFile::open(console.working_directory() / *named);
    if (!opened) return refuse(opened.error());
    output_.emplace(std::move(*opened));
    send_with_descriptor(fd_, encode_frame(FrameKind::opened, ""), output_->descriptor());
  }

  void keep_output() {
    const auto kept = output_ ? output_->keep() : Result<void>{fail(Errc::internal, "there is no file to keep")};
    output_.reset();
    if (!kept) return refuse(kept.error());
    send(encode_frame(FrameKind::opened, ""));
  }

 private:
  static Result<std::string> name_of(const Frame& asked, const std::vector<std::string>& arguments) {
    const auto at = parse_int(asked.payload).value_or(-1);
    if (at < 0 || static_cast<std::size_t>(at) >= arguments.size())
      return fail(Errc::not_found, "the command line does not name it");
    return std::string{named_in(arguments[static_cast<std::size_t>(at)])};
  }
  static Result<int> pass_on_int(const Result<std::string>& failed) { return pass_on(failed); }
  void refuse(const Error& error) const {
    send(encode_frame(FrameKind::opened, std::string{code_name(error.code)} + ' ' + error.message));
  }

  int fd_;
  std::optional<Clock::time_point> stopped_;
  std::optional<OutputFile> output_;  // that the command writes
};

/// Writes what came; false once nobody reads on. Remembers how long the reader took at most.
bool pass_out(const Frame& frame, Console& console, Clock::duration& longest) {
  const auto begin = Clock::now();
  const bool is_read = console.out(frame.payload);
  longest = std::max(longest, Clock::now() - begin);
  return is_read || console.cancelled();
}

std::unexpected<Error> cut_off(Clock::duration longest) {
  if (longest >= kReaderPatience) {
    return fail(Errc::timed_out, "the server ended the command, because nobody read what it wrote for 10 minutes");
  }
  return fail(Errc::disconnected, "the server ended before the command did; look at its log, then run it again");
}

}  // namespace

Result<std::optional<int>> run_at_holder(const DataFolder& folder, const std::vector<std::string>& arguments,
                                         Console& console) {
  const auto fd = connect_in(folder);
  if (!fd && fd.error().code == Errc::not_found) return std::optional<int>{};
  if (!fd) return pass_on(fd);
  Connection connection{*fd};
  const std::string request =
      encode({arguments, console.working_directory(), console.err_is_terminal(), console.columns()});
  if (request.size() > kFrameBytesMost) {
    return fail(Errc::limit_exceeded, "the command line is over 1 MiB; name fewer files at once");
  }
  // A holder that is busy says so and hangs up without listening: its word still comes.
  connection.send(encode_frame(FrameKind::request, request));
  bool began = false;
  Clock::duration longest{};
  for (;;) {
    const auto frame = connection.receive(console);
    if (!frame && frame.error().code == Errc::cancelled) return pass_on(frame);
    if (!frame && !began) return std::optional<int>{};
    if (!frame) return cut_off(longest);
    began = true;
    switch (frame->kind) {
      case FrameKind::out:
        if (!pass_out(*frame, console, longest)) return std::optional<int>{0};  // nobody reads on: `| head`
        break;
      case FrameKind::err: console.err(frame->payload); break;
      case FrameKind::exit: return std::optional<int>{static_cast<int>(parse_int(frame->payload).value_or(1))};
      case FrameKind::busy: return fail(Errc::busy, frame->payload);
      case FrameKind::open: connection.hand_over(*frame, arguments, console); break;
      case FrameKind::save: connection.hand_over_output(*frame, arguments, console); break;
      case FrameKind::keep: connection.keep_output(); break;
      case FrameKind::request:
      case FrameKind::opened: return fail(Errc::bad_input, "the holder of the data folder speaks another protocol");
    }
  }
}

}  // namespace cw::app
