#pragma once

#include <string>
#include <string_view>

namespace cw::app {

/// Appends a field of a CSV, in quotes where it needs them. Source  RFC 4180
void append_csv_text(std::string& out, std::string_view text);

}  // namespace cw::app
