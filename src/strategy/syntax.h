#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "expr/compile.h"
#include "strategy/document.h"

namespace cw::strategy {

/// What is wrong with a text that is to be one expression of the language, without knowing what its names mean: it does not
/// parse, is a plot, a drawing or an input.*, or says `//@seed=`.
std::optional<expr::Diagnostic> syntax_fault(std::string_view expression);

/// The same of `head = expression`: the head is a name, `[a, b]` or `f(a, b)`.
std::optional<expr::Diagnostic> binding_fault(const Binding& binding);

/// Whether a head is well formed.
bool is_head(std::string_view head);
/// "head = " or, of a function, "head => ": what stands before the expression in a text of the language.
std::string before_expression(std::string_view head);

/// A fault of the language as one of the document: `diagnostic` counts from the expression's first character.
Fault expression_fault(std::string field, const expr::Diagnostic& diagnostic, const TextPlace& place);

/// A diagnostic of a line that has `before` characters in front of the expression, as one of the expression alone.
expr::Diagnostic without_front(expr::Diagnostic diagnostic, std::size_t before);

}  // namespace cw::strategy
