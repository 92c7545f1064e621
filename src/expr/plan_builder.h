#pragma once

#include <memory>
#include <span>

#include "expr/plan.h"

namespace cw::expr {

/// What Plan::make does.
Result<std::unique_ptr<Plan::Impl>> build_plan(const Graph& graph, std::span<const NodeId> outputs, NamedSeries* named);

}  // namespace cw::expr
