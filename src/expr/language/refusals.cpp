#include "expr/language/refusals.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace cw::expr {
namespace {

struct Refusal {
  std::string_view name;  // ends with '.' for a group
  std::string_view why;
};

template <std::size_t N>
std::string_view why_of(const std::array<Refusal, N>& refusals, std::string_view name) {
  const auto at = std::ranges::find_if(
      refusals, [name](const Refusal& r) { return r.name.ends_with('.') ? name.starts_with(r.name) : name == r.name; });
  return at == refusals.end() ? std::string_view{} : at->why;
}

constexpr std::string_view kNoBlocks = "a value is one expression; write condition ? this : that";
constexpr std::string_view kNoLoops = "there are no loops; functions such as ta.sma or math.sum look over many bars";
constexpr std::string_view kNoState =
    "a name keeps the value it was given; functions such as ta.cum remember over bars";
constexpr std::string_view kNoTypes = "values are float, int, bool and string";
constexpr std::string_view kNoLibraries = "a text is read alone, without libraries";

constexpr auto kKeywords = std::to_array<Refusal>({{"if", kNoBlocks},
                                                   {"else", kNoBlocks},
                                                   {"for", kNoLoops},
                                                   {"while", kNoLoops},
                                                   {"break", kNoLoops},
                                                   {"continue", kNoLoops},
                                                   {"var", kNoState},
                                                   {"varip", kNoState},
                                                   {"import", kNoLibraries},
                                                   {"export", kNoLibraries},
                                                   {"library", kNoLibraries},
                                                   {"method", "functions are called by name, f(x)"},
                                                   {"type", kNoTypes},
                                                   {"enum", kNoTypes},
                                                   {"catch", kNoBlocks},
                                                   {"class", kNoTypes},
                                                   {"try", kNoBlocks}});

constexpr std::string_view kOrders = "an expression places no orders";
constexpr std::string_view kDrawing =
    "nothing is drawn from here; plot(…), plotshape(…) and alertcondition(…) give values";
constexpr std::string_view kColours = "values have no colours; the chart gives each line its own";
constexpr std::string_view kLists = "there are no collections";
constexpr std::string_view kBars = "an expression answers the same on live bars as on past ones";
constexpr std::string_view kFacts = "only the bars of instruments are known here";
constexpr std::string_view kClock = "an expression reads no clock";

constexpr auto kNames = std::to_array<Refusal>({
    {"strategy", kOrders},
    {"strategy.", kOrders},
    {"array", kLists},
    {"array.", kLists},
    {"matrix", kLists},
    {"matrix.", kLists},
    {"map", kLists},
    {"map.", kLists},
    {"color", kColours},
    {"color.", kColours},
    {"label", kDrawing},
    {"label.", kDrawing},
    {"line", kDrawing},
    {"line.", kDrawing},
    {"linefill.", kDrawing},
    {"box", kDrawing},
    {"box.", kDrawing},
    {"polyline.", kDrawing},
    {"table", kDrawing},
    {"table.", kDrawing},
    {"chart.", kDrawing},
    {"hline", "a level is an expression of its own: plot(70)"},
    {"hline.", kDrawing},
    {"bgcolor", kDrawing},
    {"barcolor", kDrawing},
    {"fill", kDrawing},
    {"plotchar", kDrawing},
    {"plotarrow", kDrawing},
    {"plotbar", kDrawing},
    {"plotcandle", kDrawing},
    {"shape.", kDrawing},
    {"location.", kDrawing},
    {"size.", kDrawing},
    {"display.", kDrawing},
    {"format.", kDrawing},
    {"plot.", kDrawing},
    {"xloc.", kDrawing},
    {"yloc.", kDrawing},
    {"extend.", kDrawing},
    {"position.", kDrawing},
    {"text.", kDrawing},
    {"font.", kDrawing},
    {"alert", "a message comes from a rule; alertcondition(condition, title) gives the condition"},
    {"alert.", "a message comes from a rule; alertcondition(condition, title) gives the condition"},
    {"log.", "an expression writes no log"},
    {"runtime.", "an expression cannot stop what runs it"},
    {"str.", "texts are only settings, such as a title or a timeframe"},
    {"ticker.", "only the bars of instruments as they are can be asked for"},
    {"request.", "only request.security is"},
    {"barmerge.", "it belongs to request.security's gaps and lookahead"},
    {"barstate.", kBars},
    {"session.", "crypto markets have no sessions"},
    {"currency.", kFacts},
    {"dividends.", kFacts},
    {"earnings.", kFacts},
    {"splits.", kFacts},
    {"adjustment.", kFacts},
    {"backadjustment.", kFacts},
    {"settlement_as_close.", kFacts},
    {"footprint.", kFacts},
    {"syminfo.", "only syminfo.tickerid, syminfo.ticker and syminfo.prefix are"},
    {"input.", "inputs are input.int, .float, .bool, .string, .source and .timeframe"},
    {"last_bar_index", kBars},
    {"last_bar_time", kBars},
    {"timenow", kClock},
    {"second", "there are no bars shorter than a minute; minute, hour and dayofweek are there"},
    {"weekofyear", "dayofweek, dayofmonth, month and year are there"},
    {"ta.pivot_point_levels", "write the levels that are meant, for instance request.security(\"D\", hlc3)"},
    {"math.round_to_mintick", "how fine prices are is not known here; math.round(x, digits) rounds to digits"},
    {"timeframe.change", "compare dayofweek with dayofweek[1], or hour with hour[1]"},
    {"timeframe.from_seconds", "write the timeframe, as in \"4h\""},
    {"timeframe.main_period", "timeframe.period is there"},
    {"tickerid", "write syminfo.tickerid"},
    {"iff", "write condition ? this : that"},
    {"offset", "write x[n]"},
    {"time_tradingday", "crypto markets have no sessions"},
    {"timestamp", "times are compared as they come, in milliseconds: time"},
    {"max_bars_back", "how many bars are looked back is known by itself"},
    {"math.random", "the same bars must give the same answer"},
    {"fixnan", "write the bars that are meant, for instance ta.valuewhen(not na(x), x, 0)"},
    {"bid", kBars},
    {"ask", kBars},
});

}  // namespace

std::string_view refused_keyword(std::string_view word) { return why_of(kKeywords, word); }
std::string_view refused_name(std::string_view name) { return why_of(kNames, name); }

}  // namespace cw::expr
