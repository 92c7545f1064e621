#include "strategy/inputs.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/nearest.h"
#include "base/number.h"
#include "base/printable.h"

namespace cw::strategy {
namespace {

/// As `input.source` of the language takes them.
const std::vector<std::string> kSources{"open", "high", "low", "close", "volume", "hl2", "hlc3", "ohlc4", "hlcc4"};

std::string shown(const InputValue& value) {
  if (const double* number = std::get_if<double>(&value)) return format_double(*number);
  return fmt::format("'{}'", printable(std::get<std::string>(value)));
}

std::unexpected<Error> refuse(std::string must, const InputValue& value, std::vector<std::string> suggestions = {}) {
  return std::unexpected(
      Error{Errc::bad_parameter, fmt::format("{}, not {}", must, shown(value)), std::move(suggestions), {}});
}

Result<InputValue> check_number(const Input& input, const InputValue& given) {
  const std::string* text = std::get_if<std::string>(&given);
  const auto number = text != nullptr ? parse_double(*text) : std::get<double>(given);
  const bool is_whole = input.kind == InputKind::Int;
  if (!number || !std::isfinite(*number) || (is_whole && *number != std::trunc(*number)))
    return refuse(is_whole ? "must be a whole number" : "must be a number", given);
  if (std::abs(*number) > 1e15) return refuse("must be a number within 1000000000000000 of 0", given);
  if (input.min && *number < *input.min)
    return refuse(fmt::format("must be at least {}", format_double(*input.min)), given);
  if (input.max && *number > *input.max)
    return refuse(fmt::format("must be at most {}", format_double(*input.max)), given);
  return InputValue{*number + 0.0};  // no -0: an input has one value
}

Result<InputValue> check_bool(const InputValue& given) {
  if (given == InputValue{"true"} || given == InputValue{1.0}) return InputValue{1.0};
  if (given == InputValue{"false"} || given == InputValue{0.0}) return InputValue{0.0};
  return refuse("must be true or false", given);
}

Result<InputValue> check_word(const InputValue& given, const std::vector<std::string>& words) {
  const std::string* text = std::get_if<std::string>(&given);
  const std::string said = text != nullptr ? *text : shown(given);  // options that look like numbers
  if (std::ranges::find(words, said) != words.end()) return InputValue{said};
  return refuse(fmt::format("must be one of {}", fmt::join(words, ", ")), given, nearest_names(said, words));
}

Result<InputValue> check_timeframe(const InputValue& given) {
  const std::string* text = std::get_if<std::string>(&given);
  if (text == nullptr) return refuse("must be a timeframe as 4h", given);
  auto timeframe = market::parse_timeframe(*text);
  if (!timeframe) return refuse("must be a timeframe as 4h", given, timeframe.error().suggestions);
  return InputValue{std::string{market::name(*timeframe)}};
}

}  // namespace

Result<InputValue> check_value(const Input& input, const InputValue& given) {
  switch (input.kind) {
    case InputKind::Int:
    case InputKind::Float: return check_number(input, given);
    case InputKind::Bool: return check_bool(given);
    case InputKind::Choice: return check_word(given, input.options);
    case InputKind::Source: return check_word(given, kSources);
    case InputKind::Timeframe: return check_timeframe(given);
  }
  return fail(Errc::internal, "an input of no kind");
}

Checked<BoundInputs> bind_inputs(const Document& document, const GivenInputs& given) {
  Faults faults;
  std::vector<std::string> names;
  for (const Input& input : document.inputs) names.push_back(input.name);
  for (const auto& [key, value] : given) {
    if (std::ranges::find(names, key) != names.end()) continue;
    auto nearest = nearest_names(printable(key), names);
    const std::string known = names.empty() ? "it has none" : fmt::format("it has {}", fmt::join(names, ", "));
    if (faults.size() < kFaultsMost)
      faults.push_back({Errc::bad_parameter, fmt::format("inputs.{}", printable(key)),
                        fmt::format("the strategy has no such input: {}", known), 0, 0, 0, std::move(nearest)});
  }
  BoundInputs bound;
  for (const Input& input : document.inputs) {
    const auto told = given.find(input.name);
    if (told == given.end()) {
      bound.emplace_back(input.name, input.default_value);
      continue;
    }
    auto value = check_value(input, told->second);
    if (value) {
      bound.emplace_back(input.name, std::move(*value));
    } else if (faults.size() < kFaultsMost) {
      faults.push_back(
          {Errc::bad_parameter, "inputs." + input.name, value.error().message, 0, 0, 0, value.error().suggestions});
    }
  }
  if (!faults.empty()) return std::unexpected(std::move(faults));
  return bound;
}

std::vector<std::string> words_of(const Input& input) {
  if (input.kind == InputKind::Source) return kSources;
  if (input.kind != InputKind::Timeframe) return input.options;
  std::vector<std::string> words;
  for (const auto timeframe : market::kTimeframes) words.emplace_back(market::name(timeframe));
  return words;
}

std::string value_text(const Input& input, const InputValue& value) {
  if (const std::string* text = std::get_if<std::string>(&value)) return *text;
  const double number = std::get<double>(value);
  if (input.kind == InputKind::Bool) return number != 0 ? "true" : "false";
  return format_double(number);
}

}  // namespace cw::strategy
