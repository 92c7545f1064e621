#include "realtime/socket_server.h"

#include <algorithm>
#include <utility>

#include "net/wakeup.h"
#include "net/websocket.h"

namespace cw::realtime {
namespace {

constexpr Millis kTakesNothing{30'000};  // a write that stands for so long: the client is too slow
constexpr std::size_t kErrorsMost = 20;  // refused requests in a row
constexpr double kBurstSeconds = 5;      // of the permitted rate

constexpr std::uint16_t kGoingAway = 1001;
constexpr std::uint16_t kUnsupported = 1003;
constexpr std::uint16_t kPolicy = 1008;
constexpr std::uint16_t kDead = 4000;
constexpr std::uint16_t kTooSlow = 4001;

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
        tokens_(kBurstSeconds * static_cast<double>(server.hub_.limits().messages_per_second)),
        tokens_at_(server.runtime_.elapsed()) {}

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
    filled_.notify();
  }

 private:
  net::Task<void> write_all();
  void take(const net::WebSocketMessage& message);
  bool may_send();
  void give_up() {
    end(kTooSlow, "the client took nothing for 30 s");
    socket_->abort();  // a write is under way: no close frame can follow it
  }

  SocketServer& server_;
  std::unique_ptr<net::WebSocket> socket_;
  OutQueue queue_;
  net::Wakeup filled_;
  std::unique_ptr<net::Alarm> stuck_;
  double tokens_;
  Millis tokens_at_;
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
      // Silence is told apart from a stream that broke: only the former is closed by us, for what it is worth.
      if (message && message->close_code == 1006) end(kDead, "nothing was heard from the client");
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
    const auto written = co_await socket_->write_text((*message)->text);
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
  if (!may_send()) return end(kPolicy, "too many messages a second");
  const bool good =
      server_.hub_.handle(*this, parse_request(message.data, server_.hub_.limits()), server_.runtime_.now());
  errors_in_a_row_ = good ? 0 : errors_in_a_row_ + 1;
  if (errors_in_a_row_ >= kErrorsMost) end(kPolicy, "20 requests in a row were wrong");
}

bool SocketServer::Session::may_send() {
  const auto rate = static_cast<double>(server_.hub_.limits().messages_per_second);
  const Millis now = server_.runtime_.elapsed();
  tokens_ = std::min(kBurstSeconds * rate, tokens_ + static_cast<double>((now - tokens_at_).count()) * rate / 1000);
  tokens_at_ = now;
  if (tokens_ < 1) return false;
  tokens_ -= 1;
  return true;
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
  auto socket =
      co_await net::accept_websocket(runtime_, std::move(request), std::move(stream), std::move(already_read), limits);
  if (!socket || closing_) co_return;
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
  for (Session* session : open_) session->end(kGoingAway, "the server shuts down");
}

}  // namespace cw::realtime
