#include <openssl/evp.h>
#include <openssl/sha.h>

#include <fmt/format.h>

#include <array>

#include "net/http_parser.h"
#include "net/http_text.h"
#include "net/websocket.h"

namespace cw::net {
namespace {

constexpr std::size_t kHeaderBytes = 16 * 1024;
constexpr std::size_t kRefusalBytes = 64 * 1024;
constexpr Millis kAnswerTime{10'000};

std::string base64(std::span<const unsigned char> bytes) {
  std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');
  const int size =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), bytes.data(), static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(size));
  return text;
}

/// 16 bytes in base64: 22 characters and two '='.
bool is_valid_key(std::string_view key) {
  std::array<unsigned char, 24> decoded{};
  return key.size() == 24 && key.ends_with("==") && key[21] != '=' &&
         EVP_DecodeBlock(decoded.data(), reinterpret_cast<const unsigned char*>(key.data()), 24) == 18;
}

Error refusal_of(const HttpResponse& response) {
  const auto status = fmt::format("the server answered {} {} instead of opening a WebSocket", response.status,
                                  reason_phrase(response.status));
  const bool is_limit = response.status == 429 || response.status == 418;
  const Errc code = is_limit ? Errc::rate_limited : response.status >= 500 ? Errc::disconnected : Errc::refused;
  return {code, status, {}, {}};
}

std::string opening_request(const Url& url, std::string_view key, const HttpFields& extra) {
  const bool is_default_port = url.endpoint.port == (url.endpoint.tls ? 443 : 80);
  auto host = to_text(url.endpoint);
  if (is_default_port) host.resize(host.rfind(':'));
  auto text = fmt::format(
      "GET {} HTTP/1.1\r\nHost: {}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Key: {}\r\nSec-WebSocket-Version: 13\r\n",
      url.target, host, key);
  for (const auto& [name, value] : extra.all()) text += fmt::format("{}: {}\r\n", name, value);
  return text + "\r\n";
}

struct Opened {
  StreamPtr stream;
  std::string already_read;
};

Task<Result<Opened>> open(Runtime& runtime, Url url, Millis timeout, HttpFields extra) {
  auto stream = co_await runtime.connect(url.endpoint, timeout);
  if (!stream) co_return pass_on(stream);

  std::array<unsigned char, 16> nonce{};
  runtime.fill_random(nonce);
  const auto key = base64(nonce);
  const auto request = opening_request(url, key, extra);
  const auto written = co_await (*stream)->write(request);
  if (!written) co_return pass_on(written);

  HttpResponseParser parser(kHeaderBytes, kRefusalBytes);
  std::string buffer;
  for (;;) {
    std::array<char, 4096> piece;
    const auto got = co_await (*stream)->read_some(piece);
    if (!got) co_return pass_on(got);
    if (*got == 0) co_return fail(Errc::disconnected, "the server ended the connection during the WebSocket handshake");
    buffer.append(piece.data(), *got);
    std::size_t used = 0;
    const auto parsed = parser.feed(buffer, used);
    buffer.erase(0, used);
    if (parsed == HttpParse::failed) {
      co_return fail(Errc::disconnected, fmt::format("the answer is not HTTP: {}", parser.fault().detail));
    }
    if (parsed != HttpParse::need_more) break;
  }
  const auto& response = parser.response();
  if (response.status != 101) co_return std::unexpected(refusal_of(response));
  if (!response.fields.has_token("Upgrade", "websocket") || !response.fields.has_token("Connection", "upgrade")) {
    co_return fail(Errc::refused, "the server answered 101 without the fields that make it a WebSocket");
  }
  if (response.fields.get("Sec-WebSocket-Accept") != websocket_accept_key(key)) {
    co_return fail(Errc::refused, "the server's Sec-WebSocket-Accept does not match our key");
  }
  if (response.fields.count("Sec-WebSocket-Extensions") > 0 || response.fields.count("Sec-WebSocket-Protocol") > 0) {
    co_return fail(Errc::refused, "the server chose a WebSocket extension or protocol that was not offered");
  }
  co_return Opened{std::move(*stream), std::move(buffer)};
}

Task<Result<void>> refuse(StreamPtr stream, int status, std::string_view extra_field, std::string detail) {
  const auto body = problem_response(status, status == 426 ? "upgrade_required" : "bad_request", detail, {}).body;
  const auto head = fmt::format(
      "HTTP/1.1 {} {}\r\nContent-Type: application/problem+json\r\nContent-Length: {}\r\nConnection: close\r\n{}\r\n",
      status, reason_phrase(status), body.size(), extra_field);
  (void)co_await stream->write_both(head, body);
  co_await stream->finish();
  stream->close();
  co_return fail(Errc::bad_input, std::move(detail));
}

}  // namespace

std::string websocket_accept_key(std::string_view key) {
  const auto text = std::string(key) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";  // RFC 6455, section 1.3
  std::array<unsigned char, SHA_DIGEST_LENGTH> digest{};
  SHA1(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  return base64(digest);
}

bool is_websocket_upgrade(const HttpRequest& request) {
  return request.method == "GET" && request.fields.has_token("Connection", "upgrade") &&
         request.fields.has_token("Upgrade", "websocket");
}

Task<Result<std::unique_ptr<WebSocket>>> connect_websocket(Runtime& runtime, std::string url, Millis timeout,
                                                           WebSocketLimits limits, HttpFields extra_fields) {
  const auto parsed = parse_url(url);
  if (!parsed) co_return pass_on(parsed);
  auto opened = co_await runtime.within(timeout, open(runtime, *parsed, timeout, std::move(extra_fields)));
  if (!opened) co_return std::unexpected(with_place_once(opened.error(), to_text(parsed->endpoint)));
  co_return std::make_unique<WebSocket>(runtime, std::move(opened->stream), WebSocket::Role::client, limits,
                                        std::move(opened->already_read));
}

Task<Result<std::unique_ptr<WebSocket>>> accept_websocket(Runtime& runtime, HttpRequest request, StreamPtr stream,
                                                          std::string already_read, WebSocketLimits limits,
                                                          std::string_view subprotocol) {
  std::string fault;
  if (!is_websocket_upgrade(request) || request.is_http_1_0) {
    fault = "this is not a request to open a WebSocket";
  } else if (request.fields.get("Sec-WebSocket-Version") != "13") {
    const auto refused = co_await refuse(std::move(stream), 426, "Sec-WebSocket-Version: 13\r\n",
                                         "only version 13 of the WebSocket protocol is offered");
    co_return pass_on(refused);
  } else if (request.fields.count("Sec-WebSocket-Key") != 1 || !is_valid_key(request.fields.get("Sec-WebSocket-Key"))) {
    fault = "Sec-WebSocket-Key must be given once and be 16 bytes in base64";
  }
  if (!fault.empty()) {
    const auto refused = co_await refuse(std::move(stream), 400, "", std::move(fault));
    co_return pass_on(refused);
  }
  const auto answer = fmt::format(
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
      "{}\r\n{}\r\n",
      websocket_accept_key(request.fields.get("Sec-WebSocket-Key")),
      subprotocol.empty() ? "" : fmt::format("Sec-WebSocket-Protocol: {}\r\n", subprotocol));
  const auto written = co_await runtime.within(kAnswerTime, stream->write(answer));
  if (!written) co_return pass_on(written);
  co_return std::make_unique<WebSocket>(runtime, std::move(stream), WebSocket::Role::server, limits,
                                        std::move(already_read));
}

}  // namespace cw::net
