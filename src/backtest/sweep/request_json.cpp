#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "backtest/sweep/json_parts.h"
#include "base/number.h"

namespace cw::backtest {
namespace {

// In the order that they were written in: the axes' order is the cells' order.
using Json = nlohmann::ordered_json;

std::unexpected<Error> refuse(std::string field, std::string_view must) {
  std::string message = fmt::format("{}: {}", field, must);
  return std::unexpected(Error{Errc::bad_parameter, std::move(message), {}, std::move(field)});
}

/// One value of an axis as parse_axis reads it; empty: it is none.
std::string value_text(const Json& value) {
  if (value.is_boolean()) return value.get<bool>() ? "true" : "false";
  if (value.is_number()) return format_double(value.get<double>());
  if (!value.is_string()) return {};
  auto text = value.get<std::string>();
  return text.find_first_of(",:") == std::string::npos ? text : std::string{};
}

Result<std::string> axis_of(const std::string& name, const Json& json) {
  const std::string field = "grid." + name;
  if (json.is_string()) return json.get<std::string>();
  std::string text;
  if (json.is_array()) {
    for (std::size_t i = 0; i < json.size(); ++i) {
      const auto value = value_text(json[i]);
      if (value.empty()) return refuse(field, "holds numbers, true, false and words alone");
      text += (i == 0 ? "" : ",") + value;
    }
    return text;
  }
  if (!json.is_object()) return refuse(field, "is a text as 5:50:5, a list of values or {from, to, step}");
  for (const char* member : {"from", "to", "step"}) {
    if (!json.contains(member) && std::string_view{member} == "step") break;
    if (!json.contains(member) || !json[member].is_number()) return refuse(field + "." + member, "must be a number");
    text += (text.empty() ? "" : ":") + format_double(json[member].get<double>());
  }
  return text;
}

Result<void> read_text(const Json& json, const char* member, std::string& into) {
  if (!json.contains(member)) return {};
  if (!json[member].is_string()) return refuse(member, "must be a text");
  into = json[member].get<std::string>();
  return {};
}

Result<void> read_whole(const Json& json, const char* member, std::int64_t& into) {
  if (!json.contains(member)) return {};
  if (!json[member].is_number_integer() || json[member].get<double>() > 9e15 || json[member].get<double>() < -9e15)
    return refuse(member, "must be a whole number");
  into = json[member].get<std::int64_t>();
  return {};
}

}  // namespace

std::string request_json(const SweepRequest& request) {
  std::string out = R"({"grid":{)";
  for (std::size_t i = 0; i < request.grid.size(); ++i) {
    if (i > 0) out += ',';
    append_json_string(out, request.grid[i].first);
    out += ':';
    append_json_string(out, request.grid[i].second);
  }
  out += '}';
  json_parts::append_member(out, "search", std::string_view{request.search});
  if (request.trials) out += fmt::format(R"(,"trials":{})", *request.trials);
  out += fmt::format(R"(,"seed":{})", request.seed);
  json_parts::append_member(out, "objective", std::string_view{request.objective});
  out += fmt::format(R"(,"folds":{})", request.folds);
  json_parts::append_member(out, "walk_forward", std::string_view{request.walk_forward});
  return out + fmt::format(R"(,"purge":{},"embargo":{}}})", request.purge, request.embargo);
}

Result<SweepRequest> read_sweep_request(std::string_view text) {
  const auto json = Json::parse(text, nullptr, false);
  if (!json.is_object()) return fail(Errc::bad_input, "a sweep is asked for by a JSON object");
  SweepRequest request;
  if (!json.contains("grid") || !json["grid"].is_object())
    return refuse("grid", R"(must be an object of inputs, as {"fast": "5:50:5"})");
  for (const auto& [name, values] : json["grid"].items()) {
    auto axis = axis_of(name, values);
    if (!axis) return pass_on(axis);
    request.grid.emplace_back(name, std::move(*axis));
  }
  std::int64_t seed = 1;
  std::int64_t trials = 0;
  for (const auto& [member, into] : {std::pair{"search", &request.search}, std::pair{"objective", &request.objective},
                                     std::pair{"walk_forward", &request.walk_forward}}) {
    if (auto read = read_text(json, member, *into); !read) return pass_on(read);
  }
  for (const auto& [member, into] :
       {std::pair{"trials", &trials}, std::pair{"seed", &seed}, std::pair{"folds", &request.folds},
        std::pair{"purge", &request.purge}, std::pair{"embargo", &request.embargo}}) {
    if (auto read = read_whole(json, member, *into); !read) return pass_on(read);
  }
  if (seed < 0) return refuse("seed", "must be at least 0");
  request.seed = static_cast<std::uint64_t>(seed);
  if (json.contains("trials")) request.trials = trials;
  return request;
}

}  // namespace cw::backtest
