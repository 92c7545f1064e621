#include "realtime/socket_server.h"

#include <algorithm>
#include <utility>

#include "net/wakeup.h"
#include "net/websocket.h"
#include "realtime/message_allowance.h"

namespace cw::realtime {
namespace {

constexpr Millis kTakesNothing{30'000};  // a write that stands for so long: the client is too slow
constexpr Millis kLastWrite{2'000};      // for the frame in flight when the end is decided; the close frame follows it
constexpr std::size_t kErrorsMost = 20;  // refused requests in a row

constexpr std::uint16_t kGoingAway = 1001;
constexpr std::uint16_t kUnsupported = 1003;
constexpr std::uint16_t kPolicy = 1008;
constexpr std::uint16_t kDead = 4000;
constexpr std::uint16_t kTooSlow = 4001;
constexpr std::string_view kShutsDown = "the server shuts down";

}  // namespace

/// One client. `run` reads; `write_all` beside it writes what the hub delivers.
class SocketServer::Session final : public Connection, public std::enable_shared_from_this<Session> {
 public:
  Session(SocketServer& server, std::unique_ptr<net::WebSocket> socket)
      : server_(server),
        socket_(std::move(socket)),
        queue_(server.hub_.limits().queue_bytes),
        filled_(server.runtime_.loop()),
        stuck_(server.runtime_.make_alarm([this] { give_up(); })),
        allowance_(server.hub_.limits().messages_per_second, server.runtime_.elapsed()) {}

  net::Task<void> run();

  void deliver(const MessagePtr& message) override {
    if (close_code_ != 0) return;
    const std::uint64_t skipped_before = queue_.skipped();
    const bool fits = queue_.push(message);
    server_.skipped_.add(queue_.skipped() - skipped_before);
    if (!fits) end(kTooSlow, "the client reads too slowly");
    filled_.notify();
  }

  void forget(std::string_view key) override { queue_.drop_key(key); }

  /// Ends the connection: what waits is not sent, the close frame is.
  void end(std::uint16_t code, std::string reason) {
    if (close_code_ != 0) return;
    close_code_ = code;
    close_reason_ = std::move(reason);
    if (code == kTooSlow) server_.slow_.add();
    if (is_writing_) stuck_->set(kLastWrite);
    filled_.notify();
  }

 private:
  net::Task<void> write_all();
  void take(const net::WebSocketMessage& message);
  /// A write stands still. The close frame goes behind it, in a last grace; else the stream just ends.
  void give_up() {
    if (close_code_ != 0) return socket_->abort();
    end(kTooSlow, "the client took nothing for 30 s");
  }

  SocketServer& server_;
  std::unique_ptr<net::WebSocket> socket_;
  OutQueue queue_;
  net::Wakeup filled_;
  std::unique_ptr<net::Alarm> stuck_;
  bool is_writing_ = false;
  MessageAllowance allowance_;
  std::size_t errors_in_a_row_ = 0;
  std::uint16_t close_code_ = 0;
  std::string close_reason_;
  bool reader_ended_ = false;
};

net::Task<void> SocketServer::Session::run() {
  auto self = shared_from_this();
  auto welcome = std::make_shared<Message>();
  welcome->text = welcome_frame(server_.hub_.facts(), server_.hub_.limits(), server_.runtime_.now());
  deliver(welcome);
  net::TaskGroup writing{server_.runtime_};
  writing.spawn("websocket writer", write_all());
  while (close_code_ == 0) {
    auto message = co_await socket_->read();
    if (!message || message->kind == net::WebSocketMessage::Kind::closed) {
      break;
    }
    take(*message);
  }
  reader_ended_ = true;
  filled_.notify();
  co_await writing.join();
}

net::Task<void> SocketServer::Session::write_all() {
  auto self = shared_from_this();
  for (;;) {
    if (close_code_ != 0) {
      co_await socket_->close(close_code_, close_reason_);
      co_return;
    }
    auto message = queue_.pop();
    if (!message) {
      if (reader_ended_) co_return;
      const bool notified = co_await filled_.wait();
      if (!notified) co_return;
      continue;
    }
    stuck_->set(kTakesNothing);
    is_writing_ = true;
    const auto written = co_await socket_->write_text((*message)->text);
    is_writing_ = false;
    stuck_->clear();
    if (!written) {
      socket_->abort();
      co_return;
    }
  }
}

void SocketServer::Session::take(const net::WebSocketMessage& message) {
  if (message.kind == net::WebSocketMessage::Kind::binary)
    return end(kUnsupported, "binary frames are not spoken here");
  if (close_code_ != 0) return;
  if (!allowance_.take(server_.runtime_.elapsed())) return end(kPolicy, "too many messages a second");
  const bool good =
      server_.hub_.handle(*this, parse_request(message.data, server_.hub_.limits()), server_.runtime_.now());
  errors_in_a_row_ = good ? 0 : errors_in_a_row_ + 1;
  if (errors_in_a_row_ >= kErrorsMost) end(kPolicy, "20 requests in a row were wrong");
}

SocketServer::SocketServer(net::Runtime& runtime, Hub& hub, std::size_t sockets_most, Metrics& metrics)
    : runtime_(runtime),
      hub_(hub),
      sockets_most_(sockets_most),
      slow_(metrics.counter("candlewick_realtime_slow_closed_total",
                            "WebSockets closed because the client read too slowly.")),
      skipped_(metrics.counter("candlewick_realtime_skipped_total", "Messages skipped for slow WebSocket clients.")) {}

SocketServer::~SocketServer() = default;

net::Task<void> SocketServer::serve(net::HttpRequest request, net::StreamPtr stream, std::string already_read) {
  net::WebSocketLimits limits;
  limits.message_bytes = hub_.limits().message_bytes;
  limits.ping_every = hub_.limits().heartbeat;
  limits.dead_after = 2 * hub_.limits().heartbeat;
  limits.dead_code = kDead;
  auto socket =
      co_await net::accept_websocket(runtime_, std::move(request), std::move(stream), std::move(already_read), limits);
  if (!socket) co_return;
  if (closing_) {
    co_await (*socket)->close(kGoingAway, kShutsDown);
    co_return;
  }
  const auto session = std::make_shared<Session>(*this, std::move(*socket));
  // Leaves the hub whatever ends the session, a cancelled coroutine included.
  struct Membership {
    Membership(SocketServer& its_server, Session& its_session) : server(its_server), member(its_session) {
      server.open_.insert(&member);
      server.hub_.add(member);
    }
    ~Membership() {
      server.hub_.remove(member);
      server.open_.erase(&member);
    }
    SocketServer& server;
    Session& member;
  };
  const Membership membership{*this, *session};
  co_await session->run();
}

void SocketServer::close_all() {
  closing_ = true;
  for (Session* session : open_) session->end(kGoingAway, std::string(kShutsDown));
}

}  // namespace cw::realtime
