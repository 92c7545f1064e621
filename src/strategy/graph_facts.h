#pragma once

#include <span>
#include <vector>

#include "expr/graph.h"
#include "strategy/digest.h"

// What can be told of a graph's nodes without running them.
namespace cw::strategy {

/// How many first bars of the chart go by before each of these nodes has all that it looks back on. As Graph::lookback, and
/// what a node of a longer timeframe looks back on is counted too, in bars of the chart, with the bar under way at the start.
int lookback_of(const expr::Graph& graph, std::span<const expr::NodeId> nodes);

/// Digests of these nodes in order: equal in any two graphs where the nodes compute the same by the same operations.
Digest digest_of(const expr::Graph& graph, std::span<const expr::NodeId> nodes);

}  // namespace cw::strategy
