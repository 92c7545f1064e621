#pragma once

#include <string>
#include <string_view>

namespace cw {

/// Appends `text` to `out` as a JSON string with its quotes. Bytes that are not UTF-8 become U+FFFD, so that the result is
/// always valid JSON, whatever a person or a peer typed.
/// Source  RFC 8259, section 7; the Unicode Standard, table 3-7 (well-formed UTF-8)
void append_json_string(std::string& out, std::string_view text);

/// The same as a text of its own.
std::string json_string(std::string_view text);

/// Appends a number as JSON writes it, the shortest that reads back the same; `null` for NaN and infinities, which JSON
/// does not have.
void append_json_number(std::string& out, double value);

}  // namespace cw
