#include "expr/language_page.h"

#include <fmt/format.h>

#include "base/number.h"
#include "expr/compile.h"
#include "expr/function.h"
#include "expr/graph.h"
#include "expr/language/value.h"
#include "expr/plan.h"
#include "expr/vocabulary.h"

namespace cw::expr {
namespace {

constexpr std::string_view kIntroduction = R"md(# The language

Indicators, screens and everything that is said about a chart are written in one small language. Its names, the order of its
arguments and the order of its tuples are those of Pine, so that what is known from there, or copied from there, works here.
This page is made by `candlewick language docs` from the table that the compiler itself uses; [language/errors.md](language/errors.md)
lists what it says when a text is wrong.

## In a minute

An expression answers one value a bar:

```pine
ta.ema(close, 12) - ta.ema(close, 26)
```

A small script names its parts. What is plotted is its answer; without a plot it is the last line:

```pine
length = input.int(20, "Length", minval = 1)
middle = ta.ema(close, length)
plot(middle, "Middle")
plot(close > middle, "Above")
```

`candlewick eval --symbol BTCUSDT --timeframe 1h --expr "ta.ema(close, 12)"` prints it as CSV, `candlewick screen` looks for it in
all stored symbols, and the chart draws it.

## Scripts from elsewhere

A script of Pine is pasted as it is. What only draws is read over and noted: `hline`, `fill`, `bgcolor`, `barcolor` alone in their
lines or with a name, the name of a `p = plot(…)` that `fill(p, …)` takes, colours and how a line looks. `switch` with one expression
a line is read as the `? :` that says the same. What would change an answer is refused by name: `var`, `if`, `for`, `:=`, orders,
an `offset` that shifts a line.

```pine
kind = input.string("SMA", "Kind", options = ["SMA", "EMA"])
middle = switch kind
    "SMA" => ta.sma(close, 20)
    "EMA" => ta.ema(close, 20)
upper = plot(middle + ta.atr(14), "Upper", color = #2962FF)
lower = plot(middle - ta.atr(14), "Lower", color = #2962FF)
fill(upper, lower, color = color.new(color.blue, 90))
```

## Values

A value is a `float`, an `int`, a `bool` or a `string`. When it is known is its other half: `const` in the text itself, `simple`
before the first bar (an input), `series` anew at each bar. Each may stand where a later one is wanted, an `int` where a `float` is.
Lengths and other settings are `simple`: they do not change from bar to bar. A division always answers a `float`. A condition is
a `bool`; a number is none: write `x != 0`.

## History

`close[1]` is the value of the bar before, `close[n]` of n bars ago, n whole and not a series; any expression takes it, as in
`(high - low)[1]`. Before there was such a bar the answer is no value, and of a condition `false`. Bars are counted, not
minutes: a gap is no bar.

## No value

`na` (NaN, an empty cell, `null`) means 'not yet' or 'none'. Every function is without a value for exactly its look-back and never after
it on whole input, except those whose answer is an event: there it means 'none'. Arithmetic with `na` is `na`, and so is an answer
that is no finite number: what is divided by 0 (`x / 0`, `x % 0`, `math.log(0)`) or too large for a float. A comparison with `na` is
false, so a condition is never `na`; what a function such as `ta.cross` answers while it waits for its first values counts as false.
`na(x)` asks for a missing value, `nz(x)` and `nz(x, y)` put something in its place. What a function does with a hole inside its
input, and what each 0/0 is, stands beside it.

## Other timeframes and symbols

```pine
request.security("4h", ta.ema(close, 50))
```

`request.security(syminfo.tickerid, "240", x)`, as Pine writes it, means the same, and `request.security("ETHUSDT", "60", x)` looks at
another symbol. Timeframes are written `"240"` or `"4h"`, `"D"` or `"1d"`, `"W"` or `"1w"`. A bar under way is never seen:

- A higher bar of the chart's own symbol is seen from the bar that closes at the same instant as it.
- A bar of another symbol is seen from the first bar that opens at or after its close.

So no answer depends on what came later, and history shows what was known then. **Of another symbol this is one bar later than in
Pine**, where two bars that close together see each other: which of them closed first is chance when they are live. What compares
both bar by bar takes its own value from the same bar, one back:

```pine
ta.correlation(ta.roc(close, 1)[1], request.security("ETHUSDT", timeframe.period, ta.roc(close, 1)), 50)
```

What the desk itself says is there as a series too: `signal.score("4h") > 60` asks for the newest signal of four hours. It is of the
chart's own symbol, also in `request.security` over another timeframe; there is none of a file.

A timeframe below the chart's, `lookahead` and filled
gaps are refused by name; the chart's own timeframe is the identity.

## Inputs

`input.int(14, "Length", minval = 1, maxval = 200, step = 1)`, `input.float`, `input.bool`, `input.string(…, options = […])`,
`input.source(close, "Source")` and `input.timeframe("4h")` are settings of the text: a form asks for them, `--input Length=21` sets
them on the command line and `inputs` in the API, by name or title.

## First bars

The default is TA-Lib's way to begin. Functions marked *seeded* begin otherwise in Pine; `seed = "pine"` in a call, or a line
`//@seed=pine` for a whole text, chooses that. A recursive average remembers its first bar: values of one symbol are always counted
from the first bar that is stored, however little of it is shown.

The look-back of a text (`lookback`) is how many bars must be there before every plot has a value: the longest of its plots', of which
each has its own. Bars of other timeframes and symbols are not counted, and an event has a value only where it happens.
)md";

void append_limits(std::string& page) {
  const auto row = [&page](std::string_view what, auto limit) { page += fmt::format("| {} | {} |\n", what, limit); };
  page +=
      "\n## Limits\n\nOver one of them a text is refused, and the refusal names the limit.\n\n| what | at most "
      "|\n|---|---|\n";
  row("bytes of a text", kTextMost);
  row("words and signs of a text", kTokensMost);
  row("levels of nesting", kDepthMost);
  row("inputs of a text", kInputsMost);
  row("plots of a text", kPlotsMost);
  row("nodes of all texts that run together, equal ones counted once", Graph::kNodesMost);
  row("series of bars (timeframes, symbols)", Graph::kContextsMost);
  row("bars that a length may have", format_double(kLengthMost));
  row("bars of look-back", Graph::kLookbackMost);
}

void append_variables(std::string& page) {
  page += "\n## Names of a bar\n\n| name | type | what it is |\n|---|---|---|\n";
  for (const Variable& variable : variables())
    page += fmt::format("| `{}` | {} | {} |\n", variable.name, word_of(variable.type), variable.summary);
}

void append_range(std::string& page, const Parameter& parameter) {
  constexpr double kNoBound = 1e299;
  const bool has_min = parameter.min > -kNoBound;
  const bool has_max = parameter.max < kNoBound;
  if (parameter.type == Type::Bool) return;
  if (has_min && has_max) {
    page += fmt::format(", {} to {}", format_double(parameter.min), format_double(parameter.max));
  } else if (has_min) {
    page += fmt::format(", at least {}", format_double(parameter.min));
  } else if (has_max) {
    page += fmt::format(", at most {}", format_double(parameter.max));
  }
}

/// The settings with what the signature does not say: their ranges and choices.
void append_settings(std::string& page, const Function& function) {
  std::string list;
  for (const Parameter& parameter : function.parameters) {
    if (parameter.qualifier == Qualifier::Series) continue;
    std::string item = fmt::format("`{}`", parameter.name);
    if (!parameter.options.empty()) {
      std::string options{parameter.options};
      if (options.starts_with('|')) options.erase(0, 1);  // an empty one: that of the chart
      for (std::size_t at = 0; (at = options.find('|', at)) != std::string::npos;) options.replace(at, 1, ", ");
      item += fmt::format(": one of {}", options);
    } else if (parameter.type != Type::String) {
      append_range(item, parameter);
    }
    if (item.size() == parameter.name.size() + 2) continue;
    list += list.empty() ? "" : "; ";
    list += item;
  }
  if (!list.empty()) page += fmt::format("- Settings: {}\n", list);
}

void append_line(std::string& page, std::string_view what, std::string_view text) {
  if (!text.empty()) page += fmt::format("- {}: {}\n", what, text);
}

void append_function(std::string& page, const Function& function) {
  page += fmt::format("\n```\n{}\n```\n\n{}\n\n", signature_of(function), function.summary);
  append_settings(page, function);
  append_line(page, "Units", function.units);
  append_line(page, "Look-back", function.lookback);
  append_line(page, "No value", function.nan_rule);
  if (function.event) page += "- An event: no value means 'none'\n";
  if (function.seeded) page += "- Seeded: TA-Lib and Pine begin differently\n";
  append_line(page, "Example", fmt::format("`{}`", function.example));
  append_line(page, "TA-Lib", function.talib);
  if (!function.pine.empty()) append_line(page, "Pine", fmt::format("`{}`", function.pine));
  append_line(page, "Source", function.source);
}

void append_functions(std::string& page, std::span<const Function> rows) {
  const Function* before = nullptr;
  for (const Function& function : rows) {
    if (before == nullptr || before->group != function.group) page += fmt::format("\n### {}\n", function.group);
    if (before == nullptr || before->name != function.name)
      page += fmt::format("\n#### `{}`: {}\n", function.name, function.title);
    append_function(page, function);
    before = &function;
  }
}

}  // namespace

std::string language_page() {
  std::string page{kIntroduction};
  append_limits(page);
  append_variables(page);
  page += "\n## Functions\n\nA look-back of n: the first n answers are without a value.\n";
  append_functions(page, functions());
  append_functions(page, outside_series());
  return page;
}

}  // namespace cw::expr
