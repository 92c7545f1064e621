#include "expr/language/parser.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "expr/language/expression_parser.h"
#include "expr/language/looks.h"
#include "expr/language/refusals.h"
#include "expr/language/token_stream.h"

namespace cw::expr {
namespace {

constexpr std::array<std::string_view, 6> kReassigning{":=", "+=", "-=", "*=", "/=", "%="};

class Parser {
 public:
  Parser(std::string_view text, Tokens tokens, Trouble& trouble)
      : trouble_(trouble),
        tokens_(text, std::move(tokens.all), trouble),
        expressions_(tokens_, script_.exprs, trouble) {
    script_.seed = tokens.seed;
  }

  Script run() {
    while (!trouble_.any() && tokens_.peek().kind != TokenKind::End) {
      if (tokens_.peek().kind == TokenKind::NewLine) {
        tokens_.take();
        continue;
      }
      statement();
      if (trouble_.any()) break;
      if (!tokens_.is_at_end_of_statement()) {
        complain_after_statement();
      } else if (tokens_.take_if(",") && tokens_.is_at_end_of_statement()) {
        tokens_.complain_unexpected("another statement after ','");
      }
    }
    if (!trouble_.any() && script_.statements.empty()) {
      trouble_.complain(tokens_.peek().place, "empty", "there is no expression here");
    }
    if (!trouble_.any()) mark_looks(script_, trouble_);
    return std::move(script_);
  }

 private:
  void statement() {
    if (expressions_.refuse_keyword()) return;
    if (tokens_.peek().is("[") && tokens_.brackets_lead_to("=", 0)) return tuple();
    const Declared declared = declaration(true);
    if (trouble_.any()) return;
    const bool is_declared = declared.type || declared.qualifier || declared.is_color;
    const bool is_name = tokens_.peek().kind == TokenKind::Name;
    if (is_name && tokens_.peek(1).is("=")) return bind(declared);
    if (is_name && std::ranges::any_of(kReassigning, [&](auto mark) { return tokens_.peek(1).is(mark); })) {
      return trouble_.complain(
          tokens_.peek(1).place, "not_supported",
          fmt::format("'{}' is not supported: a name keeps the value it was given with '='", tokens_.peek(1).spelling));
    }
    if (is_declared) return tokens_.complain_unexpected("a name and '=' after its type");
    if (is_name && tokens_.peek(1).is("(") && tokens_.brackets_lead_to("=>", 1)) return function();
    add({.kind = StatementKind::Show, .value = expressions_.expression()});
  }

  void add(Statement statement) { script_.statements.push_back(std::move(statement)); }

  /// `float`, `simple int`, … before a name.
  Declared declaration(bool may_be_color) {
    Declared declared;
    while (tokens_.peek().kind == TokenKind::Name && tokens_.peek(1).kind == TokenKind::Name) {
      const std::string_view word = tokens_.peek().spelling;
      if (const auto qualifier = qualifier_of(word); qualifier && !declared.qualifier && !declared.type) {
        declared.qualifier = qualifier;
      } else if (const auto type = type_of(word); type && !declared.type && !declared.is_color) {
        declared.type = type;
      } else if (word == "color" && may_be_color && !declared.type && !declared.is_color) {
        declared.is_color = true;
      } else {
        if (const std::string_view why = refused_name(word); !why.empty()) {
          trouble_.complain(tokens_.peek().place, "not_supported", fmt::format("'{}' is not supported: {}", word, why));
        }
        break;
      }
      tokens_.take();
      if (expressions_.refuse_keyword()) break;
    }
    return declared;
  }

  static std::optional<Type> type_of(std::string_view word) {
    if (word == "float") return Type::Float;
    if (word == "int") return Type::Int;
    if (word == "bool") return Type::Bool;
    if (word == "string") return Type::String;
    return std::nullopt;
  }
  static std::optional<Qualifier> qualifier_of(std::string_view word) {
    if (word == "const") return Qualifier::Const;
    if (word == "simple" || word == "input") return Qualifier::Simple;
    if (word == "series") return Qualifier::Series;
    return std::nullopt;
  }

