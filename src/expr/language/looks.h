#pragma once

#include <string_view>

#include "expr/language/syntax.h"

namespace cw::expr {

/// Whether a call only draws: hline, fill, bgcolor, barcolor. Alone in its line it is read over.
bool is_drawing_call(std::string_view name);

/// Says of each statement whether it is about values or about looks alone: drawings, plots that are given a name for a
/// drawing's sake, and colours. What those are made of is parsed and never evaluated.
///
/// Errors  wrong_type where a value that is declared a colour is none
void mark_looks(Script& script, Trouble& trouble);

}  // namespace cw::expr
