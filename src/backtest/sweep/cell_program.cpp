#include "backtest/sweep/cell_program.h"

#include <algorithm>

namespace cw::backtest {
namespace {

std::expected<strategy::Program, strategy::Faults> compiled(const SweepPlan& plan, const SweepPart& part,
                                                            std::uint64_t cell, expr::Graph& graph) {
  auto given = plan.space.inputs(cell);
  given.insert(plan.fixed.begin(), plan.fixed.end());
  return strategy::compile(plan.document, given, part.language, graph);
}

/// None where the values do not go together.
std::optional<CellProgram> program_of(const SweepPlan& plan, const SweepPart& part, market::Timeframe timeframe,
                                      std::uint64_t cell) {
  CellProgram made{.graph = std::make_unique<expr::Graph>(timeframe), .program = {}};
  auto program = compiled(plan, part, cell, *made.graph);
  if (!program) return std::nullopt;
  made.program = std::move(*program);
  return made;
}

}  // namespace

std::optional<CellProgram> first_program(const SweepPlan& plan, const SweepPart& part, market::Timeframe timeframe,
                                         bool from_the_end, const std::function<bool()>& cancelled) {
  const std::uint64_t cells = plan.space.cells();
  const auto tried = std::min<std::uint64_t>(cells, kProgramCellsTried);
  for (std::uint64_t i = 0; i < tried && !(cancelled && cancelled()); ++i) {
    if (auto found = program_of(plan, part, timeframe, from_the_end ? cells - 1 - i : i)) return found;
  }
  return std::nullopt;
}

Result<void> check_rules(const SweepPlan& plan, const SweepData& data) {
  for (const SweepPart& part : data.parts) {
    if (first_program(plan, part, data.timeframe, false)) continue;
    expr::Graph graph(data.timeframe);
    const auto program = compiled(plan, part, 0, graph);
    if (!program && !program.error().front().field.starts_with("require["))
      return std::unexpected(strategy::error_of(program.error()));
  }
  return {};
}

}  // namespace cw::backtest
