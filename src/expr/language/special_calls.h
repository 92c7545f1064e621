#pragma once

#include <string_view>

namespace cw::expr {

/// Whether calls of this name are read by themselves and not by the table: what takes any number of arguments, other bars,
/// inputs, plots.
bool is_special_call(std::string_view name);

/// Whether it stands alone in its line: plot, indicator.
bool is_statement_call(std::string_view name);

}  // namespace cw::expr
