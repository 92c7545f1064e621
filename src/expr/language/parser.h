#pragma once

#include <string_view>

#include "expr/language/syntax.h"

namespace cw::expr {

/// Reads a text's statements. Names are taken as they are: what they mean is the next part's.
///
/// Precedence, from the tightest: [] · unary + - not · * / % · + - · < <= > >= · == != · and · or · ?:
/// Errors      those of tokens_of; unexpected, unclosed, empty, argument_order, limit_exceeded (depth), and not_supported for
///             the statements of Pine that are left out (if, for, var, :=, import, …)
/// Source      the Pine Script user manual, "Operators" (precedence) and "Script structure" (lines)
Script parse(std::string_view text, Trouble& trouble);

}  // namespace cw::expr
