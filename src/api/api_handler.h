#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

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
  virtual bool is_full() const = 0;
  virtual net::Task<void> serve(net::HttpRequest request, net::StreamPtr stream, std::string already_read) = 0;
};

struct ApiSettings {
  double requests_per_second = 50;
  double request_burst = 200;
};

/// Everything that the server answers: the routes of docs/openapi.yaml, the dashboard's files, the way to the WebSocket.
/// Refuses foreign Host names (DNS re-binding), too many requests of one address, foreign origins at the socket; puts the
/// security fields on every answer; compresses and answers 304.
class ApiHandler final : public net::HttpHandler {
 public:
  ApiHandler(net::Runtime& runtime, std::vector<Route> routes, net::StaticFiles files, SocketDoor& socket,
             ApiSettings settings, Metrics& metrics);

  net::Task<net::HttpResponse> handle(net::HttpRequest request) override;
  bool wants_upgrade(const net::HttpRequest& request) const override;
  net::Task<void> upgrade(net::HttpRequest request, net::StreamPtr stream, std::string already_read) override;
  net::HttpResponse problem(int status, std::string_view code, std::string_view detail,
                            const std::string& request_id) override;

  /// While the server drains, market paths and the socket answer 503.
  std::function<bool()> is_serving = [] { return true; };

 private:
  net::Task<net::HttpResponse> answer(const net::HttpRequest& request);
  net::HttpResponse answer_socket(const net::HttpRequest& request) const;
  net::HttpResponse answer_file(const net::HttpRequest& request) const;
  std::optional<Problem> refuse(const net::HttpRequest& request);

  net::Runtime& runtime_;
  Router router_;
  net::StaticFiles files_;
  SocketDoor& socket_;
  RateLimit rate_;
  Counter& requests_;
  Counter& client_errors_;
  Counter& server_errors_;
};

/// Whether an Origin field is the server's own as the Host field names it. An absent Origin is (not a browser).
bool is_own_origin(std::string_view origin, std::string_view host);

}  // namespace cw::api
