#include "api/api_handler.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "api/browser_fields.h"
#include "api/json_body.h"
#include "base/printable.h"
#include "net/compress.h"
#include "net/websocket.h"

namespace cw::api {
namespace {

constexpr std::string_view kSocketPath = "/api/ws";
bool has_query(const net::HttpRequest& request) { return request.path().size() + 1 < request.target.size(); }

}  // namespace

ApiHandler::ApiHandler(net::Runtime& runtime, const Door& door, Gate& gate, std::vector<Route> routes,
                       net::StaticFiles files, SocketDoor& socket, ApiSettings settings, Metrics& metrics)
    : runtime_(runtime),
      door_(door),
      gate_(gate),
      router_(std::move(routes)),
      files_(std::move(files)),
      socket_(socket),
      reads_(settings.read.per_second, settings.read.burst),
      writes_(settings.write.per_second, settings.write.burst),
      auths_(settings.auth.per_second, settings.auth.burst),
      requests_(metrics.counter("candlewick_http_requests_total", "HTTP requests that were answered.")),
      client_errors_(
          metrics.counter("candlewick_http_client_errors_total", "HTTP answers with a status of 400 to 499.")),
      server_errors_(
          metrics.counter("candlewick_http_server_errors_total", "HTTP answers with a status of 500 and more.")) {}

net::Task<net::HttpResponse> ApiHandler::handle(net::HttpRequest request) {
  const Visitor visitor = door_.visitor(request);
  const bool is_api = Router::is_api_path(request.path());
  net::HttpResponse response;
  if (const auto problem = refuse(request, visitor)) {
    response = problem_answer(*problem, request.path(), request.request_id);
  } else if (auto preflight = is_api ? answer_preflight(door_, request) : std::nullopt) {
    response = std::move(*preflight);
  } else {
    response = co_await answer(request, visitor);
  }
  requests_.add();
  if (response.status >= 500) server_errors_.add();
  if (response.status >= 400 && response.status < 500) client_errors_.add();
  add_security_fields(response, visitor.is_secure, is_api);
  if (is_api) add_cors_fields(response, door_, request);
  net::finish_response(request, response);
  co_return response;
}

std::optional<Problem> ApiHandler::refuse(const net::HttpRequest& request, const Visitor& visitor) {
  if (auto refused = door_.refuse(request)) return refused;
  return too_many(class_of(request), visitor);
}

std::optional<Problem> ApiHandler::too_many(RouteClass kind, const Visitor& visitor) {
  const Millis wait = limit_of(kind).take(visitor.network, runtime_.now());
  if (wait <= Millis{0}) return std::nullopt;
  const int seconds = static_cast<int>((wait.count() + 999) / 1000);
  return Problem{"too_many_requests",
                 fmt::format("Too many requests from this address. Wait {} s, then send fewer.", seconds),
                 {},
                 {},
                 seconds};
}

RateLimit& ApiHandler::limit_of(RouteClass kind) {
  switch (kind) {
    case RouteClass::files:
    case RouteClass::read: return reads_;
    case RouteClass::write: return writes_;
    case RouteClass::auth: return auths_;
  }
  return writes_;
}

RouteClass ApiHandler::class_of(const net::HttpRequest& request) {
  // What hashes a password is dear, whoever asks.
  static constexpr std::array<std::string_view, 6> kDear{"/api/auth/setup", "/api/auth/register", "/api/auth/login",
                                                         "/api/auth/reset", "/api/auth/password", "/api/auth/totp"};
  if (request.method == "POST" &&
      std::ranges::any_of(kDear, [&](std::string_view path) { return request.path().starts_with(path); }))
    return RouteClass::auth;
  // A text that is checked while somebody types changes nothing, though it comes in a body.
  const bool checks = request.method == "POST" && request.path() == "/api/language/check";
  const bool reads = request.method == "GET" || request.method == "HEAD" || request.method == "OPTIONS";
  if (!reads && !checks) return RouteClass::write;
  return Router::is_api_path(request.path()) ? RouteClass::read : RouteClass::files;
}

net::Task<net::HttpResponse> ApiHandler::answer(const net::HttpRequest& request, const Visitor& visitor) {
  if (request.path() == kSocketPath) co_return answer_socket(request, visitor);
  if (!Router::is_api_path(request.path())) co_return answer_file(request);
  auto found = router_.find(request);
  if (const auto* refusal = std::get_if<Router::Refusal>(&found)) {
    auto response = problem_answer(refusal->problem, request.path(), request.request_id);
    if (!refusal->allow.empty()) response.fields.set("Allow", refusal->allow);
    co_return response;
  }
  auto& match = std::get<Router::Match>(found);
  match.call.visitor = visitor;
  if (const auto problem = gate_.admit(match.route->access, match.call))
    co_return problem_answer(*problem, request.path(), request.request_id);
  if (const auto problem = Router::take_query(match))
    co_return problem_answer(*problem, request.path(), request.request_id);
  if (request.method == "DELETE") {
    if (const auto problem = refuse_body(request))
      co_return problem_answer(*problem, request.path(), request.request_id);
  }
  co_return co_await match.route->handle(match.call);
}

/// Why a socket is not opened: what `wants_upgrade` did not take.
net::HttpResponse ApiHandler::answer_socket(const net::HttpRequest& request, const Visitor& visitor) {
  const auto refused = [&](const Problem& problem) {
    return problem_answer(problem, request.path(), request.request_id);
  };
  if (request.method != "GET") {
    auto response =
        refused({"method_not_allowed",
                 fmt::format("{} is not possible here; use GET with an upgrade to WebSocket.", request.method)});
    response.fields.set("Allow", "GET");
    return response;
  }
  if (!net::is_websocket_upgrade(request)) {
    auto response = refused(
        {"upgrade_required", "This address speaks WebSocket (version 13) only. Open it with a WebSocket client."});
    response.fields.set("Upgrade", "websocket");
    response.fields.set("Sec-WebSocket-Version", "13");
    return response;
  }
  if (!door_.is_allowed_origin(request, visitor)) {
    return refused(
        {"forbidden_origin",
         fmt::format("Pages of '{}' may not open this socket. Open the dashboard at this server's own address; "
                     "behind a proxy, server.public_url must be that address.",
                     printable(request.fields.get("Origin"), 200))});
  }
  if (has_query(request))
    return refused({"bad_parameter", "This path takes no parameters; leave out what follows the '?'."});
  if (!is_serving())
    return refused({"not_ready", "The server is starting or shutting down. Try again in 2 s.", {}, {}, 2});
  if (const auto refusal = std::exchange(not_admitted_, {}); refusal && refusal->request_id == request.request_id)
    return refused(refusal->problem);
  return refused({"overloaded", "As many sockets are open as may be. Close some, or try again in 5 s.", {}, {}, 5});
}

net::HttpResponse ApiHandler::answer_file(const net::HttpRequest& request) const {
  if (auto response = files_.answer(request)) {
    if (response->status == 405) {
      auto refused = problem_answer(
          {"method_not_allowed", fmt::format("{} is not possible here; use GET or HEAD.", request.method)},
          request.path(), request.request_id);
      refused.fields.set("Allow", "GET, HEAD");
      return refused;
    }
    return std::move(*response);
  }
  const std::string hint = files_.count() == 0 ? " The dashboard is not built; 'make build' builds it." : "";
  return problem_answer({"not_found", fmt::format("There is nothing at {}.{}", request.path().substr(0, 200), hint)},
                        request.path(), request.request_id);
}

bool ApiHandler::wants_upgrade(const net::HttpRequest& request) {
  if (request.path() != kSocketPath || !net::is_websocket_upgrade(request) || has_query(request) || !is_serving())
    return false;
  const Visitor visitor = door_.visitor(request);
  if (socket_.is_full(false) || door_.refuse(request) || !door_.is_allowed_origin(request, visitor)) return false;
  if (too_many(RouteClass::read, visitor)) return false;
  auto admitted = gate_.admit_socket(request, visitor);
  if (auto* problem = std::get_if<Problem>(&admitted)) {
    not_admitted_ = {request.request_id, std::move(*problem)};
    return false;
  }
  admitted_ = std::move(std::get<std::optional<accounts::Principal>>(admitted));
  return admitted_ || !socket_.is_full(true);
}

net::Task<void> ApiHandler::upgrade(net::HttpRequest request, net::StreamPtr stream, std::string already_read) {
  auto principal = std::exchange(admitted_, std::nullopt);
  requests_.add();
  co_await socket_.serve(std::move(request), std::move(stream), std::move(already_read), std::move(principal));
}

net::HttpResponse ApiHandler::problem(int status, std::string_view code, std::string_view detail,
                                      const std::string& request_id) {
  const auto& kinds = problem_kinds();
  const bool known = std::ranges::find(kinds, code, &ProblemKind::code) != kinds.end();
  auto response = known ? problem_answer({std::string{code}, std::string{detail}}, {}, request_id)
                        : net::problem_response(status, code, detail, request_id);
  if (code == "overloaded") response.fields.set("Retry-After", "5");
  add_security_fields(response, door_.settings().is_tls, true);
  (status >= 500 ? server_errors_ : client_errors_).add();
  return response;
}

}  // namespace cw::api
