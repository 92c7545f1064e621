#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace cw {

/// How many bytes the well-formed UTF-8 sequence at the start of `text` has; 0 where there is none. `text` is not empty.
/// Source  the Unicode Standard, table 3-7 (well-formed byte sequences)
std::size_t utf8_length(std::string_view text);

/// A text from outside as a message may show it: one line that disturbs no terminal. UTF-8 stays as it is; control
/// characters and bytes that are no UTF-8 become `\n`, `\t`, `\x1b`. Of a longer text the first `most` bytes are shown (no
/// letter is cut) and "..." after them.
std::string printable(std::string_view text, std::size_t most = 60);

}  // namespace cw
