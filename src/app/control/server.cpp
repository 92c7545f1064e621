#include "app/control/server.h"

#include <cerrno>
#include <exception>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "app/control/protocol.h"
#include "base/require.h"

namespace cw::app {
namespace {

constexpr int kSendSliceMs = 200;    // how often a blocked write looks whether it should give up
constexpr int kRequestTimeoutS = 5;  // for a client to say what it wants

/// The client's end as a console.
class RemoteConsole final : public Console {
 public:
  RemoteConsole(int fd, ControlRequest request, const std::atomic<bool>& cancel)
      : fd_(fd), request_(std::move(request)), cancel_(cancel) {}

  bool out(std::string_view text) override { return send_as(FrameKind::out, text); }
  bool err(std::string_view text) override { return send_as(FrameKind::err, text); }

  bool cancelled() const override {
    if (gone_ || cancel_.load(std::memory_order_relaxed)) return true;
    pollfd client{fd_, POLLRDHUP, 0};  // it sends nothing after its request: only its end can show
    return ::poll(&client, 1, 0) > 0 && (client.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
  }

  bool err_is_terminal() const override { return request_.err_is_terminal; }
  int columns() const override { return request_.columns; }
  const std::filesystem::path& working_directory() const override { return request_.working_directory; }

  bool send_frame(FrameKind kind, std::string_view payload) {
    const std::string frame = encode_frame(kind, payload);
    std::string_view rest = frame;
    while (!rest.empty() && !gone_) {
      const ssize_t sent = ::send(fd_, rest.data(), rest.size(), MSG_NOSIGNAL);
      if (sent > 0) {
        rest.remove_prefix(static_cast<std::size_t>(sent));
      } else if (errno != EINTR && errno != EAGAIN) {
        gone_ = true;
      } else if (cancel_.load(std::memory_order_relaxed)) {
        gone_ = true;
      }
    }
    return !gone_;
  }

 private:
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
  bool gone_ = false;
};

void set_timeouts(int fd) {
  const timeval receive{kRequestTimeoutS, 0};
  const timeval send{0, kSendSliceMs * 1000};
  ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &receive, sizeof receive);
  ::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &send, sizeof send);
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
  int fd = -1;
  std::atomic<bool> done{false};
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
  for (const auto& job : jobs_) job->thread.join();
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
    job = jobs_.erase(job);
  }
}

void ControlServer::take(int client) {
  set_timeouts(client);
  if (jobs_.size() >= kJobsMost) {
    const std::string busy = encode_frame(FrameKind::busy, "the server runs as many commands at once as it may");
    [[maybe_unused]] const ssize_t sent = ::send(client, busy.data(), busy.size(), MSG_NOSIGNAL);
    ::close(client);
    return;
  }
  auto job = std::make_unique<Job>();
  job->fd = client;
  Job& running = *job;
  jobs_.push_back(std::move(job));
  running.thread = std::thread{[this, &running] {
    const auto frame = read_frame(running.fd);
    auto request =
        frame && frame->kind == FrameKind::request
            ? decode_request(frame->payload)
            : Result<ControlRequest>{fail(Errc::bad_input, "what came over the control socket is no request")};
    RemoteConsole console{running.fd, request ? *request : ControlRequest{}, cancel_};
    int code = 1;
    if (request) {
      code = run_guarded(handler_, console, *request, logger_);
    } else {
      console.err("candlewick: " + request.error().message + "\n");
    }
    console.send_frame(FrameKind::exit, std::to_string(code));
    ::close(running.fd);
    running.done = true;
  }};
}

}  // namespace cw::app
