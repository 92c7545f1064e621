#include "expr/functions/tables.h"
#include "indicators/statistics/correlation.h"
#include "indicators/statistics/deviation.h"
#include "indicators/statistics/ranks.h"
#include "indicators/statistics/sums.h"

namespace cw::expr {

using namespace indicators;

namespace {

Parameter biased() {
  return {.name = "biased", .type = Type::Bool, .default_value = 1, .min = 0, .max = 1, .title = "Of the population"};
}

std::string needs_two_unless_biased(const Settings& s) {
  return s.flag(1) || s.integer(0) >= 2 ? "" : "the estimate from a sample needs a length of at least 2";
}

}  // namespace

void add_statistics(std::vector<Function>& rows) {
  rows.push_back({.name = "ta.stdev",
                  .group = "Statistics",
                  .title = "Standard deviation",
                  .parameters = {source_series(), length_setting(20), biased()},
                  .outputs = {{"stdev"}},
                  .summary = "The standard deviation of the last `length` values: of the population, or with biased = "
                             "false the estimate from a sample.",
                  .units = "those of the source",
                  .lookback = "length - 1",
                  .nan_rule = "exactly 0 on a flat window",
                  .example = "ta.stdev(close, 20)",
                  .talib = "STDDEV (biased), which answers 0 below an absolute variance of 1e-14",
                  .pine = "ta.stdev",
                  .check = needs_two_unless_biased,
                  .make = [](const Settings& s) { return kernel<Stdev>(s.integer(0), s.flag(1)); }});
  rows.push_back({.name = "ta.variance",
                  .group = "Statistics",
                  .title = "Variance",
                  .parameters = {source_series(), length_setting(20), biased()},
                  .outputs = {{"variance"}},
                  .summary = "The square of the standard deviation.",
                  .units = "those of the source, squared",
                  .lookback = "length - 1",
                  .nan_rule = "exactly 0 on a flat window",
                  .example = "ta.variance(close, 20)",
                  .talib = "VAR (biased), which answers 0 below an absolute variance of 1e-14",
                  .pine = "ta.variance",
                  .check = needs_two_unless_biased,
                  .make = [](const Settings& s) { return kernel<Variance>(s.integer(0), s.flag(1)); }});
  rows.push_back({.name = "ta.zscore",
                  .group = "Statistics",
                  .title = "Z-score",
                  .parameters = {source_series(), length_setting(20)},
                  .outputs = {{"zscore"}},
                  .summary = "How many standard deviations (of the population) the newest value lies above the mean of "
                             "the last `length`.",
                  .units = "standard deviations",
                  .lookback = "length - 1",
                  .nan_rule = "0 on a flat window",
                  .example = "ta.zscore(close, 20)",
                  .source = "the standard score",
                  .make = [](const Settings& s) { return kernel<ZScore>(s.integer(0)); }});
  rows.push_back({.name = "ta.dev",
                  .group = "Statistics",
                  .title = "Mean absolute deviation",
                  .parameters = {source_series(), length_setting(20)},
                  .outputs = {{"dev"}},
                  .summary = "The mean distance of the last `length` values from their mean.",
                  .units = "those of the source",
                  .lookback = "length - 1",
                  .nan_rule = "exactly 0 on a flat window",
                  .example = "ta.dev(close, 20)",
                  .talib = "AVGDEV",
                  .pine = "ta.dev",
                  .work = window_work<16>,
                  .make = [](const Settings& s) { return kernel<MeanDeviation>(s.integer(0)); }});
  rows.push_back({.name = "ta.median",
                  .group = "Statistics",
                  .title = "Median",
                  .parameters = {source_series(), length_setting(20)},
                  .outputs = {{"median"}},
                  .summary = "The value in the middle of the last `length`, of an even number the mean of the two.",
                  .units = "those of the source",
                  .lookback = "length - 1",
                  .example = "ta.median(close, 20)",
                  .talib = "none: TA-Lib's PERCENTILE of 50 is the lower of the two in the middle",
                  .pine = "ta.median",
                  .overlay = true,
                  .work = window_work<8>,
                  .make = [](const Settings& s) { return kernel<Median>(s.integer(0)); }});
  rows.push_back({.name = "ta.mode",
                  .group = "Statistics",
                  .title = "Mode",
                  .parameters = {source_series(), length_setting(20)},
                  .outputs = {{"mode"}},
                  .summary = "The most frequent of the last `length` values; of several the smallest.",
                  .units = "those of the source",
                  .lookback = "length - 1",
                  .example = "ta.mode(close, 20)",
                  .pine = "ta.mode",
                  .overlay = true,
                  .work = window_work<8>,
                  .make = [](const Settings& s) { return kernel<Mode>(s.integer(0)); }});
  rows.push_back(
      {.name = "ta.percentile_nearest_rank",
       .group = "Statistics",
       .title = "Percentile, nearest rank",
       .parameters = {source_series(), length_setting(20), number_setting("percentage", 50, 0, 100, "Percentage")},
       .outputs = {{"percentile"}},
       .summary = "The value of the last `length` whose rank is `percentage` per cent of them, rounded up.",
       .units = "those of the source",
       .lookback = "length - 1",
       .example = "ta.percentile_nearest_rank(close, 20, 90)",
       .talib = "PERCENTILE",
       .pine = "ta.percentile_nearest_rank",
       .overlay = true,
       .work = window_work<8>,
       .make = [](const Settings& s) { return kernel<NearestRank>(s.integer(0), s.number(1)); }});
  rows.push_back(
      {.name = "ta.percentile_linear_interpolation",
       .group = "Statistics",
       .title = "Percentile, interpolated",
       .parameters = {source_series(), length_setting(20), number_setting("percentage", 50, 0, 100, "Percentage")},
       .outputs = {{"percentile"}},
       .summary = "`percentage` per cent of the way through the last `length` values in rising order, on the line "
                  "between the two nearest.",
       .units = "those of the source",
       .lookback = "length - 1",
       .example = "ta.percentile_linear_interpolation(close, 20, 90)",
       .pine = "ta.percentile_linear_interpolation",
       .overlay = true,
       .work = window_work<8>,
       .make = [](const Settings& s) { return kernel<InterpolatedRank>(s.integer(0), s.number(1)); }});
  rows.push_back({.name = "ta.percentrank",
                  .group = "Statistics",
                  .title = "Percent rank",
                  .parameters = {source_series(), length_setting(100)},
                  .outputs = {{"percentrank"}},
                  .summary = "How many per cent of the `length` values before lie below the newest; with the Pine seed "
                             "also those that equal it.",
                  .units = "per cent, 0 to 100",
                  .lookback = "length",
                  .example = "ta.percentrank(close, 100)",
                  .talib = "PERCENTRANK",
                  .pine = "ta.percentrank, which counts equal values too",
                  .seeded = true,
                  .work = window_work<16>,
                  .make = [](const Settings& s) { return kernel<PercentRank>(s.integer(0), s.seed()); }});
  rows.push_back({.name = "ta.correlation",
                  .group = "Statistics",
                  .title = "Correlation",
                  .parameters = {source_series("source1"), source_series("source2"), length_setting(20)},
                  .outputs = {{"correlation"}},
                  .summary = "Pearson's correlation of two series over the last `length` bars.",
                  .units = "-1 to 1",
                  .lookback = "length - 1",
                  .nan_rule = "0 where one of the two is flat",
                  .example = "ta.correlation(close, volume, 20)",
                  .talib = "CORREL",
                  .pine = "ta.correlation, which answers 0 below an absolute covariance of 1e-10",
                  .make = [](const Settings& s) { return kernel<Correlation>(s.integer(0)); }});
  rows.push_back({.name = "ta.slope",
                  .group = "Statistics",
                  .title = "Slope of the regression line",
                  .parameters = {source_series(), length_setting(14, "length", 2)},
                  .outputs = {{"slope"}},
                  .summary = "By how much the least squares line through the last `length` values rises a bar.",
                  .units = "those of the source, a bar",
                  .lookback = "length - 1",
                  .nan_rule = "exactly 0 on a flat window",
                  .example = "ta.slope(close, 20)",
                  .talib = "LINEARREG_SLOPE",
                  .make = [](const Settings& s) { return kernel<Slope>(s.integer(0)); }});
  rows.push_back(
      {.name = "ta.cog",
       .group = "Statistics",
       .title = "Centre of gravity",
       .parameters = {source_series(), length_setting(10)},
       .outputs = {{"cog"}},
       .summary = "Minus the mean place of the last `length` values, each weighed with itself; the newest is at 1.",
       .units = "bars, -length to -1",
       .lookback = "length - 1",
       .nan_rule = "-(length + 1) / 2 where the values add up to 0",
       .example = "ta.cog(close, 10)",
       .pine = "ta.cog",
       .source = "J. Ehlers, 2002",
       .make = [](const Settings& s) { return kernel<CentreOfGravity>(s.integer(0)); }});
  rows.push_back({.name = "math.sum",
                  .group = "Statistics",
                  .title = "Sum",
                  .parameters = {source_series(), length_setting(14)},
                  .outputs = {{"sum"}},
                  .summary = "The sum of the last `length` values.",
                  .units = "those of the source",
                  .lookback = "length - 1",
                  .example = "math.sum(volume, 20)",
                  .talib = "SUM",
                  .pine = "math.sum",
                  .make = [](const Settings& s) { return kernel<Sum>(s.integer(0)); }});
  rows.push_back({.name = "ta.sum",
                  .group = "Statistics",
                  .title = "Sum",
                  .parameters = {source_series(), length_setting(14)},
                  .outputs = {{"sum"}},
                  .summary = "The sum of the last `length` values.",
                  .units = "those of the source",
                  .lookback = "length - 1",
                  .example = "ta.sum(volume, 20)",
                  .talib = "SUM",
                  .pine = "math.sum",
                  .make = [](const Settings& s) { return kernel<Sum>(s.integer(0)); }});
  rows.push_back({.name = "ta.cum",
                  .group = "Statistics",
                  .title = "Running total",
                  .parameters = {source_series()},
                  .outputs = {{"cum"}},
                  .summary = "The sum of all values since the first bar.",
                  .units = "those of the source",
                  .lookback = "0",
                  .nan_rule = "a NaN is answered with NaN and adds nothing",
                  .example = "ta.cum(volume)",
                  .talib = "CUMSUM",
                  .pine = "ta.cum",
                  .make = [](const Settings&) { return kernel<Cumulative>(); }});
}

}  // namespace cw::expr
