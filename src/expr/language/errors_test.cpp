// Every code of the language with a text that is refused by it, and the exact place: «here».
#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "base/printable.h"
#include "expr/language/testing.h"

namespace cw::expr {
namespace {

constexpr std::string_view kOpen = "\u00ab";
constexpr std::string_view kClose = "\u00bb";

struct Marked {
  std::string text;
  std::size_t line = 1;
  std::size_t column = 1;
  std::size_t length = 0;
};

std::size_t characters(std::string_view text) {
  std::size_t count = 0;
  for (; !text.empty(); ++count) text.remove_prefix(std::max<std::size_t>(1, utf8_length(text)));
  return count;
}

/// The text without its marks, and where they were.
Marked marked(std::string_view text) {
  const std::size_t begin = text.find(kOpen);
  const std::size_t end = text.find(kClose);
  const std::string_view before = text.substr(0, begin);
  const std::string_view at = text.substr(begin + kOpen.size(), end - begin - kOpen.size());
  Marked made{.text = std::string{before} + std::string{at} + std::string{text.substr(end + kClose.size())}};
  made.line = 1 + static_cast<std::size_t>(std::ranges::count(before, '\n'));
  made.column =
      1 + characters(before.substr(before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1));
  made.length = std::max<std::size_t>(1, characters(at.substr(0, at.find('\n'))));
  return made;
}

void expect_refused(std::string_view code, std::string_view text, const CompileOptions& options = test_options()) {
  const Marked wanted = marked(text);
  const Diagnostic found = refusal(wanted.text, options);
  EXPECT_EQ(found.code, code) << found.text();
  EXPECT_EQ(found.line, wanted.line) << found.text();
  EXPECT_EQ(found.column, wanted.column) << found.text();
  EXPECT_EQ(found.length, wanted.length) << found.text();
  EXPECT_FALSE(found.message.empty());
}

struct Case {
  std::string_view code;
  std::string_view text;
};

// In full and as UTF-8: it goes into the result, which is XML.
void PrintTo(const Case& c, std::ostream* out) { *out << c.code << ": " << printable(c.text, c.text.size()); }

class Refuses : public testing::TestWithParam<Case> {};
TEST_P(Refuses, WithItsCodeAtItsPlace) { expect_refused(GetParam().code, GetParam().text); }

INSTANTIATE_TEST_SUITE_P(Characters, Refuses,
                         testing::ValuesIn(std::vector<Case>{
                             {"not_utf8", "close + «\xff» 1"},
                             {"unexpected_character", "close > 1 «&&» open > 1"},
                             {"unexpected_character", "close «@» 1"},
                             {"unexpected_character", "close «**» 2"},
                             {"unexpected_character", "close «<>» open"},
                             {"unexpected_character", "clos«\u0435»"},
                             {"unexpected_character", "close «\u200b»+ 1"},
                             {"unexpected_character", "close «#ggg»"},
                             {"unexpected_character", "plot(close, «\u201c»x)"},
                             {"bad_number", "close * «12abc»"},
                             {"bad_number", "«9007199254740994»"},
                             {"bad_number", "«9007199254740993»"},
                             {"bad_number", "close * «1e999»"},
                             {"bad_string", "plot(close, «\"title)»"},
                             {"bad_string", "plot(close, \"a «\\q» b\")"},
                             {"bad_annotation", "«//@version=9»\nclose"},
                             {"bad_annotation", "«//@seed=other»\nclose"},
                         }));

INSTANTIATE_TEST_SUITE_P(Grammar, Refuses,
                         testing::ValuesIn(std::vector<Case>{
                             {"empty", "«»"},
                             {"empty", "«»// nothing"},
                             {"unexpected", "close +«»"},
                             {"unexpected", "close «open»"},
                             {"unexpected", "close ? 1«»"},
                             {"unexpected", "close > 1 ? 2 «)»"},
                             {"unexpected", "ta.sma(close, «)»"},
                             {"unexpected", "ta.sma(close «20»)"},
                             {"unexpected", "a = 1,«»"},
                             {"unexpected", "«a.b» = 3"},
                             {"unexpected", "close + 1 «=» 3"},
                             {"unexpected", "«and» close"},
                             {"unexpected", "close\n  «close»"},
                             {"unclosed", "ta.sma«(»close, 20"},
                             {"unclosed", "close«[»1"},
                             {"unclosed", "x = «(»close + 1\n"},
                             {"argument_order", "ta.sma(source=close, «20»)"},
                         }));

INSTANTIATE_TEST_SUITE_P(LeftOut, Refuses,
                         testing::ValuesIn(std::vector<Case>{
                             {"not_supported", "x = 1\n«if» close > open\n    x"},
                             {"not_supported", "«for» i = 0 to 3"},
                             {"not_supported", "«while» true"},
                             {"not_supported", "«var» x = 1"},
                             {"not_supported", "«varip» int x = 1"},
                             {"not_supported", "«import» a/b/1"},
                             {"not_supported", "«method» f(x) => x"},
                             {"not_supported", "«type» bar"},
                             {"not_supported", "x = 1\nx «:=» 2"},
                             {"not_supported", "x = 1\nx «+=» 2"},
                             {"not_supported", "a = «array.new_float»(5)\na"},
                             {"not_supported", "«matrix.new»(1)"},
                             {"not_supported", "«strategy.entry»(\"a\", 1)"},
                             {"not_supported", "«strategy»(\"x\")"},
                             {"not_supported", "«label.new»(1, 2)"},
                             {"not_supported", "«line.new»(1, 2)"},
                             {"not_supported", "close + «hline»(70)"},
                             {"wrong_type", "color c = «1»\nclose"},
                             {"not_supported", "f(«color» c) => close\nf(na)"},
                             {"not_supported", "c = #ff0000\n«c»"},
                             {"not_supported", "c = #ff0000\nx = close > open ? «c» : 1\nclose"},
                             {"not_supported", "f(x) => color.new(x, 10)\n«f»(color.red)"},
                             {"not_supported", "plot(close, offset=«5»)"},
                             {"not_supported", "n = input.int(3)\nplot(close, offset=«-n»)"},
                             {"not_supported", "plotshape(close > 1, offset=«bar_index»)"},
                             {"not_supported", "c = close > open ? «color.green» : 1\nclose"},
                             {"not_supported", "«request.financial»(1)"},
                             {"not_supported", "«ta.pivot_point_levels»(\"Traditional\", true)"},
                             {"not_supported", "«weekofyear»"},
                             {"not_supported", "«second» > 30"},
                             {"not_supported", "«math.round_to_mintick»(close)"},
                             {"not_supported", "«timenow»"},
                             {"not_supported", "«session.ismarket»"},
                             {"not_supported", "«barstate.islast»"},
                             {"not_supported", "x = close\n«x.foo»"},
                             {"not_supported", "f(x) =>\n    «y» = x\n    y\nf(close)"},
                             {"not_supported", "1 + «input.color»(1)\nclose"},
                             {"not_available_yet", "«ai.probability_up»(\"4h\") > 0.6"},
                             {"not_available_yet", "«signal.score»()"},
                             {"not_available_yet", "«signal.direction»()"},
                             {"not_supported", "indicator(\"x\", timeframe=«\"D\"»)\nclose"},
                             {"misplaced", "1 + «plot»(close)"},
                             {"misplaced", "p = 1 + «plot»(close)"},
                             {"misplaced", "p = «plotshape»(close > 1)"},
                             {"misplaced", "p = plot(close)\n«p» + 1"},
                             {"misplaced", "h = hline(70)\nplot(«h»)"},
                             {"no_output", "«fill(1, 2)»"},
                             {"unexpected", "x = switch«»"},
                             {"unexpected", "x = switch close «1» => 2\nx"},
                             {"unexpected", "x = switch\n    close > 1 «close»\nx"},
                             {"unexpected", "x = switch\n    close > 1 => close\n    (open > 1) «=>» 2\nx"},
                         }));

INSTANTIATE_TEST_SUITE_P(Names, Refuses,
                         testing::ValuesIn(std::vector<Case>{
                             {"unknown_name", "«closee»"},
                             {"unknown_name", "«ta.emaa»(close, 12)"},
                             {"unknown_name", "close + «sma»(close, 20)"},
                             {"unknown_name", "f(x) => x + «y»\nf(close)"},
                             {"unknown_name", "«ai.nonsense»()"},
                             {"defined_later", "a = «b»\nb = 1\na"},
                             {"defined_later", "f(x) => x + «b»\nb = 1\nf(close)"},
                             {"self_reference", "x = «x»[1] + 1\nx"},
                             {"recursion", "f(x) => «f»(x)\nf(close)"},
                             {"already_defined", "a = 1\n«a» = 2\na"},
                             {"already_defined", "«close» = 1\nclose"},
                             {"already_defined", "f(x, «x») => x\nf(1, 2)"},
                             {"already_defined", "[a, «a»] = request.security(\"4h\", [open, close])\na"},
                             {"not_a_value", "«ta.sma» > 1"},
                             {"not_a_value", "f(x) => x\n«f» + 1"},
                             {"not_a_value", "«signal.score» > 1"},
                             {"not_a_value", "close > «ai.probability_up»"},
                             {"not_a_value", "«ta» + 1"},
                             {"not_a_value", "«math»(close)"},
                             {"not_a_value", "1 + «plot»"},
                             {"already_defined", "«close» = open ? 1 : 2"},
                             {"not_a_function", "«close»(1)"},
                             {"not_a_function", "x = 1\n«x»(1)"},
                             {"no_output", "«x» = close"},
                             {"no_output", "f(x) => x\n«f2»(x) => x"},
                             {"unused_expression", "«close + 1»\nclose"},
                         }));

INSTANTIATE_TEST_SUITE_P(Types, Refuses,
                         testing::ValuesIn(std::vector<Case>{
                             {"wrong_type", "not «close» > open"},
                             {"wrong_type", "«close» and open > 1"},
                             {"wrong_type", "open > 1 or «close»"},
                             {"wrong_type", "close + «true»"},
                             {"wrong_type", "-«true»"},
                             {"wrong_type", "«close > open» < close"},
                             {"wrong_type", "«close» ? 1 : 2"},
                             {"wrong_type", "«close > open ? 1 : true»"},
                             {"wrong_type", "«close > open ? true : na»"},
                             {"wrong_type", "close[«1.5»]"},
                             {"wrong_type", "close[«na»]"},
                             {"wrong_type", "close == «\"a\"»"},
                             {"wrong_type", "«\"text\"»"},
                             {"wrong_type", "ta.sma(close, «14.5»)"},
                             {"wrong_type", "ta.sma(«close > open», 14)"},
                             {"wrong_type", "int x = «1.5»\nx"},
                             {"wrong_type", "bool x = «na»\nx"},
                             {"wrong_type", "plotshape(«close»)"},
                             {"wrong_type", "plot(close, «1»)"},
                             {"wrong_type", "int(«true»)"},
                             {"wrong_count", "«[open, close]» + 1"},
                             {"wrong_count", "x = «request.security(\"4h\", [open, close])»\nx"},
                             {"wrong_count", "[a, b, c] = «request.security(\"4h\", [open, close])»\na"},
                             {"wrong_count", "[a, b] = «close»\na"},
                             {"compare_with_na", "close == «na»"},
                             {"compare_with_na", "«na» != close"},
                             {"not_known", "close[«bar_index»]"},
                             {"not_known", "ta.sma(close, «bar_index»)"},
                             {"not_known", "simple float x = «close»\nx"},
                             {"not_known", "n = input.int(3)\nm = input.int(«n»)\nm"},
                             {"not_known", "(«close > open ? \"a\" : \"b\"») == \"a\""},
                             {"out_of_range", "close[«-1»]"},
                             {"out_of_range", "close[«5001»]"},
                             {"out_of_range", "ta.sma(close, «0»)"},
                             {"out_of_range", "ta.sma(close, «5001»)"},
                             {"out_of_range", "n = input.int(«0», minval=1)\nn"},
                             {"out_of_range", "input.string(«\"a\"», options=[\"b\", \"c\"]) == \"a\" ? 1 : 2"},
                         }));

INSTANTIATE_TEST_SUITE_P(Arguments, Refuses,
                         testing::ValuesIn(std::vector<Case>{
                             {"bad_option", "ta.atr(14, seed=«\"other\"»)"},
                             {"bad_settings", "«ta.stdev(close, 1, false)»"},
                             {"missing_argument", "«ta.sma()»"},
                             {"missing_argument", "ta.rsi(«14») < 30"},
                             {"missing_argument", "ta.bb(«20», 2)"},
                             {"missing_argument", "ta.cci(«20»)"},
                             {"missing_argument", "ta.sma(length = 3, source = «5»)"},
                             {"missing_argument", "f(x) => x\n«f()»"},
                             {"missing_argument", "«plot()»"},
                             {"missing_argument", "«math.avg(1)»"},
                             {"missing_argument", "«input.int()»"},
                             {"missing_argument", "«request.security(\"4h\")»"},
                             {"missing_argument", "«math.max(close)»"},
                             {"too_many_arguments", "ta.sma(close, 14, «3»)"},
                             {"too_many_arguments", "f(x) => x\nf(close, «3»)"},
                             {"unknown_argument", "ta.sma(close, «len»=14)"},
                             {"unknown_argument", "ta.sma(close, 14, «seed»=\"pine\")"},
                             {"unknown_argument", "f(x) => x\nf(«y»=close)"},
                             {"unknown_argument", "plot(close, «colour»=1)"},
                             {"unknown_argument", "plotshape(«close» = open)"},
                             {"unknown_argument", "input.bool(true, «minval»=1)"},
                             {"unknown_argument", "request.security(\"4h\", close, «foo»=1)"},
                             {"repeated_argument", "ta.sma(close, 14, «source»=open)"},
                             {"repeated_argument", "f(x) => x\nf(close, «x»=open)"},
                         }));

INSTANTIATE_TEST_SUITE_P(OtherBars, Refuses,
                         testing::ValuesIn(std::vector<Case>{
                             {"unknown_timeframe", "request.security(«\"7x\"», close)"},
                             {"unknown_timeframe", "request.security(syminfo.tickerid, «\"45\"», close)"},
                             {"unknown_timeframe", "request.security(«\"M\"», close)"},
                             {"lower_timeframe", "request.security(«\"15\"», close)"},
                             {"lower_timeframe", "request.security(«\"1m\"», close)"},
                             {"unknown_symbol", "request.security(«\"NOSUCH\"», \"4h\", close)"},
                             {"nested_security", "request.security(\"4h\", «request.security»(\"1d\", close))"},
                             {"nested_security",
                              "d = «request.security»(\"1d\", close)\nrequest.security(\"4h\", d + 1)"},
                             {"not_supported", "request.security(\"4h\", close, «lookahead»=barmerge.lookahead_on)"},
                             {"not_supported", "request.security(syminfo.tickerid, \"4h\", close, «barmerge.gaps_on»)"},
                             {"not_supported", "request.security(\"4h\", close, «currency»=\"USD\")"},
                             {"wrong_type", "request.security(«4», close)"},
                         }));

TEST(Diagnostics, SayWhatAChartCannotGive) {
  CompileOptions alone = test_options();
  alone.find_symbol = {};
  expect_refused("not_supported", "request.security(\u00ab\"ETHUSDT\"\u00bb, \"4h\", close)", alone);
  alone.symbol = {"binance", "BTCUSDT"};
  Graph graph(market::Timeframe::h1);
  for (const std::string own : {"BINANCE:BTCUSDT", "binance:btcusdt", "btcusdt"}) {
    EXPECT_TRUE(compile("request.security(\"" + own + "\", \"4h\", close)", alone, graph)) << own;
  }
}

TEST(Diagnostics, ANumberMayStandForASeriesWhereThatMeansSomething) {
  for (const char* good : {"ta.cum(1)", "ta.crossover(ta.rsi(close, 14), 70)", "ta.highest(10)", "math.sum(1, 5)",
                           "ta.valuewhen(close > open, 1, 0)", "ta.ema(na, 3)"}) {
    Graph graph = test_graph();
    const auto made = compile(good, test_options(), graph);
    EXPECT_TRUE(made) << made.error().text();
  }
}

TEST(Diagnostics, NameGenericTypesThatAreLeftOut) {
  expect_refused("not_supported", "m = \u00abmatrix.new\u00bb<float>(2, 2)\nplot(close)");
  expect_refused("not_supported", "m = \u00abmap.new\u00bb<string, float>()\nplot(close)");
  expect_refused("not_supported", "a = \u00abarray.new\u00bb<float>(5)\nplot(close)");
}

TEST(Security, ABareNameIsTheChartsVenuesFirst) {
  CompileOptions options = test_options();
  options.find_symbol = [](std::string_view text) -> std::optional<market::InstrumentId> {
    if (text == "binance:ETHUSDT") return market::InstrumentId{"binance", "ETHUSDT"};
    if (text == "ETHUSDT" || text == "SOLUSDT") return market::InstrumentId{"practice", std::string{text}};
    return std::nullopt;
  };
  Graph graph = test_graph();
  ASSERT_TRUE(compile("request.security(\"ETHUSDT\", \"4h\", close)", options, graph));
  EXPECT_EQ(graph.contexts().back().symbol, "binance:ETHUSDT");
  ASSERT_TRUE(compile("request.security(\"SOLUSDT\", \"4h\", close)", options, graph));
  EXPECT_EQ(graph.contexts().back().symbol, "practice:SOLUSDT");
}

TEST(Inputs, ATextMayBeGivenAsTheNumberThatItLooksLike) {
  CompileOptions options = test_options();
  options.inputs = {{"tf", 240.0}};
  Graph graph = test_graph();
  const auto made = compile("tf = input.timeframe(\"1D\")\nrequest.security(tf, close)", options, graph);
  ASSERT_TRUE(made) << made.error().text();
  EXPECT_EQ(graph.contexts().back().timeframe, market::Timeframe::h4);
  options.inputs = {{"which", 13.0}};
  EXPECT_TRUE(compile("which = input.string(\"12\", options=[\"12\", \"13\"])\nwhich == \"13\" ? close : open", options,
                      graph));
}

TEST(Diagnostics, AreOfGivenInputsToo) {
  CompileOptions options = test_options();
  options.inputs = {{"len", 0.0}};
  expect_refused("bad_input", "len = \u00abinput.int(14, minval=1)\u00bb\nta.sma(close, len)", options);
  options.inputs = {{"len", 1.5}};
  expect_refused("bad_input", "len = \u00abinput.int(14, minval=1)\u00bb\nta.sma(close, len)", options);
  options.inputs = {{"len", std::string{"x"}}};
  expect_refused("bad_input", "len = \u00abinput.int(14, minval=1)\u00bb\nta.sma(close, len)", options);
  options.inputs = {{"lan", 3.0}};
  expect_refused("unknown_input", "\u00ab\u00bblen = input.int(14, minval=1)\nta.sma(close, len)", options);
  options.inputs = {{"tf", std::string{"7x"}}};
  expect_refused("unknown_timeframe", "tf = \u00abinput.timeframe(\"4h\")\u00bb\nrequest.security(tf, close)", options);
}

}  // namespace
}  // namespace cw::expr
