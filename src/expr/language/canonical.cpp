#include "expr/language/canonical.h"

#include <cmath>
#include <cstddef>

#include <fmt/format.h>

#include "expr/language/value.h"

namespace cw::expr {
namespace {

// How tightly an expression holds together; what is looser than its surroundings needs parentheses.
constexpr int kTernary = 0;
constexpr int kUnary = 7;
constexpr int kHistory = 8;
constexpr int kWhole = 9;

struct Spelling {
  std::string_view text;
  int tightness;
};

Spelling spelling_of(Op op) {
  switch (op) {
    case Op::Or: return {"or", 1};
    case Op::And: return {"and", 2};
    case Op::Equal: return {"==", 3};
    case Op::NotEqual: return {"!=", 3};
    case Op::Less: return {"<", 4};
    case Op::LessEqual: return {"<=", 4};
    case Op::Greater: return {">", 4};
    case Op::GreaterEqual: return {">=", 4};
    case Op::Add: return {"+", 5};
    case Op::Subtract: return {"-", 5};
    case Op::Multiply: return {"*", 6};
    case Op::Divide: return {"/", 6};
    case Op::Modulo: return {"%", 6};
    default: return {"", kUnary};
  }
}

std::string number_text(const Expr& expr) {
  if (expr.type == Type::Int) return fmt::format("{:.0f}", expr.number);
  std::string text = fmt::format("{}", expr.number);
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

std::string declared_text(const Declared& declared) {
  std::string out;
  if (declared.qualifier) out += fmt::format("{} ", word_of(*declared.qualifier));
  if (declared.type) out += fmt::format("{} ", word_of(*declared.type));
  return out;
}

}  // namespace

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else {
      out += c;
    }
  }
  return out + '"';
}

int Canonical::tightness(ExprId id) const {
  const Expr& expr = script_[id];
  switch (expr.kind) {
    case ExprKind::Ternary: return kTernary;
    case ExprKind::Chain: return spelling_of(expr.ops[0]).tightness;
    // A plus sign changes nothing and is left out.
    case ExprKind::Unary: return expr.ops[0] == Op::Add ? tightness(expr.parts[0]) : kUnary;
    case ExprKind::History: return kHistory;
    default: return kWhole;
  }
}

std::string Canonical::expression(ExprId id) const {
  std::string out;
  append(out, id, kTernary);
  return out;
}

void Canonical::append(std::string& out, ExprId id, int tightest_needed) const {
  const Expr& expr = script_[id];
  if (tightness(id) < tightest_needed) {
    out += '(';
    append(out, id, kTernary);
    out += ')';
    return;
  }
  switch (expr.kind) {
    case ExprKind::Number: out += number_text(expr); break;
    case ExprKind::Bool: out += expr.number != 0 ? "true" : "false"; break;
    case ExprKind::Text: out += quoted(expr.text); break;
    case ExprKind::Color: out += expr.name; break;  // only where it is not evaluated: in a function that is not called
    case ExprKind::Name:
    case ExprKind::Call: append_call(out, id); break;
    case ExprKind::Unary:
      if (expr.ops[0] == Op::Add) return append(out, expr.parts[0], tightest_needed);
      out += expr.ops[0] == Op::Not ? "not " : "-";
      append(out, expr.parts[0], kUnary);
      break;
    case ExprKind::Chain: {
      const int own = tightness(id);
      append(out, expr.parts[0], own);
      for (std::size_t i = 0; i < expr.ops.size(); ++i) {
        out += fmt::format(" {} ", spelling_of(expr.ops[i]).text);
        append(out, expr.parts[i + 1], own + 1);
      }
      break;
    }
    case ExprKind::Ternary:
      for (std::size_t i = 0; i + 1 < expr.parts.size(); i += 2) {
        append(out, expr.parts[i], kTernary + 1);
        out += " ? ";
        append(out, expr.parts[i + 1], kTernary);
        out += " : ";
      }
      append(out, expr.parts.back(), kTernary);
      break;
    case ExprKind::History:
      append(out, expr.parts[0], kHistory);
      for (std::size_t i = 1; i < expr.parts.size(); ++i) out += fmt::format("[{}]", expression(expr.parts[i]));
      break;
    case ExprKind::List:
      out += '[';
      for (std::size_t i = 0; i < expr.parts.size(); ++i) {
        if (i > 0) out += ", ";
        append(out, expr.parts[i], kTernary);
      }
      out += ']';
      break;
  }
}

void Canonical::append_call(std::string& out, ExprId id) const {
  const Expr& expr = script_[id];
  const CallForm* form = forms_.find(id);
  out += form != nullptr && !form->name.empty() ? form->name : expr.name;
  if (form == nullptr) {
    if (expr.kind == ExprKind::Name) return;
    out += '(';
    append_written(out, expr, true);
    out += ')';
    return;
  }
  const bool is_written = form->as_written && expr.kind == ExprKind::Call;
  if (!is_written && form->as_variable && form->seed.empty()) return;
  out += '(';
  const std::size_t begin = out.size();
  if (is_written) {
    append_written(out, expr, form->keeps_seed);
  } else {
    for (const ShownArgument& argument : form->arguments) {
      if (out.size() > begin) out += ", ";
      if (!argument.name.empty()) out += fmt::format("{}=", argument.name);
      if (argument.value == kNoExpr) {
        out += argument.text;
      } else {
        append(out, argument.value, kTernary);
      }
    }
  }
  if (!form->seed.empty()) out += fmt::format("{}seed={}", out.size() > begin ? ", " : "", quoted(form->seed));
  out += ')';
}

void Canonical::append_written(std::string& out, const Expr& call, bool with_seed) const {
  const std::size_t begin = out.size();
  for (const Argument& argument : call.arguments) {
    if (!with_seed && argument.name == "seed") continue;
    if (out.size() > begin) out += ", ";
    if (!argument.name.empty()) out += fmt::format("{}=", argument.name);
    append(out, argument.value, kTernary);
  }
}

std::string Canonical::statement(const Statement& statement) const {
  std::string out = declared_text(statement.declared);
  if (statement.kind == StatementKind::Show) return expression(statement.value);
  if (statement.kind == StatementKind::Bind) {
    return out + fmt::format("{} = {}", statement.names[0].name, expression(statement.value));
  }
  std::string names;
  if (statement.kind == StatementKind::Tuple) {
    for (const BoundName& name : statement.names) names += fmt::format("{}{}", names.empty() ? "" : ", ", name.name);
    return fmt::format("[{}] = {}", names, expression(statement.value));
  }
  for (const FunctionParameter& parameter : statement.parameters) {
    names += fmt::format("{}{}{}", names.empty() ? "" : ", ", declared_text(parameter.declared), parameter.name);
    if (parameter.default_value != kNoExpr) names += fmt::format(" = {}", expression(parameter.default_value));
  }
  return fmt::format("{}({}) => {}", statement.names[0].name, names, expression(statement.value));
}

}  // namespace cw::expr
