#include "expr/functions/tables.h"
#include "indicators/trend/aroon.h"
#include "indicators/trend/directional_movement.h"
#include "indicators/trend/efficiency_ratio.h"
#include "indicators/trend/ichimoku.h"
#include "indicators/trend/midpoint.h"
#include "indicators/trend/regression_channel.h"
#include "indicators/trend/sar.h"
#include "indicators/trend/supertrend.h"
#include "indicators/trend/vortex.h"

namespace cw::expr {

using namespace indicators;

namespace {

constexpr std::string_view kGroup = "Trend";
constexpr std::string_view kWilder = "J. W. Wilder, New Concepts in Technical Trading Systems, 1978";

void add_stops(std::vector<Function>& rows) {
  rows.push_back(
      {.name = "ta.supertrend",
       .group = kGroup,
       .title = "Supertrend",
       .parameters = {number_setting("factor", 3, 0, 1000, "Factor"), length_setting(10, "atrPeriod", 1, "ATR length")},
       .bar_fields = {BarField::High, BarField::Low, BarField::Close},
       .outputs = {{"supertrend"}, {"direction", Type::Int}},
       .summary = "A stop at `factor` average true ranges from the middle of the bar that never gives way while "
                  "the trend lasts. The direction is -1 in a rising trend (the line is below), 1 in a falling one.",
       .units = "the line those of the price; the direction -1 or 1",
       .lookback = "atrPeriod (pine: max(atrPeriod - 1, 1))",
       .nan_rule = "Both are NaN through the look-back, also in pine mode, where Pine's direction is 1 there and "
                   "its first line 0.",
       .example = "ta.supertrend(3, 10)",
       .talib = "SUPERTREND, whose trend has the other sign",
       .pine = "ta.supertrend",
       .overlay = true,
       .seeded = true,
       .make = [](const Settings& s) -> std::unique_ptr<Operator> {
         if (s.seed() == Seed::pine) return kernel<Supertrend<Seed::pine>, true>(s.number(0), s.integer(1));
         return kernel<Supertrend<Seed::talib>, true>(s.number(0), s.integer(1));
       }});
  rows.push_back(
      {.name = "ta.sar",
       .group = kGroup,
       .title = "Parabolic stop and reverse",
       .parameters = {number_setting("start", 0.02, 0, 1, "Start"), number_setting("inc", 0.02, 0, 1, "Increment"),
                      number_setting("max", 0.2, 0, 1, "Maximum")},
       .bar_fields = {BarField::High, BarField::Low},
       .outputs = {{"sar"}},
       .summary = "A stop that goes a share of the way to the trend's extreme each bar; the share begins at "
                  "`start` and grows by `inc` up to `max` with each new extreme. Where the price reaches the stop "
                  "the trend turns around.",
       .units = "those of the price",
       .lookback = "1",
       .example = "ta.sar(0.02, 0.02, 0.2)",
       .talib = "SAR; SAREXT where start and inc differ",
       .pine = "ta.sar",
       .source = kWilder,
       .overlay = true,
       .seeded = true,
       .make = [](const Settings& s) -> std::unique_ptr<Operator> {
         if (s.seed() == Seed::pine) {
           return kernel<Sar<Seed::pine>, true>(s.number(0), s.number(1), s.number(2));
         }
         return kernel<Sar<Seed::talib>, true>(s.number(0), s.number(1), s.number(2));
       }});
}

void add_directional(std::vector<Function>& rows) {
  const std::vector<Parameter> lengths = {length_setting(14, "diLength", 1, "DI length"),
                                          length_setting(14, "adxSmoothing", 1, "ADX smoothing")};
  rows.push_back({.name = "ta.dmi",
                  .group = kGroup,
                  .title = "Directional movement",
                  .parameters = lengths,
                  .bar_fields = {BarField::High, BarField::Low, BarField::Close},
                  .outputs = {{"plus_di"}, {"minus_di"}, {"adx"}},
                  .summary =
                      "How much of the true range reached above the bar before (+DI) and below it (-DI), and the "
                      "average of how one-sided the two are (ADX).",
                  .units = "percent, 0 to 100",
                  .lookback = "diLength, diLength, diLength + adxSmoothing - 1",
                  .nan_rule = "+DI and -DI are 0 over no range. Without any movement the ADX stays as it is; with "
                              "seed = \"pine\" it takes in a 0.",
                  .example = "ta.dmi(14, 14)",
                  .talib = "PLUS_DI, MINUS_DI, ADX",
                  .pine = "ta.dmi, which is NaN where there is no range",
                  .source = kWilder,
                  .seeded = true,
                  .make = [](const Settings& s) { return kernel<Dmi, true>(s.integer(0), s.integer(1), s.seed()); }});
  rows.push_back({.name = "ta.adx",
                  .group = kGroup,
                  .title = "Average directional movement index",
                  .parameters = lengths,
                  .bar_fields = {BarField::High, BarField::Low},
                  .outputs = {{"adx"}},
                  .summary =
                      "How strong a trend is, whichever its direction: Wilder's average of the directional movement "
                      "index.",
                  .units = "percent, 0 to 100",
                  .lookback = "diLength + adxSmoothing - 1",
                  .nan_rule = "Stays as it is without any movement; with seed = \"pine\" it takes in a 0.",
                  .example = "ta.adx(14, 14)",
                  .talib = "ADX, whose two lengths are one",
                  .source = kWilder,
                  .seeded = true,
                  .make = [](const Settings& s) { return kernel<Adx, true>(s.integer(0), s.integer(1), s.seed()); }});
  rows.push_back({.name = "ta.dx",
                  .group = kGroup,
                  .title = "Directional movement index",
                  .parameters = {length_setting(14)},
                  .bar_fields = {BarField::High, BarField::Low},
                  .outputs = {{"dx"}},
                  .summary = "How one-sided the movements beyond the bars before are: |+DI - -DI| of their sum.",
                  .units = "percent, 0 to 100",
                  .lookback = "length",
                  .nan_rule = "Without any movement the last one, 0 at first; with seed = \"pine\" 0.",
                  .example = "ta.dx(14)",
                  .talib = "DX",
                  .source = kWilder,
                  .seeded = true,
                  .make = [](const Settings& s) { return kernel<Dx, true>(s.integer(0), s.seed()); }});
  rows.push_back(
      {.name = "ta.plus_di",
       .group = kGroup,
       .title = "Positive directional indicator",
       .parameters = {length_setting(14)},
       .bar_fields = {BarField::High, BarField::Low, BarField::Close},
       .outputs = {{"plus_di"}},
       .summary = "How much of the true range reached above the bar before.",
       .units = "percent, 0 to 100",
       .lookback = "length",
       .nan_rule = "0 over no range.",
       .example = "ta.plus_di(14)",
       .talib = "PLUS_DI; of length 1 TA-Lib's lacks the factor 100",
       .source = kWilder,
       .seeded = true,
       .make = [](const Settings& s) { return kernel<DirectionalIndicator<true>, true>(s.integer(0), s.seed()); }});
  rows.push_back(
      {.name = "ta.minus_di",
       .group = kGroup,
       .title = "Negative directional indicator",
       .parameters = {length_setting(14)},
       .bar_fields = {BarField::High, BarField::Low, BarField::Close},
       .outputs = {{"minus_di"}},
       .summary = "How much of the true range reached below the bar before.",
       .units = "percent, 0 to 100",
       .lookback = "length",
       .nan_rule = "0 over no range.",
       .example = "ta.minus_di(14)",
       .talib = "MINUS_DI; of length 1 TA-Lib's lacks the factor 100",
       .source = kWilder,
       .seeded = true,
       .make = [](const Settings& s) { return kernel<DirectionalIndicator<false>, true>(s.integer(0), s.seed()); }});
}

void add_ages_and_ways(std::vector<Function>& rows) {
  rows.push_back({.name = "ta.aroon",
                  .group = kGroup,
                  .title = "Aroon",
                  .parameters = {length_setting(14)},
                  .bar_fields = {BarField::High, BarField::Low},
                  .outputs = {{"up"}, {"down"}},
                  .summary =
                      "How lately the highest high (up) and the lowest low (down) of the last length + 1 bars were: "
                      "100 at this bar, 0 `length` bars ago. Of equal extremes the newest counts.",
                  .units = "percent, 0 to 100",
                  .lookback = "length",
                  .example = "ta.aroon(14)",
                  .talib = "AROON, which answers down first",
                  .source = "T. Chande, 1995",
                  .make = [](const Settings& s) { return kernel<Aroon>(s.integer(0)); }});
  rows.push_back({.name = "ta.aroon_osc",
                  .group = kGroup,
                  .title = "Aroon oscillator",
                  .parameters = {length_setting(14)},
                  .bar_fields = {BarField::High, BarField::Low},
                  .outputs = {{"aroon_osc"}},
                  .summary = "Aroon up less Aroon down.",
                  .units = "percent, -100 to 100",
                  .lookback = "length",
                  .example = "ta.aroon_osc(14)",
                  .talib = "AROONOSC",
                  .source = "T. Chande, 1995",
                  .make = [](const Settings& s) { return kernel<AroonOscillator>(s.integer(0)); }});
  rows.push_back({.name = "ta.vortex",
                  .group = kGroup,
                  .title = "Vortex",
                  .parameters = {length_setting(14)},
                  .bar_fields = {BarField::High, BarField::Low, BarField::Close},
                  .outputs = {{"vi_plus"}, {"vi_minus"}},
                  .summary = "The ways from each low to the next high and from each high to the next low, summed over "
                             "`length` bars, over the sum of true ranges; the greater one names the trend.",
                  .units = "none; around 1",
                  .lookback = "length",
                  .nan_rule = "Both 0 where the true ranges of the window are all 0.",
                  .example = "ta.vortex(14)",
                  .talib = "VORTEX",
                  .source = "E. Botes, D. Siepman, Technical Analysis of Stocks & Commodities, January 2010",
                  .make = [](const Settings& s) { return kernel<Vortex>(s.integer(0)); }});
  rows.push_back({.name = "ta.efficiency_ratio",
                  .group = kGroup,
                  .title = "Efficiency ratio",
                  .parameters = {source_series(), length_setting(10)},
                  .outputs = {{"efficiency_ratio"}},
                  .summary =
                      "How far the value came in `length` bars over the way it went: 1 in a straight line, 0 where it "
                      "is back where it was.",
                  .units = "none, 0 to 1",
                  .lookback = "length",
                  .nan_rule = "1 where the value did not move.",
                  .example = "ta.efficiency_ratio(close, 10)",
                  .talib = "ER",
                  .source = "P. J. Kaufman, Smarter Trading, 1995",
                  .make = [](const Settings& s) { return kernel<EfficiencyRatio>(s.integer(0)); }});
}

void add_lines(std::vector<Function>& rows) {
  rows.push_back(
      {.name = "ta.ichimoku",
       .group = kGroup,
       .title = "Ichimoku",
       .parameters = {length_setting(9, "conversionLength", 1, "Conversion length"),
                      length_setting(26, "baseLength", 1, "Base length"),
                      length_setting(52, "spanLength", 1, "Lead 2 length"),
                      length_setting(26, "displacement", 1, "Displacement")},
       .bar_fields = {BarField::High, BarField::Low, BarField::Close},
       .outputs = {{"conversion"}, {"base"}, {"lead1"}, {"lead2"}, {"lagging"}},
       .summary = "Five lines as the present bar sees them: the middles of two ranges, the cloud's two edges as "
                  "they were `displacement` bars ago (a chart draws them that far ahead), and the close (a chart "
                  "draws it that far back).",
       .units = "those of the price",
       .lookback = "conversionLength - 1, baseLength - 1, max(conversionLength, baseLength) - 1 + displacement, "
                   "spanLength - 1 + displacement, 0",
       .example = "ta.ichimoku(9, 26, 52, 26)",
       .source = "G. Hosoda, 1969; Pine's built-in Ichimoku Cloud, which shifts by displacement - 1",
       .overlay = true,
       .make = [](const Settings& s) {
         return kernel<Ichimoku>(s.integer(0), s.integer(1), s.integer(2), s.integer(3));
       }});
  rows.push_back({.name = "ta.linreg_channel",
                  .group = kGroup,
                  .title = "Linear regression channel",
                  .parameters = {source_series(), length_setting(100, "length", 2),
                                 number_setting("mult", 2, 0, 1000, "Deviations")},
                  .outputs = {{"middle"}, {"upper"}, {"lower"}},
                  .summary =
                      "The line of least squares through the last `length` values where it ends, and lines `mult` "
                      "deviations from it above and below.",
                  .units = "those of the source",
                  .lookback = "length - 1",
                  .example = "ta.linreg_channel(close, 100, 2)",
                  .source = "Pine's built-in indicator Linear Regression Channel, at its last bar",
                  .overlay = true,
                  .make = [](const Settings& s) { return kernel<RegressionChannel>(s.integer(0), s.number(1)); }});
  rows.push_back({.name = "ta.midpoint",
                  .group = kGroup,
                  .title = "Midpoint",
                  .parameters = {source_series(), length_setting(14)},
                  .outputs = {{"midpoint"}},
                  .summary = "The middle between the highest and the lowest of the last `length` values.",
                  .units = "those of the source",
                  .lookback = "length - 1",
                  .example = "ta.midpoint(close, 14)",
                  .talib = "MIDPOINT",
                  .overlay = true,
                  .make = [](const Settings& s) { return kernel<Midpoint>(s.integer(0)); }});
  rows.push_back({.name = "ta.midprice",
                  .group = kGroup,
                  .title = "Midprice",
                  .parameters = {length_setting(14)},
                  .bar_fields = {BarField::High, BarField::Low},
                  .outputs = {{"midprice"}},
                  .summary = "The middle between the highest high and the lowest low of the last `length` bars.",
                  .units = "those of the price",
                  .lookback = "length - 1",
                  .example = "ta.midprice(14)",
                  .talib = "MIDPRICE",
                  .overlay = true,
                  .make = [](const Settings& s) { return kernel<Midprice>(s.integer(0)); }});
}

}  // namespace

void add_trend(std::vector<Function>& rows) {
  add_stops(rows);
  add_directional(rows);
  add_ages_and_ways(rows);
  add_lines(rows);
}

}  // namespace cw::expr
