#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "api/door.h"
#include "api/gate.h"
#include "api/rate_limit.h"
#include "api/router.h"
#include "base/metrics.h"
#include "net/http.h"
#include "net/runtime.h"
#include "net/static_files.h"

namespace cw::api {

/// What stands at /api/ws. Called on the server's loop.
class SocketDoor {
 public:
  virtual ~SocketDoor() = default;
  /// Whether one more is too many; `for_stranger`: who has not shown yet who they are.
  virtual bool is_full(bool for_stranger) const = 0;
  virtual net::Task<void> serve(net::HttpRequest request, net::StreamPtr stream, std::string already_read,
                                std::optional<accounts::Principal> principal) = 0;
};

/// What a request costs: each kind has an allowance of its own for every visitor's network (Visitor::network), but the
/// dashboard's files and reads share one.
enum class RouteClass {
  files,  // the dashboard's own
  read,   // GET, HEAD and OPTIONS under /api/, /health, /metrics, and language/check
  write,  // everything else
  auth,   // signing in and what leads to it
};

/// So many requests a second after so many at once; over it 429.
struct Rate {
  double per_second;
  double burst;
};

struct ApiSettings {
  Rate read{50, 200};
  Rate write{20, 100};
  Rate auth{10, 60};
};

/// Everything that the server answers: the routes of docs/openapi.yaml, the dashboard's files, the way to the WebSocket.
/// Refuses what the door refuses (api/door.h), too many requests of one visitor, foreign origins at the socket, and whoever
/// may not (api/gate.h); puts the
/// security fields on every answer and CORS on those to listed origins; compresses and answers 304.
class ApiHandler final : public net::HttpHandler {
 public:
  /// The door and the gate outlive the handler.
  ApiHandler(net::Runtime& runtime, const Door& door, Gate& gate, std::vector<Route> routes, net::StaticFiles files,
             SocketDoor& socket, ApiSettings settings, Metrics& metrics);

  net::Task<net::HttpResponse> handle(net::HttpRequest request) override;
  bool wants_upgrade(const net::HttpRequest& request) override;
  net::Task<void> upgrade(net::HttpRequest request, net::StreamPtr stream, std::string already_read) override;
  net::HttpResponse problem(int status, std::string_view code, std::string_view detail,
                            const std::string& request_id) override;

  /// While the server drains, market paths and the socket answer 503.
  std::function<bool()> is_serving = [] { return true; };

  /// By which allowance a request passes.
  static RouteClass class_of(const net::HttpRequest& request);

 private:
  net::Task<net::HttpResponse> answer(const net::HttpRequest& request, const Visitor& visitor);
  net::HttpResponse answer_socket(const net::HttpRequest& request, const Visitor& visitor);
  net::HttpResponse answer_file(const net::HttpRequest& request) const;
  std::optional<Problem> refuse(const net::HttpRequest& request, const Visitor& visitor);
  std::optional<Problem> too_many(RouteClass kind, const Visitor& visitor);
  RateLimit& limit_of(RouteClass kind);

  net::Runtime& runtime_;
  const Door& door_;
  Gate& gate_;
  Router router_;
  net::StaticFiles files_;
  SocketDoor& socket_;
  RateLimit reads_, writes_, auths_;
  std::optional<accounts::Principal> admitted_;  // from `wants_upgrade` to the `upgrade` that follows at once
  // From `wants_upgrade` to the answer: a ticket is spent by one look, and a refusal is listed once.
  struct NotAdmitted {
    std::string request_id;
    Problem problem;
  };
  std::optional<NotAdmitted> not_admitted_;
  Counter& requests_;
  Counter& client_errors_;
  Counter& server_errors_;
};

}  // namespace cw::api
