#include "realtime/protocol.h"

#include <array>
#include <iterator>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/nearest.h"
#include "base/number.h"

namespace cw::realtime {
namespace {

using nlohmann::json;

constexpr std::int64_t kGreatestId = 9'007'199'254'740'991;  // what a JavaScript number holds exactly
constexpr std::size_t kSymbolsMost = 100;

std::string quoted(std::string_view text) {
  return json(text).dump(-1, ' ', false, json::error_handler_t::replace);
}

Refusal bad_message(std::optional<std::int64_t> id, std::string message, std::string field = {}) {
  return {id, "bad_message", std::move(message), false, std::move(field), {}};
}

Refusal bad_parameter(std::int64_t id, std::string message, std::string field) {
  return {id, "bad_parameter", std::move(message), false, std::move(field), {}};
}

Refusal unknown_word(std::optional<std::int64_t> id, std::string code, std::string_view what, const std::string& text,
                     std::span<const std::string> known) {
  auto suggestions = nearest_names(text, known);
  auto message = fmt::format("'{}' is not a {}{}; known are {}", text.substr(0, 40), what, did_you_mean(suggestions),
                             fmt::join(known, ", "));
  return {id, std::move(code), std::move(message), false, std::string(what == "channel" ? "channel" : "type"),
          std::move(suggestions)};
}

/// The id of a request, where it has a valid one.
std::optional<std::int64_t> request_id(const json& message) {
  const auto id = message.find("id");
  if (id == message.end() || !id->is_number_integer()) return std::nullopt;
  if (id->is_number_unsigned() && id->get<std::uint64_t>() > static_cast<std::uint64_t>(kGreatestId)) return std::nullopt;
  const auto value = id->get<std::int64_t>();
  if (value < 0) return std::nullopt;
  return value;
}

std::optional<Refusal> unknown_member(std::int64_t id, const json& params, std::span<const std::string> known) {
  for (const auto& [member, value] : params.items()) {
    if (std::find(known.begin(), known.end(), member) != known.end()) continue;
    const auto suggestions = nearest_names(member, known);
    return bad_parameter(id, fmt::format("'{}' is not a parameter of this channel{}", member, did_you_mean(suggestions)),
                         member);
  }
  return std::nullopt;
}

std::variant<ClientMessage, Refusal> parse_market_data(std::int64_t id, const json& params) {
  static const std::array<std::string, 2> kKnown{"symbol", "timeframe"};
  if (auto refusal = unknown_member(id, params, kKnown)) return *refusal;
  MarketDataRequest request;
  for (const auto& member : kKnown) {
    const auto value = params.find(member);
    if (value == params.end() || !value->is_string()) {
      return bad_parameter(id, fmt::format("market_data needs params.{} as a text", member), member);
    }
  }
  request.symbol = params["symbol"].get<std::string>();
  const auto timeframe = market::parse_timeframe(params["timeframe"].get<std::string>());
  if (!timeframe) return refusal_of(id, timeframe.error(), "timeframe");
  request.timeframe = *timeframe;
  return ClientMessage{Subscribe{id, std::move(request)}};
}

std::variant<ClientMessage, Refusal> parse_tickers(std::int64_t id, const json& params) {
  static const std::array<std::string, 1> kKnown{"symbols"};
  if (auto refusal = unknown_member(id, params, kKnown)) return *refusal;
  TickersRequest request;
  const auto symbols = params.find("symbols");
  if (symbols == params.end()) return ClientMessage{Subscribe{id, std::move(request)}};
  const bool is_list = symbols->is_array() && !symbols->empty() && symbols->size() <= kSymbolsMost;
  if (!is_list) {
    return bad_parameter(id, fmt::format("symbols must be a list of 1 to {} texts; leave it out for all", kSymbolsMost),
                         "symbols");
  }
  for (const auto& symbol : *symbols) {
    if (!symbol.is_string()) return bad_parameter(id, "symbols must be a list of texts", "symbols");
    request.symbols.push_back(symbol.get<std::string>());
  }
  return ClientMessage{Subscribe{id, std::move(request)}};
}

std::variant<ClientMessage, Refusal> parse_subscribe(std::int64_t id, const json& message) {
  static const std::array<std::string, 3> kChannels{"market_data", "tickers", "feed_status"};
  const auto channel = message.find("channel");
  if (channel == message.end() || !channel->is_string()) {
    return bad_message(id, "subscribe needs 'channel' as a text", "channel");
  }
  const auto params_member = message.find("params");
  const json params = params_member == message.end() ? json::object() : *params_member;
  if (!params.is_object()) return bad_message(id, "'params' must be an object", "params");

  const auto& channel_name = channel->get_ref<const std::string&>();
  if (channel_name == kChannels[0]) return parse_market_data(id, params);
  if (channel_name == kChannels[1]) return parse_tickers(id, params);
  if (channel_name == kChannels[2]) {
    if (auto refusal = unknown_member(id, params, {})) return *refusal;
    return ClientMessage{Subscribe{id, FeedStatusRequest{}}};
  }
  return unknown_word(id, "unknown_channel", "channel", channel_name, kChannels);
}

void append_optional(std::string& out, std::string_view member, const std::optional<double>& value) {
  fmt::format_to(std::back_inserter(out), ",\"{}\":", member);
  if (value) {
    append_double(out, *value);
  } else {
    out += "null";
  }
}

void append_instrument(std::string& out, const market::Instrument& instrument) {
  fmt::format_to(std::back_inserter(out), R"("symbol":"{}","venue":"{}")", instrument.id.symbol, instrument.id.venue);
}

}  // namespace

std::string_view name(Channel channel) {
  switch (channel) {
    case Channel::market_data: return "market_data";
    case Channel::tickers: return "tickers";
    case Channel::feed_status: return "feed_status";
  }
  return "";
}

std::variant<ClientMessage, Refusal> parse_client_message(std::string_view text) {
  const json message = json::parse(text, nullptr, false);
  if (message.is_discarded()) return bad_message(std::nullopt, "the message is not JSON");
  if (!message.is_object()) return bad_message(std::nullopt, "the message must be a JSON object with a 'type'");

  const auto id = request_id(message);
  const auto type_member = message.find("type");
  if (type_member == message.end() || !type_member->is_string()) {
    return bad_message(id, "the message needs a 'type' as a text", "type");
  }
  const auto& type = type_member->get_ref<const std::string&>();
  if (message.contains("id") && !id) {
    return bad_message(id, fmt::format("'id' must be a whole number from 0 to {}", kGreatestId), "id");
  }
  if (type == "ping") return ClientMessage{Ping{id}};
  if (type != "subscribe" && type != "unsubscribe") {
    static const std::array<std::string, 3> kTypes{"subscribe", "unsubscribe", "ping"};
    return unknown_word(id, "unknown_type", "message type", type, kTypes);
  }
  if (!id) return bad_message(id, fmt::format("{} needs an 'id', a whole number that its answer repeats", type), "id");
  if (type == "subscribe") return parse_subscribe(*id, message);
  const auto key = message.find("key");
  if (key == message.end() || !key->is_string()) {
    return bad_message(id, "unsubscribe needs 'key', as the answer to subscribe gave it", "key");
  }
  return ClientMessage{Unsubscribe{*id, key->get<std::string>()}};
}

Refusal refusal_of(std::optional<std::int64_t> id, const Error& error, std::string_view field) {
  const bool retryable = error.code == Errc::busy || error.code == Errc::rate_limited || error.code == Errc::timed_out;
  return {id, std::string(code_name(error.code)), error.message, retryable, std::string(field), error.suggestions};
}

std::string welcome_text(const WelcomeFacts& facts, Timestamp now) {
  return fmt::format(
      R"({{"type":"welcome","protocol":1,"server_time":{},"version":{},"market":{},"venue":{},"heartbeat_ms":{},)"
      R"("limits":{{"subscriptions":{},"message_bytes":{},"messages_per_second":{},"symbols":{},"queue_bytes":{}}}}})",
      to_ms(now), quoted(facts.version), quoted(facts.market), quoted(facts.venue), facts.heartbeat.count(),
      facts.subscriptions, facts.message_bytes, facts.messages_per_second, facts.symbols, facts.queue_bytes);
}

std::string pong_text(std::optional<std::int64_t> id, Timestamp now) {
  if (!id) return fmt::format(R"({{"type":"pong","server_time":{}}})", to_ms(now));
  return fmt::format(R"({{"type":"pong","id":{},"server_time":{}}})", *id, to_ms(now));
}

std::string error_text(const Refusal& refusal) {
  json text = {{"type", "error"}};
  if (refusal.id) text["id"] = *refusal.id;
  text["code"] = refusal.code;
  text["message"] = refusal.message;
  text["retryable"] = refusal.retryable;
  if (!refusal.field.empty()) text["field"] = refusal.field;
  if (!refusal.suggestions.empty()) text["suggestions"] = refusal.suggestions;
  return text.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string subscribed_text(std::int64_t id, Channel channel, std::string_view key, std::string_view epoch,
                            std::uint64_t offset, std::string_view snapshot) {
  return fmt::format(
      R"({{"type":"subscribed","id":{},"channel":"{}","key":"{}","epoch":"{}","offset":{},"snapshot":{}}})", id,
      name(channel), key, epoch, offset, snapshot);
}

std::string unsubscribed_text(std::int64_t id, std::string_view key) {
  return fmt::format(R"({{"type":"unsubscribed","id":{},"key":"{}"}})", id, key);
}

std::string data_text(Channel channel, std::string_view key, std::uint64_t offset, std::string_view data) {
  return fmt::format(R"({{"type":"data","channel":"{}","key":"{}","offset":{},"data":{}}})", name(channel), key, offset,
                     data);
}

std::string gap_text(Channel channel, std::string_view key, std::uint64_t missed, std::uint64_t offset, bool closed) {
  return fmt::format(R"({{"type":"gap","channel":"{}","key":"{}","missed":{},"offset":{},"closed":{}}})", name(channel),
                     key, missed, offset, closed);
}

void append_candle_json(std::string& out, const market::Candle& bar) {
  fmt::format_to(std::back_inserter(out), "[{}", to_ms(bar.open_time));
  for (const double value : {bar.open, bar.high, bar.low, bar.close, bar.volume}) {
    out += ',';
    append_double(out, value);
  }
  out += ']';
}

market::Candle shown_as_candle(const market::FormingCandle& bar) {
  return {bar.open_time, bar.open, bar.high, bar.low, bar.close, bar.volume};
}

std::string bar_json(BarKind kind, const market::Instrument& instrument, market::Timeframe timeframe,
                     const market::Candle& bar, bool gapped) {
  static constexpr std::array kNames{"forming", "closed", "revised"};
  std::string out = fmt::format(R"({{"kind":"{}",)", kNames[static_cast<std::size_t>(kind)]);
  append_instrument(out, instrument);
  fmt::format_to(std::back_inserter(out), R"(,"timeframe":"{}","candle":)", market::name(timeframe));
  append_candle_json(out, bar);
  if (kind != BarKind::forming) out += gapped ? R"(,"gapped":true)" : R"(,"gapped":false)";
  out += '}';
  return out;
}

std::string bar_snapshot_json(const market::Instrument& instrument, market::Timeframe timeframe,
                              const std::optional<market::Candle>& closed,
                              const std::optional<market::FormingCandle>& forming) {
  std::string out = "{";
  append_instrument(out, instrument);
  fmt::format_to(std::back_inserter(out), R"(,"timeframe":"{}","closed":)", market::name(timeframe));
  if (closed) {
    append_candle_json(out, *closed);
  } else {
    out += "null";
  }
  out += R"(,"forming":)";
  if (forming) {
    append_candle_json(out, shown_as_candle(*forming));
  } else {
    out += "null";
  }
  out += '}';
  return out;
}

std::string ticker_json(const market::Instrument& instrument, const Ticker& ticker) {
  std::string out = "{";
  append_instrument(out, instrument);
  append_optional(out, "price", ticker.price);
  append_optional(out, "bid", ticker.bid);
  append_optional(out, "ask", ticker.ask);
  append_optional(out, "change_24h", ticker.change_24h);
  append_optional(out, "volume_24h", ticker.volume_24h);
  if (ticker.time) {
    fmt::format_to(std::back_inserter(out), R"(,"time":{}}})", to_ms(*ticker.time));
  } else {
    out += R"(,"time":null})";
  }
  return out;
}

}  // namespace cw::realtime
