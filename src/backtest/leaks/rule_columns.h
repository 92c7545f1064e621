#pragma once

#include <string>
#include <vector>

#include "expr/graph.h"
#include "strategy/compile.h"

namespace cw::backtest {

/// A column of a program and what it is for.
struct RuleColumn {
  std::string rule;  // the document's field: "long.entry"; the first in the order of the rules where it serves several
  bool is_condition = false;
};

/// One entry a column of `program.nodes`.
std::vector<RuleColumn> rule_columns(const strategy::Program& program);

/// The line of a rule in its document: of the field itself, else of the nearest one around it; 0: not known.
std::size_t line_of(const strategy::Places* places, std::string_view rule);

/// Two nodes that a condition compares.
struct Compared {
  expr::NodeId left = 0;
  expr::NodeId right = 0;
};

inline constexpr std::size_t kComparedMost = 64;

/// What is compared, by an operator or a crossing, anywhere under a condition in the chart's own bars; at most
/// kComparedMost.
std::vector<Compared> compared_under(const expr::Graph& graph, expr::NodeId condition);

/// Bars that yes-or-no functions under these nodes look back on and do not state, as they have an answer from the first
/// bar on: 'no' (ta.crossover: 1, ta.rising: its length). All of them together, as one may stand in another.
int unstated_look_back(const expr::Graph& graph, std::span<const expr::NodeId> nodes);

/// Whether anything under these nodes remembers all bars since the first: a function (`remembers_all`), or the bar's
/// number.
bool remembers(const expr::Graph& graph, std::span<const expr::NodeId> nodes);

}  // namespace cw::backtest
