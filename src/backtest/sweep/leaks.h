#pragma once

#include <cstddef>
#include <functional>

#include "backtest/leaks/leak_check.h"
#include "backtest/sweep/cell.h"

namespace cw::backtest {

/// Looks at one program of a sweep: check_leaks itself, or that with a memory of what passed.
using LeakLook = std::function<Result<LeakReport>(const LeakInput&)>;

/// The leak checks of a sweep, to be made before its first cell: once for the strategy, with the first cell whose values
/// go together, and once with the last such one, whose look-back is the longest as a rule. What leaks there leaks in
/// each cell, or in those with the longest look-back. Of several instruments each is looked at so: what comes to a
/// strategy from outside is of its symbol.
///
/// Errors  bad_input: LeakReport::whole_text of what leaks; those of `look`, of SweepPart::series and of `cancelled`
/// Cost    two check_leaks an instrument, or one where there is one cell; nothing for under 3 bars
Result<void> check_sweep_leaks(const SweepPlan& plan, const SweepData& data, const LeakLook& look,
                               const std::function<bool()>& cancelled = {});

}  // namespace cw::backtest
