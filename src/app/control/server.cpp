#include "app/control/server.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <exception>
#include <map>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <fmt/format.h>

#include "app/control/protocol.h"
#include "app/output_file.h"
#include "base/require.h"

namespace cw::app {
namespace {

constexpr int kLookMs = 100;            // how often a wait for a client looks whether it should give up
constexpr int kRequestTimeoutS = 5;     // for a client to say what it wants
constexpr std::size_t kShownMost = 20;  // of a command's first word, where it is named to others

/// The client's end as a console.
class RemoteConsole final : public Console {
 public:
  /// `waits` is true while the client does not take what is written.
  RemoteConsole(int fd, ControlRequest request, const std::atomic<bool>& cancel, std::atomic<bool>& waits)
      : fd_(fd), request_(std::move(request)), cancel_(cancel), waits_(waits) {}

  bool out(std::string_view text) override { return send_as(FrameKind::out, text); }
  bool err(std::string_view text) override { return send_as(FrameKind::err, text); }

  bool cancelled() const override {
    if (gone_ || cancel_.load(std::memory_order_relaxed)) return true;
    pollfd client{fd_, POLLRDHUP, 0};
    return ::poll(&client, 1, 0) > 0 && (client.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
  }

  bool err_is_terminal() const override { return request_.err_is_terminal; }
  int columns() const override { return request_.columns; }
  const std::filesystem::path& working_directory() const override { return request_.working_directory; }

  Result<int> open_input(const std::string& named) override { return ask_for(FrameKind::open, named); }

  Result<void> write_file(const std::string& named, std::string_view bytes) override {
    const auto opened = ask_for(FrameKind::save, named);
    if (!opened) return pass_on(opened);
    auto written = write_to(*opened, bytes, named);
    ::close(*opened);
    if (!written) return written;
    if (!send_frame(FrameKind::keep, "")) return gone();
    const auto kept = answer();
    return kept ? Result<void>{} : pass_on(kept);
  }

  bool send_frame(FrameKind kind, std::string_view payload) {
    const std::string frame = encode_frame(kind, payload);
    std::string_view rest = frame;
    auto taken = Clock::now();
    while (!rest.empty() && !gone_) {
      const ssize_t sent = ::send(fd_, rest.data(), rest.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
      if (sent > 0) {
        rest.remove_prefix(static_cast<std::size_t>(sent));
        taken = Clock::now();
      } else if (errno == EAGAIN) {
        waits_ = true;
        pollfd client{fd_, POLLOUT, 0};
        ::poll(&client, 1, kLookMs);
        gone_ = cancel_.load(std::memory_order_relaxed) || Clock::now() - taken >= kReaderPatience;
      } else {
        gone_ = errno != EINTR;
      }
    }
    waits_ = false;
    return !gone_;
  }

 private:
  using Clock = std::chrono::steady_clock;

  /// The descriptor of a file that the command line names.
  Result<int> ask_for(FrameKind kind, const std::string& named) {
    const auto at = std::ranges::find(request_.arguments, named, named_in);
    if (at == request_.arguments.end()) return fail(Errc::internal, "the command line does not name this file");
    if (!send_frame(kind, std::to_string(at - request_.arguments.begin()))) return gone();
    auto descriptor = answer();
    if (descriptor && *descriptor < 0) return fail(Errc::internal, "the client handed over no file");
    return descriptor;
  }

  /// What the client answers: a descriptor, or -1 with its good word alone; else the error that it names.
  Result<int> answer() {
    pollfd client{fd_, POLLIN, 0};
    while (::poll(&client, 1, kLookMs) <= 0) {
      if (cancelled()) return stopped();
    }
    int descriptor = -1;
    const auto frame = read_frame(fd_, descriptor);
    if (cancelled() && descriptor < 0) return stopped();
    if (!frame) return gone();
    if (descriptor >= 0 || frame->payload.empty()) return descriptor;
    const std::string_view text = frame->payload;
    Errc code = Errc::io_error;
    for (const Errc known : {Errc::not_found, Errc::disk_full}) {
      if (text.starts_with(code_name(known))) code = known;
    }
    return fail(code, std::string{text.substr(std::min(text.size(), text.find(' ') + 1))});
  }

  static std::unexpected<Error> stopped() { return fail(Errc::cancelled, "stopped, nothing of it was stored"); }
  static std::unexpected<Error> gone() { return fail(Errc::disconnected, "the client went away"); }

  bool send_as(FrameKind kind, std::string_view text) {
    while (!text.empty() && !gone_) {
      send_frame(kind, text.substr(0, kOutputChunk));
      text.remove_prefix(std::min(text.size(), kOutputChunk));
    }
    return !gone_;
  }

  int fd_;
  ControlRequest request_;
  const std::atomic<bool>& cancel_;
  std::atomic<bool>& waits_;
  bool gone_ = false;
};

void set_timeouts(int fd) {
  const timeval receive{kRequestTimeoutS, 0};
  ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &receive, sizeof receive);
}

int run_guarded(const ControlServer::Handler& handler, RemoteConsole& console, const ControlRequest& request,
                Logger& logger) {
  try {
    return handler(console, request.arguments);
  } catch (const std::exception& failure) {
    logger.error("command failed", {{"reason", std::string_view{failure.what()}}});
    console.err(std::string{"candlewick: the server failed on this command: "} + failure.what() + "\n");
    return 1;
  }
}

}  // namespace

struct ControlServer::Job {
  int fd = -1;  // closed once the thread is joined
  std::atomic<bool> done{false};
  std::atomic<bool> waits{false};  // for its client to read on
  std::mutex guard;
  std::string command;  // its first word; `guard` protects it
  std::thread thread;
};

Result<std::unique_ptr<ControlServer>> ControlServer::start(const DataFolder& folder, Handler handler, Logger& logger) {
  const auto listener = listen_in(folder);
  if (!listener) return pass_on(listener);
  return std::unique_ptr<ControlServer>{new ControlServer{folder, *listener, std::move(handler), logger}};
}

ControlServer::ControlServer(DataFolder folder, int listener, Handler handler, Logger& logger)
    : folder_(std::move(folder)), listener_(listener), handler_(std::move(handler)), logger_(logger) {
  CW_REQUIRE(::pipe2(wake_, O_CLOEXEC) == 0);
  accepting_ = std::thread{[this] { accept_all(); }};
}

ControlServer::~ControlServer() { stop(true); }

void ControlServer::stop(bool cancel) {
  if (std::exchange(stopped_, true)) return;
  std::error_code ignored;
  std::filesystem::remove(folder_.root / "control.sock", ignored);
  cancel_ = cancel;
  [[maybe_unused]] const ssize_t woken = ::write(wake_[1], "x", 1);
  accepting_.join();
  for (const auto& job : jobs_) {
    if (cancel) ::shutdown(job->fd, SHUT_RD);  // ends also the wait for a request
  }
  for (const auto& job : jobs_) {
    job->thread.join();
    ::close(job->fd);
  }
  jobs_.clear();
  ::close(listener_);
  ::close(wake_[0]);
  ::close(wake_[1]);
}

void ControlServer::accept_all() {
  for (;;) {
    pollfd waiting[2] = {{listener_, POLLIN, 0}, {wake_[0], POLLIN, 0}};
    if (::poll(waiting, 2, 1000) < 0 && errno != EINTR) return;
    if (waiting[1].revents != 0) return;
    reap();
    if ((waiting[0].revents & POLLIN) == 0) continue;
    const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client >= 0) take(client);
  }
}

void ControlServer::reap() {
  for (auto job = jobs_.begin(); job != jobs_.end();) {
    if (!(*job)->done) {
      ++job;
      continue;
    }
    (*job)->thread.join();
    ::close((*job)->fd);
    job = jobs_.erase(job);
  }
}

std::string ControlServer::busy_with() const {
  std::map<std::string, std::size_t> counts;
  for (const auto& job : jobs_) {
    const std::scoped_lock locked{job->guard};
    ++counts[job->command.empty() ? "starting" : job->command];
  }
  std::string which;
  for (const auto& [command, count] : counts) {
    which += fmt::format("{}{} {}", which.empty() ? "" : ", ", count, command);
  }
  return fmt::format("the server is busy with {} commands ({}); try again", jobs_.size(), which);
}

void ControlServer::take(int client) {
  set_timeouts(client);
  const auto at_work = std::ranges::count_if(jobs_, [](const auto& job) { return !job->waits && !job->done; });
  if (static_cast<std::size_t>(at_work) >= kJobsMost || jobs_.size() >= kClientsMost) {
    const std::string busy = encode_frame(FrameKind::busy, busy_with());
    [[maybe_unused]] const ssize_t sent = ::send(client, busy.data(), busy.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    ::close(client);
    return;
  }
  auto job = std::make_unique<Job>();
  job->fd = client;
  Job& running = *job;
  jobs_.push_back(std::move(job));
  running.thread = std::thread{[this, &running] { run(running); }};
}

void ControlServer::run(Job& job) {
  const auto frame = read_frame(job.fd);
  auto request = frame && frame->kind == FrameKind::request
                     ? decode_request(frame->payload)
                     : Result<ControlRequest>{fail(Errc::bad_input, "what came over the control socket is no request")};
  RemoteConsole console{job.fd, request ? *request : ControlRequest{}, cancel_, job.waits};
  int code = 1;
  if (request) {
    if (!request->arguments.empty()) {
      const std::scoped_lock locked{job.guard};
      job.command = request->arguments.front().substr(0, kShownMost);
    }
    code = run_guarded(handler_, console, *request, logger_);
  } else {
    console.err("candlewick: " + request.error().message + "\n");
  }
  console.send_frame(FrameKind::exit, std::to_string(code));
  ::shutdown(job.fd, SHUT_RDWR);
  job.done = true;
}

}  // namespace cw::app
