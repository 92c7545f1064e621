#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "expr/compile.h"
#include "expr/graph.h"
#include "strategy/document.h"
#include "strategy/inputs.h"

namespace cw::strategy {

/// A distance from the price at which a position was opened, its number known.
///
/// Percent     `value` percent of the fill price
/// Atr         `value` times the column at the signal bar, ta.atr(length): units of the price
/// Amount      `value`, units of the price
/// Risk        `value` times the distance of the stop
/// Expression  the column at the signal bar is the price itself
///
/// NaN in a column means that nothing is known at that bar: no stop, no target. What that means for the entry is the engine's matter.
struct DistanceRule {
  DistanceKind kind{};
  double value = 0;
  std::optional<std::size_t> column{};  // of Atr and Expression
};

struct TargetRule {
  DistanceRule distance{};
  double share = 1;  // of the position as it was opened, above 0 to 1; those of a side add up to at most 1
};

/// An entry that rests at the price of a column; NaN there: no order.
struct OrderRule {
  EntryOrder::Kind kind{};
  std::size_t price = 0;  // column
  int bars = 1;
};

/// One side, its conditions as columns: 1 where they hold at a bar's close, else 0.
struct SideRules {
  std::size_t entry = 0;              // column
  std::optional<std::size_t> exit{};  // column; none: the rest of the rules ends a position
  std::optional<OrderRule> order{};   // none: a market order
  std::optional<DistanceRule> stop{};
  std::vector<TargetRule> targets{};
  std::optional<DistanceRule> trailing_stop{};  // Percent, Atr or Amount
  std::optional<int> time_stop{};               // bars
};

struct SizingRules {
  SizingKind kind{};
  double value = 0;                     // as Sizing::value
  double max_percent = 100;             // of the equity
  int trades = 0;                       // of Kelly: how many must be closed before it is used
  std::optional<std::size_t> column{};  // of VolatilityTarget: the realised volatility, percent a year
};

/// A document with its inputs bound, as nodes of a graph and what each of them is for.
struct Program {
  std::string name{};  // of the document
  market::Timeframe timeframe{};
  BoundInputs inputs{};
  std::vector<expr::NodeId> nodes{};  // column i of the rules is node i; each once
  std::optional<SideRules> long_side{};
  std::optional<SideRules> short_side{};
  SizingRules sizing{};
  int pyramiding = 1;
  /// Bars of the chart before every column has all that it looks back on, those of other timeframes counted with their length.
  int lookback = 0;
  /// 32 hex digits that are equal where the nodes, the rules and the chart are: what a run of leak checks is remembered by.
  /// Spelling, names and prose do not count. Well mixed, not cryptographic.
  std::string fingerprint{};
  std::vector<std::string> warnings{};  // sentences: what compiles and is hardly meant
};

/// Compiles a document for the chart whose timeframe the graph has. `language` says which symbol it is and what else there
/// is, with its `inputs` empty (contract); the seed is the document's. A graph may take many programs: a sweep's columns are shared where
/// they are equal, and Plan::make(graph, nodes) runs them.
///
/// Errors  those of bind_inputs; bad_expression with the place in the document and in the expression, each field's own (after a
///         fault in `let` only that one); bad_input where a number that an input gives is out of its field's range or a
///         condition of `require` does not hold; limit_exceeded of the graph
Checked<Program> compile(const Document& document, const GivenInputs& given, const expr::CompileOptions& language,
                         expr::Graph& graph);

/// The timeframes that a document runs on with its default inputs: those for which it compiles, and whose bars the longer
/// timeframes it asks for are made of.
std::vector<market::Timeframe> runnable_timeframes(const Document& document, const expr::CompileOptions& language);

/// 32 hex digits of what a document does: equal for equal rules, whatever the name and the prose. Counts trials of a strategy.
std::string fingerprint(const Document& document);

}  // namespace cw::strategy
