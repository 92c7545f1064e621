#pragma once

#include <string_view>
#include <utility>

#include "base/error.h"

namespace cw::net {

/// ASCII only, as HTTP compares names.
bool equal_without_case(std::string_view a, std::string_view b);

/// Without spaces and tabs at both ends.
std::string_view trim_blanks(std::string_view text);

/// Takes the next item of a comma-separated list off the front, trimmed; commas inside double quotes do not count.
std::string_view take_list_item(std::string_view& rest);

/// The error with the place in front, unless its message names the place already.
inline Error with_place_once(Error error, std::string_view place) {
  return error.message.find(place) == std::string::npos ? with_place(std::move(error), place) : error;
}

}  // namespace cw::net