  void bind(Declared declared) {
    const Token& name = tokens_.take();
    Statement made{.kind = StatementKind::Bind, .names = {{name.spelling, name.place}}, .declared = declared};
    if (!name_is_plain(name)) return;
    tokens_.take();
    made.value = expressions_.expression();
    add(std::move(made));
  }

  void tuple() {
    const Place open = tokens_.take().place;
    Statement made{.kind = StatementKind::Tuple};
    do {
      const Token& name = tokens_.peek();
      if (name.kind != TokenKind::Name) return tokens_.complain_unexpected("a name");
      if (!name_is_plain(name)) return;
      made.names.push_back({name.spelling, name.place});
      tokens_.take();
    } while (tokens_.take_if(","));
    if (!tokens_.close("]", open)) return;
    if (!tokens_.expect("=", "'=' after [names]")) return;
    made.value = expressions_.expression();
    add(std::move(made));
  }

  void function() {
    const Token& name = tokens_.take();
    if (!name_is_plain(name)) return;
    Statement made{.kind = StatementKind::Function, .names = {{name.spelling, name.place}}};
    const Place open = tokens_.take().place;
    if (!tokens_.peek().is(")")) {
      do {
        if (!parameter(made)) return;
      } while (tokens_.take_if(","));
    }
    if (!tokens_.close(")", open) || !tokens_.expect("=>", "'=>'")) return;
    const Place body = tokens_.peek().place;
    made.value = expressions_.expression();
    if (trouble_.any()) return;
    if (!tokens_.is_at_end_of_statement()) {
      return trouble_.complain(
          body, "not_supported",
          fmt::format("the body of '{}' has several statements, which is not supported: a function "
                      "is one expression here",
                      name.spelling));
    }
    add(std::move(made));
  }

  bool parameter(Statement& made) {
    const Declared declared = declaration(false);
    if (trouble_.any()) return false;
    const Token& name = tokens_.peek();
    if (name.kind != TokenKind::Name) {
      tokens_.complain_unexpected("the name of a parameter");
      return false;
    }
    if (!name_is_plain(name)) return false;
    tokens_.take();
    FunctionParameter parameter{.name = name.spelling, .place = name.place, .declared = declared};
    if (tokens_.take_if("=")) parameter.default_value = expressions_.expression();
    made.parameters.push_back(parameter);
    return !trouble_.any();
  }

  /// Names that a text gives have no dots and are no words of the language.
  bool name_is_plain(const Token& name) {
    if (expressions_.refuse_keyword(name)) return false;
    if (name.spelling.find('.') == std::string_view::npos && !is_own_word(name.spelling)) return true;
    trouble_.complain(name.place, "unexpected",
                      fmt::format("'{}' cannot be given a value: a name is letters, digits and '_', and no word of the "
                                  "language",
                                  name.spelling));
    return false;
  }

  void complain_after_statement() {
    const Token& token = tokens_.peek();
    if (token.is("=") || token.is("=>") || token.is(":=")) {
      Complaint complaint{.code = "unexpected", .message = "only a name, or names in [], can be given a value"};
      if (token.is("=")) complaint.suggestions = {"=="};
      return trouble_.complain(token.place, std::move(complaint));
    }
    tokens_.complain_unexpected("the end of the expression");
  }

  Trouble& trouble_;
  TokenStream tokens_;
  Script script_;
  ExpressionParser expressions_;
};

}  // namespace

Script parse(std::string_view text, Trouble& trouble) {
  Tokens tokens = tokens_of(text, trouble);
  if (trouble.any()) return {};
  return Parser{text, std::move(tokens), trouble}.run();
}

}  // namespace cw::expr
