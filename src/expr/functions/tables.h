#pragma once

#include <vector>

#include "expr/function.h"

namespace cw::expr {

/// Each appends the rows of one family; the order here is the order of the lists.
void add_averages(std::vector<Function>& rows);
void add_bands(std::vector<Function>& rows);
void add_extremes(std::vector<Function>& rows);
void add_statistics(std::vector<Function>& rows);
void add_momentum(std::vector<Function>& rows);
void add_volatility(std::vector<Function>& rows);
void add_trend(std::vector<Function>& rows);
void add_volume(std::vector<Function>& rows);
void add_events(std::vector<Function>& rows);
void add_candlesticks(std::vector<Function>& rows);
void add_chart_patterns(std::vector<Function>& rows);
void add_ratings(std::vector<Function>& rows);
void add_math(std::vector<Function>& rows);
void add_calendar(std::vector<Function>& rows);

inline constexpr void (*kTables[])(std::vector<Function>&) = {
    add_averages, add_bands,  add_extremes,     add_statistics,     add_momentum, add_volatility, add_trend,
    add_volume,   add_events, add_candlesticks, add_chart_patterns, add_ratings,  add_math,       add_calendar,
};

}  // namespace cw::expr
