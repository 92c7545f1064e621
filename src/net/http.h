#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "net/runtime.h"
#include "net/stream.h"

namespace cw::net {

/// Header fields in order of arrival. Names are compared without letter case.
class HttpFields {
 public:
  void set(std::string_view name, std::string value);  // replaces
  void add(std::string_view name, std::string value);  // appends
  void remove(std::string_view name);
  std::string_view get(std::string_view name) const;  // the first; empty where absent
  std::size_t count(std::string_view name) const;
  bool has_token(std::string_view name, std::string_view token) const;  // in a comma-separated list, without case
  const std::vector<std::pair<std::string, std::string>>& all() const { return fields_; }

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
};

/// A request as a handler sees it, or as a client sends it. `target` is the raw path and query.
struct HttpRequest {
  std::string method = "GET";
  std::string target = "/";
  HttpFields fields{};
  std::string body{};
  bool is_http_1_0 = false;
  std::string peer{};          // server side: address and port of the other side, `127.0.0.1:51234`
  std::string peer_address{};  // server side: the address alone, as address_of_peer (net/ip_address.h) gives it
  bool is_tls = false;         // server side: the connection itself is encrypted
  std::string request_id{};    // server side: made for each request, also in the log and in the answer's X-Request-Id
  /// Server side, while the request is being answered: whether its caller has gone away. Of the loop; may be empty.
  std::function<bool()> is_gone{};

  std::string_view path() const;                                  // percent-decoded parts are the router's business
  std::optional<std::string> query(std::string_view name) const;  // decoded; the first of several
  std::vector<std::pair<std::string, std::string>> query_items() const;
};

/// An answer. A body that many answers share is given as `kept_body`, which is then sent instead of `body`.
/// Content-Length, Connection, Date and X-Request-Id are the server's business.
struct HttpResponse {
  int status = 200;
  HttpFields fields{};
  std::string body{};
  std::shared_ptr<const std::string> kept_body{};

  std::string_view content() const { return kept_body ? std::string_view(*kept_body) : std::string_view(body); }
};

/// Bounds of a connection. Each has a defined answer: 414, 431, 413, 408, 503, or an end without one (idle, write).
struct HttpLimits {
  std::size_t target_bytes = 8 * 1024;
  std::size_t header_bytes = 16 * 1024;
  std::size_t body_bytes = 1024 * 1024;
  Millis header_time{10'000};
  Millis body_time{30'000};
  Millis idle_time{75'000};
  Millis write_time{30'000};
  std::size_t connections = 1'000;
};

/// Answers requests. `upgrade` may take the stream over (a WebSocket): it gets the request whose headers asked for it and
/// the bytes already read past it.
class HttpHandler {
 public:
  virtual ~HttpHandler() = default;
  virtual Task<HttpResponse> handle(HttpRequest request) = 0;
  /// True where `request` should be handed to `upgrade` instead of `handle`.
  /// It may be decided once only: where it is true, `upgrade` follows before anything else of this handler is called.
  virtual bool wants_upgrade(const HttpRequest&) { return false; }
  virtual Task<void> upgrade(HttpRequest request, StreamPtr stream, std::string already_read);
  /// The answer for what the server itself refuses (a limit, a malformed request, a handler that threw). The default is
  /// `problem_response`; a handler may add fields that all its answers carry.
  virtual HttpResponse problem(int status, std::string_view code, std::string_view detail,
                               const std::string& request_id);
};

/// An RFC 9457 problem document: type `/api/docs#code-` and the code, title (the status' phrase), status, code, detail
/// (a sentence a person can act on), request_id.
HttpResponse problem_response(int status, std::string_view code, std::string_view detail, std::string_view request_id);

/// The phrase of a status, e.g. "Not Found"; "Status" where it has none here.
std::string_view reason_phrase(int status);

/// `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, section 5.6.7).
std::string http_date(Timestamp t);

/// HTTP/1.1 server on any listener: keep-alive, the limits above, HEAD, Expect: 100-continue, chunked request bodies,
/// `X-Request-Id`, one log line a request. `stop` drains: takes no new connection, answers what is under way, then ends.
class HttpServer {
 public:
  HttpServer(Runtime& runtime, HttpHandler& handler, HttpLimits limits);
  ~HttpServer();
  /// Serves one listener until `stop`; may be spawned for several.
  Task<void> serve(std::unique_ptr<Listener> listener);
  /// Waits for open requests for at most `grace`, then closes what is left.
  Task<void> stop(Millis grace);
  std::size_t open_connections() const;

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

/// HTTP/1.1 client with keep-alive to one endpoint. One request at a time; a stale kept connection is retried once for
/// GET. Answers of over `body_bytes` give limit_exceeded.
class HttpClient {
 public:
  HttpClient(Runtime& runtime, Endpoint endpoint, Millis timeout, std::size_t body_bytes = 16 * 1024 * 1024);
  ~HttpClient();
  Task<Result<HttpResponse>> send(HttpRequest request);

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

/// `https://host:port/path` taken apart. Errors: Errc::bad_input naming the text. Schemes http, https, ws, wss.
struct Url {
  Endpoint endpoint;
  std::string target;
};
Result<Url> parse_url(std::string_view text);

std::string percent_encode(std::string_view text);
std::optional<std::string> percent_decode(std::string_view text);  // no answer for a broken escape

}  // namespace cw::net
