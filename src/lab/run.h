#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "backtest/metrics.h"
#include "evaluation/bar_source.h"
#include "lab/prepared_run.h"

namespace cw::lab {

/// Where a run's bars come from.
struct RunMarket {
  /// The instrument's bars at the run's timeframe, from the first there is to the run's end. Asked once.
  std::function<Result<std::unique_ptr<evaluation::BarSource>>()> bars;
  /// How many bars those are at most, for the progress; 0: not known.
  std::uint64_t bars_about = 0;
  /// The series `signal.*` that a graph asks for; may be empty: there are none.
  std::function<Result<std::unique_ptr<expr::NamedSeries>>(const expr::Graph&)> named{};
  /// The bars of a finer timeframe, asked for where the magnifier is; empty, or null: there are none, and each bar says so.
  std::function<Result<std::unique_ptr<evaluation::BarSource>>()> lower_bars{};
};

/// What a run may take. Over one of them it is stopped with limit_exceeded, which says which.
struct RunLimits {
  std::uint64_t bars = 12'000'000;
  std::uint64_t trades = 1'000'000;
};

/// Told how far the work is, 0 to 1; false: stop.
using Progress = std::function<bool(double)>;

/// A run that is done, with the bars that it ran over: what reports look at once more.
struct FinishedRun {
  market::CandleColumns bars;   // those before the first one acted on too
  market::CandleColumns lower;  // inside them, where the magnifier walked them
  backtest::RunResult result;
  backtest::Metrics metrics;
};

/// Errors  those of the source and of Engine::take; not_found where no bar lies in the period, saying how many were before it;
///         limit_exceeded; cancelled
Result<FinishedRun> make_run(const PreparedRun& run, const RunMarket& market, const RunLimits& limits,
                             const Progress& progress);

/// The finest stored timeframe whose bars make up those of `timeframe`; none: nothing finer is stored.
std::optional<market::Timeframe> finest_below(const candle_store::CandleStore& store,
                                              const market::InstrumentId& instrument, market::Timeframe timeframe);

/// The bars of a source, at most so many. Errors  those of the source; limit_exceeded; cancelled
Result<market::CandleColumns> read_all(evaluation::BarSource& source, std::uint64_t bars_most, const Progress& progress,
                                       std::uint64_t bars_about);

}  // namespace cw::lab
