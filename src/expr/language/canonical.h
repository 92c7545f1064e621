#pragma once

#include <string>
#include <string_view>

#include "expr/language/call_form.h"
#include "expr/language/syntax.h"

namespace cw::expr {

/// A text as it can be read again: in double quotes, with escapes.
std::string quoted(std::string_view text);

/// The one spelling of expressions and statements: single blanks, only the parentheses that are needed, arguments by
/// their place. Reading it again gives the same tree, but for parentheses that say what holds without them.
class Canonical {
 public:
  Canonical(const Script& script, const CallForms& forms) : script_(script), forms_(forms) {}

  std::string expression(ExprId id) const;
  std::string statement(const Statement& statement) const;

 private:
  void append(std::string& out, ExprId id, int tightest_needed) const;
  void append_call(std::string& out, ExprId id) const;
  void append_written(std::string& out, const Expr& call, bool with_seed) const;
  int tightness(ExprId id) const;

  const Script& script_;
  const CallForms& forms_;
};

}  // namespace cw::expr
