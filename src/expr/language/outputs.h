#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "expr/language/canonical.h"
#include "expr/language/lowering.h"

namespace cw::expr {

/// What a text shows: plot(…), plotshape(…), alertcondition(…), indicator(…), and the bare expression at its end.
class Outputs {
 public:
  Outputs(const Script& script, Lowering& lowering) : script_(script), lowering_(lowering) {}

  /// Reads one statement that shows something: no binding, but for p = plot(…).
  /// Errors  those of Lowering; unused_expression, missing_argument, too_many_arguments, unknown_argument, wrong_type,
  ///         not_supported (a line that is shifted), limit_exceeded (plots)
  void show(std::size_t statement);

  bool empty() const { return pending_.empty(); }
  /// Titles are made last: they are canonical texts, which need every call's form.
  std::vector<Plot> plots(const Canonical& canonical) const;
  /// The statement in canonical form; empty where it says nothing (an indicator without title and overlay).
  std::string statement(std::size_t statement, const Canonical& canonical) const;
  const std::string& title() const { return title_; }

 private:
  struct Pending {
    std::size_t statement = 0;
    ExprId expr = kNoExpr;
    Value value{};
    std::string_view call{};  // plot, …; empty: a bare expression
    std::string title{};      // as given
    std::string suffix{};     // of a member of a tuple
  };
  /// The arguments of a call that mean something, by their place in Pine's list.
  struct Read {
    ExprId value = kNoExpr;
    ExprId title = kNoExpr;
    ExprId overlay = kNoExpr;
    ExprId timeframe = kNoExpr;
    ExprId offset = kNoExpr;
  };

  void show_call(std::size_t statement, const Expr& call);
  void show_bare(std::size_t statement);
  void indicator(const Expr& call, Scope scope);
  std::optional<Read> read(const Expr& call);
  bool refuse_offset(const Expr& call, ExprId offset, Scope scope);
  void add(Pending pending);
  std::string default_title(const Pending& pending, const Canonical& canonical) const;

  const Script& script_;
  Lowering& lowering_;
  std::vector<Pending> pending_;
  std::string title_;
  std::optional<bool> overlay_;
};

}  // namespace cw::expr
