#pragma once

#include <string>
#include <string_view>

#include "backtest/figures.h"

namespace cw::backtest {

/// Text for between tags and inside quoted attributes: markup is shown, not obeyed; control characters become blanks.
std::string escaped(std::string_view text);

/// `12,345.68`: thousands set off, so many places.
std::string grouped(double value, int places);

/// `+12.3 %` of a fraction.
std::string signed_percent(double fraction, int places = 1);

/// A figure for people, in its unit: `12.3 %`, `1,234.50`, `2 d 3 h`; of one that is not told why: `n/a: too few (3 of
/// 10)`.
std::string shown(const FigureValue& value, const FigureInfo& info);

/// `2024-08-05 14:00`, in UTC.
std::string minute_text(std::int64_t ms);

}  // namespace cw::backtest
