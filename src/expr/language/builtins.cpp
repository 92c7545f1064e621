#include "expr/language/builtins.h"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <numbers>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "expr/language/lowering.h"
#include "expr/language/timeframe_text.h"
#include "expr/vocabulary.h"

namespace cw::expr {
namespace {

struct NamedField {
  std::string_view name;
  BarField field;
};
constexpr auto kFields = std::to_array<NamedField>({{"open", BarField::Open},
                                                    {"high", BarField::High},
                                                    {"low", BarField::Low},
                                                    {"close", BarField::Close},
                                                    {"volume", BarField::Volume},
                                                    {"time", BarField::Time},
                                                    {"bar_index", BarField::BarIndex}});

struct NamedConstant {
  std::string_view name;
  double value;
  Type type;
};
constexpr auto kConstants = std::to_array<NamedConstant>({{"math.pi", std::numbers::pi, Type::Float},
                                                          {"math.e", std::numbers::e, Type::Float},
                                                          {"math.phi", std::numbers::phi, Type::Float},
                                                          {"math.rphi", 1 / std::numbers::phi, Type::Float},
                                                          {"dayofweek.sunday", 1, Type::Int},
                                                          {"dayofweek.monday", 2, Type::Int},
                                                          {"dayofweek.tuesday", 3, Type::Int},
                                                          {"dayofweek.wednesday", 4, Type::Int},
                                                          {"dayofweek.thursday", 5, Type::Int},
                                                          {"dayofweek.friday", 6, Type::Int},
                                                          {"dayofweek.saturday", 7, Type::Int}});

}  // namespace

std::span<const std::string_view> builtin_names() {
  static const std::vector<std::string_view> all = [] {
    std::vector<std::string_view> names;
    for (const Variable& variable : variables()) names.push_back(variable.name);
    for (const std::string_view call : builtin_calls()) names.push_back(call);
    return names;
  }();
  return all;
}

bool is_builtin(std::string_view name) { return std::ranges::find(builtin_names(), name) != builtin_names().end(); }

std::string comparing_hint(std::string_view name) {
  const auto rows = overloads(name);
  const bool is_value = std::ranges::find(variables(), name, &Variable::name) != variables().end() ||
                        std::ranges::any_of(rows, &Function::variable);
  return is_value ? fmt::format("; to compare, write {} == …", name) : std::string{};
}

std::optional<Value> Lowering::builtin(std::string_view name, Scope scope, Place place) {
  const ContextId context = scope.context;
  const auto field = std::ranges::find(kFields, name, &NamedField::name);
  if (field != kFields.end()) return bar(field->field, context);
  const auto number = std::ranges::find(kConstants, name, &NamedConstant::name);
  if (number != kConstants.end()) return constant(number->value, number->type, context);
  using enum BarField;
  if (name == "hl2") return mean_of_bar({High, Low}, context, place);
  if (name == "hlc3") return mean_of_bar({High, Low, Close}, context, place);
  if (name == "ohlc4") return mean_of_bar({Open, High, Low, Close}, context, place);
  if (name == "hlcc4") return mean_of_bar({High, Low, Close, Close}, context, place);
  if (name == "na") {
    auto missing = constant(indicators::kNaN, Type::Float, context);
    if (missing) missing->is_na = true;
    return missing;
  }
  if (name == "time_close") {
    const auto length = market::duration(graph_.contexts()[context].timeframe);
    auto opened = bar(Time, context);
    auto lasts = constant(static_cast<double>(length.count()), Type::Int, context);
    if (!opened || !lasts) return std::nullopt;
    return operate(Op::Add, Type::Int, {*opened, *lasts}, context, place);
  }
  if (name == "syminfo.tickerid") return text_value(options_.symbol.text(), Qualifier::Simple);
  if (name == "syminfo.ticker") return text_value(options_.symbol.symbol, Qualifier::Simple);
  if (name == "syminfo.prefix") return text_value(options_.symbol.venue, Qualifier::Simple);
  if (name.starts_with("timeframe.")) return timeframe_variable(name.substr(name.find('.') + 1), context);
  return std::nullopt;
}

std::optional<Value> Lowering::timeframe_variable(std::string_view name, ContextId context) {
  const market::Timeframe timeframe = graph_.contexts()[context].timeframe;
  if (name == "period") return text_value(pine_timeframe(timeframe), Qualifier::Simple);
  const bool is_daily = timeframe == market::Timeframe::d1;
  const bool is_weekly = timeframe == market::Timeframe::w1;
  const bool is_intraday = !is_daily && !is_weekly;
  std::optional<Value> made;
  if (name == "multiplier") {
    const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(market::duration(timeframe)).count();
    made = constant(is_intraday ? static_cast<double>(minutes) : 1, Type::Int, context);
  } else {
    std::optional<bool> answer;
    if (name == "isintraday" || name == "isminutes") answer = is_intraday;
    if (name == "isdaily") answer = is_daily;
    if (name == "isweekly") answer = is_weekly;
    if (name == "isdwm") answer = !is_intraday;
    if (name == "ismonthly" || name == "isseconds") answer = false;
    if (!answer) return std::nullopt;
    made = constant(*answer ? 1 : 0, Type::Bool, context);
  }
  if (made) made->qualifier = Qualifier::Simple;
  return made;
}

std::optional<Value> Lowering::mean_of_bar(std::initializer_list<BarField> fields, ContextId context, Place place) {
  std::optional<Value> sum;
  for (const BarField field : fields) {
    auto next = bar(field, context);
    if (!next) return next;
    sum = sum ? operate(Op::Add, Type::Float, {*sum, *next}, context, place) : next;
    if (!sum) return sum;
  }
  auto count = constant(static_cast<double>(fields.size()), Type::Int, context);
  if (!count) return count;
  return operate(Op::Divide, Type::Float, {*sum, *count}, context, place);
}

}  // namespace cw::expr
