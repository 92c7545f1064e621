#include "backtest/sweep/score_cell.h"

#include "backtest/equity_pass.h"

namespace cw::backtest {

Result<CellScore> score_cell(const strategy::Program& program, const market::CandleSpan& bars,
                             std::span<const double* const> columns, const RunSettings& settings,
                             market::Timeframe timeframe) {
  RunSettings all_of_it = settings;
  all_of_it.from = from_ms(bars.open_time_ms.front());
  Engine engine(program, all_of_it);
  if (auto done = engine.take(bars, columns); !done) return pass_on(done);
  const RunResult result = engine.finish();
  EquityPass pass(result.initial_capital, result.rows.close.front(), timeframe);
  pass.add(result.rows.view());
  const EquityFacts facts = pass.finish();
  CellScore score;
  measure_equity(facts, score.figures);
  measure_trades(result.trades, Sides::both, score.figures);
  score.returns = facts.returns(&score.ruined);
  return score;
}

}  // namespace cw::backtest
