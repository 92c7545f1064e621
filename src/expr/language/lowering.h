#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "expr/compile.h"
#include "expr/language/call_form.h"
#include "expr/language/call_match.h"
#include "expr/language/inputs.h"
#include "expr/language/syntax.h"
#include "expr/language/value.h"

namespace cw::expr {

struct Frame;

/// Where an expression is read: which names it sees, and over whose bars it runs.
struct Scope {
  const Frame* frame = nullptr;
  ContextId context = 0;
};

/// A value by the expression it comes from: read once in each context that asks for it, as Pine's request.security does.
struct Thunk {
  std::string_view name{};
  ExprId expr = kNoExpr;
  const Frame* frame = nullptr;
  Declared declared{};
  Place place{};  // where it is named
  std::vector<std::pair<ContextId, Value>> known{};
};

/// The names that a statement or a function's body sees: its parameters, and what the statements before it define.
struct Frame {
  std::size_t visible = 0;          // how many statements are before
  std::deque<Thunk>* parameters{};  // of the call; null: no function
};

/// Reads a Script's expressions into nodes of a graph: what names mean, which types go together, which row of the table a
/// call is. Every function answers nothing once there is Trouble.
class Lowering {
 public:
  Lowering(const Script& script, const CompileOptions& options, Graph& graph, Trouble& trouble);

  /// Reads the statement's name or names, or its function's head: a name that is taken is refused.
  void define(std::size_t statement);
  /// Reads what the names of a statement are given.
  void settle(std::size_t statement);
  /// The value of an expression; a tuple is allowed.
  std::optional<Value> value(ExprId id, Scope scope);
  /// The same, and a tuple is refused.
  std::optional<Value> single(ExprId id, Scope scope);
  /// A text that is known before the first bar; refused is what is none, as `what`.
  std::optional<std::string> known_text(ExprId id, Scope scope, std::string_view what);
  std::optional<bool> known_flag(ExprId id, Scope scope, std::string_view what);

  /// What stands for a call in the canonical form.
  const CallForms& forms() const { return forms_; }
  const Inputs& inputs() const { return inputs_; }
  Trouble& trouble() { return trouble_; }

 private:
  struct Binding {
    std::size_t statement = 0;
    Frame frame{};
    Thunk thunk{};
    std::vector<std::size_t> uses{};  // statements whose names are used, once they were asked for
    bool has_uses = false;
  };
  struct Global {
    std::size_t statement = 0;
    std::size_t member = 0;  // of a tuple
  };
  using Answer = std::optional<Value>;

  const Expr& at(ExprId id) const { return script_[id]; }
  std::nullopt_t complain(Place place, std::string_view code, std::string message);
  std::nullopt_t complain(Place place, Complaint complaint);

  // lowering.cpp: expressions and operators.
  Answer read(ExprId id, Scope scope);
  Answer unary(const Expr& expr, Scope scope);
  Answer chain(const Expr& expr, Scope scope);
  Answer ternary(const Expr& expr, Scope scope);
  Answer history(const Expr& expr, Scope scope);
  Answer list(const Expr& expr, Scope scope);
  Answer condition(ExprId id, Scope scope, std::string_view where);
  Answer select(const Value& condition, const Value& yes, const Value& no, Place place, ContextId context);
  Answer binary(Op op, Value a, Value b, Place a_place, Place b_place, ContextId context);
  Answer compare(Op op, const Value& a, const Value& b, Place a_place, Place b_place, ContextId context);
  Answer join(const Value& a, const Value& b, Place place, ContextId context);
  Answer refuse_operand(Op op, const Value& value, Place place);
  // nodes.cpp: nodes with the type and qualifier of what they are made of.
  Answer constant(double number, Type type, ContextId context);
  Answer bar(BarField field, ContextId context);
  Answer operate(Op op, Type type, const std::vector<Value>& inputs, ContextId context, Place place);
  Answer add(Node node, Qualifier known, Place place);

