#pragma once

#include <cstdint>

#include "market/candle.h"

namespace cw::backtest {

/// How the bars from some bar on are made other ones, so that whoever knew them would be seen.
enum class Alteration : std::uint8_t {
  mirror,  // what rose falls: prices over the last close turn to as much under it; each bar scaled by its own number
  move,    // a week later, each bar scaled by a number of its own, other volumes
  cut      // they are not there
};

/// `bars` with those from `from` (at least 1) on altered: positive prices, low <= open, close <= high, rising times on
/// the timeframe's grid. The same for the same arguments.
market::CandleColumns altered(const market::CandleSpan& bars, std::size_t from, Alteration how);

}  // namespace cw::backtest
