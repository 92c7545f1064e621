#pragma once

#include <string>

namespace cw::expr {

/// docs/language.md, made of the table of functions, the variables and the limits that the compiler itself uses. Blocks
/// marked `pine` are texts that compile.
std::string language_page();

}  // namespace cw::expr
