#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "backtest/sweep/data.h"
#include "backtest/sweep/plan.h"
#include "strategy/compile.h"

namespace cw::backtest {

/// The strategy with one cell's values, on one instrument.
struct CellProgram {
  std::unique_ptr<expr::Graph> graph;
  strategy::Program program;
};

/// How many cells are looked through for one whose values go together.
inline constexpr std::uint64_t kProgramCellsTried = 1'000;

/// The first cell from one end of the axes that has a program; none of the first kProgramCellsTried: nothing.
std::optional<CellProgram> first_program(const SweepPlan& plan, const SweepPart& part, market::Timeframe timeframe,
                                         bool from_the_end, const std::function<bool()>& cancelled = {});

/// Rules that mean nothing whatever the values are a fault of the document, not of cells: what is wrong with them in the
/// first cell, by place. Good where any of the first kProgramCellsTried cells has a program, or their values do not go together.
Result<void> check_rules(const SweepPlan& plan, const SweepData& data);

}  // namespace cw::backtest
