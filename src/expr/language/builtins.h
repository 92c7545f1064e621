#pragma once

#include <span>
#include <string>
#include <string_view>

namespace cw::expr {

/// The names that the language has beside the rows of the table: `close`, `math.pi`, `request.security`, `plot`.
std::span<const std::string_view> builtin_names();
bool is_builtin(std::string_view name);
/// "; to compare, write close == …" where `close = …` gives a name of the language a value; else empty.
std::string comparing_hint(std::string_view name);

}  // namespace cw::expr
