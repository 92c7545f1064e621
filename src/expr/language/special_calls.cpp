#include "expr/language/special_calls.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "base/printable.h"
#include "expr/arithmetic.h"
#include "expr/language/canonical.h"
#include "expr/language/lowering.h"
#include "expr/language/timeframe_text.h"

namespace cw::expr {
namespace {

constexpr auto kStatements =
    std::to_array<std::string_view>({"indicator", "study", "plot", "plotshape", "alertcondition"});
constexpr auto kSpecial = std::to_array<std::string_view>(
    {"math.max", "math.min", "math.avg", "int", "float", "bool", "timeframe.in_seconds", "request.security"});

bool is_outside_series(std::string_view name) { return name.starts_with("ai.") || name.starts_with("signal."); }
bool is_signal(std::string_view name) { return name == "signal.score" || name == "signal.direction"; }
bool is_input(std::string_view name) {
  constexpr auto kKinds = std::to_array<std::string_view>(
      {"input", "input.int", "input.float", "input.bool", "input.string", "input.source", "input.timeframe"});
  return std::ranges::find(kKinds, name) != kKinds.end();
}

}  // namespace

bool is_statement_call(std::string_view name) { return std::ranges::find(kStatements, name) != kStatements.end(); }

bool is_special_call(std::string_view name) {
  return is_statement_call(name) || is_input(name) || is_outside_series(name) ||
         std::ranges::find(kSpecial, name) != kSpecial.end();
}

std::optional<Value> Lowering::special_call(ExprId id, Scope scope) {
  const Expr& expr = at(id);
  if (is_statement_call(expr.name)) {
    return complain(expr.name_place, "misplaced",
                    fmt::format("{}(…) stands alone in its line: it gives no value", expr.name));
  }
  if (is_input(expr.name)) return input(id, scope);
  if (is_outside_series(expr.name)) return named_series(id, scope);
  if (expr.name.starts_with("math.")) return extreme_or_mean(id, scope);
  if (expr.name == "request.security") return security(id, scope);
  if (expr.name == "timeframe.in_seconds") return seconds_of_timeframe(id, scope);
  return cast(id, scope);
}

std::optional<Value> Lowering::extreme_or_mean(ExprId id, Scope scope) {
  const Expr& expr = at(id);
  const auto rows = overloads(expr.name);
  const bool is_mean = expr.name == "math.avg";
  const bool has_names = !expr.arguments.empty() && !expr.arguments.back().name.empty();
  if (!is_mean && (expr.arguments.size() == 2 || has_names)) return table_call(id, scope, rows);
  if (expr.arguments.size() < 2 || has_names) {
    return complain(expr.place,
                    {.code = "missing_argument",
                     .message = fmt::format("{} needs at least two numbers, by their place", expr.name),
                     .signature = fmt::format("{}(series float number0, series float number1, …) → float", expr.name)});
  }
  auto given = given_arguments(expr, scope);
  if (!given) return std::nullopt;
  std::optional<Value> answer = (*given)[0].value;
  for (std::size_t i = 1; answer && i < given->size(); ++i) {
    const GivenArgument& next = (*given)[i];
    if (is_mean) {
      answer = binary(Op::Add, *answer, next.value, (*given)[0].place, next.place, scope.context);
      continue;
    }
    const std::vector<GivenArgument> pair{{.place = (*given)[0].place, .value = *answer},
                                          {.place = next.place, .value = next.value}};
    auto match = match_call(rows, pair, expr.place);
    if (!match) return complain(match.error().place, std::move(match.error().complaint));
    answer = invoke(*match, pair, indicators::Seed::talib, scope, expr.place);
  }
  if (!is_mean || !answer) return answer;
  auto count = constant(static_cast<double>(given->size()), Type::Int, scope.context);
  if (!count) return count;
  const bool are_prices = std::ranges::all_of(*given, [](const GivenArgument& g) { return g.value.is_price; });
  auto mean = operate(Op::Divide, Type::Float, {*answer, *count}, scope.context, expr.place);
  if (mean) mean->is_price = are_prices;
  return mean;
}

std::optional<Value> Lowering::cast(ExprId id, Scope scope) {
  const Expr& expr = at(id);
  if (expr.arguments.size() != 1 || !expr.arguments[0].name.empty()) {
    return complain(expr.place, expr.arguments.empty() ? "missing_argument" : "too_many_arguments",
                    fmt::format("{}(x) takes one value", expr.name));
  }
  auto made = single(expr.arguments[0].value, scope);
  if (!made) return made;
  const Place place = at(expr.arguments[0].value).place;
  const bool fits = made->is_number() || (expr.name == "bool" && made->is_bool());
  if (!fits || (made->is_na && expr.name == "bool")) {
    return complain(place, "wrong_type",
                    fmt::format("{}(x) needs a number, and this is {}", expr.name, described(*made)));
  }
  if (expr.name == "int") return whole_part(*made, scope.context, expr.place);
  if (expr.name == "float") {
    made->type = Type::Float;
    made->is_na = false;
    return made;
  }
  if (made->is_bool()) return made;
  auto zero = constant(0, Type::Int, scope.context);
  if (!zero) return zero;
  return operate(Op::NotEqual, Type::Bool, {*made, *zero}, scope.context, expr.place);
}

/// The remainder by 1 has the sign of its number, so this cuts off towards zero.
std::optional<Value> Lowering::whole_part(const Value& number, ContextId context, Place place) {
  if (number.type == Type::Int) return number;
  auto one = constant(1, Type::Int, context);
  if (!one) return one;
  auto rest = operate(Op::Modulo, Type::Float, {number, *one}, context, place);
  if (!rest) return rest;
  return operate(Op::Subtract, Type::Int, {number, *rest}, context, place);
}

std::optional<Value> Lowering::seconds_of_timeframe(ExprId id, Scope scope) {
  const Expr& expr = at(id);
  if (expr.arguments.size() > 1) {
    return complain(expr.place, "too_many_arguments", "timeframe.in_seconds takes one timeframe");
  }
  market::Timeframe timeframe = graph_.contexts()[scope.context].timeframe;
  if (!expr.arguments.empty()) {
    const ExprId argument = expr.arguments[0].value;
    const auto text = known_text(argument, scope, "the timeframe");
    if (!text) return std::nullopt;
    const auto read = timeframe_of(*text, scope.context, at(argument).place);
    if (!read) return std::nullopt;
    timeframe = *read;
  }
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(market::duration(timeframe)).count();
  auto made = constant(static_cast<double>(seconds), Type::Int, scope.context);
  if (made) made->qualifier = Qualifier::Simple;
  return made;
}

/// There is no such series here, or none at all.
std::optional<Value> Lowering::refuse_series(const Expr& expr, Scope scope) {
  if (is_signal(expr.name)) {
    return complain(
        expr.name_place, "not_available_yet",
        fmt::format("'{}' is not available here: signals are made of what is stored of a symbol", expr.name));
  }
  if (expr.name != "ai.probability_up") return refuse_name(expr, scope, true);
  return complain(expr.name_place, "not_available_yet", fmt::format("'{}' is not available yet", expr.name));
}

/// The one setting of signal.*: whose signals; those of the bars at hand where it is left out.
std::optional<market::Timeframe> Lowering::signal_timeframe(const Expr& expr, Scope scope, CallForm& form) {
  if (expr.arguments.empty()) return graph_.contexts()[scope.context].timeframe;
  const Argument& argument = expr.arguments[0];
  const auto refuse = [&](Place place, std::string_view code, std::string message) {
    complain(place, {.code = std::string{code},
                     .message = std::move(message),
                     .signature = fmt::format("{}(simple string timeframe = timeframe.period)", expr.name)});
    return std::nullopt;
  };
  if (!argument.name.empty() && argument.name != "timeframe") {
    return refuse(argument.name_place, "unknown_argument",
                  fmt::format("{} has no argument '{}'", expr.name, printable(argument.name)));
  }
  if (expr.arguments.size() > 1) {
    return refuse(at(expr.arguments[1].value).place, "too_many_arguments",
                  fmt::format("{} takes one timeframe", expr.name));
  }
  const auto text = known_text(argument.value, scope, fmt::format("the timeframe of {}", expr.name));
  if (!text) return std::nullopt;
  const auto read = timeframe_of(*text, scope.context, at(argument.value).place);
  if (!read) return std::nullopt;
  ShownArgument shown{.value = argument.value};
  if (at(argument.value).kind == ExprKind::Text)
    shown = {.text = text->empty() ? "timeframe.period" : quoted(market::name(*read))};
  form.arguments.push_back(std::move(shown));
  return read;
}

std::optional<Value> Lowering::signal_series(ExprId id, Scope scope) {
  const Expr& expr = at(id);
  const Context& context = graph_.contexts()[scope.context];
  if (!context.symbol.empty()) {
    return complain(expr.name_place, "not_supported",
                    fmt::format("'{}' is of the chart's own symbol: inside request.security of another one it is not "
                                "supported",
                                expr.name));
  }
  CallForm form;
  const auto timeframe = signal_timeframe(expr, scope, form);
  if (!timeframe) return std::nullopt;
  Node node{.op = Op::Named, .context = scope.context};
  if (expr.name == "signal.direction") node.type = Type::Int;
  node.name = expr.name;
  node.numbers.push_back(indicators::kNaN);
  node.texts.emplace_back(market::name(*timeframe));
  if (const auto good = options_.named->check({node.name, node.numbers, node.texts, context.timeframe}); !good) {
    const Place place = expr.arguments.empty() ? expr.name_place : at(expr.arguments[0].value).place;
    return complain(
        place, {.code = "unknown_timeframe", .message = good.error().message, .suggestions = good.error().suggestions});
  }
  const auto time = bar(BarField::Time, scope.context);
  if (!time) return std::nullopt;
  node.inputs.push_back(time->node);
  forms_.put(id, std::move(form));
  return add(std::move(node), Qualifier::Series, expr.place);
}

std::optional<Value> Lowering::named_series(ExprId id, Scope scope) {
  const Expr& expr = at(id);
  if (options_.named == nullptr || !options_.named->has(expr.name)) return refuse_series(expr, scope);
  if (is_signal(expr.name)) return signal_series(id, scope);
  Node node{.op = Op::Named, .context = scope.context};
  node.name = expr.name;
  const auto time = bar(BarField::Time, scope.context);
  if (!time) return std::nullopt;
  node.inputs.push_back(time->node);
  CallForm form;
  for (const Argument& argument : expr.arguments) {
    const Place place = at(argument.value).place;
    const auto setting = single(argument.value, scope);
    if (!setting) return std::nullopt;
    if (!argument.name.empty()) {
      return complain(argument.name_place, "unknown_argument",
                      fmt::format("the settings of {} are given by their place", expr.name));
    }
    if (!setting->is_known()) {
      return complain(
          place, "not_known",
          fmt::format("a setting of {} must be known before the first bar, not {}", expr.name, described(*setting)));
    }
    ShownArgument item{.value = argument.value};
    std::string text;
    if (setting->is_text()) {
      text = setting->text;
      // A timeframe has two spellings, and both are the same series.
      if (const auto timeframe = read_timeframe(text)) text = market::name(*timeframe);
      if (at(argument.value).kind == ExprKind::Text) item = {.text = quoted(text)};
    }
    node.numbers.push_back(setting->is_text() ? indicators::kNaN : setting->number);
    node.texts.push_back(std::move(text));
    form.arguments.push_back(std::move(item));
  }
  forms_.put(id, std::move(form));
  return add(std::move(node), Qualifier::Series, expr.place);
}

}  // namespace cw::expr
