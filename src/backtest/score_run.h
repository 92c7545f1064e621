#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "backtest/engine.h"
#include "backtest/figures.h"
#include "backtest/portfolio.h"

namespace cw::backtest {

/// What a sweep keeps of one set of parameters.
struct Score {
  Figures figures;  // all that Metrics::figures has
  std::vector<double>
      returns;  // of each UTC day with bars, or of each bar where these are longer: EquityFacts::returns
  double initial_capital = 0;
  double final_equity = 0;
  std::uint64_t bars = 0;
  std::uint64_t trades = 0;  // an open one with them
  std::uint64_t refused = 0;
  std::uint64_t conflicts = 0;
};

/// Memory that one scoring after another uses. Of one thread at a time.
struct ScoreScratch {
  std::vector<Trade> trades;
};

/// The score of what a run left; its trades' memory goes back into `scratch`.
Score score_of(RunResult result, ScoreScratch& scratch);

/// Runs instruments whose columns are known already, as they are when many sets of parameters share a plan: the same orders,
/// fills, ledger and figures as run_parts and measure(), to the last bit, without a row being kept.
///
/// Shape   `settings.keeps_rows` does not count. Where columns are made a block of bars at a time, give these to
///         Engine::take(bars, columns) with `keeps_rows` off and end with score_of(engine.finish(), scratch): the same bits
/// Errors  those of run_parts
/// Cost    of one instrument 1 to 2 ns a bar and what the trades cost, of several some 50 ns a bar; memory for a day's return,
///         and for trades what the largest run needed. Threads share nothing: each has a scratch of its own
Result<Score> score_run(std::span<const ReadyPart> parts, const RunSettings& settings, ScoreScratch& scratch);

}  // namespace cw::backtest
