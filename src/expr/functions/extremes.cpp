#include "indicators/statistics/extremes.h"
#include "expr/functions/tables.h"

namespace cw::expr {

using namespace indicators;

void add_extremes(std::vector<Function>& rows) {
  rows.push_back({.name = "ta.highest",
                  .group = "Highs and lows",
                  .title = "Highest",
                  .parameters = {source_series(), length_setting(14)},
                  .outputs = {{"highest"}},
                  .summary = "The highest of the last `length` values.",
                  .units = "those of the source",
                  .lookback = "length - 1",
                  .example = "ta.highest(close, 20)",
                  .talib = "MAX",
                  .pine = "ta.highest, which begins anew after a NaN where we skip it",
                  .overlay = true,
                  .make = [](const Settings& s) { return kernel<WindowExtreme<true>>(s.integer(0)); }});
  rows.push_back({.name = "ta.highest",
                  .group = "Highs and lows",
                  .title = "Highest high",
                  .parameters = {length_setting(14)},
                  .bar_fields = {BarField::High},
                  .outputs = {{"highest"}},
                  .summary = "The highest high of the last `length` bars.",
                  .units = "those of the price",
                  .lookback = "length - 1",
                  .example = "ta.highest(20)",
                  .talib = "MAX of the highs",
                  .pine = "ta.highest, which begins anew after a NaN where we skip it",
                  .overlay = true,
                  .make = [](const Settings& s) { return kernel<WindowExtreme<true>>(s.integer(0)); }});
  rows.push_back({.name = "ta.lowest",
                  .group = "Highs and lows",
                  .title = "Lowest",
                  .parameters = {source_series(), length_setting(14)},
                  .outputs = {{"lowest"}},
                  .summary = "The lowest of the last `length` values.",
                  .units = "those of the source",
                  .lookback = "length - 1",
                  .example = "ta.lowest(close, 20)",
                  .talib = "MIN",
                  .pine = "ta.lowest, which begins anew after a NaN where we skip it",
                  .overlay = true,
                  .make = [](const Settings& s) { return kernel<WindowExtreme<false>>(s.integer(0)); }});
  rows.push_back({.name = "ta.lowest",
                  .group = "Highs and lows",
                  .title = "Lowest low",
                  .parameters = {length_setting(14)},
                  .bar_fields = {BarField::Low},
                  .outputs = {{"lowest"}},
                  .summary = "The lowest low of the last `length` bars.",
                  .units = "those of the price",
                  .lookback = "length - 1",
                  .example = "ta.lowest(20)",
                  .talib = "MIN of the lows",
                  .pine = "ta.lowest, which begins anew after a NaN where we skip it",
                  .overlay = true,
                  .make = [](const Settings& s) { return kernel<WindowExtreme<false>>(s.integer(0)); }});
  rows.push_back(
      {.name = "ta.highestbars",
       .group = "Highs and lows",
       .title = "Bars since the highest",
       .parameters = {source_series(), length_setting(14)},
       .outputs = {{"highestbars", Type::Int}},
       .summary = "How many bars ago the highest of the last `length` values was, as a negative number; of equal "
                  "values the oldest counts.",
       .units = "bars, -(length - 1) to 0",
       .lookback = "length - 1",
       .example = "ta.highestbars(close, 20)",
       .talib =
           "MAXINDEX, which counts from the first bar, and takes of equal values now the newest and now the oldest",
       .pine = "ta.highestbars",
       .make = [](const Settings& s) { return kernel<WindowExtremeBars<true>>(s.integer(0)); }});
  rows.push_back(
      {.name = "ta.highestbars",
       .group = "Highs and lows",
       .title = "Bars since the highest high",
       .parameters = {length_setting(14)},
       .bar_fields = {BarField::High},
       .outputs = {{"highestbars", Type::Int}},
       .summary = "How many bars ago the highest high of the last `length` bars was, as a negative number; of equal "
                  "ones the oldest counts.",
       .units = "bars, -(length - 1) to 0",
       .lookback = "length - 1",
       .example = "ta.highestbars(20)",
       .talib =
           "MAXINDEX, which counts from the first bar, and takes of equal values now the newest and now the oldest",
       .pine = "ta.highestbars",
       .make = [](const Settings& s) { return kernel<WindowExtremeBars<true>>(s.integer(0)); }});
  rows.push_back(
      {.name = "ta.lowestbars",
       .group = "Highs and lows",
       .title = "Bars since the lowest",
       .parameters = {source_series(), length_setting(14)},
       .outputs = {{"lowestbars", Type::Int}},
       .summary = "How many bars ago the lowest of the last `length` values was, as a negative number; of equal values "
                  "the oldest counts.",
       .units = "bars, -(length - 1) to 0",
       .lookback = "length - 1",
       .example = "ta.lowestbars(close, 20)",
       .talib =
           "MININDEX, which counts from the first bar, and takes of equal values now the newest and now the oldest",
       .pine = "ta.lowestbars",
       .make = [](const Settings& s) { return kernel<WindowExtremeBars<false>>(s.integer(0)); }});
  rows.push_back(
      {.name = "ta.lowestbars",
       .group = "Highs and lows",
       .title = "Bars since the lowest low",
       .parameters = {length_setting(14)},
       .bar_fields = {BarField::Low},
       .outputs = {{"lowestbars", Type::Int}},
       .summary = "How many bars ago the lowest low of the last `length` bars was, as a negative number; of equal ones "
                  "the oldest counts.",
       .units = "bars, -(length - 1) to 0",
       .lookback = "length - 1",
       .example = "ta.lowestbars(20)",
       .talib =
           "MININDEX, which counts from the first bar, and takes of equal values now the newest and now the oldest",
       .pine = "ta.lowestbars",
       .make = [](const Settings& s) { return kernel<WindowExtremeBars<false>>(s.integer(0)); }});
  rows.push_back({.name = "ta.range",
                  .group = "Highs and lows",
                  .title = "Range",
                  .parameters = {source_series(), length_setting(14)},
                  .outputs = {{"range"}},
                  .summary = "The highest less the lowest of the last `length` values.",
                  .units = "those of the source",
                  .lookback = "length - 1",
                  .example = "ta.range(close, 20)",
                  .talib = "MINMAX, as two lines",
                  .pine = "ta.range",
                  .make = [](const Settings& s) { return kernel<WindowRange>(s.integer(0)); }});
  rows.push_back({.name = "ta.max",
                  .group = "Highs and lows",
                  .title = "All-time highest",
                  .parameters = {source_series()},
                  .outputs = {{"max"}},
                  .summary = "The highest value since the first bar.",
                  .units = "those of the source",
                  .lookback = "0",
                  .example = "ta.max(close)",
                  .pine = "ta.max, which answers a NaN with the value so far",
                  .overlay = true,
                  .make = [](const Settings&) { return kernel<AllTimeExtreme<true>>(); }});
  rows.push_back({.name = "ta.min",
                  .group = "Highs and lows",
                  .title = "All-time lowest",
                  .parameters = {source_series()},
                  .outputs = {{"min"}},
                  .summary = "The lowest value since the first bar.",
                  .units = "those of the source",
                  .lookback = "0",
                  .example = "ta.min(close)",
                  .pine = "ta.min, which answers a NaN with the value so far",
                  .overlay = true,
                  .make = [](const Settings&) { return kernel<AllTimeExtreme<false>>(); }});
}

}  // namespace cw::expr
