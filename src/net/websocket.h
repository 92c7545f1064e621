#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "net/http.h"
#include "net/runtime.h"

namespace cw::net {

/// A received message, or the end.
struct WebSocketMessage {
  enum class Kind { text, binary, closed };
  Kind kind = Kind::text;
  std::string data;            // for `closed`: the reason
  std::uint16_t close_code{};  // for `closed`; 1006 where the stream ended without a close frame
};

struct WebSocketLimits {
  std::size_t message_bytes = 64 * 1024;  // over it: close 1009
  Millis ping_every{20'000};              // we ping an idle peer; 0 never
  Millis dead_after{60'000};              // nothing heard for so long: the connection counts as lost
  std::uint16_t dead_code{};              // then a close frame with it is tried for 2 s; 0: the stream just ends
};

/// A WebSocket over any stream, client or server side (RFC 6455): masking, fragmentation, control frames between
/// fragments, UTF-8 and length rules, the close handshake. Pings are answered inside `read`.
/// One `read` and one `write` at a time; they may overlap. A cancelled or timed-out `read` loses nothing; a cancelled write
/// ends the connection. Of several unanswered pings the newest is answered.
///
/// Memory  a read buffer of 512 bytes while little comes, of 16 KiB once a read has filled it
class WebSocket {
 public:
  enum class Role { client, server };
  WebSocket(Runtime& runtime, StreamPtr stream, Role role, WebSocketLimits limits, std::string already_read = {});
  ~WebSocket();

  /// The next whole message. `closed` once, then Errc::disconnected. A broken rule closes with 1002, 1007 or 1009.
  Task<Result<WebSocketMessage>> read();
  /// Like `read` into a kept buffer, for feeds: no allocation once the buffer has grown. `data` is valid until the next call.
  Task<Result<WebSocketMessage::Kind>> read_into(std::string& data);
  /// `text` is valid UTF-8 and stays alive until it answers.
  Task<Result<void>> write_text(std::string_view text);
  Task<Result<void>> write_binary(std::string_view bytes);
  Task<Result<void>> ping(std::string_view payload = {});  // at most 125 bytes are sent
  /// Sends a close frame, a server then ends its sending side, and waits at most 2 s for the answer; what comes meanwhile
  /// is thrown away. After 1 MiB of it nothing more is read in that time: a peer that floods is held back until it has seen
  /// the frame. A frame that the stream does not take within 2 s is given up.
  Task<void> close(std::uint16_t code, std::string_view reason);
  /// Drops the stream at once.
  void abort();
  std::string peer() const;
  /// Of the end that was read: the code of the close frame, 1005 where it had none, 1006 without a frame; 0 before the end.
  std::uint16_t close_code() const;

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

/// Connects and upgrades: `url` is ws:// or wss://.
/// Errors  those of Runtime::connect and parse_url; where the server answers with another status than 101: rate_limited
///         (429, 418), refused (other 4xx), disconnected (5xx), each naming the status
Task<Result<std::unique_ptr<WebSocket>>> connect_websocket(Runtime& runtime, std::string url, Millis timeout,
                                                           WebSocketLimits limits, HttpFields extra_fields = {});

/// `Sec-WebSocket-Accept` for a client's key (RFC 6455, section 4.2.2).
std::string websocket_accept_key(std::string_view key);

/// Server side: true for a GET whose Connection and Upgrade fields ask for a WebSocket.
bool is_websocket_upgrade(const HttpRequest& request);
/// Checks the rest of the request and answers 101, naming `subprotocol` (one that the client offered) where there is one. Where it is not acceptable it sends the refusal (400; 426 for another
/// version than 13), ends the stream and answers bad_input.
Task<Result<std::unique_ptr<WebSocket>>> accept_websocket(Runtime& runtime, HttpRequest request, StreamPtr stream,
                                                          std::string already_read, WebSocketLimits limits,
                                                          std::string_view subprotocol = {});

}  // namespace cw::net
