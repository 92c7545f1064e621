#include "backtest/score_run.h"

#include <numeric>
#include <utility>

#include "backtest/metrics.h"

namespace cw::backtest {

Score score_of(RunResult result, ScoreScratch& scratch) {
  Score score;
  measure_figures(result.facts, result.trades, score.figures);
  score.returns = result.facts.returns();
  score.initial_capital = result.initial_capital;
  score.final_equity = result.final_equity;
  score.bars = result.facts.bars;
  score.trades = result.trades.size();
  score.refused = std::accumulate(result.counts.refused.begin(), result.counts.refused.end(), std::uint64_t{0});
  score.conflicts = result.conflicts;
  scratch.trades = std::move(result.trades);
  return score;
}

Result<Score> score_run(std::span<const ReadyPart> parts, const RunSettings& settings, ScoreScratch& scratch) {
  RunSettings without_rows = settings;
  without_rows.keeps_rows = false;
  auto result = run_parts(parts, without_rows, std::move(scratch.trades));
  if (!result) return pass_on(result);
  return score_of(std::move(*result), scratch);
}

}  // namespace cw::backtest
