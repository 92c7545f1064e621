#include "realtime/requests.h"

#include <array>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/nearest.h"

namespace cw::realtime {
namespace {

using Json = nlohmann::json;

constexpr std::int64_t kIdMost = 9'007'199'254'740'991;  // what a double holds exactly
const std::vector<std::string> kChannels{"market_data", "tickers", "feed_status", "signals", "backtests"};
const std::vector<std::string> kTypes{"auth", "subscribe", "unsubscribe", "ping"};
constexpr std::size_t kTokenBytes = 1024;
constexpr std::size_t kExpressionBytes = 16'384;
constexpr std::size_t kInputsMost = 32;

struct Bad {  // thrown inside this file only: parsing is a straight line, its refusals leave from anywhere
  Refusal refusal;
};

[[noreturn]] void refuse(std::optional<std::int64_t> id, std::string code, std::string message, std::string field = {},
                         std::vector<std::string> suggestions = {}) {
  throw Bad{{id, std::move(code), std::move(message), false, std::move(field), std::move(suggestions)}};
}

std::optional<std::int64_t> id_of(const Json& document) {
  const auto found = document.find("id");
  if (found == document.end()) return std::nullopt;
  if (!found->is_number_integer() || *found < 0 || *found > kIdMost) {
    refuse(std::nullopt, "bad_message", "'id' must be a whole number from 0 to 9007199254740991.", "id");
  }
  return found->get<std::int64_t>();
}

std::int64_t need_id(const Json& document) {
  const auto id = id_of(document);
  if (!id) refuse(std::nullopt, "bad_message", "The message needs an 'id', which comes back in the answer.", "id");
  return *id;
}

std::string need_text(const Json& object, const char* name, std::int64_t id, const char* code) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_string()) {
    refuse(id, code, fmt::format("'{}' is needed and must be a text.", name), name);
  }
  return found->get<std::string>();
}

void refuse_unknown_members(const Json& params, std::initializer_list<const char*> known, std::int64_t id) {
  std::vector<std::string> names(known.begin(), known.end());
  for (const auto& [key, value] : params.items()) {
    if (std::ranges::find(names, key) != names.end()) continue;
    const auto near = nearest_names(key, names);
    refuse(id, "bad_parameter", fmt::format("'{}' is no parameter of this channel{}.", key, did_you_mean(near)), key,
           near);
  }
}

std::vector<std::string> read_symbols(const Json& list, std::int64_t id, const SocketLimits& limits) {
  const bool sound = list.is_array() && !list.empty() && list.size() <= limits.symbols &&
                     std::ranges::all_of(list, [](const Json& item) { return item.is_string(); });
  if (!sound) {
    refuse(id, "bad_parameter", fmt::format("'symbols' must be a list of 1 to {} texts.", limits.symbols), "symbols");
  }
  return list.get<std::vector<std::string>>();
}

/// `inputs`: an object of numbers, texts and booleans.
void read_inputs(const Json& inputs, Subscribe& subscribe) {
  if (!inputs.is_object() || inputs.size() > kInputsMost) {
    refuse(subscribe.id, "bad_parameter", fmt::format("'inputs' must be an object of at most {} values.", kInputsMost),
           "inputs");
  }
  for (const auto& [key, value] : inputs.items()) {
    if (value.is_string()) {
      subscribe.inputs.emplace(key, value.get<std::string>());
    } else if (value.is_boolean()) {
      subscribe.inputs.emplace(key, value.get<bool>() ? 1.0 : 0.0);
    } else if (value.is_number()) {
      subscribe.inputs.emplace(key, value.get<double>());
    } else {
      refuse(subscribe.id, "bad_parameter", "Each of 'inputs' must be a number, a text, true or false.", "inputs");
    }
  }
}

/// The members of market_data that make it the values of an expression.
void read_expression(const Json& params, Subscribe& subscribe) {
  if (!params.contains("expr")) {
    for (const char* name : {"inputs", "seed"}) {
      if (params.contains(name))
        refuse(subscribe.id, "bad_parameter", fmt::format("'{}' goes with 'expr', which is missing.", name), name);
    }
    return;
  }
  subscribe.expr = need_text(params, "expr", subscribe.id, "bad_parameter");
  if (subscribe.expr->size() > kExpressionBytes) {
    refuse(subscribe.id, "bad_parameter",
           fmt::format("'expr' may be {} bytes long here; this one has {}.", kExpressionBytes, subscribe.expr->size()),
           "expr");
  }
  if (params.contains("inputs")) read_inputs(params["inputs"], subscribe);
  if (!params.contains("seed")) return;
  subscribe.seed = need_text(params, "seed", subscribe.id, "bad_parameter");
  if (subscribe.seed != "talib" && subscribe.seed != "pine")
    refuse(subscribe.id, "bad_parameter", "'seed' is 'talib' or 'pine'.", "seed");
}

