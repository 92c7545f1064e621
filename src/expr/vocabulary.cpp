#include "expr/vocabulary.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <vector>

namespace cw::expr {
namespace {

constexpr auto kVariables = std::to_array<Variable>({
    {"open", Type::Float, "The price at which the bar opened."},
    {"high", Type::Float, "The highest price of the bar."},
    {"low", Type::Float, "The lowest price of the bar."},
    {"close", Type::Float, "The price at which the bar closed."},
    {"volume", Type::Float, "What was traded in the bar, in units of the base currency."},
    {"hl2", Type::Float, "(high + low) / 2"},
    {"hlc3", Type::Float, "(high + low + close) / 3"},
    {"ohlc4", Type::Float, "(open + high + low + close) / 4"},
    {"hlcc4", Type::Float, "(high + low + close + close) / 4"},
    {"time", Type::Int, "The time at which the bar opened, in milliseconds since 1970-01-01 UTC."},
    {"time_close", Type::Int, "The time at which the bar ended, in milliseconds since 1970-01-01 UTC."},
    {"bar_index", Type::Int, "The number of the bar from the first one of the series, which is 0."},
    {"na", Type::Float, "No value; na(x) asks whether x is one."},
    {"math.pi", Type::Float, "3.14159…, a circle's circumference over its diameter."},
    {"math.e", Type::Float, "2.71828…, the base of natural logarithms."},
    {"math.phi", Type::Float, "1.61803…, the golden ratio."},
    {"math.rphi", Type::Float, "0.61803…, one over the golden ratio."},
    {"dayofweek.sunday", Type::Int, "1, as dayofweek answers."},
    {"dayofweek.monday", Type::Int, "2, as dayofweek answers."},
    {"dayofweek.tuesday", Type::Int, "3, as dayofweek answers."},
    {"dayofweek.wednesday", Type::Int, "4, as dayofweek answers."},
    {"dayofweek.thursday", Type::Int, "5, as dayofweek answers."},
    {"dayofweek.friday", Type::Int, "6, as dayofweek answers."},
    {"dayofweek.saturday", Type::Int, "7, as dayofweek answers."},
    {"syminfo.tickerid", Type::String, "The chart's symbol with its venue, as request.security takes it."},
    {"syminfo.ticker", Type::String, "The chart's symbol without its venue."},
    {"syminfo.prefix", Type::String, "The venue of the chart's symbol."},
    {"timeframe.period", Type::String, "The chart's timeframe as Pine writes it, such as \"240\"."},
    {"timeframe.multiplier", Type::Int, "The minutes of a bar below a day, else 1."},
    {"timeframe.isintraday", Type::Bool, "Whether bars are shorter than a day."},
    {"timeframe.isminutes", Type::Bool, "The same: there are no bars of seconds."},
    {"timeframe.isseconds", Type::Bool, "Always false."},
    {"timeframe.isdaily", Type::Bool, "Whether a bar is a day."},
    {"timeframe.isweekly", Type::Bool, "Whether a bar is a week."},
    {"timeframe.ismonthly", Type::Bool, "Always false: there are no bars of months."},
    {"timeframe.isdwm", Type::Bool, "Whether a bar is a day or longer."},
});

/// Words of the grammar, which nothing can be named by.
constexpr std::string_view kOwnWords[]{"and", "or", "not", "true", "false", "switch"};
constexpr std::string_view kWords[]{"series", "simple", "const", "string", "seed"};

constexpr std::string_view kCalls[]{"float",
                                    "int",
                                    "bool",
                                    "math.avg",
                                    "timeframe.in_seconds",
                                    "request.security",
                                    "input",
                                    "input.int",
                                    "input.float",
                                    "input.bool",
                                    "input.string",
                                    "input.source",
                                    "input.timeframe",
                                    "indicator",
                                    "study",
                                    "plot",
                                    "plotshape",
                                    "alertcondition",
                                    "ai.probability_up",
                                    "signal.score",
                                    "signal.direction"};

Function signal_series(std::string_view name, std::string_view title, std::string_view summary, std::string_view units,
                       Type type, std::string_view example) {
  return {.name = name,
          .group = "Signals",
          .title = title,
          .parameters = {{.name = "timeframe",
                          .type = Type::String,
                          .title = "Timeframe",
                          .options = "|1m|5m|15m|1h|4h|1d",
                          .default_series = "timeframe.period"}},
          .outputs = {{name.substr(name.find('.') + 1), type}},
          .summary = summary,
          .units = units,
          .lookback = "0",
          .nan_rule = "Before the first signal, which needs the longest look-back of all components.",
          .example = example};
}

}  // namespace

std::span<const Function> outside_series() {
  static const std::vector<Function> all{
      signal_series(
          "signal.score", "Score of the desk's signal",
          "What the desk's newest signal of a timeframe says, of those known when the bar has closed: of the chart's "
          "own "
          "timeframe that of the bar itself. Of the chart's symbol, and as it is emitted live, to the last bit.",
          "0 to 100; 50 is neutral", Type::Float, "signal.score(\"4h\") > 60"),
      signal_series("signal.direction", "Direction of the desk's signal",
                    "What the score of the same signal says: -2 strong sell (under 20), -1 sell (under 40), 0 neutral, "
                    "1 buy (above "
                    "60), 2 strong buy (above 80).",
                    "-2 to 2, whole", Type::Int, "signal.direction() >= 1")};
  return all;
}

std::span<const Variable> variables() { return kVariables; }

std::span<const std::string_view> builtin_calls() { return kCalls; }

std::span<const std::string_view> own_words() { return kOwnWords; }

std::span<const std::string_view> keywords() {
  static const std::vector<std::string_view> all = [] {
    std::vector<std::string_view> words(std::begin(kOwnWords), std::end(kOwnWords));
    words.insert(words.end(), std::begin(kWords), std::end(kWords));
    std::ranges::copy_if(kCalls, std::back_inserter(words), [](std::string_view call) {
      return std::ranges::find(outside_series(), call, &Function::name) == outside_series().end();
    });
    return words;
  }();
  return all;
}

}  // namespace cw::expr
