#include "expr/functions/tables.h"
#include "indicators/volatility/atr.h"
#include "indicators/volatility/choppiness.h"
#include "indicators/volatility/historical_volatility.h"
#include "indicators/volatility/mass_index.h"
#include "indicators/volatility/true_range.h"
#include "indicators/volatility/ulcer_index.h"

namespace cw::expr {

using namespace indicators;

namespace {

constexpr std::string_view kGroup = "Volatility";

void add_ranges(std::vector<Function>& rows) {
  rows.push_back({.name = "ta.tr",
                  .group = kGroup,
                  .title = "True range",
                  .parameters = {{.name = "handle_na",
                                  .type = Type::Bool,
                                  .default_value = 0,
                                  .min = 0,
                                  .max = 1,
                                  .title = "First bar counts"}},
                  .bar_fields = {BarField::High, BarField::Low, BarField::Close},
                  .outputs = {{"tr"}},
                  .summary =
                      "How far the price went in a bar, seen from the close before: from the lower of the low and "
                      "that close to the higher of the high and that close.",
                  .units = "those of the price",
                  .lookback = "handle_na ? 0 : 1",
                  .nan_rule = "The first bar has no close before it: NaN, or high - low where handle_na is true.",
                  .example = "ta.tr",
                  .talib = "TRANGE",
                  .pine = "ta.tr",
                  .source = "J. W. Wilder, New Concepts in Technical Trading Systems, 1978",
                  .variable = true,
                  .make = [](const Settings& s) -> std::unique_ptr<Operator> {
                    if (s.flag(0)) return kernel<TrueRange<true>>();
                    return kernel<TrueRange<false>>();
                  }});
  rows.push_back({.name = "ta.atr",
                  .group = kGroup,
                  .title = "Average true range",
                  .parameters = {length_setting(14)},
                  .bar_fields = {BarField::High, BarField::Low, BarField::Close},
                  .outputs = {{"atr"}},
                  .summary =
                      "Wilder's average of the true range. The first bar, which has no close before it, is left out; "
                      "with seed = \"pine\" it counts with high - low.",
                  .units = "those of the price",
                  .lookback = "length (pine: length - 1)",
                  .example = "ta.atr(14)",
                  .talib = "ATR",
                  .pine = "ta.atr",
                  .source = "J. W. Wilder, New Concepts in Technical Trading Systems, 1978",
                  .seeded = true,
                  .make = [](const Settings& s) { return kernel<Atr, true>(s.integer(0), s.seed()); }});
  rows.push_back(
      {.name = "ta.natr",
       .group = kGroup,
       .title = "Normalised average true range",
       .parameters = {length_setting(14)},
       .bar_fields = {BarField::High, BarField::Low, BarField::Close},
       .outputs = {{"natr"}},
       .summary = "The average true range in percent of the close, so that markets of different prices compare.",
       .units = "percent",
       .lookback = "length (pine: length - 1)",
       .nan_rule = "0 where the close is 0.",
       .example = "ta.natr(14)",
       .talib = "NATR; of length 1 TA-Lib's is the true range, not in percent",
       .seeded = true,
       .make = [](const Settings& s) { return kernel<Natr, true>(s.integer(0), s.seed()); }});
}

void add_others(std::vector<Function>& rows) {
  rows.push_back({.name = "ta.chop",
                  .group = kGroup,
                  .title = "Choppiness index",
                  .parameters = {length_setting(14, "length", 2)},
                  .bar_fields = {BarField::High, BarField::Low, BarField::Close},
                  .outputs = {{"chop"}},
                  .summary =
                      "How much longer the way of the price was than the range it ended in, on a logarithmic scale: "
                      "near 100 it went back and forth, near 0 straight.",
                  .units = "none; about 0 to 100",
                  .lookback = "length",
                  .nan_rule = "100 where the window has no range.",
                  .example = "ta.chop(14)",
                  .source = "E. W. Dreiss, 1993",
                  .make = [](const Settings& s) { return kernel<Choppiness>(s.integer(0)); }});
  rows.push_back({.name = "ta.hv",
                  .group = kGroup,
                  .title = "Historical volatility",
                  .parameters = {source_series(), length_setting(10, "length", 2),
                                 number_setting("annual", 365, 1, 1e6, "Bars a year")},
                  .outputs = {{"hv"}},
                  .summary =
                      "The standard deviation (of the population) of the last `length` logarithmic returns times the "
                      "root of `annual`, the number of the chart's bars in a year.",
                  .units = "percent a year",
                  .lookback = "length",
                  .nan_rule = "A value that is not above 0 has no logarithm and is skipped as a NaN is.",
                  .example = "ta.hv(close, 10, 365)",
                  .source = "Pine's built-in indicator Historical Volatility",
                  .make = [](const Settings& s) { return kernel<HistoricalVolatility>(s.integer(0), s.number(1)); }});
  rows.push_back({.name = "ta.mass",
                  .group = kGroup,
                  .title = "Mass index",
                  .parameters = {length_setting(9, "emaLength", 1, "EMA length"),
                                 length_setting(25, "sumLength", 1, "Sum length")},
                  .bar_fields = {BarField::High, BarField::Low},
                  .outputs = {{"mass"}},
                  .summary =
                      "The sum over `sumLength` bars of EMA(high - low) over the EMA of that EMA: above sumLength "
                      "while ranges widen; a rise above 27 and fall below 26.5 (of 25) is read as a coming reversal.",
                  .units = "none; around sumLength",
                  .lookback = "2 * (emaLength - 1) + sumLength - 1",
                  .nan_rule = "A ratio over no range counts as 1.",
                  .example = "ta.mass(9, 25)",
                  .talib = "MASSI",
                  .source = "D. Dorsey, Technical Analysis of Stocks & Commodities, June 1992",
                  .make = [](const Settings& s) { return kernel<MassIndex>(s.integer(0), s.integer(1)); }});
  rows.push_back({.name = "ta.ulcer",
                  .group = kGroup,
                  .title = "Ulcer index",
                  .parameters = {source_series(), length_setting(14)},
                  .outputs = {{"ulcer"}},
                  .summary =
                      "The root of the mean squared fall below the highest value of the last `length` bars: how deep "
                      "and how long drawdowns were.",
                  .units = "percent",
                  .lookback = "2 * (length - 1)",
                  .nan_rule = "A fall from a highest value of 0 counts as 0.",
                  .example = "ta.ulcer(close, 14)",
                  .source = "P. G. Martin, B. McCann, The Investor's Guide to Fidelity Funds, 1989",
                  .make = [](const Settings& s) { return kernel<UlcerIndex>(s.integer(0)); }});
}

}  // namespace

void add_volatility(std::vector<Function>& rows) {
  add_ranges(rows);
  add_others(rows);
}

}  // namespace cw::expr
