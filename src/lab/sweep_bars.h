#pragma once

#include <span>
#include <vector>

#include "backtest/sweep/data.h"
#include "lab/run.h"

namespace cw::lab {

/// The bars of a sweep's instruments, from the first that there is of each.
/// Errors  those of the sources; limit_exceeded: over `bars_most` of all of them; cancelled
Result<std::vector<market::CandleColumns>> read_sweep_bars(std::span<const RunMarket> markets, std::uint64_t bars_most,
                                                           const Progress& progress);

/// What a sweep runs over, `bars[i]` being those of `instruments[i]`; they outlive it. The symbol of `language` is each
/// instrument's. The series from outside are for the caller to add.
/// Errors  those of trading::rules_of
Result<backtest::SweepData> sweep_data(std::span<const market::Instrument> instruments,
                                       std::span<const market::CandleColumns> bars, market::Timeframe timeframe,
                                       const expr::CompileOptions& language);

}  // namespace cw::lab
