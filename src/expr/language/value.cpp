#include "expr/language/value.h"

#include <utility>

#include <fmt/format.h>

#include "base/number.h"

namespace cw::expr {

Value text_value(std::string text, Qualifier qualifier) {
  Value value{.type = Type::String, .qualifier = qualifier};
  value.text = std::move(text);
  return value;
}

std::string_view word_of(Type type) {
  switch (type) {
    case Type::Float: return "float";
    case Type::Int: return "int";
    case Type::Bool: return "bool";
    case Type::String: return "string";
  }
  return "";
}

std::string_view word_of(Qualifier qualifier) {
  switch (qualifier) {
    case Qualifier::Const: return "const";
    case Qualifier::Simple: return "simple";
    case Qualifier::Series: return "series";
  }
  return "";
}

std::string described(const Value& value) {
  if (value.is_tuple()) return fmt::format("{} values", value.members.size());
  if (value.is_na) return "na";
  return fmt::format("{} {}", word_of(value.qualifier), word_of(value.type));
}

bool converts(Type from, Type to) { return from == to || (from == Type::Int && to == Type::Float); }

namespace {

std::string default_of(const Parameter& parameter) {
  if (parameter.qualifier == Qualifier::Series || !parameter.default_series.empty())
    return std::string{parameter.default_series};
  if (parameter.type == Type::String) {
    if (parameter.options.empty()) return {};
    return fmt::format("\"{}\"", parameter.options.substr(0, parameter.options.find('|')));
  }
  if (!parameter.default_value) return {};
  if (parameter.type == Type::Bool) return *parameter.default_value != 0 ? "true" : "false";
  return format_double(*parameter.default_value);
}

}  // namespace

std::string signature_of(const Function& function) {
  std::string parameters;
  for (const Parameter& parameter : function.parameters) {
    if (!parameters.empty()) parameters += ", ";
    parameters += fmt::format("{} {} {}", word_of(parameter.qualifier), word_of(parameter.type), parameter.name);
    if (const std::string value = default_of(parameter); !value.empty()) parameters += " = " + value;
  }
  if (function.seeded) parameters += parameters.empty() ? "seed" : ", seed = \"talib\"";
  std::string answer;
  for (const Output& output : function.outputs) {
    if (!answer.empty()) answer += ", ";
    answer += function.outputs.size() == 1 ? word_of(output.type) : output.name;
  }
  if (function.outputs.size() > 1) answer = "[" + answer + "]";
  return fmt::format("{}({}) → {}", function.name, parameters, answer);
}

}  // namespace cw::expr
