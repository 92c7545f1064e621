#include "exchange/practice/ws_command.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace cw::exchange::practice {
namespace {

using Json = nlohmann::json;
using Method = WsCommand::Method;

constexpr std::size_t kStreamNameMost = 100;  // kept for as long as the connection lives, a thousand of them

std::unexpected<WsRefusal> refuse(int code, std::string message, std::string id) {
  return std::unexpected(WsRefusal{code, std::move(message), std::move(id)});
}

bool is_letter_or_digit(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// The id as JSON text, none where it is of a kind that is not taken.
std::string id_of(const Json& request) {
  const auto id = request.find("id");
  if (id == request.end()) return {};
  if (id->is_null() || id->is_number_integer()) return id->dump();
  if (!id->is_string()) return {};
  const auto& text = id->get_ref<const std::string&>();
  return text.size() <= 36 && std::ranges::all_of(text, is_letter_or_digit) ? id->dump() : std::string();
}

std::expected<WsCommand, WsRefusal> read_streams(WsCommand command, const Json& request) {
  const auto params = request.find("params");
  if (params == request.end() || !params->is_array()) {
    return refuse(2, "Invalid request: params must be a list of stream names", command.id);
  }
  for (const Json& one : *params) {
    if (!one.is_string()) return refuse(2, "Invalid request: a stream name must be a string", command.id);
    if (one.get_ref<const std::string&>().size() > kStreamNameMost) {
      return refuse(2, "Invalid request: a stream name is too long", command.id);
    }
    command.streams.push_back(one.get<std::string>());
  }
  return command;
}

std::expected<WsCommand, WsRefusal> read_property(WsCommand command, const Json& request) {
  const auto params = request.find("params");
  if (params == request.end() || !params->is_array() || params->empty() || !params->front().is_string()) {
    return refuse(2, "Invalid request: property name must be a string", command.id);
  }
  if (params->front() != "combined") return refuse(0, "Unknown property", command.id);
  const bool sets = command.method == Method::set_combined;
  if (params->size() > (sets ? 2U : 1U)) return refuse(2, "Invalid request: too many parameters", command.id);
  if (!sets) return command;
  if (params->size() < 2 || !params->back().is_boolean()) {
    return refuse(1, "Invalid value type: expected Boolean", command.id);
  }
  command.combined = params->back().get<bool>();
  return command;
}

}  // namespace

std::expected<WsCommand, WsRefusal> parse_command(std::string_view text) {
  // A request is three levels deep; a bottomless one must not be followed.
  const auto no_deeper = [](int depth, Json::parse_event_t, Json&) { return depth <= 8; };
  const Json request = Json::parse(text.begin(), text.end(), no_deeper, false);
  if (request.is_discarded()) return refuse(3, "Invalid JSON: expected value", "null");
  if (!request.is_object()) return refuse(2, "Invalid request: expected an object", "null");
  const std::string id = id_of(request);
  if (id.empty()) return refuse(2, "Invalid request: request ID must be an unsigned integer", "null");

  const auto method = request.find("method");
  if (method == request.end()) return refuse(2, "Invalid request: missing field `method`", id);
  const std::string name = method->is_string() ? method->get<std::string>() : std::string();
  if (name == "SUBSCRIBE") return read_streams({Method::subscribe, {}, false, id}, request);
  if (name == "UNSUBSCRIBE") return read_streams({Method::unsubscribe, {}, false, id}, request);
  if (name == "LIST_SUBSCRIPTIONS") return WsCommand{Method::list_subscriptions, {}, false, id};
  if (name == "SET_PROPERTY") return read_property({Method::set_combined, {}, false, id}, request);
  if (name == "GET_PROPERTY") return read_property({Method::get_combined, {}, false, id}, request);
  return refuse(2,
                "Invalid request: unknown variant, expected one of `SUBSCRIBE`, `UNSUBSCRIBE`, `LIST_SUBSCRIPTIONS`, "
                "`SET_PROPERTY`, `GET_PROPERTY`",
                id);
}

std::string ws_answer(std::string_view result, std::string_view id) {
  return fmt::format(R"({{"result":{},"id":{}}})", result, id);
}

std::string ws_answer(std::span<const std::string> streams, std::string_view id) {
  Json list = Json::array();
  for (const std::string& stream : streams) list.push_back(stream);
  return ws_answer(list.dump(-1, ' ', false, Json::error_handler_t::replace), id);
}

std::string ws_answer(const WsRefusal& refusal) {
  return fmt::format(R"({{"error":{{"code":{},"msg":"{}"}},"id":{}}})", refusal.code, refusal.message, refusal.id);
}

}  // namespace cw::exchange::practice
