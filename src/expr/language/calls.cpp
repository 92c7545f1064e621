// Calls: rows of the table, and functions of the text written out where they are used.
#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/nearest.h"
#include "base/printable.h"
#include "expr/language/builtins.h"
#include "expr/language/canonical.h"
#include "expr/language/lowering.h"
#include "expr/language/special_calls.h"

namespace cw::expr {
namespace {

std::string_view word_of(indicators::Seed seed) { return seed == indicators::Seed::pine ? "pine" : "talib"; }

/// Whether leaving the argument out means the same: a text or bool at the end that is the default, or nothing given.
/// Numbers are shown, default or not: an average without its length says too little.
bool can_be_left_out(const Parameter& parameter, const GivenArgument* given) {
  if (parameter.qualifier == Qualifier::Series) return given == nullptr;
  if (parameter.type == Type::Float || parameter.type == Type::Int) return false;
  if (given == nullptr) return true;
  if (given->value.qualifier != Qualifier::Const) return false;
  if (parameter.type == Type::Bool) return parameter.default_value == given->value.number;
  return !parameter.options.empty() && given->value.text == parameter.options.substr(0, parameter.options.find('|'));
}

std::string default_text(const Parameter& parameter) {
  if (parameter.qualifier == Qualifier::Series) return std::string{parameter.default_series};
  if (parameter.type == Type::String) return quoted(parameter.options.substr(0, parameter.options.find('|')));
  if (parameter.type == Type::Bool) return *parameter.default_value != 0 ? "true" : "false";
  const std::string text = fmt::format("{}", *parameter.default_value);
  return parameter.type == Type::Float && text.find_first_of(".e") == std::string::npos ? text + ".0" : text;
}

CallForm form_of(const CallMatch& match, const std::vector<GivenArgument>& given) {
  CallForm form;
  const auto& parameters = match.function->parameters;
  std::size_t shown = parameters.size();
  const auto given_to = [&](std::size_t i) { return match.arguments[i] ? &given[*match.arguments[i]] : nullptr; };
  while (shown > 0 && can_be_left_out(parameters[shown - 1], given_to(shown - 1))) --shown;
  form.as_variable = match.function->variable && (given.empty() || shown == 0);
  for (std::size_t i = 0; i < shown; ++i) {
    const GivenArgument* argument = given_to(i);
    ShownArgument item;
    if (argument != nullptr) {
      item.value = argument->expr;
    } else {
      item.text = default_text(parameters[i]);
    }
    form.arguments.push_back(std::move(item));
  }
  return form;
}

}  // namespace

std::optional<Value> Lowering::call(ExprId id, Scope scope) {
  const Expr& expr = at(id);
  const auto own = globals_.find(expr.name);
  if (own != globals_.end()) {
    if (own->second.statement >= scope.frame->visible) {
      return refuse_unseen(expr.name, expr.name_place, own->second);
    }
    const Statement& statement = script_.statements[own->second.statement];
    if (statement.looks != Looks::Value) return refuse_looks(expr.name, expr.name_place, statement.looks);
    if (statement.kind == StatementKind::Function) {
      return own_call(id, scope, own->second.statement);
    }
    return complain(expr.name_place, "not_a_function", fmt::format("'{}' is a value and cannot be called", expr.name));
  }
  if (is_special_call(expr.name)) return special_call(id, scope);
  const auto rows = overloads(expr.name);
  if (!rows.empty()) return table_call(id, scope, rows);
  if (is_builtin(expr.name)) {
    return complain(expr.name_place, "not_a_function", fmt::format("'{}' is a value and cannot be called", expr.name));
  }
  return refuse_name(expr, scope, true);
}

std::optional<std::vector<GivenArgument>> Lowering::given_arguments(const Expr& call, Scope scope) {
  std::vector<GivenArgument> given;
  given.reserve(call.arguments.size());
  for (const Argument& argument : call.arguments) {
    auto made = single(argument.value, scope);
    if (!made) return std::nullopt;
    given.push_back({.name = argument.name,
                     .name_place = argument.name_place,
                     .place = at(argument.value).place,
                     .expr = argument.value,
                     .value = std::move(*made)});
  }
  return given;
}

std::optional<Value> Lowering::table_call(ExprId id, Scope scope, std::span<const Function> rows) {
  const Expr& expr = at(id);
  auto given = given_arguments(expr, scope);
  if (!given) return std::nullopt;

  indicators::Seed seed = seed_;
  const bool is_seeded = std::ranges::any_of(rows, &Function::seeded);
  const auto said = is_seeded ? std::ranges::find(*given, "seed", &GivenArgument::name) : given->end();
  if (said != given->end()) {
    if (!said->value.is_text() || (said->value.text != "talib" && said->value.text != "pine")) {
      return complain(said->place, {.code = "bad_option",
                                    .message = R"(the seed must be "talib" or "pine")",
                                    .signature = signature_of(rows[0])});
    }
    seed = said->value.text == "pine" ? indicators::Seed::pine : indicators::Seed::talib;
    given->erase(said);
  }

  auto match = match_call(rows, *given, expr.place);
  if (!match) return complain(match.error().place, std::move(match.error().complaint));
  CallForm form = form_of(*match, *given);
  if (match->function->seeded && seed != options_.seed) form.seed = word_of(seed);
  forms_.put(id, std::move(form));
  return invoke(*match, *given, match->function->seeded ? seed : indicators::Seed::talib, scope, expr.place);
}

std::optional<Value> Lowering::invoke(const CallMatch& match, const std::vector<GivenArgument>& given,
                                      indicators::Seed seed, Scope scope, Place place) {
  const Function& function = *match.function;
  Node node{.op = Op::Call, .type = function.outputs[0].type, .context = scope.context, .function = &function};
  node.seed = seed;
  Qualifier known = Qualifier::Const;
  bool is_over_prices = true;
  for (std::size_t i = 0; i < function.parameters.size(); ++i) {
    const Parameter& parameter = function.parameters[i];
    const Value* argument = match.arguments[i] ? &given[*match.arguments[i]].value : nullptr;
    if (parameter.qualifier == Qualifier::Series) {
      std::optional<Value> standing;
      if (argument == nullptr) {
        standing = builtin(parameter.default_series, scope, place);
        if (!standing) return standing;
        argument = &*standing;
      }
      node.inputs.push_back(argument->node);
      known = std::max(known, argument->qualifier);
      is_over_prices = is_over_prices && (argument->is_price || argument->is_bool() || argument->is_known());
      continue;
    }
    const bool is_text = parameter.type == Type::String;
    const double number = argument != nullptr ? argument->number : parameter.default_value.value_or(0);
    node.numbers.push_back(is_text ? indicators::kNaN : number);
    node.texts.push_back(!is_text              ? std::string{}
                         : argument != nullptr ? argument->text
                                               : std::string{parameter.options.substr(0, parameter.options.find('|'))});
  }
  for (const BarField field : function.bar_fields) {
    auto column = bar(field, scope.context);
    if (!column) return column;
    node.inputs.push_back(column->node);
  }
  if (function.check != nullptr) {
    if (std::string why = function.check({node.numbers, node.texts, node.seed}); !why.empty()) {
      return complain(place, {.code = "bad_settings", .message = std::move(why), .signature = signature_of(function)});
    }
  }
  if (function.bar_fields.empty() && !function.stateless) known = Qualifier::Series;
  auto made = add(std::move(node), known, place);
  if (!made) return made;
  return outputs_of(function, *made, is_over_prices, scope.context, place);
}

std::optional<Value> Lowering::outputs_of(const Function& function, Value call, bool is_over_prices, ContextId context,
                                          Place place) {
  const auto finish = [&](Value& value, const Output& output) {
    value.type = output.type;
    // A stateless function (the larger of two) is in the units of what it is given.
    const bool is_overlay = function.stateless && !function.parameters.empty()
                                ? function.name == "math.max" || function.name == "math.min" || function.name == "nz"
                                : function.overlay;
    value.is_price = is_overlay && is_over_prices && output.type == Type::Float && value.qualifier == Qualifier::Series;
    value.is_event = function.event;
    value.name = output.name;
  };
  if (function.outputs.size() == 1) {
    finish(call, function.outputs[0]);
    return call;
  }
  Value tuple;
  for (std::size_t i = 0; i < function.outputs.size(); ++i) {
    Node node{.op = Op::Output, .type = function.outputs[i].type, .context = context, .inputs = {call.node}};
    node.number = static_cast<double>(i);
    auto member = add(std::move(node), Qualifier::Series, place);
    if (!member) return member;
    finish(*member, function.outputs[i]);
    tuple.members.push_back(std::move(*member));
  }
  return tuple;
}

std::optional<Value> Lowering::own_call(ExprId id, Scope scope, std::size_t index) {
  const Expr& expr = at(id);
  const Statement& function = script_.statements[index];
  const Frame outside{.visible = index};
  std::deque<Thunk> parameters;
  for (const FunctionParameter& parameter : function.parameters) {
    parameters.push_back({.name = parameter.name,
                          .expr = parameter.default_value,
                          .frame = &outside,
                          .declared = parameter.declared,
                          .place = expr.place});
  }
  CallForm form{.keeps_seed = true};
  if (!place_arguments(expr, function, parameters, scope, form)) return std::nullopt;
  forms_.put(id, std::move(form));
  // Each argument is read here too, used or not: what is wrong with it is wrong at this place.
  for (Thunk& parameter : parameters) {
    if (!thunk_value(parameter, scope.context)) return std::nullopt;
  }
  const Frame inside{.visible = index, .parameters = &parameters};
  return value(function.value, {&inside, scope.context});
}

bool Lowering::place_arguments(const Expr& call, const Statement& function, std::deque<Thunk>& parameters, Scope scope,
                               CallForm& form) {
  std::vector<ExprId> placed(parameters.size(), kNoExpr);
  for (std::size_t i = 0; i < call.arguments.size(); ++i) {
    const Argument& argument = call.arguments[i];
    std::size_t at_parameter = i;
    if (!argument.name.empty()) {
      const auto at_name = std::ranges::find(function.parameters, argument.name, &FunctionParameter::name);
      at_parameter = static_cast<std::size_t>(at_name - function.parameters.begin());
    }
    if (at_parameter >= parameters.size()) {
      const bool is_named = !argument.name.empty();
      complain(is_named ? argument.name_place : at(argument.value).place,
               is_named ? "unknown_argument" : "too_many_arguments",
               is_named ? fmt::format("{} has no argument '{}'{}", call.name, printable(argument.name),
                                      comparing_hint(argument.name))
                        : fmt::format("{} takes {} argument{}", call.name, parameters.size(),
                                      parameters.size() == 1 ? "" : "s"));
      return false;
    }
    if (placed[at_parameter] != kNoExpr) {
      complain(argument.name_place, "repeated_argument",
               fmt::format("'{}' of {} is given twice", argument.name, call.name));
      return false;
    }
    placed[at_parameter] = argument.value;
    parameters[at_parameter].expr = argument.value;
    parameters[at_parameter].frame = scope.frame;
  }
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    if (parameters[i].expr == kNoExpr) {
      complain(call.place, "missing_argument",
               fmt::format("{} needs its argument '{}'", call.name, parameters[i].name));
      return false;
    }
    // An argument after one that is left out keeps its name.
    form.as_written = form.as_written || (i > 0 && placed[i] != kNoExpr && placed[i - 1] == kNoExpr);
    if (placed[i] != kNoExpr) form.arguments.push_back({.value = placed[i]});
  }
  return true;
}

}  // namespace cw::expr
