#pragma once

#include <memory>

#include "evaluation/bar_source.h"

namespace cw::lab {

/// Whether anything is stored that the bars of `timeframe` are made of: see shorter_bars().
bool has_shorter_bars(const candle_store::CandleStore& store, const market::InstrumentId& id,
                      market::Timeframe timeframe);

/// The stored bars inside those bars of `timeframe` that open in [from, to), for the magnifier. Inside each of them from one
/// series: the finest that has all bars of its span; where none has, the finest that has the first. Minutes of the last weeks
/// and hours of the years before so make up the whole of a longer period. Nothing where no series has the first bar.
///
/// Memory  some ten thousand rows of each series
/// Answers null where nothing shorter is stored; the store outlives the source
std::unique_ptr<evaluation::BarSource> shorter_bars(const candle_store::CandleStore& store,
                                                    const market::InstrumentId& id, market::Timeframe timeframe,
                                                    Timestamp from, Timestamp to);

}  // namespace cw::lab
