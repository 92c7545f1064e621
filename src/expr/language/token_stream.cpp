#include "expr/language/token_stream.h"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "base/printable.h"

namespace cw::expr {

std::string shown(const Token& token) {
  if (token.kind == TokenKind::End) return "the end of the text";
  if (token.kind == TokenKind::NewLine) return "the end of the line";
  return fmt::format("'{}'", printable(token.spelling, 40));
}

const Token& TokenStream::peek(std::size_t ahead) const { return tokens_[std::min(at_ + ahead, tokens_.size() - 1)]; }

const Token& TokenStream::take() {
  const Token& token = peek();
  if (at_ + 1 < tokens_.size()) ++at_;
  return token;
}

bool TokenStream::take_if(std::string_view mark) {
  if (!peek().is(mark)) return false;
  take();
  return true;
}

bool TokenStream::expect(std::string_view mark, std::string_view expected) {
  if (take_if(mark)) return true;
  complain_unexpected(expected);
  return false;
}

bool TokenStream::close(std::string_view mark, Place open) {
  if (take_if(mark)) return true;
  if (peek().kind == TokenKind::End || peek().kind == TokenKind::NewLine) {
    trouble_.complain(open, "unclosed", fmt::format("this bracket is never closed by '{}'", mark));
  } else {
    complain_unexpected(fmt::format("',' or '{}'", mark));
  }
  return false;
}

bool TokenStream::brackets_lead_to(std::string_view mark, std::size_t ahead) const {
  std::size_t depth = 0;
  for (std::size_t i = at_ + ahead; i < tokens_.size(); ++i) {
    const Token& token = tokens_[i];
    if (token.kind == TokenKind::NewLine) return false;
    if (token.is("(") || token.is("[")) ++depth;
    if ((token.is(")") || token.is("]")) && --depth == 0) return i + 1 < tokens_.size() && tokens_[i + 1].is(mark);
  }
  return false;
}

bool TokenStream::is_on_a_later_line() const {
  const std::uint32_t begin = last_end();
  return text_.substr(begin, peek().place.begin - begin).find('\n') != std::string_view::npos;
}

bool TokenStream::is_at_end_of_statement() const {
  return peek().kind == TokenKind::End || peek().kind == TokenKind::NewLine || peek().is(",");
}

void TokenStream::complain_unexpected(std::string_view expected) {
  const bool goes_on = peek().kind != TokenKind::End && is_on_a_later_line();
  Complaint complaint{.code = "unexpected",
                      .message = fmt::format("expected {} and found {}{}", expected, shown(peek()),
                                             goes_on ? " (a line that is indented goes on with the one before)" : "")};
  if (peek().is("=")) complaint.suggestions = {"=="};
  for (const std::string_view word : {"and", "or", "not"}) {
    const auto is_same = [](char a, char b) { return std::tolower(static_cast<unsigned char>(a)) == b; };
    if (std::ranges::equal(peek().spelling, word, is_same)) complaint.suggestions = {std::string{word}};
  }
  trouble_.complain(peek().place, std::move(complaint));
}

}  // namespace cw::expr