/// Bars under way change all the time: of one symbol they may be watched, of all of them not.
void read_provisional(const Json& provisional, Subscribe& subscribe) {
  if (!provisional.is_boolean())
    refuse(subscribe.id, "bad_parameter", "'provisional' must be true or false.", "provisional");
  subscribe.provisional = provisional.get<bool>();
  if (subscribe.provisional && subscribe.symbol == "*") {
    refuse(subscribe.id, "bad_parameter", "'provisional' goes with one symbol, not with all of them ('*').",
           "provisional");
  }
}

Subscribe read_subscribe(const Json& document, const SocketLimits& limits) {
  Subscribe subscribe{.id = need_id(document)};
  const std::string channel = need_text(document, "channel", subscribe.id, "bad_message");
  const auto found = std::ranges::find(kChannels, channel);
  if (found == kChannels.end()) {
    const auto near = nearest_names(channel, kChannels);
    refuse(subscribe.id, "unknown_channel", fmt::format("'{}' is no channel{}.", channel, did_you_mean(near)),
           "channel", near);
  }
  subscribe.channel = static_cast<Channel>(found - kChannels.begin());
  const Json params = document.contains("params") ? document["params"] : Json::object();
  if (!params.is_object()) refuse(subscribe.id, "bad_message", "'params' must be an object.", "params");
  switch (subscribe.channel) {
    case Channel::market_data:
      refuse_unknown_members(params, {"symbol", "timeframe", "expr", "inputs", "seed"}, subscribe.id);
      subscribe.symbol = need_text(params, "symbol", subscribe.id, "bad_parameter");
      subscribe.timeframe = need_text(params, "timeframe", subscribe.id, "bad_parameter");
      read_expression(params, subscribe);
      break;
    case Channel::tickers:
      refuse_unknown_members(params, {"symbols"}, subscribe.id);
      if (params.contains("symbols")) subscribe.symbols = read_symbols(params["symbols"], subscribe.id, limits);
      break;
    case Channel::feed_status:
    case Channel::backtests: refuse_unknown_members(params, {}, subscribe.id); break;
    case Channel::signals:
      refuse_unknown_members(params, {"symbol", "timeframe", "provisional", "strategies"}, subscribe.id);
      subscribe.symbol = need_text(params, "symbol", subscribe.id, "bad_parameter");
      if (params.contains("timeframe"))
        subscribe.timeframe = need_text(params, "timeframe", subscribe.id, "bad_parameter");
      if (params.contains("provisional")) read_provisional(params["provisional"], subscribe);
      if (params.contains("strategies")) {
        if (!params["strategies"].is_boolean())
          refuse(subscribe.id, "bad_parameter", "'strategies' is true or false.", "strategies");
        subscribe.strategies = params["strategies"].get<bool>();
      }
      break;
  }
  return subscribe;
}

/// The refusal never repeats what was sent: it may be a secret.
Auth read_auth(const Json& document, std::optional<std::int64_t> id) {
  const auto token = document.find("token");
  if (token == document.end() || !token->is_string() || token->get_ref<const std::string&>().size() > kTokenBytes)
    refuse(id, "bad_message", "'token' is needed: an access token or an API key of at most 1,024 bytes.", "token");
  return {id, token->get<std::string>()};
}

Request read(const Json& document, const SocketLimits& limits) {
  if (!document.is_object()) refuse(std::nullopt, "bad_message", "A message is one JSON object with a 'type'.");
  const auto id = id_of(document);
  const auto type = document.find("type");
  if (type == document.end() || !type->is_string()) {
    refuse(id, "bad_message", "A message needs a 'type': auth, subscribe, unsubscribe or ping.", "type");
  }
  if (*type == "subscribe") return read_subscribe(document, limits);
  if (*type == "unsubscribe") {
    const std::int64_t needed = need_id(document);
    return Unsubscribe{needed, need_text(document, "key", needed, "bad_message")};
  }
  if (*type == "ping") return Ping{id};
  if (*type == "auth") return read_auth(document, id);
  const auto given = type->get<std::string>();
  const auto near = nearest_names(given, kTypes);
  refuse(id, "unknown_type", fmt::format("'{}' is no type of message{}.", given, did_you_mean(near)), "type", near);
}

}  // namespace

accounts::Access access_of(Channel channel) {
  switch (channel) {
    case Channel::market_data:
    case Channel::tickers:
    case Channel::feed_status:
    case Channel::signals:
    case Channel::backtests: return accounts::Access::read;
  }
  return accounts::Access::admin;
}

std::string_view name(Channel channel) { return kChannels[static_cast<std::size_t>(channel)]; }

Request parse_request(std::string_view text, const SocketLimits& limits) {
  try {
    const Json document = Json::parse(text, nullptr, false);
    if (document.is_discarded()) return Refusal{std::nullopt, "bad_message", "The message is not JSON."};
    return read(document, limits);
  } catch (Bad& bad) {
    return std::move(bad.refusal);
  }
}

}  // namespace cw::realtime
