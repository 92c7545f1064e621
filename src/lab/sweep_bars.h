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

/// The shorter bars that a sweep's magnifier walks inside `bars`, by instrument.
/// Errors  those of the sources; bad_parameter: they are not those of an instrument; not_found, field `intrabar`: an instrument has
///         none; limit_exceeded: over `bars_most` of all of them; cancelled
Result<std::vector<market::CandleColumns>> read_sweep_lower(std::span<const market::Instrument> instruments,
                                                            std::span<const RunMarket> markets,
                                                            std::span<const market::CandleColumns> bars,
                                                            std::uint64_t bars_most, const Progress& progress);

/// Errors of a sweep whose magnifier has nothing to walk of an instrument: not_found, field `intrabar`.
Error nothing_to_walk(const market::InstrumentId& id);

/// What a sweep runs over, `bars[i]` being those of `instruments[i]`; they outlive it. The symbol of `language` is each
/// instrument's. `lower`: those of read_sweep_lower, which outlive it too; none: there is no magnifier. `from`: the first moment
/// acted on. The series from outside are for the caller to add.
/// Errors  those of check_bars and of trading::rules_of
Result<backtest::SweepData> sweep_data(std::span<const market::Instrument> instruments,
                                       std::span<const market::CandleColumns> bars,
                                       std::span<const market::CandleColumns> lower, Timestamp from,
                                       market::Timeframe timeframe, const expr::CompileOptions& language);

/// What the candles lack of what a sweep is over: coverage_of.
std::vector<std::string> sweep_warnings(const RunRequest& request, Timestamp from, const backtest::SweepData& data);

}  // namespace cw::lab
