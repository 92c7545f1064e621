#include "indicators/statistics/bands.h"
#include "expr/functions/tables.h"
#include "indicators/statistics/channels.h"

namespace cw::expr {

using namespace indicators;

namespace {

Parameter multiplier() { return number_setting("mult", 2, 0.001, 1'000, "Multiplier"); }
Parameter true_range() {
  return {.name = "useTrueRange", .type = Type::Bool, .default_value = 1, .min = 0, .max = 1, .title = "True range"};
}

}  // namespace

void add_bands(std::vector<Function>& rows) {
  rows.push_back(
      {.name = "ta.bb",
       .group = "Bands",
       .title = "Bollinger bands",
       .parameters = {source_series(), length_setting(20), multiplier()},
       .outputs = {{"middle"}, {"upper"}, {"lower"}},
       .summary = "The mean of the last `length` values, and `mult` standard deviations (of the population) above and "
                  "below it.",
       .units = "those of the source",
       .lookback = "length - 1",
       .nan_rule = "on a flat window all three are the value itself",
       .example = "ta.bb(close, 20, 2)",
       .talib =
           "BBANDS, in the order upper, middle, lower; it answers a width of 0 below an absolute variance of 1e-14",
       .pine = "ta.bb",
       .source = "J. Bollinger",
       .overlay = true,
       .make = [](const Settings& s) { return kernel<Bollinger>(s.integer(0), s.number(1)); }});
  rows.push_back(
      {.name = "ta.bbw",
       .group = "Bands",
       .title = "Bollinger width",
       .parameters = {source_series(), length_setting(20), multiplier()},
       .outputs = {{"bbw"}},
       .summary = "The width of the Bollinger bands in per cent of their middle: (upper - lower) / middle * 100.",
       .units = "per cent of the middle",
       .lookback = "length - 1",
       .nan_rule = "0 where the middle is 0",
       .example = "ta.bbw(close, 20, 2)",
       .pine = "ta.bbw",
       .source = "J. Bollinger",
       .make = [](const Settings& s) { return kernel<BollingerWidth>(s.integer(0), s.number(1)); }});
  rows.push_back({.name = "ta.percent_b",
                  .group = "Bands",
                  .title = "Bollinger %b",
                  .parameters = {source_series(), length_setting(20), multiplier()},
                  .outputs = {{"percent_b"}},
                  .summary = "Where the source lies between the Bollinger bands: 0 at the lower, 1 at the upper.",
                  .units = "1 is the width of the bands",
                  .lookback = "length - 1",
                  .nan_rule = "0.5 on a flat window",
                  .example = "ta.percent_b(close, 20, 2)",
                  .source = "J. Bollinger",
                  .make = [](const Settings& s) { return kernel<PercentB>(s.integer(0), s.number(1)); }});
  rows.push_back({.name = "ta.donchian",
                  .group = "Bands",
                  .title = "Donchian channel",
                  .parameters = {length_setting(20)},
                  .bar_fields = {BarField::High, BarField::Low},
                  .outputs = {{"upper"}, {"middle"}, {"lower"}},
                  .summary = "The highest high and the lowest low of the last `length` bars, and their middle.",
                  .units = "those of the price",
                  .lookback = "length - 1",
                  .example = "ta.donchian(20)",
                  .talib = "DONCHIAN",
                  .source = "R. Donchian",
                  .overlay = true,
                  .make = [](const Settings& s) { return kernel<Donchian>(s.integer(0)); }});
  rows.push_back({.name = "ta.kc",
                  .group = "Bands",
                  .title = "Keltner channel",
                  .parameters = {source_series(), length_setting(20), multiplier(), true_range()},
                  .bar_fields = {BarField::High, BarField::Low, BarField::Close},
                  .outputs = {{"middle"}, {"upper"}, {"lower"}},
                  .summary = "An exponential average of the source, and `mult` average ranges above and below it. The "
                             "average range is Wilder's and begins with the second bar, as the average does; with the "
                             "Pine seed it is an exponential one, and the average begins with the first.",
                  .units = "those of the price",
                  .lookback = "useTrueRange ? length : length - 1 (pine: length - 1, useTrueRange ? length : length - "
                              "1, useTrueRange ? length "
                              ": length - 1)",
                  .example = "ta.kc(close, 20, 2)",
                  .talib = "KC of source hlc3 with both of its lengths equal",
                  .pine = "ta.kc, whose average range is an exponential one",
                  .source = "C. Keltner; L. Raschke",
                  .overlay = true,
                  .seeded = true,
                  .make = [](const Settings& s) {
                    return kernel<Keltner, true>(s.integer(0), s.number(1), s.flag(2), s.seed());
                  }});
  rows.push_back(
      {.name = "ta.kcw",
       .group = "Bands",
       .title = "Keltner width",
       .parameters = {source_series(), length_setting(20), multiplier(), true_range()},
       .bar_fields = {BarField::High, BarField::Low, BarField::Close},
       .outputs = {{"kcw"}},
       .summary =
           "The width of the Keltner channel as a share of its middle, 1 for all of it: (upper - lower) / middle.",
       .units = "a share of the middle",
       .lookback = "useTrueRange ? length : length - 1",
       .nan_rule = "0 where the middle is 0",
       .example = "ta.kcw(close, 20, 2)",
       .pine = "ta.kcw, whose average range is an exponential one",
       .seeded = true,
       .make = [](const Settings& s) {
         return kernel<KeltnerWidth, true>(s.integer(0), s.number(1), s.flag(2), s.seed());
       }});
}

}  // namespace cw::expr
