#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "expr/language/source_text.h"
#include "indicators/kernel.h"

namespace cw::expr {

enum class TokenKind : unsigned char {
  Int,
  Float,
  Text,     // text: what is between the quotes, escapes read
  Color,    // #rrggbb or #rrggbbaa
  Name,     // words and dotted names: `and`, `ta.ema`
  Mark,     // operators and brackets
  NewLine,  // a statement ends here: only outside of brackets, and where the next line is not indented
  End,
};

struct Token {
  TokenKind kind = TokenKind::End;
  Place place{};
  std::string_view spelling{};
  double number = 0;
  std::string text{};

  bool is(std::string_view mark) const { return kind == TokenKind::Mark && spelling == mark; }
  bool is_word(std::string_view word) const { return kind == TokenKind::Name && spelling == word; }
};

struct Tokens {
  std::vector<Token> all{};  // ends with End
  std::optional<indicators::Seed> seed{};
};

/// Cuts a text into tokens. A line that is indented deeper than the first one goes on with the line before, as does one
/// inside of brackets. Comments (`//`) are left out, but for `//@version=` and `//@seed=`.
///
/// Errors  limit_exceeded (bytes, tokens), not_utf8, unexpected_character, bad_number, bad_string, bad_annotation
Tokens tokens_of(std::string_view text, Trouble& trouble);

}  // namespace cw::expr
