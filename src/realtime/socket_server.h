#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>

#include "base/metrics.h"
#include "net/http.h"
#include "net/runtime.h"
#include "realtime/gatekeeper.h"
#include "realtime/hub.h"

namespace cw::realtime {

class SocketSession;

/// The sub-protocol that is spoken, which a browser must name where it brings a ticket as another one.
constexpr std::string_view kSubprotocol = "candlewick.v1";

/// The WebSockets of one loop: each is a reader and a writer over net's WebSocket, with a bounded queue between hub and
/// writer. Limits and close codes are those of docs/asyncapi.yaml.
class SocketServer {
 public:
  SocketServer(net::Runtime& runtime, Hub& hub, const Gatekeeper& gatekeeper, std::size_t sockets_most,
               Metrics& metrics);
  ~SocketServer();

  /// Whether one more is too many. Strangers, who have not shown yet who they are, get a part of the room only, so that
  /// they cannot keep it from those who did.
  bool is_full(bool for_stranger) const;

  /// Serves an upgrade request until the connection ends, from either side. Without a principal the client has to
  /// authenticate by its first message.
  net::Task<void> serve(net::HttpRequest request, net::StreamPtr stream, std::string already_read,
                        std::optional<accounts::Principal> principal);

  /// Ends the connections of an account that do not hold any more, with 4401.
  void recheck(std::string_view user_id);

  /// Closes every connection with 1001. They end within four seconds: two for a write that stands still, two for the
  /// client to answer.
  void close_all();

 private:
  net::Runtime& runtime_;
  Hub& hub_;
  const Gatekeeper& gatekeeper_;
  std::size_t sockets_most_;
  bool closing_ = false;
  std::unordered_set<SocketSession*> open_;
  Counter& slow_;
  Counter& skipped_;
};

}  // namespace cw::realtime
