#pragma once

#include <string_view>

namespace cw::net {

/// ASCII only, as HTTP compares names.
bool equal_without_case(std::string_view a, std::string_view b);

/// Without spaces and tabs at both ends.
std::string_view trim_blanks(std::string_view text);

/// Takes the next item of a comma-separated list off the front, trimmed; commas inside double quotes do not count.
std::string_view take_list_item(std::string_view& rest);

}  // namespace cw::net
