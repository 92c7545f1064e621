#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "base/error.h"
#include "base/time.h"

namespace cw::market {

/// The length of a bar. Bars begin at whole multiples of their length since 1970 UTC, weeks on Monday 00:00 UTC.
enum class Timeframe : std::uint8_t { m1, m3, m5, m15, m30, h1, h2, h4, h6, h8, h12, d1, w1 };

inline constexpr std::array kTimeframes{Timeframe::m1,  Timeframe::m3, Timeframe::m5, Timeframe::m15, Timeframe::m30,
                                        Timeframe::h1,  Timeframe::h2, Timeframe::h4, Timeframe::h6,  Timeframe::h8,
                                        Timeframe::h12, Timeframe::d1, Timeframe::w1};

/// `1m 3m 5m 15m 30m 1h 2h 4h 6h 8h 12h 1d 1w`.
std::string_view name(Timeframe timeframe);

/// The length of one bar: 60 s to 7 days.
Millis duration(Timeframe timeframe);

/// Reads a name, letter for letter (`1M` would be a month, not a minute).
///
/// Errors  Errc::unknown_timeframe, naming the nearest valid ones, by duration where the text says one (`90m`: 1h and 2h), else by
///         spelling; `1s`, `3d` and `1mo` are refused by name
Result<Timeframe> parse_timeframe(std::string_view text);

/// The open time of the bar that holds `t`.
Timestamp open_of(Timeframe timeframe, Timestamp t);

/// Whether a bar of this timeframe can begin at `t`.
bool is_open_time(Timeframe timeframe, Timestamp t);

/// Whether bars of `coarse` are made of whole bars of `fine`: 4h of 1h, not 8h of 6h nor anything of itself.
bool folds_into(Timeframe fine, Timeframe coarse);

}  // namespace cw::market
