#include "expr/functions/tables.h"
#include "indicators/patterns/chart/divergence.h"
#include "indicators/patterns/chart/double_extreme.h"
#include "indicators/patterns/chart/range_breakout.h"
#include "indicators/patterns/chart/squeeze.h"
#include "indicators/patterns/chart/structure.h"

namespace cw::expr {

using namespace indicators;

namespace {

constexpr std::string_view kGroup = "Chart patterns";
constexpr std::string_view kSource = "docs/indicators/patterns.md";

Parameter left() { return length_setting(5, "left", 1, "Bars before a pivot"); }
Parameter right() { return length_setting(5, "right", 1, "Bars after a pivot"); }

template <bool Top>
std::unique_ptr<Operator> make_double(const Settings& s) {
  const auto unit = s.text(3) == "percent" ? ToleranceUnit::percent : ToleranceUnit::atr;
  return kernel<DoubleExtreme<Top>>(s.integer(0), s.integer(1), s.number(2), unit, s.integer(4));
}

template <bool Top>
Function double_extreme(std::string_view name, std::string_view title, std::string_view summary, std::string_view units,
                        std::string_view example) {
  return {.name = name,
          .group = kGroup,
          .title = title,
          .parameters = {left(),
                         right(),
                         number_setting("tolerance", 0.5, 0, 100, "Tolerance"),
                         {.name = "unit", .type = Type::String, .title = "Tolerance in", .options = "atr|percent"},
                         length_setting(100, "max_bars", 1, "Bars between and after, at most")},
          .bar_fields = {BarField::High, BarField::Low, BarField::Close},
          .outputs = {{"signal", Type::Int}, {"first_bar", Type::Int}, {"second_bar", Type::Int}, {"neckline"}},
          .summary = summary,
          .units = units,
          .lookback = "left + right",
          .nan_rule = "All are NaN while no pattern stands. In ATR there is none before the 14th true range.",
          .example = example,
          .source = kSource,
          .event = true,
          .make = make_double<Top>};
}

void add_pivot_patterns(std::vector<Function>& rows) {
  rows.push_back(double_extreme<true>(
      "pattern.double_top", "Double top",
      "Two pivot highs in a row, at most `tolerance` (in 14-bar ATR or in percent) apart, with a low between them, the "
      "neckline, "
      "that is more than that below. It stands from the bar that confirms the second until a close above both, or for "
      "`max_bars`; a close below the neckline completes it.",
      "signal: 0 while it stands, -1 on the bar that completes it; bars ago of the two tops; the neckline's price",
      "pattern.double_top(5, 5, 0.5)"));
  rows.push_back(double_extreme<false>(
      "pattern.double_bottom", "Double bottom",
      "Two pivot lows in a row, at most `tolerance` (in 14-bar ATR or in percent) apart, with a high between them, the "
      "neckline, "
      "that is more than that above. It stands from the bar that confirms the second until a close below both, or for "
      "`max_bars`; a close above the neckline completes it.",
      "signal: 0 while it stands, 1 on the bar that completes it; bars ago of the two bottoms; the neckline's price",
      "pattern.double_bottom(5, 5, 0.5)"));
  rows.push_back(
      {.name = "pattern.structure",
       .group = kGroup,
       .title = "Market structure",
       .parameters = {left(), right()},
       .bar_fields = {BarField::High, BarField::Low},
       .outputs = {{"state", Type::Int}, {"last_high"}, {"last_low"}, {"high_bar", Type::Int}, {"low_bar", Type::Int}},
       .summary =
           "Whether the last two pivot highs and the last two pivot lows are both rising (1), both falling (-1) or "
           "neither (0), the last pivots' prices and how many bars ago they were.",
       .units = "state: 1, -1, 0; prices; bars ago",
       .lookback = "left + right",
       .nan_rule = "A pivot's outputs are NaN until there was one, the state until there were two highs and two lows.",
       .example = "pattern.structure(5, 5)",
       .source = kSource,
       .event = true,
       .make = [](const Settings& s) { return kernel<Structure>(s.integer(0), s.integer(1)); }});
}

void add_range_patterns(std::vector<Function>& rows) {
  rows.push_back(
      {.name = "pattern.range_breakout",
       .group = kGroup,
       .title = "Range breakout",
       .parameters = {length_setting(20)},
       .bar_fields = {BarField::High, BarField::Low, BarField::Close},
       .outputs = {{"signal", Type::Int}, {"high"}, {"low"}, {"high_bar", Type::Int}, {"low_bar", Type::Int}},
       .summary = "A close above the highest high (1) or below the lowest low (-1) of the `length` bars before, and "
                  "where those were.",
       .units = "signal: 1, -1, 0 within; prices; bars ago, the newest of equal ones",
       .lookback = "length",
       .example = "pattern.range_breakout(20)",
       .source = kSource,
       .make = [](const Settings& s) { return kernel<RangeBreakout>(s.integer(0)); }});
  rows.push_back(
      {.name = "pattern.squeeze",
       .group = kGroup,
       .title = "Squeeze",
       .parameters = {length_setting(20, "length", 2), number_setting("bb_mult", 2, 0.001, 100, "Bollinger multiple"),
                      number_setting("kc_mult", 1.5, 0.001, 100, "Keltner multiple")},
       .bar_fields = {BarField::High, BarField::Low, BarField::Close},
       .outputs = {{"on", Type::Bool}, {"momentum"}},
       .summary = "Whether the Bollinger bands lie inside the Keltner channel (both around the mean close; the channel "
                  "by the mean true range), and the end of the regression line through the distance of the close "
                  "from the middle of its range and mean.",
       .units = "on: true or false; momentum: the price's",
       .lookback = "length - 1, 2 * (length - 1)",
       .nan_rule = "Where nothing moves both widths are 0: off.",
       .example = "pattern.squeeze(20, 2, 1.5)",
       .source = "J. F. Carter, Mastering the Trade, 2005",
       .make = [](const Settings& s) { return kernel<Squeeze>(s.integer(0), s.number(1), s.number(2)); }});
}

std::vector<Output> divergence_outputs() {
  return {
      {"signal", Type::Int}, {"first_bar", Type::Int}, {"second_bar", Type::Int}, {"first_value"}, {"second_value"}};
}

void add_divergences(std::vector<Function>& rows) {
  constexpr std::string_view kUnits =
      "signal: 1 bullish, -1 bearish; bars ago of the two pivots; the oscillator's values there";
  constexpr std::string_view kNanRule =
      "All are NaN but on a bar that confirms a divergence. Where one bar confirms both kinds: none.";
  const Parameter max_bars = length_setting(60, "max_bars", 1, "Bars between the pivots, at most");
  rows.push_back(
      {.name = "pattern.rsi_divergence",
       .group = kGroup,
       .title = "RSI divergence",
       .parameters = {length_setting(14), left(), right(), max_bars},
       .bar_fields = {BarField::High, BarField::Low, BarField::Close},
       .outputs = divergence_outputs(),
       .summary =
           "Two pivot lows in a row, the later one lower while the RSI was higher (bullish), or two pivot highs, "
           "the later one higher while the RSI was lower (bearish). Told on the bar that confirms the later.",
       .units = kUnits,
       .lookback = "left + right",
       .nan_rule = kNanRule,
       .example = "pattern.rsi_divergence(14, 5, 5, 60)",
       .source = kSource,
       .event = true,
       .make = [](const Settings& s) {
         return kernel<RsiDivergence>(s.integer(0), s.integer(1), s.integer(2), s.integer(3));
       }});
  rows.push_back(
      {.name = "pattern.macd_divergence",
       .group = kGroup,
       .title = "MACD divergence",
       .parameters = {length_setting(12, "fast", 1, "Fast length"), length_setting(26, "slow", 1, "Slow length"),
                      length_setting(9, "signal", 1, "Signal length"), left(), right(), max_bars},
       .bar_fields = {BarField::High, BarField::Low, BarField::Close},
       .outputs = divergence_outputs(),
       .summary =
           "Two pivot lows in a row, the later one lower while the MACD's histogram was higher (bullish), or two "
           "pivot highs, the later one higher while it was lower (bearish). Told on the bar that confirms the "
           "later.",
       .units = kUnits,
       .lookback = "left + right",
       .nan_rule = kNanRule,
       .example = "pattern.macd_divergence(12, 26, 9, 5, 5, 60)",
       .source = kSource,
       .event = true,
       .check = [](const Settings& s) -> std::string {
         return s.integer(0) < s.integer(1) ? "" : "'fast' must be less than 'slow'";
       },
       .make =
           [](const Settings& s) {
             return kernel<MacdDivergence>(s.integer(0), s.integer(1), s.integer(2), s.integer(3), s.integer(4),
                                           s.integer(5));
           }});
}

}  // namespace

void add_chart_patterns(std::vector<Function>& rows) {
  add_pivot_patterns(rows);
  add_range_patterns(rows);
  add_divergences(rows);
}

}  // namespace cw::expr
