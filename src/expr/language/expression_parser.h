#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "expr/language/syntax.h"
#include "expr/language/token_stream.h"

namespace cw::expr {

/// `and`, `true`, …: words that are no names.
bool is_own_word(std::string_view word);

/// Reads expressions from tokens into a Script's list, by recursive descent: a call for each precedence, a loop for each chain.
class ExpressionParser {
 public:
  ExpressionParser(TokenStream& tokens, std::vector<Expr>& exprs, Trouble& trouble)
      : tokens_(tokens), exprs_(exprs), trouble_(trouble) {}

  /// The expression that begins with the next token; kNoExpr once there is trouble.
  ExprId expression();
  /// Complains where a word is a statement of Pine that is left out.
  bool refuse_keyword() { return refuse_keyword(tokens_.peek()); }
  bool refuse_keyword(const Token& token);
  bool refuse_generic(const Token& name);

 private:
  ExprId make(Expr expr, std::uint32_t begin);
  bool enter();
  ExprId choice();
  ExprId ternary();
  ExprId chain(int level);
  ExprId unary();
  ExprId history();
  ExprId primary();
  ExprId parenthesised();
  ExprId list();
  ExprId name();
  bool arguments(Expr& call);

  TokenStream& tokens_;
  std::vector<Expr>& exprs_;
  Trouble& trouble_;
  std::size_t depth_ = 0;
};

}  // namespace cw::expr
