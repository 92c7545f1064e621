#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <unordered_set>

#include "base/metrics.h"
#include "net/http.h"
#include "net/runtime.h"
#include "realtime/hub.h"

namespace cw::realtime {

/// The WebSockets of one loop: each is a reader and a writer over net's WebSocket, with a bounded queue between hub and
/// writer. Limits and close codes are those of docs/asyncapi.yaml.
class SocketServer {
 public:
  SocketServer(net::Runtime& runtime, Hub& hub, std::size_t sockets_most, Metrics& metrics);
  ~SocketServer();

  bool is_full() const { return open_.size() >= sockets_most_; }

  /// Serves an upgrade request until the connection ends, from either side.
  net::Task<void> serve(net::HttpRequest request, net::StreamPtr stream, std::string already_read);

  /// Closes every connection with 1001. They end within four seconds: two for a write that stands still, two for the
  /// client to answer.
  void close_all();

 private:
  class Session;
  net::Runtime& runtime_;
  Hub& hub_;
  std::size_t sockets_most_;
  bool closing_ = false;
  std::unordered_set<Session*> open_;
  Counter& slow_;
  Counter& skipped_;
};

}  // namespace cw::realtime
