#include "backtest/sweep/leaks.h"

#include <memory>
#include <optional>
#include <string>

#include "strategy/compile.h"

namespace cw::backtest {
namespace {

constexpr std::size_t kLeastBars = 3;  // of the checks

/// The strategy with one cell's values.
struct CellProgram {
  std::unique_ptr<expr::Graph> graph;
  strategy::Program program;
};

/// None where the values do not go together.
std::optional<CellProgram> program_of(const SweepPlan& plan, const SweepPart& part, market::Timeframe timeframe,
                                      std::uint64_t cell) {
  CellProgram made{.graph = std::make_unique<expr::Graph>(timeframe), .program = {}};
  auto given = plan.space.inputs(cell);
  given.insert(plan.fixed.begin(), plan.fixed.end());
  auto program = strategy::compile(plan.document, given, part.language, *made.graph);
  if (!program) return std::nullopt;
  made.program = std::move(*program);
  return made;
}

/// The first cell from one end that has a program, by how far from it.
std::optional<CellProgram> first_program(const SweepPlan& plan, const SweepPart& part, market::Timeframe timeframe,
                                         const std::function<bool()>& cancelled, bool from_the_end) {
  const std::uint64_t cells = plan.space.cells();
  const auto tried = std::min<std::uint64_t>(cells, kLeakCellsTried);
  for (std::uint64_t i = 0; i < tried && !(cancelled && cancelled()); ++i) {
    if (auto found = program_of(plan, part, timeframe, from_the_end ? cells - 1 - i : i)) return found;
  }
  return std::nullopt;
}

Result<LeakReport> look_at(const CellProgram& cell, const SweepPlan& plan, const SweepPart& part, const LeakLook& look,
                           const std::function<bool()>& cancelled) {
  std::unique_ptr<expr::NamedSeries> named;
  if (part.series) {
    auto made = part.series(*cell.graph);
    if (!made) return pass_on(made);
    named = std::move(*made);
  }
  RunSettings settings = plan.settings;
  settings.instrument = part.rules;
  return look({.program = cell.program,
               .graph = *cell.graph,
               .plan = plans_of(*cell.graph, named.get()),
               .bars = part.bars,
               .settings = settings,
               .places = &plan.document.places,
               .cancelled = cancelled});
}

Result<void> check_part(const SweepPlan& plan, const SweepPart& part, market::Timeframe timeframe, const LeakLook& look,
                        const std::function<bool()>& cancelled) {
  if (part.bars.size() < kLeastBars) return {};
  std::string known;
  for (const bool from_the_end : {false, true}) {
    const auto cell = first_program(plan, part, timeframe, cancelled, from_the_end);
    if (cancelled && cancelled()) return fail(Errc::cancelled, "stopped");
    if (!cell || cell->program.fingerprint == known) continue;
    known = cell->program.fingerprint;
    const auto report = look_at(*cell, plan, part, look, cancelled);
    if (!report) return pass_on(report);
    if (!report->passed()) return fail(Errc::bad_input, report->whole_text());
  }
  return {};
}

}  // namespace

Result<void> check_sweep_leaks(const SweepPlan& plan, const SweepData& data, const LeakLook& look,
                               const std::function<bool()>& cancelled) {
  for (const SweepPart& part : data.parts) {
    const auto sound = check_part(plan, part, data.timeframe, look, cancelled);
    if (sound) continue;
    const bool is_leak = sound.error().code == Errc::bad_input && data.parts.size() > 1;
    return std::unexpected(is_leak ? with_place(sound.error(), part.name) : sound.error());
  }
  return {};
}

}  // namespace cw::backtest
