#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "expr/graph.h"
#include "expr/language/source_text.h"

namespace cw::expr {

/// Place of an expression in its Script; parts have smaller numbers than what they are part of.
using ExprId = std::uint32_t;
inline constexpr ExprId kNoExpr = ~ExprId{0};

/// One argument of a call; `name` is empty for one that is given by its place.
struct Argument {
  std::string_view name{};
  Place name_place{};
  ExprId value = kNoExpr;
};

enum class ExprKind : unsigned char {
  Number,   // type, number
  Bool,     // number: 0 or 1
  Text,     // text, without its quotes and escapes
  Color,    // #rrggbb, its name as written: read, so that it can be refused or read over
  Name,     // name, dotted as written: ta.tr
  Call,     // name, arguments
  Unary,    // ops[0] and one part. `+` is Op::Add
  Chain,    // parts joined by operators of one precedence, from left to right: ops[i] stands before parts[i + 1]
  Ternary,  // condition, answer, condition, answer, …, else
  History,  // a value and the bars it is taken back by, one or more brackets
  List,     // [a, b]: only as `options` of an input
};

/// An expression. Chains are flat, so the depth of a tree is that of its brackets, not of its length.
struct Expr {
  ExprKind kind = ExprKind::Number;
  Type type = Type::Float;
  Place place{};
  double number = 0;
  std::string_view name{};
  Place name_place{};  // Call
  std::string text{};
  std::vector<Op> ops{};
  std::vector<ExprId> parts{};
  std::vector<Argument> arguments{};
};

/// What a declaration says about a value, where it says something: `simple int length`.
struct Declared {
  std::optional<Type> type{};
  std::optional<Qualifier> qualifier{};
  bool is_color = false;  // `color c`: no type of a value
};

struct FunctionParameter {
  std::string_view name;
  Place place{};
  Declared declared{};
  ExprId default_value = kNoExpr;
};

enum class StatementKind : unsigned char {
  Bind,      // names[0] = value
  Tuple,     // [names] = value
  Function,  // names[0](parameters) => value
  Show,      // value alone: plot(…), indicator(…), or the expression that the text is about
};

/// What a statement is about: values, or looks alone.
enum class Looks : unsigned char {
  Value,
  Plot,     // p = plot(…): shown as a plot without a name is; the name is for fill(p, …)
  Drawing,  // hline(…), h = hline(…), fill(…): read over
  Colour,   // c = color.new(…): read over
};

struct BoundName {
  std::string_view name;
  Place place{};
};

struct Statement {
  StatementKind kind = StatementKind::Show;
  std::vector<BoundName> names{};
  Declared declared{};
  std::vector<FunctionParameter> parameters{};
  ExprId value = kNoExpr;
  Looks looks = Looks::Value;

  bool is_read_over() const { return looks == Looks::Drawing || looks == Looks::Colour; }
};

/// A text that was read.
struct Script {
  std::vector<Expr> exprs{};
  std::vector<Statement> statements{};
  std::optional<indicators::Seed> seed{};  // of a line `//@seed=pine`

  const Expr& operator[](ExprId id) const { return exprs[id]; }
  /// Whether what follows this statement is only read over.
  bool is_last(std::size_t statement) const {
    return std::all_of(statements.begin() + static_cast<std::ptrdiff_t>(statement) + 1, statements.end(),
                       [](const Statement& later) { return later.is_read_over(); });
  }
};

}  // namespace cw::expr
