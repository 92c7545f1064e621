#include "lab/json_members.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "base/nearest.h"
#include "base/printable.h"

namespace cw::lab {

struct JsonMembers::Tree {
  nlohmann::json json;

  const nlohmann::json* find(const char* name) const {
    const auto at = json.find(name);
    return at == json.end() || at->is_null() ? nullptr : &*at;
  }
};

JsonMembers::JsonMembers(std::unique_ptr<Tree> tree) : tree_(std::move(tree)) {}
JsonMembers::~JsonMembers() = default;
JsonMembers::JsonMembers(JsonMembers&&) noexcept = default;
JsonMembers& JsonMembers::operator=(JsonMembers&&) noexcept = default;

std::optional<JsonMembers> JsonMembers::read(std::string_view json) {
  auto tree = std::make_unique<Tree>(nlohmann::json::parse(json, nullptr, false));
  if (!tree->json.is_object()) return std::nullopt;
  return JsonMembers(std::move(tree));
}

void JsonMembers::refuse(const std::string& field, std::string sentence) {
  if (!fault_) fault_ = Error{Errc::bad_parameter, std::move(sentence), {}, field};
}

std::optional<std::string> JsonMembers::text(const char* name, std::size_t bytes_most) {
  const auto* value = fault_ ? nullptr : tree_->find(name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_string()) {
    refuse(name, fmt::format("'{}' is a text.", name));
    return std::nullopt;
  }
  auto text = value->get<std::string>();
  if (text.size() > bytes_most) {
    refuse(name, fmt::format("'{}' has at most {} bytes, not {}.", name, bytes_most, text.size()));
    return std::nullopt;
  }
  return text;
}

std::optional<std::string> JsonMembers::word(const char* name, std::span<const std::string_view> words) {
  auto given = text(name, 64);
  if (!given) return std::nullopt;
  if (std::ranges::find(words, *given) != words.end()) return given;
  refuse(name, fmt::format("'{}' is one of {}, not '{}'.", name, fmt::join(words, ", "), printable(*given)));
  return std::nullopt;
}

std::optional<std::int64_t> JsonMembers::whole(const char* name, std::int64_t least, std::int64_t most) {
  const auto* value = fault_ ? nullptr : tree_->find(name);
  if (value == nullptr) return std::nullopt;
  const bool fits =
      value->is_number_integer() && !(value->is_number_unsigned() && value->get<std::uint64_t>() > INT64_MAX);
  if (fits && value->get<std::int64_t>() >= least && value->get<std::int64_t>() <= most)
    return value->get<std::int64_t>();
  refuse(name, fmt::format("'{}' is a whole number from {} to {}.", name, least, most));
  return std::nullopt;
}

std::optional<bool> JsonMembers::flag(const char* name) {
  const auto* value = fault_ ? nullptr : tree_->find(name);
  if (value == nullptr) return std::nullopt;
  if (value->is_boolean()) return value->get<bool>();
  refuse(name, fmt::format("'{}' is true or false.", name));
  return std::nullopt;
}

std::optional<Timestamp> JsonMembers::time(const char* name) {
  const auto ms = whole(name, 0, kLatestMs);
  if (!ms) return std::nullopt;
  return from_ms(*ms);
}

std::optional<double> JsonMembers::number(const char* name) {
  const auto* value = fault_ ? nullptr : tree_->find(name);
  if (value == nullptr) return std::nullopt;
  if (value->is_number() && std::isfinite(value->get<double>())) return value->get<double>();
  refuse(name, fmt::format("'{}' is a number.", name));
  return std::nullopt;
}

std::optional<market::Timeframe> JsonMembers::timeframe(const char* name) {
  const auto given = text(name, 16);
  if (!given) return std::nullopt;
  const auto parsed = market::parse_timeframe(*given);
  if (parsed) return *parsed;
  if (!fault_) {
    fault_ = parsed.error();
    fault_->field = name;
  }
  return std::nullopt;
}

strategy::GivenInputs JsonMembers::inputs(const char* name, std::size_t most) {
  strategy::GivenInputs given;
  const auto* value = fault_ ? nullptr : tree_->find(name);
  if (value == nullptr) return given;
  if (!value->is_object() || value->size() > most) {
    refuse(name, fmt::format("'{}' is an object of at most {} values by the names of inputs.", name, most));
    return given;
  }
  for (const auto& [input, one] : value->items()) {
    if (one.is_boolean())
      given[input] = one.get<bool>() ? 1.0 : 0.0;
    else if (one.is_number())
      given[input] = one.get<double>();
    else if (one.is_string())
      given[input] = one.get<std::string>();
    else
      refuse(fmt::format("{}.{}", name, printable(input)), "A value is a number, true, false or a text.");
  }
  return given;
}

std::map<std::string, std::string> JsonMembers::texts(const char* name, std::size_t most, std::size_t bytes_most) {
  std::map<std::string, std::string> out;
  const auto* value = fault_ ? nullptr : tree_->find(name);
  if (value == nullptr) return out;
  if (!value->is_object() || value->size() > most) {
    refuse(name, fmt::format("'{}' is an object of at most {} texts.", name, most));
    return out;
  }
  for (const auto& [key, one] : value->items()) {
    if (one.is_string() && one.get_ref<const std::string&>().size() <= bytes_most)
      out[key] = one.get<std::string>();
    else
      refuse(fmt::format("{}.{}", name, printable(key)), fmt::format("It is a text of at most {} bytes.", bytes_most));
  }
  return out;
}

void JsonMembers::refuse_others(std::span<const std::string_view> known) {
  if (fault_) return;
  for (const auto& [name, value] : tree_->json.items()) {
    if (std::ranges::find(known, name) != known.end()) continue;
    const auto near = nearest_names(name, std::vector<std::string>(known.begin(), known.end()));
    fault_ = Error{Errc::bad_parameter,
                   fmt::format("'{}' is no member here{}; there are {}.", printable(name.substr(0, 64)),
                               did_you_mean(near), fmt::join(known, ", ")),
                   near, name.substr(0, 64)};
    return;
  }
}

}  // namespace cw::lab
