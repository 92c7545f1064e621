#pragma once

#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cw::exchange::practice {

/// A client's message on a WebSocket, understood.
struct WsCommand {
  enum class Method : std::uint8_t { subscribe, unsubscribe, list_subscriptions, set_combined, get_combined };
  Method method;
  std::vector<std::string> streams;  // of subscribe and unsubscribe
  bool combined = false;             // of set_combined
  std::string id;                    // JSON text: a number, a string or null
};

/// Why a message is not one, with the codes and in the words of the exchange's own refusals.
struct WsRefusal {
  int code;  // 0 unknown property, 1 wrong type of value, 2 not a request, 3 not JSON
  std::string message;
  std::string id;  // JSON text; null where it could not be read
};

/// Reads `{"method":"SUBSCRIBE","params":["btcusdt@trade"],"id":1}` and its kin. An id is a 64-bit integer, up to 36
/// letters and digits, or null.
/// Source  Binance spot API documentation, web-socket-streams.md, "Live Subscribing/Unsubscribing to streams"
std::expected<WsCommand, WsRefusal> parse_command(std::string_view text);

/// `{"result":null,"id":1}`; `result` is JSON text.
std::string ws_answer(std::string_view result, std::string_view id);
/// `{"result":["btcusdt@trade"],"id":3}`
std::string ws_answer(std::span<const std::string> streams, std::string_view id);
/// `{"error":{"code":2,"msg":"…"},"id":1}`
std::string ws_answer(const WsRefusal& refusal);

}  // namespace cw::exchange::practice
