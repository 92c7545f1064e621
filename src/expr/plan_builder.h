#pragma once

#include <memory>
#include <span>
#include <vector>

#include "expr/plan.h"

namespace cw::expr {

/// Which nodes of a graph are needed for these ones, themselves among them.
std::vector<bool> reachable(const Graph& graph, std::span<const NodeId> outputs);

/// What Plan::make does.
Result<std::unique_ptr<Plan::Impl>> build_plan(const Graph& graph, std::span<const NodeId> outputs, NamedSeries* named);

}  // namespace cw::expr
