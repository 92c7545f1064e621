#include "api/json_body.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/nearest.h"

namespace cw::api {
namespace {

using Json = nlohmann::json;

constexpr int kDepthMost = 2;  // the object and a list in it

bool is_json_type(std::string_view type) {
  type = type.substr(0, type.find(';'));
  while (type.ends_with(' ')) type.remove_suffix(1);
  constexpr std::string_view kJson = "application/json";
  return std::ranges::equal(type, kJson,
                            [](char a, char b) { return std::tolower(static_cast<unsigned char>(a)) == b; });
}

/// A text as a tree, and what is wrong with it.
struct Parsed {
  Json json;  // discarded where it is no JSON
  bool has_duplicate = false;
  std::string too_deep;  // the member
};

bool is_among(std::string_view name, std::span<const std::string_view> names) {
  return std::ranges::find(names, name) != names.end();
}

Parsed parse(const std::string& text, std::initializer_list<std::string_view> objects) {
  Parsed parsed;
  std::vector<std::string> keys;
  bool in_object = false;
  const auto look = [&](int depth, Json::parse_event_t event, Json& part) {
    if (event == Json::parse_event_t::key && depth == 1) {
      auto key = part.get<std::string>();
      parsed.has_duplicate = parsed.has_duplicate || std::ranges::find(keys, key) != keys.end();
      in_object = is_among(key, {objects.begin(), objects.size()});
      keys.push_back(std::move(key));
    }
    // What is deeper is left out while it is read, so that no text builds a tall tree.
    if (depth <= kDepthMost) return true;
    if (in_object && depth > JsonBody::kObjectDepthMost) parsed.too_deep = keys.back();
    return in_object && depth <= JsonBody::kObjectDepthMost;
  };
  parsed.json = Json::parse(text, look, false);
  return parsed;
}

}  // namespace

std::variant<JsonBody, Problem> JsonBody::read(const net::HttpRequest& request, std::span<const std::string_view> known,
                                               std::initializer_list<std::string_view> objects) {
  if (!is_json_type(request.fields.get("Content-Type")))
    return Problem{"unsupported_media_type", "Send the body as application/json."};
  const Parsed parsed = parse(request.body, objects);
  if (!parsed.json.is_object()) return Problem{"bad_request", "The body must be one JSON object."};
  if (parsed.has_duplicate) return Problem{"bad_request", "The body has a member twice; give each once."};
  if (!parsed.too_deep.empty()) {
    return Problem{"bad_parameter", fmt::format("'{}' is over {} levels deep.", parsed.too_deep, kObjectDepthMost),
                   parsed.too_deep};
  }
  JsonBody body;
  for (const auto& [name, value] : parsed.json.items()) {
    if (!is_among(name, known)) {
      const std::vector<std::string> names(known.begin(), known.end());
      const auto near = nearest_names(name, names);
      return Problem{"bad_parameter",
                     fmt::format("'{}' is no member of this body{}; it takes {}.", name.substr(0, 64),
                                 did_you_mean(near), fmt::join(names, ", ")),
                     name.substr(0, 64), near};
    }
    Value kept = nullptr;
    if (value.is_boolean()) {
      kept = value.get<bool>();
    } else if (value.is_number_integer()) {
      const bool fits =
          !value.is_number_unsigned() ||
          value.get<std::uint64_t>() <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
      kept = fits ? value.get<std::int64_t>() : std::numeric_limits<std::int64_t>::max();
    } else if (value.is_number_float()) {
      kept = value.get<double>();
    } else if (value.is_string()) {
      kept = value.get<std::string>();
    } else if (value.is_array() && std::ranges::all_of(value, [](const Json& item) { return item.is_string(); })) {
      kept = value.get<std::vector<std::string>>();
    } else if (value.is_object() && is_among(name, {objects.begin(), objects.size()})) {
      kept = Object{value.dump()};
    } else if (!value.is_null()) {
      return Problem{"bad_parameter", fmt::format("'{}' is of the wrong kind.", name), name};
    }
    body.members_.emplace(name, std::move(kept));
  }
  return body;
}

const JsonBody::Value* JsonBody::find(std::string_view name) const {
  const auto found = members_.find(name);
  return found == members_.end() ? nullptr : &found->second;
}

bool JsonBody::is_null(std::string_view name) const {
  const Value* const value = find(name);
  return value != nullptr && std::holds_alternative<std::nullptr_t>(*value);
}

void JsonBody::refuse(std::string_view name, std::string sentence) {
  if (!fault_) fault_ = Problem{"bad_parameter", std::move(sentence), std::string{name}};
}

std::string JsonBody::text(std::string_view name, std::size_t bytes_most) {
  auto value = optional_text(name, bytes_most);
  if (!value) refuse(name, fmt::format("'{}' is needed and must be a text.", name));
  return std::move(value).value_or("");
}

std::optional<std::string> JsonBody::optional_text(std::string_view name, std::size_t bytes_most) {
  const Value* const value = find(name);
  if (value == nullptr || std::holds_alternative<std::nullptr_t>(*value)) return std::nullopt;
  const auto* const text = std::get_if<std::string>(value);
  if (text == nullptr) {
    refuse(name, fmt::format("'{}' must be a text.", name));
  } else if (text->size() > bytes_most) {
    refuse(name, fmt::format("'{}' is over {} bytes.", name, bytes_most));
  } else {
    return *text;
  }
  return std::nullopt;
}

std::optional<bool> JsonBody::flag(std::string_view name) {
  const Value* const value = find(name);
  if (value == nullptr) return std::nullopt;
  if (const auto* const flag = std::get_if<bool>(value)) return *flag;
  refuse(name, fmt::format("'{}' must be true or false.", name));
  return std::nullopt;
}

std::optional<std::int64_t> JsonBody::whole(std::string_view name, std::int64_t least, std::int64_t most) {
  const Value* const value = find(name);
  if (value == nullptr) return std::nullopt;
  if (const auto* const number = std::get_if<std::int64_t>(value); number && *number >= least && *number <= most)
    return *number;
  refuse(name, fmt::format("'{}' must be a whole number from {} to {}.", name, least, most));
  return std::nullopt;
}

std::optional<std::vector<std::string>> JsonBody::texts(std::string_view name, std::size_t count_most,
                                                        std::size_t bytes_most) {
  const Value* const value = find(name);
  if (value == nullptr) return std::nullopt;
  const auto* const list = std::get_if<std::vector<std::string>>(value);
  if (list != nullptr && list->size() <= count_most &&
      std::ranges::all_of(*list, [&](const std::string& text) { return !text.empty() && text.size() <= bytes_most; }))
    return *list;
  refuse(name, fmt::format("'{}' must be a list of at most {} texts of 1 to {} bytes.", name, count_most, bytes_most));
  return std::nullopt;
}

std::optional<std::string> JsonBody::object(std::string_view name, std::size_t bytes_most) {
  const Value* const value = find(name);
  if (value == nullptr) return std::nullopt;
  const auto* const object = std::get_if<Object>(value);
  if (object == nullptr) {
    refuse(name, fmt::format("'{}' must be an object.", name));
  } else if (object->json.size() > bytes_most) {
    refuse(name, fmt::format("'{}' is over {} bytes.", name, bytes_most));
  } else {
    return object->json;
  }
  return std::nullopt;
}

std::optional<Problem> refuse_body(const net::HttpRequest& request) {
  if (request.body.empty() || request.body == "{}") return std::nullopt;
  return Problem{"bad_request", "This operation takes no body; send none."};
}

}  // namespace cw::api
