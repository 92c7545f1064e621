#include "expr/language/expression_parser.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "base/printable.h"
#include "expr/language/refusals.h"
#include "expr/vocabulary.h"

namespace cw::expr {
namespace {

struct BinaryOperator {
  std::string_view spelling;
  Op op;
  int level;  // how tightly it binds
};
constexpr std::array<BinaryOperator, 13> kBinaryOperators{{{"or", Op::Or, 1},
                                                           {"and", Op::And, 2},
                                                           {"==", Op::Equal, 3},
                                                           {"!=", Op::NotEqual, 3},
                                                           {"<", Op::Less, 4},
                                                           {"<=", Op::LessEqual, 4},
                                                           {">", Op::Greater, 4},
                                                           {">=", Op::GreaterEqual, 4},
                                                           {"+", Op::Add, 5},
                                                           {"-", Op::Subtract, 5},
                                                           {"*", Op::Multiply, 6},
                                                           {"/", Op::Divide, 6},
                                                           {"%", Op::Modulo, 6}}};
constexpr int kTightest = 6;

const BinaryOperator* operator_at(const Token& token, int level) {
  if (token.kind != TokenKind::Mark && token.kind != TokenKind::Name) return nullptr;
  const auto at = std::ranges::find_if(
      kBinaryOperators, [&](const BinaryOperator& o) { return o.level == level && o.spelling == token.spelling; });
  return at == kBinaryOperators.end() ? nullptr : &*at;
}

}  // namespace

bool is_own_word(std::string_view word) { return std::ranges::find(own_words(), word) != own_words().end(); }

bool ExpressionParser::refuse_keyword(const Token& token) {
  if (token.kind != TokenKind::Name) return false;
  const std::string_view why = refused_keyword(token.spelling);
  if (why.empty()) return false;
  // A statement only where another name follows: `type bar`. Else it is a name like any other.
  const bool names_something = token.spelling == "type" || token.spelling == "method" || token.spelling == "enum";
  const Token& next = tokens_.after(token);
  if (names_something && (next.kind != TokenKind::Name || is_own_word(next.spelling))) return false;
  trouble_.complain(token.place, "not_supported", fmt::format("'{}' is not supported: {}", token.spelling, why));
  return true;
}

ExprId ExpressionParser::make(Expr expr, std::uint32_t begin) {
  expr.place = {begin, tokens_.last_end()};
  exprs_.push_back(std::move(expr));
  return static_cast<ExprId>(exprs_.size() - 1);
}

bool ExpressionParser::enter() {
  if (++depth_ <= kDepthMost) return true;
  trouble_.complain(tokens_.peek().place, "limit_exceeded",
                    fmt::format("this nests deeper than {} levels, which is the limit", kDepthMost));
  return false;
}

ExprId ExpressionParser::expression() {
  if (!enter()) return kNoExpr;
  const ExprId made = tokens_.peek().is_word("switch") ? choice() : ternary();
  --depth_;
  return made;
}

/// `switch x` and arms in lines of their own, `value => answer`, at last `=> answer`; without `x` an arm has a condition. It
/// is the ternary that says the same, and its end `na` where no arm stands for the rest.
ExprId ExpressionParser::choice() {
  const std::uint32_t begin = tokens_.take().place.begin;
  const bool has_subject = !tokens_.is_on_a_later_line();
  const ExprId subject = has_subject ? expression() : kNoExpr;
  Expr made{.kind = ExprKind::Ternary};
  bool has_rest = false;
  while (!trouble_.any() && !has_rest && (made.parts.empty() || !tokens_.is_at_end_of_statement())) {
    if (!tokens_.is_on_a_later_line()) {
      tokens_.complain_unexpected("a line 'value => answer' of the switch");
      return kNoExpr;
    }
    has_rest = tokens_.peek().is("=>");
    if (!has_rest) {
      const std::uint32_t arm = tokens_.peek().place.begin;
      const ExprId value = expression();
      if (trouble_.any()) return kNoExpr;
      const Expr same{.kind = ExprKind::Chain, .ops = {Op::Equal}, .parts = {subject, value}};
      made.parts.push_back(has_subject ? make(same, arm) : value);
    }
    if (!tokens_.expect("=>", "'=>' and the answer of this line of the switch")) return kNoExpr;
    made.parts.push_back(expression());
  }
  if (trouble_.any()) return kNoExpr;
  if (made.parts.size() == 1) return made.parts[0];
  if (!has_rest) made.parts.push_back(make({.kind = ExprKind::Name, .name = "na"}, begin));
  return make(std::move(made), begin);
}

ExprId ExpressionParser::ternary() {
  const std::uint32_t begin = tokens_.peek().place.begin;
  const ExprId first = chain(1);
  if (trouble_.any() || !tokens_.peek().is("?")) return first;
  Expr made{.kind = ExprKind::Ternary, .parts = {first}};
  while (!trouble_.any() && tokens_.take_if("?")) {
    made.parts.push_back(expression());
    if (trouble_.any() || !tokens_.expect(":", "':' and the other answer of '?'")) return kNoExpr;
    made.parts.push_back(chain(1));
  }
  return make(std::move(made), begin);
}

ExprId ExpressionParser::chain(int level) {
  if (level > kTightest) return unary();
  const std::uint32_t begin = tokens_.peek().place.begin;
  const ExprId first = chain(level + 1);
  const BinaryOperator* found = trouble_.any() ? nullptr : operator_at(tokens_.peek(), level);
  if (found == nullptr) return first;
  Expr made{.kind = ExprKind::Chain, .parts = {first}};
  for (; found != nullptr && !trouble_.any(); found = operator_at(tokens_.peek(), level)) {
    tokens_.take();
    made.ops.push_back(found->op);
    made.parts.push_back(chain(level + 1));
  }
  return make(std::move(made), begin);
}

ExprId ExpressionParser::unary() {
  const Token& token = tokens_.peek();
  const bool is_not = token.is_word("not");
  if (!is_not && !token.is("-") && !token.is("+")) return history();
  const Op op = is_not ? Op::Not : token.is("-") ? Op::Negate : Op::Add;
  const std::uint32_t begin = tokens_.take().place.begin;
  if (!enter()) return kNoExpr;
  Expr made{.kind = ExprKind::Unary, .ops = {op}, .parts = {unary()}};
  --depth_;
  return trouble_.any() ? kNoExpr : make(std::move(made), begin);
}

ExprId ExpressionParser::history() {
  const std::uint32_t begin = tokens_.peek().place.begin;
  const ExprId value = primary();
  if (trouble_.any() || !tokens_.peek().is("[")) return value;
  Expr made{.kind = ExprKind::History, .parts = {value}};
  while (!trouble_.any() && tokens_.peek().is("[")) {
    const Place open = tokens_.take().place;
    made.parts.push_back(expression());
    if (trouble_.any() || !tokens_.close("]", open)) return kNoExpr;
  }
  return make(std::move(made), begin);
}

ExprId ExpressionParser::primary() {
  const Token& token = tokens_.peek();
  const std::uint32_t begin = token.place.begin;
  if (token.is("(")) return parenthesised();
  if (token.is("[")) return list();
  Expr made;
  switch (token.kind) {
    case TokenKind::Int:
    case TokenKind::Float:
      made = {.type = token.kind == TokenKind::Int ? Type::Int : Type::Float, .number = token.number};
      break;
    case TokenKind::Text: made = {.kind = ExprKind::Text, .text = token.text}; break;
    case TokenKind::Color: made = {.kind = ExprKind::Color, .name = token.spelling}; break;
    case TokenKind::Name: return name();
    case TokenKind::Mark:
    case TokenKind::NewLine:
    case TokenKind::End: tokens_.complain_unexpected("an expression"); return kNoExpr;
  }
  tokens_.take();
  return make(std::move(made), begin);
}

ExprId ExpressionParser::parenthesised() {
  const Place open = tokens_.take().place;
  const ExprId inner = expression();
  if (trouble_.any() || !tokens_.close(")", open)) return kNoExpr;
  return inner;
}

ExprId ExpressionParser::list() {
  const Place open = tokens_.take().place;
  Expr made{.kind = ExprKind::List};
  if (!tokens_.peek().is("]")) {
    do {
      made.parts.push_back(expression());
    } while (!trouble_.any() && tokens_.take_if(","));
  }
  if (trouble_.any() || !tokens_.close("]", open)) return kNoExpr;
  return make(std::move(made), open.begin);
}

/// `map.new<string, float>()`: what follows the name would be read as a comparison.
bool ExpressionParser::refuse_generic(const Token& name) {
  if (!name.spelling.ends_with(".new") || !tokens_.peek().is("<")) return false;
  const std::string_view why = refused_name(name.spelling);
  if (why.empty()) return false;
  trouble_.complain(name.place, "not_supported",
                    fmt::format("'{}' is not supported: {}", printable(name.spelling), why));
  return true;
}

ExprId ExpressionParser::name() {
  const Token& token = tokens_.peek();
  if (refuse_keyword(token)) return kNoExpr;
  const bool is_bool = token.is_word("true") || token.is_word("false");
  if (!is_bool && is_own_word(token.spelling)) {
    tokens_.complain_unexpected("an expression");
    return kNoExpr;
  }
  tokens_.take();
  if (is_bool) {
    return make({.kind = ExprKind::Bool, .type = Type::Bool, .number = token.is_word("true") ? 1.0 : 0.0},
                token.place.begin);
  }
  if (refuse_generic(token)) return kNoExpr;
  Expr made{.kind = ExprKind::Name, .name = token.spelling, .name_place = token.place};
  if (tokens_.peek().is("(")) {
    made.kind = ExprKind::Call;
    if (!arguments(made)) return kNoExpr;
  }
  return make(std::move(made), token.place.begin);
}

bool ExpressionParser::arguments(Expr& call) {
  const Place open = tokens_.take().place;
  if (tokens_.take_if(")")) return true;
  do {
    Argument argument;
    if (tokens_.peek().kind == TokenKind::Name && tokens_.peek(1).is("=")) {
      argument.name = tokens_.peek().spelling;
      argument.name_place = tokens_.take().place;
      tokens_.take();
    } else if (!call.arguments.empty() && !call.arguments.back().name.empty()) {
      trouble_.complain(tokens_.peek().place, "argument_order",
                        "after an argument with a name every other one needs its name too");
      return false;
    }
    argument.value = expression();
    call.arguments.push_back(argument);
  } while (!trouble_.any() && tokens_.take_if(","));
  return !trouble_.any() && tokens_.close(")", open);
}

}  // namespace cw::expr
