#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "accounts/access.h"
#include "realtime/frames.h"

// The client's messages of docs/asyncapi.yaml.
namespace cw::realtime {

enum class Channel : std::uint8_t { market_data, tickers, feed_status, signals, backtests };
std::string_view name(Channel channel);
/// Who may subscribe: `x-access` of docs/asyncapi.yaml. A channel without a rule does not compile.
accounts::Access access_of(Channel channel);

struct Subscribe {
  std::int64_t id = 0;
  Channel channel{};
  std::string symbol{};               // market_data; signals, where `*` is all
  std::string timeframe{};            // market_data; signals, where it may be empty: all of them
  std::optional<std::string> expr{};  // market_data: its values instead of the bars
  std::map<std::string, std::variant<double, std::string>> inputs{};  // of `expr`: values for its input.*
  bool provisional = false;                                           // signals: of bars under way too
  bool strategies = false;                                            // signals: what the own live strategies do too
  std::string user_id{};                                              // who subscribes; filled in by the session
  std::string seed{};                                 // of `expr`: talib (also where it is empty) or pine
  std::optional<std::vector<std::string>> symbols{};  // tickers; none: all that are followed
};
struct Unsubscribe {
  std::int64_t id = 0;
  std::string key;
};
struct Ping {
  std::optional<std::int64_t> id;
};
struct Auth {
  std::optional<std::int64_t> id;
  std::string token;
};
using Request = std::variant<Subscribe, Unsubscribe, Ping, Auth, Refusal>;

/// Reads one message. What can not be read or is not allowed becomes the Refusal to answer: `bad_message`, `unknown_type`,
/// `unknown_channel` (with the nearest), `bad_parameter` (with the field).
Request parse_request(std::string_view text, const SocketLimits& limits);

}  // namespace cw::realtime
