#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "market/timeframe.h"

namespace cw::expr {

/// Reads a timeframe as a text writes it: ours (`4h`, `1d`) or Pine's (`240`: minutes; `D`, `1D`, `W`, `1W`).
///
/// Errors  Errc::unknown_timeframe as market::parse_timeframe says it
Result<market::Timeframe> read_timeframe(std::string_view text);

/// As Pine 6 writes it: "240", "1D".
std::string pine_timeframe(market::Timeframe timeframe);

}  // namespace cw::expr
