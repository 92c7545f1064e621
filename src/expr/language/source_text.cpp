#include "expr/language/source_text.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "base/nearest.h"
#include "base/printable.h"
#include "base/require.h"

namespace cw::expr {
namespace {

/// Characters (code points); a byte that begins none counts as one.
std::size_t characters(std::string_view text) {
  std::size_t count = 0;
  for (std::size_t at = 0; at < text.size(); ++count) {
    at += std::max<std::size_t>(1, utf8_length(text.substr(at)));
  }
  return count;
}

std::size_t line_begin_of(std::string_view text, std::size_t byte) {
  const std::size_t newline_before = byte == 0 ? std::string_view::npos : text.rfind('\n', byte - 1);
  return newline_before == std::string_view::npos ? 0 : newline_before + 1;
}

/// A line as it can be shown: bytes that are no UTF-8 become '?', one a byte, so that columns stay.
std::string showable(std::string_view line) {
  std::string out;
  out.reserve(line.size());
  while (!line.empty()) {
    const std::size_t length = utf8_length(line);
    const bool is_control = length == 1 && static_cast<unsigned char>(line[0]) < 0x20 && line[0] != '\t';
    if (length == 0 || is_control) {
      out += '?';
    } else {
      out += line.substr(0, length);
    }
    line.remove_prefix(std::max<std::size_t>(1, length));
  }
  return out;
}

/// Blanks as wide as these characters, so that what follows stands under what follows them.
std::string blanks_under(std::string_view line, std::size_t count) {
  std::string out;
  for (std::size_t at = 0; at < line.size() && count > 0; --count) {
    out += line[at] == '\t' ? '\t' : ' ';
    at += std::max<std::size_t>(1, utf8_length(line.substr(at)));
  }
  out.append(count, ' ');
  return out;
}

constexpr std::size_t kShownMost = 100;  // characters of a line in text()

constexpr auto kCodes = std::to_array<std::string_view>({"empty",
                                                         "not_utf8",
                                                         "unexpected_character",
                                                         "bad_number",
                                                         "bad_string",
                                                         "bad_annotation",
                                                         "unexpected",
                                                         "unclosed",
                                                         "argument_order",
                                                         "no_output",
                                                         "unused_expression",
                                                         "misplaced",
                                                         "unknown_name",
                                                         "defined_later",
                                                         "already_defined",
                                                         "self_reference",
                                                         "recursion",
                                                         "not_a_value",
                                                         "not_a_function",
                                                         "wrong_type",
                                                         "wrong_count",
                                                         "not_known",
                                                         "compare_with_na",
                                                         "missing_argument",
                                                         "too_many_arguments",
                                                         "unknown_argument",
                                                         "repeated_argument",
                                                         "out_of_range",
                                                         "bad_option",
                                                         "bad_settings",
                                                         "bad_input",
                                                         "unknown_input",
                                                         "unknown_timeframe",
                                                         "lower_timeframe",
                                                         "unknown_symbol",
                                                         "nested_security",
                                                         "not_supported",
                                                         "not_available_yet",
                                                         "limit_exceeded"});

}  // namespace

std::span<const std::string_view> diagnostic_codes() { return kCodes; }

namespace {

/// The part of a long line that is shown, and where the place begins in it, in characters.
struct Window {
  std::string line;
  std::size_t begin = 0;
};

/// The first byte of a character, or the end of the line.
std::size_t byte_of(std::string_view line, std::size_t character) {
  std::size_t at = 0;
  for (; at < line.size() && character > 0; --character) at += std::max<std::size_t>(1, utf8_length(line.substr(at)));
  return std::min(at, line.size());
}

/// A line of at most kShownMost characters as it is, of a longer one as many around the place.
Window window_around(std::string_view line, std::size_t begin, std::size_t length) {
  constexpr std::string_view kCut = "...";
  const std::size_t width = characters(line);
  if (width <= kShownMost) return {std::string{line}, begin};
  const std::size_t before = (kShownMost - std::min(length, kShownMost)) / 2;
  const std::size_t from = std::min(begin - std::min(begin, before), width - kShownMost);
  const std::size_t first = byte_of(line, from);
  const std::size_t last = byte_of(line, from + kShownMost);
  Window made{.line = std::string{line.substr(first, last - first)}, .begin = begin - from};
  if (last < line.size()) made.line += kCut;
  if (from == 0) return made;
  return {std::string{kCut} + made.line, made.begin + kCut.size()};
}

}  // namespace

std::string Diagnostic::text() const {
  const std::string call = signature.empty() ? std::string{} : fmt::format("; it is called as {}", signature);
  const Window shown = window_around(line_text, column - 1, length);
  const std::size_t room =
      std::max<std::size_t>(1, characters(shown.line) - std::min(shown.begin, characters(shown.line)));
  return fmt::format("{}:{}: {}{}{} [{}]\n{}\n{}{}", line, column, message, did_you_mean(suggestions), call, code,
                     shown.line, blanks_under(shown.line, shown.begin), std::string(std::min(length, room), '^'));
}

Position position_of(std::string_view text, std::size_t byte) {
  const std::size_t line_begin = line_begin_of(text, byte);
  return {.line = 1 + static_cast<std::size_t>(std::ranges::count(text.substr(0, line_begin), '\n')),
          .column = 1 + characters(text.substr(line_begin, byte - line_begin))};
}

Diagnostic diagnose(std::string_view text, Place place, Complaint complaint) {
  const std::size_t begin = std::min<std::size_t>(place.begin, text.size());
  const std::size_t line_begin = line_begin_of(text, begin);
  std::size_t line_end = std::min(text.find('\n', begin), text.size());
  if (line_end > line_begin && line_end > begin && text[line_end - 1] == '\r') --line_end;
  const std::size_t end = std::clamp<std::size_t>(place.end, begin, line_end);

  Diagnostic found;
  found.code = std::move(complaint.code);
  found.message = std::move(complaint.message);
  // What is written already is no advice, and one advice is enough.
  for (std::string& name : complaint.suggestions) {
    const bool is_known = std::ranges::find(found.suggestions, name) != found.suggestions.end();
    if (!is_known && name != text.substr(begin, end - begin)) found.suggestions.push_back(std::move(name));
  }
  found.signature = std::move(complaint.signature);
  const Position position = position_of(text, begin);
  found.line = position.line;
  found.column = position.column;
  found.length = std::max<std::size_t>(1, characters(text.substr(begin, end - begin)));
  found.line_text = showable(text.substr(line_begin, line_end - line_begin));
  return found;
}

void Trouble::complain(Place place, Complaint complaint) {
  CW_REQUIRE(std::ranges::find(kCodes, complaint.code) != kCodes.end());
  if (!found_) found_ = diagnose(text_, place, std::move(complaint));
}

void Trouble::complain(Place place, std::string_view code, std::string message) {
  if (!found_) complain(place, Complaint{.code = std::string{code}, .message = std::move(message)});
}

}  // namespace cw::expr
