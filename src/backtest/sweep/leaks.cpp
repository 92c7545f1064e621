#include "backtest/sweep/leaks.h"

#include <string>

#include "backtest/sweep/cell_program.h"

namespace cw::backtest {
namespace {

constexpr std::size_t kLeastBars = 3;  // of the checks

Result<LeakReport> look_at(const CellProgram& cell, const SweepPlan& plan, const SweepPart& part, const LeakLook& look,
                           const std::function<bool()>& cancelled) {
  const auto made = plan_of(part, *cell.graph, cell.program.nodes);
  if (!made) return pass_on(made);
  RunSettings settings = plan.settings;
  settings.instrument = part.rules;
  return look({.program = cell.program,
               .graph = *cell.graph,
               .plan = plans_of(*cell.graph, made->named.get(), made->plan.kept_others()),
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
    const auto cell = first_program(plan, part, timeframe, from_the_end, cancelled);
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
