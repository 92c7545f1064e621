#pragma once

#include <string_view>

namespace cw::expr {

/// Why a statement word of Pine is left out ("a value is one expression; write cond ? a : b"); empty: it is none.
std::string_view refused_keyword(std::string_view word);

/// Why a name of Pine, or all names of its group (`strategy.`), is left out; empty: it is not one that is known to be.
std::string_view refused_name(std::string_view name);

}  // namespace cw::expr
