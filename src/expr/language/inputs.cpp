#include "expr/language/inputs.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "base/nearest.h"
#include "base/printable.h"

namespace cw::expr {
namespace {

using Given = std::variant<double, std::string>;

std::string shown(const Given& value) {
  if (const double* number = std::get_if<double>(&value)) return fmt::format("{}", *number);
  return fmt::format("\"{}\"", printable(std::get<std::string>(value)));
}

std::string why_no_number(const Input& input, double number) {
  if (input.type == Type::Bool) return number == 0 || number == 1 ? "" : "must be true or false";
  if (!std::isfinite(number)) return "must be a number";
  if (input.type == Type::Int && number != std::trunc(number)) return "must be a whole number";
  if (input.min && number < *input.min) return fmt::format("must be at least {}", *input.min);
  if (input.max && number > *input.max) return fmt::format("must be at most {}", *input.max);
  return {};
}

}  // namespace

std::string label_of(const Input& input) {
  if (input.title.empty() || input.title == input.name) return fmt::format("'{}'", printable(input.name));
  if (input.name.empty()) return fmt::format("'{}'", printable(input.title));
  return fmt::format("'{}' ({})", printable(input.title), printable(input.name));
}

std::string why_not(const Input& input, const Given& value) {
  const bool wants_text = std::holds_alternative<std::string>(input.default_value);
  std::string why;
  if (wants_text != std::holds_alternative<std::string>(value)) {
    why = wants_text ? "must be a text" : "must be a number";
  } else if (const double* number = std::get_if<double>(&value)) {
    why = why_no_number(input, *number);
  }
  if (why.empty() && !input.options.empty()) {
    const std::string text = wants_text ? std::get<std::string>(value) : fmt::format("{}", std::get<double>(value));
    if (std::ranges::find(input.options, text) != input.options.end()) return {};
    std::string all;
    for (const std::string& option : input.options)
      all += fmt::format("{}{}", all.empty() ? "" : ", ", printable(option));
    why = fmt::format("must be one of {}", printable(all, 300));
  }
  return why.empty() ? why : fmt::format("{}, not {}", why, shown(value));
}

const Input* Inputs::find(ExprId call) const {
  const auto at = by_call_.find(call);
  return at == by_call_.end() ? nullptr : &inputs_[at->second];
}

const Given* Inputs::given_for(const Input& input) const {
  auto at = options_.inputs.find(input.name);
  if (at == options_.inputs.end() && !input.title.empty()) at = options_.inputs.find(input.title);
  return at == options_.inputs.end() ? nullptr : &at->second;
}

const Input* Inputs::take(ExprId call, Input input, Place place, Trouble& trouble) {
  if (inputs_.size() == kInputsMost) {
    trouble.complain(place, "limit_exceeded", fmt::format("a text may have {} inputs", kInputsMost));
    return nullptr;
  }
  if (input.name.empty()) input.name = fmt::format("input{}", inputs_.size() + 1);
  if (const Given* told = given_for(input)) {
    Given given = *told;
    // Pine's timeframes look like numbers: "240".
    const auto* const number = std::get_if<double>(&given);
    if (number != nullptr && std::holds_alternative<std::string>(input.default_value))
      given = fmt::format("{}", *number);
    if (const std::string why = why_not(input, given); !why.empty()) {
      trouble.complain(place, "bad_input", fmt::format("the value given for {} {}", label_of(input), why));
      return nullptr;
    }
    input.value = std::move(given);
  } else {
    input.value = input.default_value;
  }
  by_call_.emplace(call, inputs_.size());
  return &inputs_.emplace_back(std::move(input));
}

std::optional<Complaint> Inputs::unused() const {
  std::vector<std::string> names;
  std::string labels;
  for (const Input& input : inputs_) {
    names.push_back(input.name);
    if (!input.title.empty() && input.title != input.name) names.push_back(input.title);
    labels += fmt::format("{}{}", labels.empty() ? "" : ", ", label_of(input));
  }
  const std::string there_are = labels.empty() ? "it has none" : fmt::format("it has {}", labels);
  for (const auto& [key, value] : options_.inputs) {
    const bool is_used =
        std::ranges::any_of(inputs_, [&key](const Input& i) { return i.name == key || i.title == key; });
    if (is_used) continue;
    return Complaint{.code = "unknown_input",
                     .message = fmt::format("a value is given for '{}', and the text has no such input: {}",
                                            printable(key), there_are),
                     .suggestions = nearest_names(printable(key), names)};
  }
  return std::nullopt;
}

}  // namespace cw::expr
