#include "expr/language/characters.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include <fmt/format.h>

#include "base/printable.h"

namespace cw::expr {
namespace {

/// What people write out of habit or paste from a word processor or a web page, and what it is here.
struct Habit {
  std::string_view written;
  std::string_view right;
};
constexpr auto kHabits = std::to_array<Habit>({
    {"&&", "and"},    {"||", "or"},     {"!", "not"},     {"**", "math.pow"}, {"^", "math.pow"}, {"<>", "!="},
    {"\u201c", "\""}, {"\u201d", "\""}, {"\u2018", "'"},  {"\u2019", "'"},    {"\u2212", "-"},   {"\u2013", "-"},
    {"\u00d7", "*"},  {"\u00f7", "/"},  {"\u2265", ">="}, {"\u2264", "<="},   {"\u2260", "!="},  {"\u0430", "a"},
    {"\u0441", "c"},  {"\u0435", "e"},  {"\u043e", "o"},  {"\u0440", "p"},    {"\u0445", "x"},   {"\u0443", "y"},
    {"\u0456", "i"},  {"\u0455", "s"},  {"\u03bf", "o"},
});

/// Of a character that is UTF-8.
std::uint32_t code_point(std::string_view character) {
  const auto first = static_cast<unsigned char>(character[0]);
  if (character.size() <= 1) return first;
  std::uint32_t point = first & (0x7fU >> character.size());
  for (const char c : character.substr(1)) point = (point << 6) | (static_cast<unsigned char>(c) & 0x3fU);
  return point;
}

bool is_unicode_blank(std::uint32_t point) {
  return point == 0x00a0 || point == 0x1680 || (point >= 0x2000 && point <= 0x200a) || point == 0x202f ||
         point == 0x205f || point == 0x3000;
}

bool is_invisible(std::uint32_t point) {
  return point == 0x00ad || (point >= 0x200b && point <= 0x200f) || (point >= 0x2028 && point <= 0x202e) ||
         (point >= 0x2060 && point <= 0x206f) || point == 0xfeff;
}

}  // namespace

std::size_t blank_length(std::string_view text) {
  const char c = text[0];
  if (c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v') return 1;
  const std::size_t length = utf8_length(text);
  return length > 1 && is_unicode_blank(code_point(text.substr(0, length))) ? length : 0;
}

Unreadable describe_unreadable(std::string_view text) {
  const auto habit = std::ranges::find_if(kHabits, [&](const Habit& h) { return text.starts_with(h.written); });
  Unreadable made;
  if (habit != kHabits.end()) made.right = habit->right;
  made.length = habit != kHabits.end() ? habit->written.size() : std::max<std::size_t>(1, utf8_length(text));
  const std::string_view character = text.substr(0, made.length);
  const std::uint32_t point = code_point(character);
  if (static_cast<unsigned char>(character[0]) < 0x80) {
    made.message = fmt::format("'{}' is no part of the language", printable(character));
  } else if (is_invisible(point)) {
    made.message = fmt::format("an invisible character, U+{:04X}, stands here; take it out", point);
  } else {
    made.message = fmt::format("'{}' (U+{:04X}) is no part of the language", printable(character), point);
  }
  if (made.right == "math.pow") made.message += "; a power is math.pow(base, exponent)";
  return made;
}

bool is_foreign_operator(std::string_view text) { return text.starts_with("**") || text.starts_with("<>"); }

}  // namespace cw::expr
