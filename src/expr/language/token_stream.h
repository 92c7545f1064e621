#pragma once

#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "expr/language/lexer.h"

namespace cw::expr {

/// The tokens of a text, read one by one with a look ahead; complains where another one was expected.
class TokenStream {
 public:
  TokenStream(std::string_view text, std::vector<Token> tokens, Trouble& trouble)
      : text_(text), tokens_(std::move(tokens)), trouble_(trouble) {}

  const Token& peek(std::size_t ahead = 0) const;
  const Token& take();
  /// The one after a token of this stream that is not its end.
  const Token& after(const Token& token) const { return *(&token + 1); }
  /// Takes the next token if it is this mark.
  bool take_if(std::string_view mark);
  /// Takes this mark, or complains that it, or one of the others that could stand here, was expected.
  bool expect(std::string_view mark, std::string_view expected);
  /// Takes the mark that closes the bracket at `open`, or complains.
  bool close(std::string_view mark, Place open);
  std::uint32_t last_end() const { return at_ == 0 ? 0 : tokens_[at_ - 1].place.end; }
  /// Whether the tokens after an opening bracket, `ahead` from here, lead to its closing one and then to this mark.
  bool brackets_lead_to(std::string_view mark, std::size_t ahead) const;
  /// Whether the next token stands on a later line than the one before it.
  bool is_on_a_later_line() const;
  bool is_at_end_of_statement() const;

  void complain_unexpected(std::string_view expected);

 private:
  std::string_view text_;
  std::vector<Token> tokens_;
  Trouble& trouble_;
  std::size_t at_ = 0;
};

/// A token as a sentence names it: "'close'", "the end of the line".
std::string shown(const Token& token);

}  // namespace cw::expr
