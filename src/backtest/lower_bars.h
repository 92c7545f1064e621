#pragma once

#include "market/candle.h"
#include "market/timeframe.h"
#include "trading/broker.h"

namespace cw::backtest {

/// The magnifier's bars from columns of a lower timeframe: those that open inside a bar of `timeframe`. A bar whose
/// first lower bar is missing has none, so that no part of one is taken for the whole.
///
/// Shape   `lower` rises in time and outlives the answer; of one instrument
/// Cost    two binary searches a bar
trading::LowerBars lower_bars_of(const market::CandleSpan& lower, market::Timeframe timeframe);

}  // namespace cw::backtest
