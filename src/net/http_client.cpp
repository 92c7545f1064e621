#include <fmt/format.h>

#include <array>
#include <utility>

#include "net/compress.h"
#include "net/http.h"
#include "net/http_parser.h"
#include "net/http_text.h"

namespace cw::net {
namespace {

constexpr std::size_t kHeaderBytes = 64 * 1024;

std::string head_of(const HttpRequest& request, const Endpoint& endpoint) {
  auto host = to_text(endpoint);
  if (endpoint.port == (endpoint.tls ? 443 : 80)) host.resize(host.rfind(':'));
  auto head = fmt::format("{} {} HTTP/1.1\r\nHost: {}\r\n", request.method, request.target, host);
  if (request.fields.get("Accept-Encoding").empty()) head += "Accept-Encoding: gzip\r\n";
  for (const auto& [name, value] : request.fields.all()) head += fmt::format("{}: {}\r\n", name, value);
  const bool says_length =
      !request.body.empty() || request.method == "POST" || request.method == "PUT" || request.method == "PATCH";
  if (says_length) head += fmt::format("Content-Length: {}\r\n", request.body.size());
  return head + "\r\n";
}

/// A blank or a line end inside would make a second request of it.
bool is_sendable(const HttpRequest& request) {
  const auto has_break = [](std::string_view text) {
    return text.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos;
  };
  if (has_break(request.method) || has_break(request.target) || request.target.find(' ') != std::string::npos)
    return false;
  for (const auto& [name, value] : request.fields.all()) {
    if (has_break(name) || has_break(value)) return false;
  }
  return true;
}

}  // namespace

// Held by every coroutine inside it as well, so that either may die first.
struct HttpClient::Impl : std::enable_shared_from_this<HttpClient::Impl> {
  Impl(Runtime& owner, Endpoint to, Millis limit, std::size_t bytes)
      : runtime(owner), endpoint(std::move(to)), timeout(limit), body_bytes(bytes), parser(kHeaderBytes, bytes) {}

  Runtime& runtime;
  Endpoint endpoint;
  Millis timeout;
  std::size_t body_bytes;
  StreamPtr stream;  // kept between requests
  HttpResponseParser parser;
  std::string unread;
  bool is_busy = false;

  Task<Result<HttpResponse>> exchange(HttpRequest request);
  Task<Result<HttpResponse>> try_once(const HttpRequest& request);
  Task<Result<HttpResponse>> read_response(bool answers_head);
  Result<HttpResponse> finished();
};

/// Sends on the connection at hand and reads the answer.
Task<Result<HttpResponse>> HttpClient::Impl::try_once(const HttpRequest& request) {
  const auto head = head_of(request, endpoint);
  const auto written = co_await stream->write_both(head, request.body);
  // A server that refuses early may answer and stop reading: the answer says more than the failed write.
  auto response = co_await read_response(request.method == "HEAD");
  if (!response && !written) co_return pass_on(written);
  co_return response;
}

Task<Result<HttpResponse>> HttpClient::Impl::read_response(bool answers_head) {
  parser.next_message(answers_head);
  std::array<char, 16 * 1024> piece;
  for (;;) {
    std::size_t used = 0;
    auto parsed = unread.empty() ? HttpParse::need_more : parser.feed(unread, used);
    unread.erase(0, used);
    if (parsed == HttpParse::done && parser.response().status / 100 == 1 && parser.response().status != 101) {
      parser.next_message(answers_head);  // 100 and 103 come before the answer
      continue;
    }
    if (parsed == HttpParse::done || parsed == HttpParse::failed) co_return finished();
    if (parsed == HttpParse::header && parser.is_done()) {
      if (parser.response().status / 100 != 1 || parser.response().status == 101) co_return finished();
      parser.next_message(answers_head);
      continue;
    }
    if (parsed == HttpParse::header) continue;

    const auto got = co_await stream->read_some(piece);
    if (!got) co_return pass_on(got);
    if (*got == 0) {
      if (!parser.has_begun()) co_return fail(Errc::disconnected, "the server ended the connection without an answer");
      (void)parser.feed_end();
      stream->close();
      co_return finished();
    }
    unread.append(piece.data(), *got);
  }
}

Result<HttpResponse> HttpClient::Impl::finished() {
  if (!parser.is_done()) {
    const auto& fault = parser.fault();
    if (fault.status == 413 || fault.status == 431) {
      return fail(Errc::limit_exceeded,
                  fmt::format("the answer is larger than {} bytes", fault.status == 413 ? body_bytes : kHeaderBytes));
    }
    return fail(Errc::disconnected, fmt::format("the answer is not usable: {}", fault.detail));
  }
  auto response = std::move(parser.response());
  if (equal_without_case(response.fields.get("Content-Encoding"), "gzip") && !response.body.empty()) {
    auto plain = gunzip(response.body, body_bytes);
    if (!plain) return pass_on(plain);
    response.body = std::move(*plain);
    response.fields.remove("Content-Encoding");
    response.fields.remove("Content-Length");
  }
  return response;
}

Task<Result<HttpResponse>> HttpClient::Impl::exchange(HttpRequest request) {
  const auto self = shared_from_this();
  const bool may_repeat = request.method == "GET" || request.method == "HEAD";
  for (int attempt = 0;; ++attempt) {
    const bool is_kept = stream != nullptr;
    if (!stream) {
      unread.clear();
      auto connected = co_await runtime.connect(endpoint, timeout);
      if (!connected) co_return pass_on(connected);
      stream = std::move(*connected);
    }
    auto response = co_await try_once(request);
    if (!response) {
      const bool was_stale = is_kept && !parser.has_begun() && response.error().code == Errc::disconnected;
      stream.reset();
      if (was_stale && may_repeat && attempt == 0) continue;
      co_return response;
    }
    if (!parser.keep_alive() || !unread.empty()) stream.reset();
    co_return response;
  }
}

HttpClient::HttpClient(Runtime& runtime, Endpoint endpoint, Millis timeout, std::size_t body_bytes)
    : impl_(std::make_shared<Impl>(runtime, std::move(endpoint), timeout, body_bytes)) {}

HttpClient::~HttpClient() = default;

Task<Result<HttpResponse>> HttpClient::send(HttpRequest request) {
  if (!is_sendable(request))
    co_return fail(Errc::bad_input, "the request's method, target or fields hold a line break or a blank");
  const auto impl = impl_;
  if (impl->is_busy) co_return fail(Errc::busy, "a request is under way on this client");
  struct Busy {
    Impl& client;
    bool answered = false;
    explicit Busy(Impl& i) : client(i) { client.is_busy = true; }
    ~Busy() {
      client.is_busy = false;
      if (!answered) client.stream.reset();  // half a request or half an answer may be on it
    }
  } busy(*impl);
  auto response = co_await impl->runtime.within(impl->timeout, impl->exchange(std::move(request)));
  busy.answered = response.has_value();
  if (!response) co_return std::unexpected(with_place_once(response.error(), to_text(impl->endpoint)));
  co_return response;
}

}  // namespace cw::net
