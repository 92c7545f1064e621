#pragma once

#include <string>

#include "app/cli.h"
#include "app/console.h"
#include "backtest/sweep/sweep_json.h"

namespace cw::app {

/// The sweep for a terminal `columns` wide: what was asked, the best cells, what the best one is to be believed, heat
/// map, walk-forward, warnings.
std::string sweep_table(const backtest::SweepFacts& facts, const backtest::Sweep& sweep,
                        const backtest::SweepData& data, const backtest::SweepReport& report, int columns);

/// A heat map in letters: a row a value of one input, a column a value of the other, the more of the objective the
/// darker.
std::string heat_map_text(const backtest::Sweep& sweep, const backtest::HeatMap& map, int columns);

}  // namespace cw::app
