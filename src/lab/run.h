#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "backtest/metrics.h"
#include "backtest/portfolio.h"
#include "evaluation/bar_source.h"
#include "lab/other_symbols.h"
#include "lab/prepared_run.h"

namespace cw::lab {

/// Where the bars of one of a run's instruments come from.
struct RunMarket {
  /// The instrument's bars at the run's timeframe, from the first there is to the run's end. Asked once.
  std::function<Result<std::unique_ptr<evaluation::BarSource>>()> bars;
  /// How many bars those are at most, for the progress; 0: not known.
  std::uint64_t bars_about = 0;
  /// The series `signal.*` that a graph asks for; may be empty: there are none.
  std::function<Result<std::unique_ptr<expr::NamedSeries>>(const expr::Graph&)> named{};
  /// Of the other symbols that the rules look at; null: none are known here. A run's markets may share one.
  std::shared_ptr<OtherSymbols> others{};
  /// The bars of a finer timeframe, asked for where the magnifier is; empty, or null: there are none, and each bar says so.
  std::function<Result<std::unique_ptr<evaluation::BarSource>>()> lower_bars{};
};

/// The market of a stored instrument: its bars that open before `end`, and the shorter_bars() of [from, end). The store
/// outlives it.
RunMarket stored_market(const candle_store::CandleStore& store, const market::InstrumentId& id,
                        market::Timeframe timeframe, Timestamp from, Timestamp end);

/// What a run may take. Over one of them it is stopped with limit_exceeded, which says which.
struct RunLimits {
  std::uint64_t bars = 12'000'000;  // of all instruments
  std::uint64_t trades = 1'000'000;
};

/// Told how far the work is, 0 to 1; false: stop.
using Progress = std::function<bool(double)>;

/// The plan of an instrument's rules, which has seen no bar, and the series that it asks.
struct PartPlan {
  std::unique_ptr<expr::NamedSeries> named;
  expr::Plan plan;
};

/// Errors  those of RunMarket::named, Plan::make and OtherSymbols::give; unsupported: they look at another symbol and none is
///         known
Result<PartPlan> plan_of(const PreparedPart& part, const RunMarket& market,
                         const std::function<bool()>& cancelled = {});

/// All that a run is made of, in memory. It may be moved: what points into it goes with it. `run` outlives it.
struct LoadedRun {
  std::vector<market::CandleColumns> bars;   // of each instrument, those before the first one acted on too
  std::vector<market::CandleColumns> lower;  // inside them, where the magnifier is to walk them; else empty
  std::vector<std::unique_ptr<expr::NamedSeries>> named;
  std::vector<expr::Plan> plans;  // have seen no bar
  std::vector<backtest::RunPart> parts;

  std::size_t bar_count() const;
  /// Of each instrument.
  std::vector<market::CandleSpan> views() const;
};

/// `markets`: one for each of the run's instruments, in their order. Finer bars are read where the run walks them.
/// Errors  those of the sources and of plan_of; limit_exceeded; cancelled
Result<LoadedRun> load_run(const PreparedRun& run, std::span<const RunMarket> markets, const RunLimits& limits,
                           const Progress& progress);

/// The bars of one instrument that the magnifier walks inside `bars`; none where there are none.
/// Errors  as read_all; bad_parameter: they are not this instrument's
Result<market::CandleColumns> read_lower(const RunMarket& market, const market::CandleSpan& bars,
                                         std::uint64_t bars_most, const Progress& progress);

/// Reads the finer bars of a run, at most `limits.bars` of all instruments. Nothing where they are there, or there are none.
/// Errors  as load_run, with nothing read; bad_parameter: they are not this instrument's
Result<void> load_lower(const PreparedRun& run, std::span<const RunMarket> markets, const RunLimits& limits,
                        const Progress& progress, LoadedRun& loaded);

/// The same for what is only compared with a run: where they are too many it does without. Errors  as load_lower, but the limit
Result<void> load_lower_to_compare(const PreparedRun& run, std::span<const RunMarket> markets, const RunLimits& limits,
                                   const Progress& progress, LoadedRun& loaded);

/// An error of a run that names a rule of its strategy, with the line that the rule stands in.
Error with_line(Error error, const strategy::Document& document);

/// A run that is done, with what it ran over: what reports look at once more.
struct FinishedRun {
  LoadedRun loaded;
  std::vector<std::string> warnings;  // see coverage_of
  backtest::RunResult result;
  backtest::Metrics metrics;
};

/// Errors  those of load_run and of run_parts; not_found where no bar lies in the period, saying how many were before it
Result<FinishedRun> make_run(const PreparedRun& run, std::span<const RunMarket> markets, const RunLimits& limits,
                             const Progress& progress);

/// The bars of a source, at most so many. Errors  those of the source; limit_exceeded; cancelled
Result<market::CandleColumns> read_all(evaluation::BarSource& source, std::uint64_t bars_most, const Progress& progress,
                                       std::uint64_t bars_about);

}  // namespace cw::lab
