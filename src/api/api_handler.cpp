#include "api/api_handler.h"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "net/compress.h"
#include "net/loopback_host.h"
#include "net/websocket.h"

namespace cw::api {
namespace {

constexpr std::string_view kSocketPath = "/api/ws";
constexpr const char* kPagePolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src "
    "'self'; "
    "manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

void add_security_fields(net::HttpResponse& response) {
  response.fields.set("X-Content-Type-Options", "nosniff");
  response.fields.set("Referrer-Policy", "no-referrer");
  response.fields.set("Cross-Origin-Opener-Policy", "same-origin");
  response.fields.set("Cross-Origin-Resource-Policy", "same-origin");
  if (response.fields.get("Content-Type").starts_with("text/html")) {
    response.fields.set("Content-Security-Policy", kPagePolicy);
  }
}

bool has_query(const net::HttpRequest& request) { return request.path().size() + 1 < request.target.size(); }

bool same_text(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) {
    return std::tolower(static_cast<unsigned char>(x)) == std::tolower(static_cast<unsigned char>(y));
  });
}

/// The address of `127.0.0.1:51234`, `[::1]:80`.
std::string_view address_of(std::string_view peer) {
  const std::size_t colon = peer.rfind(':');
  return colon == std::string_view::npos ? peer : peer.substr(0, colon);
}

}  // namespace

bool is_own_origin(std::string_view origin, std::string_view host) {
  return origin.empty() || same_text(origin, fmt::format("http://{}", host));
}

ApiHandler::ApiHandler(net::Runtime& runtime, std::vector<Route> routes, net::StaticFiles files, SocketDoor& socket,
                       ApiSettings settings, Metrics& metrics)
    : runtime_(runtime),
      router_(std::move(routes)),
      files_(std::move(files)),
      socket_(socket),
      rate_(settings.requests_per_second, settings.request_burst),
      requests_(metrics.counter("candlewick_http_requests_total", "HTTP requests that were answered.")),
      client_errors_(
          metrics.counter("candlewick_http_client_errors_total", "HTTP answers with a status of 400 to 499.")),
      server_errors_(
          metrics.counter("candlewick_http_server_errors_total", "HTTP answers with a status of 500 and more.")) {}

net::Task<net::HttpResponse> ApiHandler::handle(net::HttpRequest request) {
  net::HttpResponse response;
  if (const auto problem = refuse(request)) {
    response = problem_answer(*problem, request.path(), request.request_id);
  } else {
    response = co_await answer(request);
  }
  requests_.add();
  if (response.status >= 500) server_errors_.add();
  if (response.status >= 400 && response.status < 500) client_errors_.add();
  add_security_fields(response);
  net::finish_response(request, response);
  co_return response;
}

std::optional<Problem> ApiHandler::refuse(const net::HttpRequest& request) {
  if (const std::string_view host = request.fields.get("Host"); !net::is_loopback_host(host)) {
    return Problem{
        "forbidden_host",
        fmt::format("This server answers on loopback only; '{}' is no name of it. Open it as http://127.0.0.1 "
                    "or http://localhost with its port.",
                    host.substr(0, 200))};
  }
  const Millis wait = rate_.take(address_of(request.peer), runtime_.now());
  if (wait > Millis{0}) {
    const int seconds = static_cast<int>((wait.count() + 999) / 1000);
    return Problem{"too_many_requests",
                   fmt::format("Too many requests from this address. Wait {} s, then send fewer.", seconds),
                   {},
                   {},
                   seconds};
  }
  return std::nullopt;
}

net::Task<net::HttpResponse> ApiHandler::answer(const net::HttpRequest& request) {
  if (request.path() == kSocketPath) co_return answer_socket(request);
  if (!Router::is_api_path(request.path())) co_return answer_file(request);
  const auto found = router_.find(request);
  if (const auto* refusal = std::get_if<Router::Refusal>(&found)) {
    auto response = problem_answer(refusal->problem, request.path(), request.request_id);
    if (!refusal->allow.empty()) response.fields.set("Allow", refusal->allow);
    co_return response;
  }
  const auto& match = std::get<Router::Match>(found);
  co_return co_await match.route->handle(match.call);
}

net::HttpResponse ApiHandler::answer_socket(const net::HttpRequest& request) const {
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
  const std::string_view origin = request.fields.get("Origin");
  if (!is_own_origin(origin, request.fields.get("Host"))) {
    return refused(
        {"forbidden_origin",
         fmt::format("Pages of '{}' may not open this socket. Open the dashboard at this server's own address.",
                     origin.substr(0, 200))});
  }
  if (has_query(request))
    return refused({"bad_parameter", "This path takes no parameters; leave out what follows the '?'."});
  if (!is_serving())
    return refused({"not_ready", "The server is starting or shutting down. Try again in 2 s.", {}, {}, 2});
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

bool ApiHandler::wants_upgrade(const net::HttpRequest& request) const {
  return request.path() == kSocketPath && net::is_websocket_upgrade(request) && !has_query(request) && is_serving() &&
         !socket_.is_full() && net::is_loopback_host(request.fields.get("Host")) &&
         is_own_origin(request.fields.get("Origin"), request.fields.get("Host"));
}

net::Task<void> ApiHandler::upgrade(net::HttpRequest request, net::StreamPtr stream, std::string already_read) {
  requests_.add();
  co_await socket_.serve(std::move(request), std::move(stream), std::move(already_read));
}

net::HttpResponse ApiHandler::problem(int status, std::string_view code, std::string_view detail,
                                      const std::string& request_id) {
  const auto& kinds = problem_kinds();
  const bool known = std::ranges::find(kinds, code, &ProblemKind::code) != kinds.end();
  auto response = known ? problem_answer({std::string{code}, std::string{detail}}, {}, request_id)
                        : net::problem_response(status, code, detail, request_id);
  if (code == "overloaded") response.fields.set("Retry-After", "5");
  add_security_fields(response);
  (status >= 500 ? server_errors_ : client_errors_).add();
  return response;
}

}  // namespace cw::api
