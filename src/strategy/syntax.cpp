#include "strategy/syntax.h"

#include <algorithm>

#include <fmt/format.h>

#include "expr/language/parser.h"
#include "strategy/reading.h"

namespace cw::strategy {
namespace {

constexpr std::string_view kResult = "result__ = ";

bool is_input_call(const expr::Expr& expr) {
  return expr.kind == expr::ExprKind::Call && (expr.name == "input" || expr.name.starts_with("input."));
}

/// Parses `front + expression` as one statement about values.
std::optional<expr::Diagnostic> fault_of(std::string_view front, std::string_view expression) {
  const std::string text = fmt::format("{}{}", front, expression);
  expr::Trouble trouble{text};
  const expr::Script script = expr::parse(text, trouble);
  const auto whole = [&] {
    return expr::Place{static_cast<std::uint32_t>(front.size()), static_cast<std::uint32_t>(text.size())};
  };
  if (!trouble.any()) {
    if (script.seed) {
      trouble.complain(whole(), "bad_annotation", "the seed of a strategy is its own field: 'seed'");
    } else if (script.statements.size() != 1 || script.statements[0].looks != expr::Looks::Value) {
      trouble.complain(whole(), "not_a_value", "this must be an expression: a strategy plots and draws nothing");
    } else if (const auto call = std::ranges::find_if(script.exprs, is_input_call); call != script.exprs.end()) {
      trouble.complain(call->name_place, "not_supported", "the inputs of a strategy are listed under 'inputs'");
    }
  }
  if (!trouble.any()) return std::nullopt;
  return without_front(trouble.found(), front.size());
}

/// `a, b, c`: words, with the blanks around them.
bool is_word_list(std::string_view list) {
  while (true) {
    const std::size_t comma = std::min(list.find(','), list.size());
    std::string_view word = list.substr(0, comma);
    while (word.starts_with(' ')) word.remove_prefix(1);
    while (word.ends_with(' ')) word.remove_suffix(1);
    if (!is_word(word)) return false;
    if (comma == list.size()) return true;
    list.remove_prefix(comma + 1);
  }
}

}  // namespace

bool is_head(std::string_view head) {
  if (head.starts_with('[') && head.ends_with(']')) return is_word_list(head.substr(1, head.size() - 2));
  const std::size_t open = head.find('(');
  if (open == std::string_view::npos) return is_word(head);
  return head.ends_with(')') && is_word(head.substr(0, open)) &&
         is_word_list(head.substr(open + 1, head.size() - open - 2));
}

std::string before_expression(std::string_view head) {
  return fmt::format("{} {} ", head, head.ends_with(')') ? "=>" : "=");
}

std::optional<expr::Diagnostic> syntax_fault(std::string_view expression) { return fault_of(kResult, expression); }

std::optional<expr::Diagnostic> binding_fault(const Binding& binding) {
  return fault_of(before_expression(binding.head), binding.expr);
}

expr::Diagnostic without_front(expr::Diagnostic diagnostic, std::size_t before) {
  diagnostic.line = 1;
  // At the front itself: a name that is taken, say. The expression's first character stands for it.
  diagnostic.column = diagnostic.column > before ? diagnostic.column - before : 1;
  diagnostic.line_text.erase(0, std::min(before, diagnostic.line_text.size()));
  return diagnostic;
}

Fault expression_fault(std::string field, const expr::Diagnostic& diagnostic, const TextPlace& place) {
  const bool is_limit = diagnostic.code == "limit_exceeded";
  Fault fault{is_limit ? Errc::limit_exceeded : Errc::bad_expression,
              std::move(field),
              diagnostic.text(),
              place.line,
              place.column,
              0,
              diagnostic.suggestions};
  if (place.is_verbatim) {
    fault.column = place.column + diagnostic.column - 1;
    fault.length = diagnostic.length;
  }
  return fault;
}

}  // namespace cw::strategy
