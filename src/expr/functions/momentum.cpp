#include "expr/functions/tables.h"
#include "indicators/momentum/ao.h"
#include "indicators/momentum/bop.h"
#include "indicators/momentum/bull_bear.h"
#include "indicators/momentum/cci.h"
#include "indicators/momentum/cmo.h"
#include "indicators/momentum/macd.h"
#include "indicators/momentum/mfi.h"
#include "indicators/momentum/mom.h"
#include "indicators/momentum/rci.h"
#include "indicators/momentum/rsi.h"
#include "indicators/momentum/stoch.h"
#include "indicators/momentum/stoch_rsi.h"
#include "indicators/momentum/tsi.h"
#include "indicators/momentum/uo.h"
#include "indicators/momentum/wpr.h"

namespace cw::expr {

using namespace indicators;

namespace {

using enum BarField;

/// Of functions whose first two settings are a fast and a slow length.
std::string fast_before_slow(const Settings& s) {
  if (s.integer(0) <= s.integer(1)) return {};
  return "the fast length, " + std::to_string(s.integer(0)) + ", is longer than the slow one, " +
         std::to_string(s.integer(1));
}

std::string shortest_first(const Settings& s) {
  if (s.integer(0) <= s.integer(1) && s.integer(1) <= s.integer(2)) return {};
  return "the three lengths must come shortest first";
}

void add_strength(std::vector<Function>& rows) {
  rows.push_back({.name = "ta.rsi",
                  .group = "Momentum",
                  .title = "Relative Strength Index",
                  .parameters = {source_series(), length_setting(14)},
                  .outputs = {{"rsi"}},
                  .summary =
                      "How much of the average move was upward: Wilder's average gain over the average size of a "
                      "change.",
                  .units = "0 to 100",
                  .lookback = "length",
                  .nan_rule = "A flat series answers 0 (talib) or 100 (pine).",
                  .example = "ta.rsi(close, 14)",
                  .talib = "RSI",
                  .pine = "ta.rsi",
                  .source = "J. W. Wilder, New Concepts in Technical Trading Systems, 1978",
                  .seeded = true,
                  .make = [](const Settings& s) { return kernel<Rsi, true>(s.integer(0), s.seed()); }});
  rows.push_back(
      {.name = "ta.cmo",
       .group = "Momentum",
       .title = "Chande Momentum Oscillator",
       .parameters = {source_series("series"), length_setting(14)},
       .outputs = {{"cmo"}},
       .summary = "The changes over the size of the changes: with Wilder's averages (talib; 2 RSI - 100), or "
                  "with sums over the last `length` bars (pine).",
       .units = "-100 to 100",
       .lookback = "length",
       .nan_rule = "Where nothing moved it answers 0 (Pine: na).",
       .example = "ta.cmo(close, 14)",
       .talib = "CMO; with seed = \"pine\" it is CMOU",
       .pine = "ta.cmo",
       .source = "T. Chande, S. Kroll, The New Technical Trader, 1994",
       .seeded = true,
       .make = [](const Settings& s) {
         return s.seed() == Seed::pine ? kernel<CmoUnsmoothed>(s.integer(0)) : kernel<Cmo, true>(s.integer(0));
       }});
  rows.push_back({.name = "ta.tsi",
                  .group = "Momentum",
                  .title = "True Strength Index",
                  .parameters = {source_series(), length_setting(13, "short_length", 1, "Short length"),
                                 length_setting(25, "long_length", 1, "Long length")},
                  .outputs = {{"tsi"}},
                  .summary =
                      "The change from bar to bar over its size, each smoothed exponentially over `long_length` and "
                      "then over `short_length`.",
                  .units = "-100 to 100 (talib), -1 to 1 (pine)",
                  .lookback = "long_length + short_length - 1",
                  .nan_rule = "A flat series answers 0 (Pine: na).",
                  .example = "ta.tsi(close, 13, 25)",
                  .talib = "TSI, whose firstperiod is the long length",
                  .pine = "ta.tsi",
                  .source = "W. Blau, Momentum, Direction, and Divergence, 1995",
                  .seeded = true,
                  .make = [](const Settings& s) { return kernel<Tsi, true>(s.integer(0), s.integer(1), s.seed()); }});
  rows.push_back({.name = "ta.mfi",
                  .group = "Momentum",
                  .title = "Money Flow Index",
                  .parameters = {source_series("series", "hlc3"), length_setting(14)},
                  .bar_fields = {Volume},
                  .outputs = {{"mfi"}},
                  .summary = "Of the money (price times volume) of the bars whose price changed, the share of "
                             "those in which it rose.",
                  .units = "0 to 100",
                  .lookback = "length (pine: length - 1)",
                  .nan_rule = "A window without a change or without volume answers 0 (talib) or 100 (pine).",
                  .example = "ta.mfi(hlc3, 14)",
                  .talib = "MFI, whose price is hlc3",
                  .pine = "ta.mfi",
                  .source = "G. Quong, A. Soudack, 1989",
                  .seeded = true,
                  .make = [](const Settings& s) { return kernel<Mfi>(s.integer(0), s.seed()); }});
}

void add_stochastics(std::vector<Function>& rows) {
  rows.push_back({.name = "ta.stoch",
                  .group = "Momentum",
                  .title = "Stochastic",
                  .parameters = {source_series("source", "close"), source_series("high", "high"),
                                 source_series("low", "low"), length_setting(14)},
                  .outputs = {{"stoch"}},
                  .summary = "Where the source stands between the lowest low and the highest high of the last `length` "
                             "bars.",
                  .units = "0 to 100; a source outside low and high goes beyond",
                  .lookback = "length - 1",
                  .nan_rule = "A window of one price answers 0 (Pine: na).",
                  .example = "ta.stoch(close, high, low, 14)",
                  .talib = "STOCHF, its %K",
                  .pine = "ta.stoch",
                  .source = "G. Lane",
                  .make = [](const Settings& s) { return kernel<Stoch>(s.integer(0)); }});
  rows.push_back(
      {.name = "ta.stoch_full",
       .group = "Momentum",
       .title = "Stochastic, smoothed",
       .parameters = {length_setting(14), length_setting(3, "k_smoothing", 1, "Smoothing of %K"),
                      length_setting(3, "d_smoothing", 1, "Smoothing of %D")},
       .bar_fields = {High, Low, Close},
       .outputs = {{"k"}, {"d"}},
       .summary = "The stochastic of the close, its simple average (%K) and the simple average of that (%D).",
       .units = "0 to 100",
       .lookback = "(length - 1) + (k_smoothing - 1) + (d_smoothing - 1)",
       .nan_rule = "A window of one price counts as 0.",
       .example = "ta.stoch_full(14, 3, 3)",
       .talib = "STOCH; with k_smoothing = 1 STOCHF",
       .source = "In Pine: k = ta.sma(ta.stoch(close, high, low, length), k_smoothing), d = ta.sma(k, d_smoothing)",
       .make = [](const Settings& s) { return kernel<StochFull>(s.integer(0), s.integer(1), s.integer(2)); }});
  rows.push_back(
      {.name = "ta.stochrsi",
       .group = "Momentum",
       .title = "Stochastic RSI",
       .parameters = {source_series(), length_setting(14, "rsi_length", 1, "Length of the RSI"),
                      length_setting(14, "length", 1, "Length of the stochastic"),
                      length_setting(1, "k_smoothing", 1, "Smoothing of %K"),
                      length_setting(3, "d_smoothing", 1, "Smoothing of %D")},
       .outputs = {{"k"}, {"d"}},
       .summary = "Where the RSI stands between its own lowest and highest of the last `length` bars, averaged "
                  "(%K) and averaged again (%D). The built-in script of Pine has 14, 14, 3, 3.",
       .units = "0 to 100",
       .lookback = "rsi_length + (length - 1) + (k_smoothing - 1) + (d_smoothing - 1)",
       .nan_rule = "Where the RSI stands still (by less than 1e-10) its place counts as 0.",
       .example = "ta.stochrsi(close, 14, 14, 3, 3)",
       .talib = "STOCHRSI, which has k_smoothing = 1",
       .source = "In Pine: r = ta.rsi(source, rsi_length), k = ta.sma(ta.stoch(r, r, r, length), k_smoothing), "
                 "d = ta.sma(k, d_smoothing); T. Chande, S. Kroll, The New Technical Trader, 1994",
       .seeded = true,
       .make = [](const Settings& s) {
         return kernel<StochRsi>(s.integer(0), s.integer(1), s.integer(2), s.integer(3), s.seed());
       }});
  rows.push_back({.name = "ta.wpr",
                  .group = "Momentum",
                  .title = "Williams %R",
                  .parameters = {length_setting(14)},
                  .bar_fields = {High, Low, Close},
                  .outputs = {{"wpr"}},
                  .summary = "How far the close is below the highest high of the last `length` bars, in parts of their "
                             "range.",
                  .units = "-100 to 0",
                  .lookback = "length - 1",
                  .nan_rule = "A window of one price answers 0 (Pine: na).",
                  .example = "ta.wpr(14)",
                  .talib = "WILLR",
                  .pine = "ta.wpr",
                  .source = "L. Williams",
                  .make = [](const Settings& s) { return kernel<Wpr>(s.integer(0)); }});
}

void add_differences(std::vector<Function>& rows) {
  const Parameter fast = length_setting(12, "fastlen", 1, "Fast length");
  const Parameter slow = length_setting(26, "slowlen", 1, "Slow length");
  rows.push_back({.name = "ta.macd",
                  .group = "Momentum",
                  .title = "Moving Average Convergence Divergence",
                  .parameters = {source_series(), fast, slow, length_setting(9, "siglen", 1, "Signal length")},
                  .outputs = {{"macd"}, {"signal"}, {"hist"}},
                  .summary = "The fast exponential average less the slow one, the exponential average of that, and the "
                             "difference of the two.",
                  .units = "those of the source",
                  .lookback = "slowlen + siglen - 2 (pine: slowlen - 1, slowlen + siglen - 2, slowlen + siglen - 2)",
                  .example = "ta.macd(close, 12, 26, 9)",
                  .talib = "MACD",
                  .pine = "ta.macd",
                  .source = "G. Appel",
                  .seeded = true,
                  .check = fast_before_slow,
                  .make = [](const Settings& s) {
                    return kernel<Macd, true>(s.integer(0), s.integer(1), s.integer(2), s.seed());
                  }});
  rows.push_back({.name = "ta.apo",
                  .group = "Momentum",
                  .title = "Absolute Price Oscillator",
                  .parameters = {source_series(), fast, slow},
                  .outputs = {{"apo"}},
                  .summary = "The fast exponential average less the slow one, each seeded with the first bars.",
                  .units = "those of the source",
                  .lookback = "slowlen - 1",
                  .example = "ta.apo(close, 12, 26)",
                  .talib = "APO with exponential averages",
                  .check = fast_before_slow,
                  .make = [](const Settings& s) { return kernel<Apo, true>(s.integer(0), s.integer(1)); }});
  rows.push_back({.name = "ta.ppo",
                  .group = "Momentum",
                  .title = "Percentage Price Oscillator",
                  .parameters = {source_series(), fast, slow},
                  .outputs = {{"ppo"}},
                  .summary = "The fast exponential average less the slow one, in percent of the slow one.",
                  .units = "percent",
                  .lookback = "slowlen - 1",
                  .nan_rule = "A slow average of 0 answers 0.",
                  .example = "ta.ppo(close, 12, 26)",
                  .talib = "PPO with exponential averages",
                  .check = fast_before_slow,
                  .make = [](const Settings& s) { return kernel<Ppo, true>(s.integer(0), s.integer(1)); }});
  rows.push_back({.name = "ta.mom",
                  .group = "Momentum",
                  .title = "Momentum",
                  .parameters = {source_series(), length_setting(10)},
                  .outputs = {{"mom"}},
                  .summary = "The change over `length` bars.",
                  .units = "those of the source",
                  .lookback = "length",
                  .example = "ta.mom(close, 10)",
                  .talib = "MOM",
                  .pine = "ta.mom",
                  .make = [](const Settings& s) { return kernel<Mom>(s.integer(0)); }});
  rows.push_back({.name = "ta.roc",
                  .group = "Momentum",
                  .title = "Rate of change",
                  .parameters = {source_series(), length_setting(10)},
                  .outputs = {{"roc"}},
                  .summary = "The change over `length` bars in percent of the value then.",
                  .units = "percent",
                  .lookback = "length",
                  .nan_rule = "A value of 0 then answers 0 (Pine: na).",
                  .example = "ta.roc(close, 10)",
                  .talib = "ROC",
                  .pine = "ta.roc",
                  .make = [](const Settings& s) { return kernel<Roc>(s.integer(0)); }});
  rows.push_back(
      {.name = "ta.ao",
       .group = "Momentum",
       .title = "Awesome Oscillator",
       .parameters = {length_setting(5, "fastlen", 1, "Fast length"), length_setting(34, "slowlen", 1, "Slow length")},
       .bar_fields = {High, Low},
       .outputs = {{"ao"}},
       .summary = "The fast simple average of (high + low) / 2 less the slow one.",
       .units = "those of the price",
       .lookback = "slowlen - 1",
       .example = "ta.ao(5, 34)",
       .talib = "AO",
       .source = "B. Williams, New Trading Dimensions, 1998",
       .check = fast_before_slow,
       .make = [](const Settings& s) { return kernel<Ao>(s.integer(0), s.integer(1)); }});
}

void add_others(std::vector<Function>& rows) {
  rows.push_back(
      {.name = "ta.cci",
       .group = "Momentum",
       .title = "Commodity Channel Index",
       .parameters = {source_series("source", "hlc3"), length_setting(20, "length", 2)},
       .outputs = {{"cci"}},
       .summary = "The distance from the mean of the last `length` values, in 0.015 mean absolute deviations.",
       .units = "100 is 1.5 mean absolute deviations",
       .lookback = "length - 1",
       .nan_rule = "A flat window answers 0 (Pine: na).",
       .example = "ta.cci(hlc3, 20)",
       .talib = "CCI, whose source is hlc3",
       .pine = "ta.cci",
       .source = "D. Lambert, Commodities magazine, 1980",
       .work = window_work<16>,
       .make = [](const Settings& s) { return kernel<Cci>(s.integer(0)); }});
  rows.push_back(
      {.name = "ta.uo",
       .group = "Momentum",
       .title = "Ultimate Oscillator",
       .parameters = {length_setting(7, "short_length", 1, "Short length"),
                      length_setting(14, "middle_length", 1, "Middle length"),
                      length_setting(28, "long_length", 1, "Long length")},
       .bar_fields = {High, Low, Close},
       .outputs = {{"uo"}},
       .summary = "How far closes are above true lows, over true ranges, in three windows, weighted 4, 2 and 1.",
       .units = "0 to 100",
       .lookback = "long_length",
       .nan_rule = "A window without a true range adds 0.",
       .example = "ta.uo(7, 14, 28)",
       .talib = "ULTOSC (which sorts its lengths; here they must come shortest first)",
       .source = "L. Williams, 1985",
       .check = shortest_first,
       .make = [](const Settings& s) { return kernel<Uo>(s.integer(0), s.integer(1), s.integer(2)); }});
  rows.push_back({.name = "ta.bbp",
                  .group = "Momentum",
                  .title = "Bull and bear power",
                  .parameters = {length_setting(13)},
                  .bar_fields = {High, Low, Close},
                  .outputs = {{"bull"}, {"bear"}},
                  .summary =
                      "How far the high and the low are above the exponential average of the closes. (The built-in "
                      "script of Pine plots their sum.)",
                  .units = "those of the price",
                  .lookback = "length - 1",
                  .example = "ta.bbp(13)",
                  .talib = "ERI",
                  .source = "A. Elder, Trading for a Living, 1993",
                  .make = [](const Settings& s) { return kernel<BullBear, true>(s.integer(0)); }});
  rows.push_back({.name = "ta.bop",
                  .group = "Momentum",
                  .title = "Balance of power",
                  .bar_fields = {Open, High, Low, Close},
                  .outputs = {{"bop"}},
                  .summary = "A bar's body over its range.",
                  .units = "-1 to 1",
                  .lookback = "0",
                  .nan_rule = "A bar without a range answers 0.",
                  .example = "ta.bop()",
                  .talib = "BOP",
                  .source = "I. Livshin, Balance of Market Power, 2001",
                  .variable = true,
                  .make = [](const Settings&) { return kernel<Bop>(); }});
  rows.push_back({.name = "ta.rci",
                  .group = "Momentum",
                  .title = "Rank Correlation Index",
                  .parameters = {source_series(), length_setting(10, "length", 2)},
                  .outputs = {{"rci"}},
                  .summary =
                      "Spearman's correlation between the order in time of the last `length` values and their order "
                      "by size; equal values share the mean of their ranks.",
                  .units = "-100 to 100",
                  .lookback = "length",
                  .nan_rule = "A window of equal values answers 0 (Pine: na).",
                  .example = "ta.rci(close, 10)",
                  .pine = "ta.rci",
                  .work = window_work<1>,
                  .make = [](const Settings& s) { return kernel<Rci>(s.integer(0)); }});
}

}  // namespace

void add_momentum(std::vector<Function>& rows) {
  add_strength(rows);
  add_stochastics(rows);
  add_differences(rows);
  add_others(rows);
}

}  // namespace cw::expr
