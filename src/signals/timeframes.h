#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "base/error.h"
#include "base/time.h"
#include "market/timeframe.h"

namespace cw::signals {

/// The timeframes that are scored, finest first.
inline constexpr std::array kSignalTimeframes{market::Timeframe::m1, market::Timeframe::m5, market::Timeframe::m15,
                                              market::Timeframe::h1, market::Timeframe::h4, market::Timeframe::d1};
inline constexpr std::size_t kTimeframes = kSignalTimeframes.size();

/// The place of a timeframe among kSignalTimeframes; none where it is not scored.
std::optional<std::size_t> place_of(market::Timeframe timeframe);

/// As market::parse_timeframe, of the scored ones.
/// Errors  Errc::unknown_timeframe with the nearest scored ones
Result<market::Timeframe> parse_signal_timeframe(std::string_view text);

/// How long a signal is given to come true.
enum class Horizon : unsigned char { h1, h4, d1 };
inline constexpr std::array kHorizons{Horizon::h1, Horizon::h4, Horizon::d1};

std::string_view name(Horizon horizon);
Millis duration(Horizon horizon);
/// Errors  Errc::bad_parameter naming the three
Result<Horizon> parse_horizon(std::string_view text);

/// The horizon that a timeframe is judged by where none is asked for: the next longer one, 1d for 4h and 1d.
Horizon default_horizon(market::Timeframe timeframe);

}  // namespace cw::signals
