#pragma once

#include <span>
#include <string_view>

#include "expr/function.h"

namespace cw::expr {

/// A name that stands for a value without being a function of the table.
struct Variable {
  std::string_view name;  // "close"
  Type type = Type::Float;
  std::string_view summary;
};

/// The columns of a bar and what is derived of them, and what the chart is.
std::span<const Variable> variables();

/// What is called like a function and is no row of the table: `input.int`, `request.security`, the casts.
std::span<const std::string_view> builtin_calls();

/// The series from outside that are told with all that a row of the table tells (`signal.score`): for pages, forms and
/// completion. They have no operator of their own: who has the values gives them (NamedSeries).
std::span<const Function> outside_series();

/// The words and built-in calls of the language that are neither functions (of the table or from outside) nor variables, for
/// highlighting and completion: `and`, `input.int`, `request.security`.
std::span<const std::string_view> keywords();
/// Those of them that are the grammar's: nothing can be named by them.
std::span<const std::string_view> own_words();

}  // namespace cw::expr
