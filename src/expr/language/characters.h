#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace cw::expr {

/// The bytes of the blank that a text begins with, Unicode's too (U+00A0, as web pages have them); 0 where it begins with
/// none. The end of a line is none.
std::size_t blank_length(std::string_view text);

/// What cannot be read at the beginning of a text, and what is meant by it.
struct Unreadable {
  std::size_t length = 1;  // bytes
  std::string message;     // names a character that is not ASCII by its code point too
  std::string_view right;  // the right spelling; empty: none is known
};
Unreadable describe_unreadable(std::string_view text);

/// Whether a text begins with two signs that are an operator elsewhere, and none here: `**`, `<>`.
bool is_foreign_operator(std::string_view text);

}  // namespace cw::expr
