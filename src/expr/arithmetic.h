#pragma once

#include <cmath>
#include <cstddef>
#include <limits>

#include "expr/graph.h"

namespace cw::expr {

/// Whether a column's value is true: a bool is 0 or 1, and NaN (a bar that has no answer yet) counts as false.
inline bool is_true(double x) { return x == x && x != 0; }

/// The answer, or NaN where it is no finite number: what is divided by 0 or too large for a double has no value. Every
/// arithmetic operator and function goes through it, so that no infinity is ever hidden in a column.
inline double finite_or_na(double x) {
  return std::abs(x) <= std::numeric_limits<double>::max() ? x : indicators::kNaN;
}

/// How many inputs a stateless operation takes; 0 for an Op that is none.
constexpr std::size_t arity(Op op) {
  switch (op) {
    case Op::Negate:
    case Op::Not: return 1;
    case Op::Add:
    case Op::Subtract:
    case Op::Multiply:
    case Op::Divide:
    case Op::Modulo:
    case Op::Less:
    case Op::LessEqual:
    case Op::Greater:
    case Op::GreaterEqual:
    case Op::Equal:
    case Op::NotEqual:
    case Op::And:
    case Op::Or: return 2;
    case Op::Select: return 3;
    case Op::Constant:
    case Op::Bar:
    case Op::History:
    case Op::Call:
    case Op::Output:
    case Op::Security:
    case Op::Named: return 0;
  }
  return 0;
}

/// One row of a stateless operation: what constants are folded with, and what a plan must answer to the bit. Inputs that
/// the operation does not take are ignored.
///
/// Division   by 0: NaN, as is what is too large for a double. Ints are divided as floats, so 1 / 2 is 0.5 (Pine from
///            version 6 on)
/// Modulo     the remainder of the quotient cut off towards 0, so it has the sign of the dividend; by 0: NaN
/// Comparison false where either is NaN, `!=` too
/// Source     Pine's reference manual; the remainder's sign as PyneCore 6.11 measured it, and that na() is true of x / 0
inline double evaluate(Op op, double a, double b = 0, double c = 0) {
  switch (op) {
    case Op::Negate: return -a;
    case Op::Not: return is_true(a) ? 0 : 1;
    case Op::Add: return finite_or_na(a + b);
    case Op::Subtract: return finite_or_na(a - b);
    case Op::Multiply: return finite_or_na(a * b);
    case Op::Divide: return finite_or_na(a / b);
    case Op::Modulo: return std::fmod(a, b);
    case Op::Less: return a < b ? 1 : 0;
    case Op::LessEqual: return a <= b ? 1 : 0;
    case Op::Greater: return a > b ? 1 : 0;
    case Op::GreaterEqual: return a >= b ? 1 : 0;
    case Op::Equal: return a == b ? 1 : 0;
    case Op::NotEqual: return a < b || a > b ? 1 : 0;
    case Op::And: return is_true(a) && is_true(b) ? 1 : 0;
    case Op::Or: return is_true(a) || is_true(b) ? 1 : 0;
    case Op::Select: return is_true(a) ? b : c;
    case Op::Constant:
    case Op::Bar:
    case Op::History:
    case Op::Call:
    case Op::Output:
    case Op::Security:
    case Op::Named: break;
  }
  return indicators::kNaN;
}

}  // namespace cw::expr