  // names.cpp: what a name means.
  void define_parameters(const Statement& function);
  Answer name(ExprId id, Scope scope);
  Answer global(const Global& global, const Expr& name, Scope scope);
  Answer binding_value(Binding& binding, ContextId context);
  Answer thunk_value(Thunk& thunk, ContextId context);
  Answer declared_value(Value value, const Declared& declared, Place place);
  void collect_uses(Binding& binding);
  void add_uses(ExprId id, std::size_t visible, std::vector<std::size_t>& uses) const;
  Answer refuse_looks(std::string_view name, Place place, Looks looks);
  Answer refuse_unseen(std::string_view name, Place place, const Global& global);
  // unknown_names.cpp: names that mean nothing.
  Answer refuse_name(const Expr& name, Scope scope, bool is_call);
  std::optional<std::string> member_of_group(std::string_view group) const;
  std::vector<std::string> names_near(std::string_view name, Scope scope) const;
  // builtins.cpp: the names that the language has by itself.
  Answer builtin(std::string_view name, Scope scope, Place place);
  Answer timeframe_variable(std::string_view name, ContextId context);
  Answer mean_of_bar(std::initializer_list<BarField> fields, ContextId context, Place place);

  // calls.cpp: calls of the table and of the text's functions.
  Answer call(ExprId id, Scope scope);
  Answer table_call(ExprId id, Scope scope, std::span<const Function> rows);
  Answer invoke(const CallMatch& match, const std::vector<GivenArgument>& given, indicators::Seed seed, Scope scope,
                Place place);
  Answer outputs_of(const Function& function, Value call, bool is_over_prices, ContextId context, Place place);
  Answer own_call(ExprId id, Scope scope, std::size_t statement);
  std::optional<std::vector<GivenArgument>> given_arguments(const Expr& call, Scope scope);
  bool place_arguments(const Expr& call, const Statement& function, std::deque<Thunk>& parameters, Scope scope,
                       CallForm& form);
  // special_calls.cpp: calls that are no rows of the table.
  Answer special_call(ExprId id, Scope scope);
  Answer extreme_or_mean(ExprId id, Scope scope);
  Answer cast(ExprId id, Scope scope);
  Answer whole_part(const Value& number, ContextId context, Place place);
  Answer seconds_of_timeframe(ExprId id, Scope scope);
  Answer named_series(ExprId id, Scope scope);
  Answer refuse_series(const Expr& expr, Scope scope);
  std::optional<market::Timeframe> signal_timeframe(const Expr& expr, Scope scope, CallForm& form);
  Answer signal_series(ExprId id, Scope scope);
  // security.cpp: other timeframes and symbols.
  Answer security(ExprId id, Scope scope);
  std::optional<Context> security_context(ExprId symbol, ExprId timeframe, Scope scope, CallForm& form);
  Answer seen_from(const Value& there, ContextId context, Place place);
  std::optional<market::Timeframe> timeframe_of(const std::string& text, ContextId context, Place place);
  // input_calls.cpp: input.*.
  Answer input(ExprId id, Scope scope);
  const Input* read_input(ExprId id, Scope scope);
  bool read_input_default(Input& made, ExprId value, std::string_view kind, Scope scope);
  bool read_input_bounds(Input& made, const Argument& argument, Scope scope);
  bool read_input_options(Input& made, ExprId list, Scope scope);

  const Script& script_;
  const CompileOptions& options_;
  Graph& graph_;
  Trouble& trouble_;
  indicators::Seed seed_;
  std::unordered_map<std::string_view, Global> globals_;
  std::unordered_map<std::size_t, Binding> bindings_;  // by statement
  std::unordered_map<ExprId, std::string_view> input_names_;
  CallForms forms_;
  Inputs inputs_;
  Place place_{};  // of the expression at hand
  std::size_t depth_ = 0;
  std::size_t steps_ = 0;
  bool is_in_security_ = false;
};

}  // namespace cw::expr
