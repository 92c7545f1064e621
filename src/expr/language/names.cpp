// What a name means: a parameter, a binding, a name of the language, a variable of the table.
#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "expr/language/builtins.h"
#include "expr/language/lowering.h"
#include "expr/vocabulary.h"

namespace cw::expr {

void Lowering::define(std::size_t index) {
  const Statement& statement = script_.statements[index];
  if (statement.kind == StatementKind::Show) return;
  for (std::size_t i = 0; i < statement.names.size(); ++i) {
    const auto [name, place] = statement.names[i];
    if (statement.kind == StatementKind::Tuple && name == "_") continue;
    if (globals_.contains(name)) {
      trouble_.complain(place, "already_defined",
                        fmt::format("'{}' has a value already; a name keeps its first", name));
      return;
    }
    if (is_builtin(name) || !overloads(name).empty()) {
      trouble_.complain(
          place, "already_defined",
          fmt::format("'{}' is a name of the language; choose another one{}", name, comparing_hint(name)));
      return;
    }
    globals_.emplace(name, Global{index, i});
  }
  if (statement.kind == StatementKind::Function) return define_parameters(statement);
  if (statement.kind == StatementKind::Bind) input_names_.emplace(statement.value, statement.names[0].name);
  Binding& binding = bindings_[index];
  binding.statement = index;
  binding.frame.visible = index;
  binding.thunk = {.name = statement.names[0].name,
                   .expr = statement.value,
                   .frame = &binding.frame,
                   .declared = statement.declared,
                   .place = statement.names[0].place};
}

void Lowering::define_parameters(const Statement& function) {
  const auto& parameters = function.parameters;
  for (auto at = parameters.begin(); at != parameters.end(); ++at) {
    if (std::find_if(parameters.begin(), at, [&](const auto& p) { return p.name == at->name; }) == at) continue;
    trouble_.complain(at->place, "already_defined", fmt::format("'{}' is a parameter already", at->name));
  }
}

void Lowering::settle(std::size_t index) {
  const Statement& statement = script_.statements[index];
  if (trouble_.any() || statement.kind == StatementKind::Function || statement.kind == StatementKind::Show) return;
  const auto made = binding_value(bindings_.at(index), 0);
  if (!made) return;
  const std::size_t given = made->is_tuple() ? made->members.size() : 1;
  const bool is_tuple = statement.kind == StatementKind::Tuple;
  if (is_tuple == made->is_tuple() && given == statement.names.size()) return;
  trouble_.complain(at(statement.value).place, "wrong_count",
                    is_tuple ? fmt::format("this gives {} value{}, and there are {} names", given,
                                           given == 1 ? "" : "s", statement.names.size())
                             : fmt::format("this gives {} values; take them apart: [a, b] = …", given));
}

std::optional<Value> Lowering::name(ExprId id, Scope scope) {
  const Expr& expr = at(id);
  if (scope.frame->parameters != nullptr) {
    const auto parameter = std::ranges::find(*scope.frame->parameters, expr.name, &Thunk::name);
    if (parameter != scope.frame->parameters->end()) return thunk_value(*parameter, scope.context);
  }
  const auto known = globals_.find(expr.name);
  if (known != globals_.end()) return global(known->second, expr, scope);
  if (auto made = builtin(expr.name, scope, expr.place); made || trouble_.any()) return made;
  if (std::ranges::find(builtin_calls(), expr.name) != builtin_calls().end()) {
    const bool needs_nothing = expr.name.starts_with("ai.") || expr.name.starts_with("signal.");
    return complain(expr.place, "not_a_value",
                    fmt::format("'{}' is a function: write {}({})", expr.name, expr.name, needs_nothing ? "" : "…"));
  }
  const auto rows = overloads(expr.name);
  if (std::ranges::any_of(rows, &Function::variable)) return table_call(id, scope, rows);
  if (!rows.empty()) {
    return complain(expr.place, {.code = "not_a_value",
                                 .message = fmt::format("'{}' is a function: write {}(…)", expr.name, expr.name),
                                 .signature = signature_of(rows[0])});
  }
  return refuse_name(expr, scope, false);
}

std::optional<Value> Lowering::global(const Global& global, const Expr& name, Scope scope) {
  if (global.statement >= scope.frame->visible) return refuse_unseen(name.name, name.place, global);
  const Statement& statement = script_.statements[global.statement];
  if (statement.looks != Looks::Value) return refuse_looks(name.name, name.place, statement.looks);
  if (statement.kind == StatementKind::Function) {
    return complain(name.place, "not_a_value", fmt::format("'{}' is a function: write {}(…)", name.name, name.name));
  }
  auto made = binding_value(bindings_.at(global.statement), scope.context);
  if (made && statement.kind == StatementKind::Tuple) return made->members[global.member];
  return made;
}

std::optional<Value> Lowering::refuse_looks(std::string_view name, Place place, Looks looks) {
  if (looks == Looks::Colour) {
    return complain(place, "not_supported",
                    fmt::format("'{}' is a colour, which is no value here: the chart gives each line its own", name));
  }
  return complain(place, "misplaced",
                  fmt::format("'{}' is a drawing, which gives no value: only fill(…) can name it", name));
}

std::optional<Value> Lowering::refuse_unseen(std::string_view name, Place place, const Global& global) {
  const Statement& statement = script_.statements[global.statement];
  const bool is_own = place.begin >= statement.names[0].place.begin && place.end <= at(statement.value).place.end;
  if (!is_own) return complain(place, "defined_later", fmt::format("'{}' gets its value only in a later line", name));
  if (statement.kind == StatementKind::Function) {
    return complain(place, "recursion", fmt::format("'{}' calls itself, which is not supported", name));
  }
  return complain(
      place, "self_reference",
      fmt::format("'{}' refers to itself, which is not supported; functions such as ta.cum remember over bars", name));
}

std::optional<Value> Lowering::binding_value(Binding& binding, ContextId context) {
  const auto is_known = [context](const Thunk& thunk) {
    return std::ranges::any_of(thunk.known, [context](const auto& known) { return known.first == context; });
  };
  if (!is_known(binding.thunk)) {
    // What it is made of first, in the order of the text: so a long chain of names is no deep one.
    collect_uses(binding);
    for (const std::size_t used : binding.uses) {
      const auto at = bindings_.find(used);
      if (at == bindings_.end() || is_known(at->second.thunk)) continue;
      if (script_.statements[used].looks != Looks::Value) continue;  // refused where it is named
      if (!thunk_value(at->second.thunk, context)) return std::nullopt;
    }
  }
  return thunk_value(binding.thunk, context);
}

std::optional<Value> Lowering::thunk_value(Thunk& thunk, ContextId context) {
  for (const auto& [known, value] : thunk.known) {
    if (known == context) return value;
  }
  auto made = value(thunk.expr, {thunk.frame, context});
  if (!made) return made;
  if (made->is_tuple()) {
    if (thunk.declared.type || thunk.declared.qualifier) {
      return complain(thunk.place, "wrong_count", fmt::format("'{}' is given {}", thunk.name, described(*made)));
    }
  } else {
    made = declared_value(std::move(*made), thunk.declared, at(thunk.expr).place);
    if (!made) return made;
  }
  thunk.known.emplace_back(context, *made);
  return made;
}

std::optional<Value> Lowering::declared_value(Value value, const Declared& declared, Place place) {
  if (declared.type) {
    const Type type = *declared.type;
    if (value.is_na && (type == Type::Bool || type == Type::String)) {
      return complain(place, "wrong_type", fmt::format("a {} is never na", word_of(type)));
    }
    if (!value.is_na && !converts(value.type, type)) {
      return complain(place, "wrong_type", fmt::format("this is {}, and {} was said", described(value), word_of(type)));
    }
    value.type = type;
    value.is_na = false;
  }
  if (!declared.qualifier) return value;
  if (value.qualifier > *declared.qualifier) {
    return complain(place, "not_known",
                    fmt::format("this is {}, and {} was said", described(value), word_of(*declared.qualifier)));
  }
  if (!value.is_text()) value.qualifier = *declared.qualifier;
  return value;
}

void Lowering::collect_uses(Binding& binding) {
  if (binding.has_uses) return;
  binding.has_uses = true;
  std::vector<bool> seen(script_.statements.size());
  std::vector<std::size_t> open{binding.statement};
  while (!open.empty()) {
    const std::size_t statement = open.back();
    open.pop_back();
    std::vector<std::size_t> direct;
    add_uses(script_.statements[statement].value, statement, direct);
    for (const std::size_t used : direct) {
      if (seen[used]) continue;
      seen[used] = true;
      open.push_back(used);
      binding.uses.push_back(used);
    }
  }
  std::ranges::sort(binding.uses);
}

void Lowering::add_uses(ExprId root, std::size_t visible, std::vector<std::size_t>& uses) const {
  const auto& parameters = script_.statements[visible].parameters;
  std::vector<ExprId> open{root};
  for (const FunctionParameter& parameter : parameters) {
    if (parameter.default_value != kNoExpr) open.push_back(parameter.default_value);
  }
  while (!open.empty()) {
    const Expr& expr = at(open.back());
    open.pop_back();
    open.insert(open.end(), expr.parts.begin(), expr.parts.end());
    for (const Argument& argument : expr.arguments) open.push_back(argument.value);
    if (expr.name.empty() || std::ranges::find(parameters, expr.name, &FunctionParameter::name) != parameters.end()) {
      continue;
    }
    const auto known = globals_.find(expr.name);
    if (known != globals_.end() && known->second.statement < visible) uses.push_back(known->second.statement);
  }
}

}  // namespace cw::expr
