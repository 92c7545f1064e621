#include "expr/functions/tables.h"
#include "indicators/events/changes.h"
#include "indicators/events/crosses.h"
#include "indicators/events/occurrences.h"
#include "indicators/events/pivots.h"
#include "indicators/momentum/mom.h"

namespace cw::expr {

using namespace indicators;

namespace {

Parameter truth(std::string_view name) { return {.name = name, .type = Type::Bool, .qualifier = Qualifier::Series}; }
Parameter bars(std::string_view name, std::string_view title) { return length_setting(5, name, 0, title); }

/// The two forms of a pivot: of a series, and of the bar's own extreme.
template <bool High>
void add_pivots(std::vector<Function>& rows, std::string_view name, const std::vector<Output>& outputs) {
  constexpr std::string_view kSummary =
      "A value that nothing among the `leftbars` before and the `rightbars` after it reaches, answered `rightbars` "
      "bars after "
      "it was made. With the Pine seed an equal value before it does not spoil it.";
  for (const bool of_series : {true, false}) {
    Function row{.name = name,
                 .group = "Events",
                 .title = High ? (of_series ? "Pivot high of a series" : "Pivot high")
                               : (of_series ? "Pivot low of a series" : "Pivot low"),
                 .parameters = {bars("leftbars", "Bars before"), bars("rightbars", "Bars after")},
                 .outputs = outputs,
                 .summary = kSummary,
                 .units = of_series ? "those of the source" : "those of the price",
                 .lookback = "leftbars + rightbars",
                 .nan_rule = "NaN where there is no pivot",
                 .example = High ? (of_series ? "ta.pivothigh(close, 5, 5)" : "ta.pivothigh(5, 5)")
                                 : (of_series ? "ta.pivotlow(close, 5, 5)" : "ta.pivotlow(5, 5)"),
                 .talib = High ? "FRACTAL (its first line), which answers 100 where there is one"
                               : "FRACTAL (its second line), which answers 100 where there is one",
                 .pine = High ? "ta.pivothigh, for which an equal value before it does not spoil it"
                              : "ta.pivotlow, for which an equal value before it does not spoil it",
                 .overlay = true,
                 .event = true,
                 .seeded = true,
                 .make = [](const Settings& s) { return kernel<Pivot<High>>(s.integer(0), s.integer(1), s.seed()); }};
    if (of_series) {
      row.parameters.insert(row.parameters.begin(), source_series());
    } else {
      row.bar_fields = {High ? BarField::High : BarField::Low};
    }
    rows.push_back(std::move(row));
  }
}

}  // namespace

void add_events(std::vector<Function>& rows) {
  rows.push_back(
      {.name = "ta.crossover",
       .group = "Events",
       .title = "Crosses above",
       .parameters = {source_series("source1"), source_series("source2")},
       .outputs = {{"crossover", Type::Bool}},
       .summary = "Whether `source1` lies above `source2` now and did not on the last bar on which both had values.",
       .units = "true or false",
       .lookback = "0",
       .nan_rule = "the first bar is false",
       .example = "ta.crossover(ta.ema(close, 12), ta.ema(close, 26))",
       .pine = "ta.crossover",
       .make = [](const Settings&) { return kernel<OneWayCross<true>>(); }});
  rows.push_back(
      {.name = "ta.crossunder",
       .group = "Events",
       .title = "Crosses below",
       .parameters = {source_series("source1"), source_series("source2")},
       .outputs = {{"crossunder", Type::Bool}},
       .summary = "Whether `source1` lies below `source2` now and did not on the last bar on which both had values.",
       .units = "true or false",
       .lookback = "0",
       .nan_rule = "the first bar is false",
       .example = "ta.crossunder(ta.ema(close, 12), ta.ema(close, 26))",
       .pine = "ta.crossunder",
       .make = [](const Settings&) { return kernel<OneWayCross<false>>(); }});
  rows.push_back({.name = "ta.cross",
                  .group = "Events",
                  .title = "Crosses",
                  .parameters = {source_series("source1"), source_series("source2")},
                  .outputs = {{"cross", Type::Bool}},
                  .summary = "Whether `source1` lies on the other side of `source2` than the last time when they were "
                             "not equal; a touch that ends where it came from is no cross.",
                  .units = "true or false",
                  .lookback = "0",
                  .nan_rule = "false until the two have differed once",
                  .example = "ta.cross(close, ta.sma(close, 50))",
                  .pine = "ta.cross, for which equal means within an absolute 1e-10",
                  .make = [](const Settings&) { return kernel<Cross>(); }});
  rows.push_back({.name = "ta.rising",
                  .group = "Events",
                  .title = "Rising",
                  .parameters = {source_series(), length_setting(3)},
                  .outputs = {{"rising", Type::Bool}},
                  .summary = "Whether each of the last `length` values is higher than the one before it.",
                  .units = "true or false",
                  .lookback = "0",
                  .nan_rule = "false while there are not `length` steps",
                  .example = "ta.rising(close, 3)",
                  .pine = "ta.rising, for which a step of less than an absolute 1e-10 is none",
                  .make = [](const Settings& s) { return kernel<Streak<true>>(s.integer(0)); }});
  rows.push_back({.name = "ta.falling",
                  .group = "Events",
                  .title = "Falling",
                  .parameters = {source_series(), length_setting(3)},
                  .outputs = {{"falling", Type::Bool}},
                  .summary = "Whether each of the last `length` values is lower than the one before it.",
                  .units = "true or false",
                  .lookback = "0",
                  .nan_rule = "false while there are not `length` steps",
                  .example = "ta.falling(close, 3)",
                  .pine = "ta.falling, for which a step of less than an absolute 1e-10 is none",
                  .make = [](const Settings& s) { return kernel<Streak<false>>(s.integer(0)); }});
  rows.push_back({.name = "ta.change",
                  .group = "Events",
                  .title = "Change",
                  .parameters = {source_series(), length_setting(1)},
                  .outputs = {{"change"}},
                  .summary = "The value less that of `length` bars ago.",
                  .units = "those of the source",
                  .lookback = "length",
                  .example = "ta.change(close, 10)",
                  .talib = "MOM",
                  .pine = "ta.change",
                  .make = [](const Settings& s) { return kernel<Mom>(s.integer(0)); }});
  rows.push_back({.name = "ta.change",
                  .group = "Events",
                  .title = "Change of a condition",
                  .parameters = {truth("source"), length_setting(1)},
                  .outputs = {{"change", Type::Bool}},
                  .summary = "Whether a condition is another one than `length` bars ago.",
                  .units = "true or false",
                  .lookback = "0",
                  .nan_rule = "NaN is false; the first `length` bars are false",
                  .example = "ta.change(close > open)",
                  .pine = "ta.change of a bool",
                  .make = [](const Settings& s) { return kernel<TruthChange>(s.integer(0)); }});
  rows.push_back({.name = "ta.barssince",
                  .group = "Events",
                  .title = "Bars since",
                  .parameters = {truth("condition")},
                  .outputs = {{"barssince", Type::Int}},
                  .summary = "How many bars ago the condition was true the last time.",
                  .units = "bars",
                  .lookback = "0",
                  .nan_rule = "NaN until the condition has been true once; a condition of NaN is false",
                  .example = "ta.barssince(close > open)",
                  .pine = "ta.barssince",
                  .event = true,
                  .make = [](const Settings&) { return kernel<BarsSince>(); }});
  rows.push_back({.name = "ta.valuewhen",
                  .group = "Events",
                  .title = "Value when",
                  .parameters = {truth("condition"), source_series(),
                                 Parameter{.name = "occurrence",
                                           .type = Type::Int,
                                           .default_value = 0,
                                           .min = 0,
                                           .max = kLengthMost,
                                           .title = "Occurrence"}},
                  .outputs = {{"valuewhen"}},
                  .summary = "The source on the bar where the condition was true the last time (occurrence 0), the "
                             "time before (1), and so on.",
                  .units = "those of the source",
                  .lookback = "0",
                  .nan_rule = "NaN until there were so many occurrences; a condition of NaN is false; a source that "
                              "was NaN then is answered as NaN",
                  .example = "ta.valuewhen(close > open, close, 0)",
                  .pine = "ta.valuewhen",
                  .event = true,
                  .make = [](const Settings& s) { return kernel<ValueWhen>(s.integer(0)); }});
  add_pivots<true>(rows, "ta.pivothigh", {{"pivothigh"}});
  add_pivots<false>(rows, "ta.pivotlow", {{"pivotlow"}});
  rows.push_back({.name = "fixnan",
                  .group = "Events",
                  .title = "Fill gaps",
                  .parameters = {source_series()},
                  .outputs = {{"fixnan"}},
                  .summary = "The value, or where it is NaN the last one that was not.",
                  .units = "those of the source",
                  .lookback = "0",
                  .nan_rule = "NaN only until there was a value",
                  .example = "fixnan(ta.pivothigh(5, 5))",
                  .pine = "fixnan",
                  .event = true,
                  .make = [](const Settings&) { return kernel<FixNan>(); }});
}

}  // namespace cw::expr
