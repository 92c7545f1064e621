#include "realtime/frames.h"

#include <fmt/format.h>

#include "base/json_text.h"

namespace cw::realtime {

namespace {

std::string time_or_null(std::optional<Timestamp> time) { return time ? fmt::to_string(to_ms(*time)) : "null"; }

}  // namespace

std::string auth_required_frame(Millis within, Timestamp now) {
  return fmt::format(R"({{"type":"auth_required","within_ms":{},"server_time":{}}})", within.count(), to_ms(now));
}

std::string authenticated_frame(std::optional<std::int64_t> id, std::optional<Timestamp> expires_at) {
  const std::string with_id = id ? fmt::format(R"("id":{},)", *id) : "";
  return fmt::format(R"({{"type":"authenticated",{}"expires_at":{}}})", with_id, time_or_null(expires_at));
}

std::string welcome_frame(const ServerFacts& facts, const SocketLimits& limits, Timestamp now,
                          std::optional<Timestamp> expires_at) {
  return fmt::format(
      R"({{"type":"welcome","protocol":1,"server_time":{},"version":{},"market":{},"venue":{},"heartbeat_ms":{},"expires_at":{},"limits":)"
      R"({{"subscriptions":{},"message_bytes":{},"messages_per_second":{},"symbols":{},"queue_bytes":{}}}}})",
      to_ms(now), json_string(facts.version), json_string(facts.market), json_string(facts.venue),
      limits.heartbeat.count(), time_or_null(expires_at), limits.subscriptions, limits.message_bytes,
      limits.messages_per_second, limits.symbols, limits.queue_bytes);
}

std::string subscribed_frame(std::int64_t id, std::string_view channel, std::string_view key, std::string_view epoch,
                             std::uint64_t offset, std::string_view snapshot_json) {
  return fmt::format(
      R"({{"type":"subscribed","id":{},"channel":"{}","key":{},"epoch":"{}","offset":{},"snapshot":{}}})", id, channel,
      json_string(key), epoch, offset, snapshot_json);
}

std::string unsubscribed_frame(std::int64_t id, std::string_view key) {
  return fmt::format(R"({{"type":"unsubscribed","id":{},"key":{}}})", id, json_string(key));
}

std::string data_frame(std::string_view channel, std::string_view key, std::uint64_t offset,
                       std::string_view data_json) {
  return fmt::format(R"({{"type":"data","channel":"{}","key":{},"offset":{},"data":{}}})", channel, json_string(key),
                     offset, data_json);
}

std::string gap_frame(std::string_view channel, std::string_view key, std::uint64_t missed, std::uint64_t offset,
                      bool closed) {
  return fmt::format(R"({{"type":"gap","channel":"{}","key":{},"missed":{},"offset":{},"closed":{}}})", channel,
                     json_string(key), missed, offset, closed);
}

std::string pong_frame(std::optional<std::int64_t> id, Timestamp now) {
  if (!id) return fmt::format(R"({{"type":"pong","server_time":{}}})", to_ms(now));
  return fmt::format(R"({{"type":"pong","id":{},"server_time":{}}})", *id, to_ms(now));
}

std::string error_frame(const Refusal& refusal) {
  std::string out = R"({"type":"error")";
  if (refusal.id) out += fmt::format(R"(,"id":{})", *refusal.id);
  out += R"(,"code":)";
  append_json_string(out, refusal.code);
  out += R"(,"message":)";
  append_json_string(out, refusal.message);
  out += fmt::format(R"(,"retryable":{})", refusal.retryable);
  if (!refusal.field.empty()) {
    out += R"(,"field":)";
    append_json_string(out, refusal.field);
  }
  if (!refusal.suggestions.empty()) {
    out += R"(,"suggestions":[)";
    for (std::size_t i = 0; i < refusal.suggestions.size() && i < 10; ++i) {
      if (i > 0) out += ',';
      append_json_string(out, refusal.suggestions[i]);
    }
    out += ']';
  }
  return out + '}';
}

Refusal refusal_of(std::optional<std::int64_t> id, const Error& error) {
  const bool retryable = error.code == Errc::busy || error.code == Errc::timed_out || error.code == Errc::rate_limited;
  return {id, std::string{code_name(error.code)}, error.message, retryable, error.field, error.suggestions};
}

}  // namespace cw::realtime
