#include "expr/language/lowering.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "expr/arithmetic.h"

namespace cw::expr {
namespace {

/// Expressions inside of each other, functions and names written out: far more than kDepthMost brackets can give, and
/// little enough for the stack.
constexpr std::size_t kReadDepthMost = 8 * kDepthMost;

bool is_comparison(Op op) { return op >= Op::Less && op <= Op::NotEqual; }
bool is_logic(Op op) { return op == Op::And || op == Op::Or; }

std::string_view sign_of(Op op) {
  switch (op) {
    case Op::Add: return "+";
    case Op::Subtract:
    case Op::Negate: return "-";
    case Op::Multiply: return "*";
    case Op::Divide: return "/";
    case Op::Modulo: return "%";
    case Op::Less: return "<";
    case Op::LessEqual: return "<=";
    case Op::Greater: return ">";
    case Op::GreaterEqual: return ">=";
    case Op::Equal: return "==";
    case Op::NotEqual: return "!=";
    case Op::And: return "and";
    case Op::Or: return "or";
    case Op::Not: return "not";
    default: return "?";
  }
}

}  // namespace

Lowering::Lowering(const Script& script, const CompileOptions& options, Graph& graph, Trouble& trouble)
    : script_(script),
      options_(options),
      graph_(graph),
      trouble_(trouble),
      seed_(script.seed.value_or(options.seed)),
      inputs_(options) {}

std::nullopt_t Lowering::complain(Place place, std::string_view code, std::string message) {
  trouble_.complain(place, code, std::move(message));
  return std::nullopt;
}

std::nullopt_t Lowering::complain(Place place, Complaint complaint) {
  trouble_.complain(place, std::move(complaint));
  return std::nullopt;
}

std::optional<Value> Lowering::value(ExprId id, Scope scope) {
  if (trouble_.any()) return std::nullopt;
  if (++steps_ > kStepsMost) {
    return complain(
        at(id).place, "limit_exceeded",
        fmt::format("this text has more than {} operations once its functions are written out", kStepsMost));
  }
  if (depth_ >= kReadDepthMost) {
    return complain(at(id).place, "limit_exceeded", "this nests too deeply once its functions are written out");
  }
  ++depth_;
  auto made = read(id, scope);
  --depth_;
  return made;
}

std::optional<Value> Lowering::read(ExprId id, Scope scope) {
  const Expr& expr = at(id);
  place_ = expr.place;
  switch (expr.kind) {
    case ExprKind::Number:
    case ExprKind::Bool: return constant(expr.number, expr.type, scope.context);
    case ExprKind::Text: return text_value(expr.text, Qualifier::Const);
    case ExprKind::Color:
      return complain(expr.place, "not_supported",
                      "a colour is not supported: values have no colours; the chart gives each line its own");
    case ExprKind::Name: return name(id, scope);
    case ExprKind::Call: return call(id, scope);
    case ExprKind::Unary: return unary(expr, scope);
    case ExprKind::Chain: return chain(expr, scope);
    case ExprKind::Ternary: return ternary(expr, scope);
    case ExprKind::History: return history(expr, scope);
    case ExprKind::List: return list(expr, scope);
  }
  return std::nullopt;
}

std::optional<Value> Lowering::single(ExprId id, Scope scope) {
  auto made = value(id, scope);
  if (made && made->is_tuple()) {
    return complain(at(id).place, "wrong_count",
                    fmt::format("this gives {} values where one is needed; take them apart first: [a, b] = …",
                                made->members.size()));
  }
  return made;
}

std::optional<std::string> Lowering::known_text(ExprId id, Scope scope, std::string_view what) {
  auto made = single(id, scope);
  if (!made) return std::nullopt;
  if (made->is_text()) return std::move(made->text);
  return complain(at(id).place, "wrong_type", fmt::format("{} must be a text, not {}", what, described(*made)));
}

std::optional<bool> Lowering::known_flag(ExprId id, Scope scope, std::string_view what) {
  const auto made = single(id, scope);
  if (!made) return std::nullopt;
  if (made->is_bool() && made->is_known()) return is_true(made->number);
  return complain(at(id).place, "wrong_type", fmt::format("{} must be true or false, not {}", what, described(*made)));
}

std::optional<Value> Lowering::list(const Expr& expr, Scope scope) {
  Value tuple;
  for (const ExprId part : expr.parts) {
    auto member = single(part, scope);
    if (!member) return std::nullopt;
    tuple.members.push_back(std::move(*member));
  }
  if (tuple.members.size() > 1) return tuple;
  return complain(expr.place, "wrong_count", "a list in [] holds two values or more");
}

std::optional<Value> Lowering::refuse_operand(Op op, const Value& value, Place place) {
  std::string_view hint;
  if (value.is_number() && is_logic(op)) hint = "; compare it, for instance x != 0";
  if (value.is_number() && op == Op::Not) hint = "; it binds before a comparison: write not (a > b)";
  if (value.is_bool()) hint = "; for a number write condition ? 1 : 0";
  if (value.is_na) hint = "; whether a value is missing is na(x)";
  const std::string_view wanted = is_logic(op) || op == Op::Not ? "a bool" : "a number";
  return complain(place, "wrong_type",
                  fmt::format("'{}' needs {}, and this is {}{}", sign_of(op), wanted, described(value), hint));
}

std::optional<Value> Lowering::unary(const Expr& expr, Scope scope) {
  const Op op = expr.ops[0];
  auto operand = single(expr.parts[0], scope);
  if (!operand) return operand;
  const bool fits = op == Op::Not ? operand->is_bool() : operand->is_number();
  if (!fits) return refuse_operand(op, *operand, at(expr.parts[0]).place);
  if (op == Op::Add) return operand;
  return operate(op, operand->type, {*operand}, scope.context, expr.place);
}

std::optional<Value> Lowering::chain(const Expr& expr, Scope scope) {
  auto left = single(expr.parts[0], scope);
  Place left_place = at(expr.parts[0]).place;
  for (std::size_t i = 0; left && i < expr.ops.size(); ++i) {
    auto right = single(expr.parts[i + 1], scope);
    if (!right) return right;
    const Place right_place = at(expr.parts[i + 1]).place;
    left = binary(expr.ops[i], std::move(*left), std::move(*right), left_place, right_place, scope.context);
    left_place.end = right_place.end;
  }
  return left;
}

std::optional<Value> Lowering::binary(Op op, Value a, Value b, Place a_place, Place b_place, ContextId context) {
  const Place place{a_place.begin, b_place.end};
  if (is_comparison(op)) return compare(op, a, b, a_place, b_place, context);
  if (op == Op::Add && a.is_text() && b.is_text()) return join(a, b, place, context);
  const bool wants_bool = is_logic(op);
  if (wants_bool ? !a.is_bool() : !a.is_number()) return refuse_operand(op, a, a_place);
  if (wants_bool ? !b.is_bool() : !b.is_number()) return refuse_operand(op, b, b_place);
  const bool is_int = op != Op::Divide && a.type == Type::Int && b.type == Type::Int;
  const Type type = wants_bool ? Type::Bool : is_int ? Type::Int : Type::Float;
  return operate(op, type, {std::move(a), std::move(b)}, context, place);
}

std::optional<Value> Lowering::compare(Op op, const Value& a, const Value& b, Place a_place, Place b_place,
                                       ContextId context) {
  const Place place{a_place.begin, b_place.end};
  if (a.is_na || b.is_na) {
    return complain(a.is_na ? a_place : b_place, "compare_with_na",
                    "nothing is equal to na, not even na itself: whether a value is missing is na(x)");
  }
  const bool is_equality = op == Op::Equal || op == Op::NotEqual;
  if (is_equality && a.is_text() && b.is_text()) {
    auto same = constant((a.text == b.text) == (op == Op::Equal) ? 1 : 0, Type::Bool, context);
    if (same) same->qualifier = std::max(a.qualifier, b.qualifier);
    return same;
  }
  if (is_equality && a.is_bool() && b.is_bool()) {
    // A bool of another timeframe may have no value yet, which is false here: only `not` gives 0 and 1 alone.
    auto not_a = operate(Op::Not, Type::Bool, {a}, context, a_place);
    auto not_b = operate(Op::Not, Type::Bool, {b}, context, b_place);
    if (!not_a || !not_b) return std::nullopt;
    return operate(op, Type::Bool, {std::move(*not_a), std::move(*not_b)}, context, place);
  }
  if (!a.is_number()) return refuse_operand(op, a, a_place);
  if (!b.is_number()) return refuse_operand(op, b, b_place);
  return operate(op, Type::Bool, {a, b}, context, place);
}

std::optional<Value> Lowering::join(const Value& a, const Value& b, Place place, ContextId) {
  if (a.text.size() + b.text.size() > kTextMost) {
    return complain(place, "limit_exceeded", fmt::format("this text becomes longer than {} bytes", kTextMost));
  }
  return text_value(a.text + b.text, std::max(a.qualifier, b.qualifier));
}

std::optional<Value> Lowering::condition(ExprId id, Scope scope, std::string_view where) {
  auto made = single(id, scope);
  if (!made || made->is_bool()) return made;
  return complain(at(id).place, "wrong_type",
                  fmt::format("{} needs a bool, and this is {}{}", where, described(*made),
                              made->is_number() ? "; compare it, for instance x != 0" : ""));
}

std::optional<Value> Lowering::ternary(const Expr& expr, Scope scope) {
  // From the right: the last answer is what the condition before it stands against.
  std::vector<Value> values;
  for (std::size_t i = 0; i < expr.parts.size(); ++i) {
    const bool is_condition = i % 2 == 0 && i + 1 < expr.parts.size();
    auto part = is_condition ? condition(expr.parts[i], scope, "the condition of '?'") : single(expr.parts[i], scope);
    if (!part) return part;
    values.push_back(std::move(*part));
  }
  std::optional<Value> answer = std::move(values.back());
  for (std::size_t i = values.size() - 1; answer && i >= 2; i -= 2) {
    const Place place{at(expr.parts[i - 2]).place.begin, expr.place.end};
    answer = select(values[i - 2], values[i - 1], *answer, place, scope.context);
  }
  return answer;
}

std::optional<Value> Lowering::select(const Value& condition, const Value& yes, const Value& no, Place place,
                                      ContextId context) {
  if (yes.is_number() && no.is_number()) {
    const Type plain = yes.is_na ? no.type : yes.type;
    const Type type = no.is_na || no.type == plain ? plain : Type::Float;
    auto made = operate(Op::Select, type, {condition, yes, no}, context, place);
    if (made) {
      made->type = type;
      made->is_na = yes.is_na && no.is_na;
    }
    return made;
  }
  if (yes.is_bool() && no.is_bool()) return operate(Op::Select, Type::Bool, {condition, yes, no}, context, place);
  if (yes.is_text() && no.is_text()) {
    if (!condition.is_known()) {
      return complain(place, "not_known", "a text must be known before the first bar, and this condition is not");
    }
    Value chosen = is_true(condition.number) ? yes : no;
    chosen.qualifier = std::max({condition.qualifier, yes.qualifier, no.qualifier});
    return chosen;
  }
  const bool is_missing_bool = (yes.is_bool() && no.is_na) || (yes.is_na && no.is_bool());
  return complain(place, "wrong_type",
                  is_missing_bool ? "a bool is true or false, never na"
                                  : fmt::format("the answers of '?' must be of one type, and these are {} and {}",
                                                described(yes), described(no)));
}

std::optional<Value> Lowering::history(const Expr& expr, Scope scope) {
  auto made = single(expr.parts[0], scope);
  for (std::size_t i = 1; made && i < expr.parts.size(); ++i) {
    const Place place = at(expr.parts[i]).place;
    const auto bars = single(expr.parts[i], scope);
    if (!bars) return std::nullopt;
    if (made->is_text()) return complain(at(expr.parts[0]).place, "wrong_type", "a text has no past");
    if (bars->is_na || !bars->is_number() || bars->type != Type::Int) {
      return complain(place, "wrong_type",
                      fmt::format("the bars in [] must be an int, not {}{}", described(*bars),
                                  bars->is_number() ? "; write int(x)" : ""));
    }
    if (!bars->is_known()) {
      return complain(
          place, "not_known",
          "how many bars [] goes back must be known before the first bar; a number that changes from bar to "
          "bar is not supported");
    }
    if (!(bars->number >= 0 && bars->number <= kLengthMost)) {
      return complain(place, "out_of_range",
                      fmt::format("[] goes back 0 to {:.0f} bars, not {}", kLengthMost, bars->number));
    }
    if (bars->number == 0) continue;
    const Value before = *made;
    Node node{.op = Op::History, .type = before.type, .context = scope.context, .inputs = {before.node}};
    node.number = bars->number;
    made = add(std::move(node), Qualifier::Series, expr.place);
    if (!made) return made;
    made->is_price = before.is_price;
    made->is_event = before.is_event;
  }
  return made;
}

}  // namespace cw::expr
