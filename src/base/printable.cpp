#include "base/printable.h"

#include <fmt/format.h>

namespace cw {
namespace {

/// C0, DEL and C1 (U+0080 to U+009F, two bytes), which terminals obey.
bool is_control(std::string_view letter) {
  const auto first = static_cast<unsigned char>(letter[0]);
  return first < 0x20 || first == 0x7f ||
         (letter.size() == 2 && first == 0xc2 && static_cast<unsigned char>(letter[1]) < 0xa0);
}

}  // namespace

std::size_t utf8_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto continues = [&](std::size_t i, unsigned char least = 0x80, unsigned char most = 0xbf) {
    return i < text.size() && byte(i) >= least && byte(i) <= most;
  };
  const unsigned char first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first <= 0xdf) return continues(1) ? 2 : 0;
  if (first >= 0xe0 && first <= 0xef) {
    const unsigned char least = first == 0xe0 ? 0xa0 : 0x80;  // no longer form than needed
    const unsigned char most = first == 0xed ? 0x9f : 0xbf;   // no surrogates
    return continues(1, least, most) && continues(2) ? 3 : 0;
  }
  if (first >= 0xf0 && first <= 0xf4) {
    const unsigned char least = first == 0xf0 ? 0x90 : 0x80;
    const unsigned char most = first == 0xf4 ? 0x8f : 0xbf;  // up to U+10FFFF
    return continues(1, least, most) && continues(2) && continues(3) ? 4 : 0;
  }
  return 0;
}

std::string printable(std::string_view text, std::size_t most) {
  std::string out;
  std::size_t done = 0;
  while (done < text.size()) {
    const std::string_view rest = text.substr(done);
    const std::size_t length = utf8_length(rest);
    const std::string_view letter = rest.substr(0, length == 0 ? 1 : length);
    if (done + letter.size() > most) return out + "...";
    if (letter == "\n") {
      out += "\\n";
    } else if (letter == "\t") {
      out += "\\t";
    } else if (length == 0 || is_control(letter)) {
      for (const char c : letter) out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    } else {
      out += letter;
    }
    done += letter.size();
  }
  return out;
}

}  // namespace cw
