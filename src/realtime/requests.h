#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "realtime/frames.h"

// The client's messages of docs/asyncapi.yaml.
namespace cw::realtime {

enum class Channel : std::uint8_t { market_data, tickers, feed_status };
std::string_view name(Channel channel);

struct Subscribe {
  std::int64_t id = 0;
  Channel channel{};
  std::string symbol{};                               // market_data
  std::string timeframe{};                            // market_data
  std::optional<std::vector<std::string>> symbols{};  // tickers; none: all that are followed
};
struct Unsubscribe {
  std::int64_t id = 0;
  std::string key;
};
struct Ping {
  std::optional<std::int64_t> id;
};
using Request = std::variant<Subscribe, Unsubscribe, Ping, Refusal>;

/// Reads one message. What can not be read or is not allowed becomes the Refusal to answer: `bad_message`, `unknown_type`,
/// `unknown_channel` (with the nearest), `bad_parameter` (with the field).
Request parse_request(std::string_view text, const SocketLimits& limits);

}  // namespace cw::realtime
