#include "realtime/socket_server.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "net/websocket.h"
#include "realtime/socket_session.h"

namespace cw::realtime {
namespace {

constexpr std::uint16_t kGoingAway = 1001;
constexpr std::uint16_t kDead = 4000;
constexpr std::string_view kShutsDown = "the server shuts down";
constexpr std::size_t kStrangersMost = 64;

}  // namespace

SocketServer::SocketServer(net::Runtime& runtime, Hub& hub, const Gatekeeper& gatekeeper, std::size_t sockets_most,
                           Metrics& metrics)
    : runtime_(runtime),
      hub_(hub),
      gatekeeper_(gatekeeper),
      sockets_most_(sockets_most),
      slow_(metrics.counter("candlewick_realtime_slow_closed_total",
                            "WebSockets closed because the client read too slowly.")),
      skipped_(metrics.counter("candlewick_realtime_skipped_total", "Messages skipped for slow WebSocket clients.")) {}

SocketServer::~SocketServer() = default;

bool SocketServer::is_full(bool for_stranger) const {
  if (open_.size() >= sockets_most_) return true;
  if (!for_stranger) return false;
  const auto strangers =
      std::ranges::count_if(open_, [](const SocketSession* session) { return !session->is_authenticated(); });
  return static_cast<std::size_t>(strangers) >= std::min(kStrangersMost, sockets_most_ / 2 + 1);
}

net::Task<void> SocketServer::serve(net::HttpRequest request, net::StreamPtr stream, std::string already_read,
                                    std::optional<accounts::Principal> principal) {
  net::WebSocketLimits limits;
  limits.message_bytes = hub_.limits().message_bytes;
  limits.ping_every = hub_.limits().heartbeat;
  limits.dead_after = 2 * hub_.limits().heartbeat;
  limits.dead_code = kDead;
  const bool is_named = request.fields.has_token("Sec-WebSocket-Protocol", kSubprotocol);
  auto socket = co_await net::accept_websocket(runtime_, std::move(request), std::move(stream), std::move(already_read),
                                               limits, is_named ? kSubprotocol : "");
  if (!socket) co_return;
  if (closing_) {
    co_await (*socket)->close(kGoingAway, kShutsDown);
    co_return;
  }
  const auto session = std::make_shared<SocketSession>(SessionContext{runtime_, hub_, gatekeeper_, slow_, skipped_},
                                                       std::move(*socket), std::move(principal));
  // Leaves hub and list whatever ends the session, a cancelled coroutine included.
  struct Membership {
    Membership(SocketServer& its_server, SocketSession& its_session) : server(its_server), member(its_session) {
      server.open_.insert(&member);
    }
    ~Membership() {
      server.hub_.remove(member);
      server.open_.erase(&member);
    }
    SocketServer& server;
    SocketSession& member;
  };
  const Membership membership{*this, *session};
  co_await session->run();
}

void SocketServer::recheck(std::string_view user_id) {
  for (SocketSession* session : open_) session->recheck(user_id);
}

void SocketServer::close_all() {
  closing_ = true;
  for (SocketSession* session : open_) session->end(kGoingAway, std::string(kShutsDown));
}

}  // namespace cw::realtime
