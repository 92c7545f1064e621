#pragma once

#include <span>
#include <vector>

#include "backtest/engine.h"
#include "backtest/metrics.h"

namespace cw::backtest {

/// What a sweep asks of one run.
struct CellScore {
  Figures figures;
  std::vector<double> returns;  // of each period
  bool ruined = false;          // equity was not above zero at some period's end: the returns end there
};

/// One run over columns that are there already: at least one bar, all of them acted on.
/// Errors  those of Engine::take
Result<CellScore> score_cell(const strategy::Program& program, const market::CandleSpan& bars,
                             std::span<const double* const> columns, const RunSettings& settings,
                             market::Timeframe timeframe);

}  // namespace cw::backtest
