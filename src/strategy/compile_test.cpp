#include "strategy/compile.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "strategy/testing.h"

namespace cw::strategy {
namespace {

using testing::compiled;
using ::testing::HasSubstr;
using testing::parsed;

constexpr std::string_view kCross = R"(name: cross
timeframe: 1h
inputs:
  fast: {type: int, default: 3, min: 1}
  slow: {type: int, default: 8, max: 400}
  loss: {type: float, default: 2.5}
let:
  fast_line: ta.sma(close, fast)
  slow_line: ta.sma(close, slow)
require:
  - fast < slow
long:
  entry: ta.crossover(fast_line, slow_line)
  exit: ta.crossunder(fast_line, slow_line)
  stop: {percent: loss}
  target: {atr: 4, length: 5}
)";

std::string with(std::string_view line, std::string_view other) {
  std::string text{kCross};
  const std::size_t at = text.find(line);
  EXPECT_NE(at, std::string::npos) << line;
  return text.replace(at, line.size(), other);
}

/// What is said when the document is compiled for 1h.
std::string refusal(std::string_view text, const GivenInputs& given = {}) {
  expr::Graph graph{market::Timeframe::h1};
  const auto program = compile(parsed(text), given, {}, graph);
  return program ? std::string{} : error_of(program.error()).message;
}

TEST(Compile, ColumnsAreWhatTheExpressionsSay) {
  expr::Graph graph{market::Timeframe::h1};
  const Program program = compiled(parsed(kCross), graph);
  ASSERT_TRUE(program.long_side);
  EXPECT_FALSE(program.short_side);
  EXPECT_EQ(program.nodes.size(), 3U) << "entry, exit, ATR";
  const SideRules& rules = *program.long_side;
  EXPECT_EQ(rules.stop->kind, DistanceKind::Percent);
  EXPECT_EQ(rules.stop->value, 2.5);
  EXPECT_FALSE(rules.stop->column);
  ASSERT_EQ(rules.targets.size(), 1U);
  EXPECT_EQ(rules.targets[0].share, 1);
  EXPECT_EQ(rules.targets[0].distance.value, 4);

  const auto rows = testing::walk(5, 200, market::Timeframe::h1);
  const auto columns = testing::run(graph, program, rows.view());
  const auto mean = [&](std::size_t row, int length) {
    double sum = 0;
    for (int i = 0; i < length; ++i) sum += rows.close[row - static_cast<std::size_t>(i)];
    return sum / length;
  };
  int entries = 0;
  for (std::size_t i = 8; i < rows.size(); ++i) {
    const double now = mean(i, 3) - mean(i, 8);
    const double before = mean(i - 1, 3) - mean(i - 1, 8);
    EXPECT_EQ(columns[rules.entry][i], now > 0 && before <= 0 ? 1 : 0) << i;
    EXPECT_EQ(columns[*rules.exit][i], now < 0 && before >= 0 ? 1 : 0) << i;
    entries += columns[rules.entry][i] == 1;
  }
  EXPECT_GT(entries, 5);
  // Wilder's average of length 5, of the first five true ranges: their mean.
  double range = 0;
  for (std::size_t i = 1; i <= 5; ++i) {
    range += std::max(rows.high[i], rows.close[i - 1]) - std::min(rows.low[i], rows.close[i - 1]);
  }
  EXPECT_NEAR(columns[*rules.targets[0].distance.column][5], range / 5, 1e-12);
}

TEST(Compile, AValueThatIsGivenTakesTheDefaultsPlace) {
  expr::Graph graph{market::Timeframe::h1};
  const Program given = compiled(parsed(kCross), graph, {{"fast", 5.0}, {"loss", "7"}});
  EXPECT_EQ(given.inputs[0].second, InputValue{5.0});
  EXPECT_EQ(given.long_side->stop->value, 7);
  const Program written = compiled(parsed(with("ta.sma(close, fast)", "ta.sma(close, 5)")), graph);
  EXPECT_EQ(given.nodes, written.nodes) << "the very same nodes";
  const Program other = compiled(parsed(kCross), graph);
  EXPECT_NE(given.nodes[0], other.nodes[0]);
  EXPECT_EQ(given.nodes[2], other.nodes[2]) << "the ATR is shared";
}

TEST(Compile, EveryKindOfInputReachesTheLanguage) {
  const Document document = parsed(R"yaml(name: x
timeframe: 1h
inputs:
  kind: {type: choice, default: slow, options: [slow, fast]}
  on: {type: bool, default: false}
  source: {type: source, default: hl2}
  shift: {type: float, default: -0.5}
  longer: {type: timeframe, default: 4h}
long:
  entry: "on and source + shift > request.security(longer, close)"
  stop: {expression: "kind == \"fast\" ? low : high"}
)yaml");
  expr::Graph graph{market::Timeframe::h1};
  const Program off = compiled(document, graph);
  EXPECT_EQ(graph.node(off.nodes[*off.long_side->stop->column]).field, expr::BarField::High);
  const Program on =
      compiled(document, graph, {{"kind", "fast"}, {"on", "true"}, {"source", "open"}, {"longer", "2h"}});
  EXPECT_EQ(graph.node(on.nodes[*on.long_side->stop->column]).field, expr::BarField::Low);
  const auto rows = testing::walk(1, 48, market::Timeframe::h1);
  EXPECT_EQ(testing::run(graph, off, rows.view())[0], std::vector<double>(48, 0));
  const auto entries = testing::run(graph, on, rows.view())[0];
  for (std::size_t i = 1; i < rows.size(); ++i) {
    const std::size_t closed = i % 2 == 1 ? i : i - 1;  // the newest bar of two hours that has closed
    EXPECT_EQ(entries[i], rows.open[i] - 0.5 > rows.close[closed] ? 1 : 0) << i;
  }
}

TEST(Compile, FaultsAreToldWithTheirPlaceInDocumentAndExpression) {
  EXPECT_EQ(refusal(kCross), "");
  EXPECT_THAT(
      refusal(with("ta.crossover(fast_line", "ta.crossoverr(fast_line")),
      ::testing::StartsWith("line 13: long.entry: 1:1: there is no 'ta.crossoverr' (did you mean 'ta.crossover'"));
  EXPECT_THAT(refusal(with("ta.sma(close, fast)", "ta.sma(close, fest)")),
              ::testing::StartsWith("line 8: let.fast_line: 1:15: there is no 'fest'"));
  EXPECT_EQ(refusal(with("ta.crossover(fast_line, slow_line)", "fast_line - slow_line")),
            "line 13: long.entry: must be true or false");
  EXPECT_EQ(refusal(with("{percent: loss}", "{expression: close > open}")),
            "line 15: long.stop.expression: must be a number");
  EXPECT_THAT(refusal(with("fast_line: ta", "close: ta")), HasSubstr("let.close: 1:1: "));
  EXPECT_THAT(refusal(with("fast_line: ta", "slow: ta")), HasSubstr("let.slow: 1:1: "));
  EXPECT_THAT(refusal(with("- fast < slow", "- close < slow")),
              HasSubstr("require[0]: must be about the inputs alone"));
}

TEST(Compile, AnInputThatTheLanguageRefusesIsToldWithoutALineThatNobodyWrote) {
  Document document = parsed(kCross);
  document.inputs[0].name = "high";  // as only a document that was not read can have it
  expr::Graph graph{market::Timeframe::h1};
  const auto program = compile(document, {}, {}, graph);
  ASSERT_FALSE(program);
  EXPECT_EQ(program.error()[0].field, "inputs.high");
  EXPECT_THAT(program.error()[0].message, ::testing::StartsWith("'high' is a name of the language"));
  EXPECT_THAT(program.error()[0].message, ::testing::Not(HasSubstr("input.int")));
}

TEST(Compile, EachFieldTellsItsOwnFault) {
  expr::Graph graph{market::Timeframe::h1};
  const auto program = compile(
      parsed("name: x\ntimeframe: 1h\nlong: {entry: close > a, exit: open > b}\nshort:\n  entry: \"close < cc\"\n"), {},
      {}, graph);
  ASSERT_FALSE(program);
  ASSERT_EQ(program.error().size(), 3U);
  EXPECT_EQ(program.error()[0].field, "long.entry");
  EXPECT_EQ(program.error()[0].line, 3U);
  EXPECT_EQ(program.error()[0].column, 23U);
  EXPECT_EQ(program.error()[0].length, 1U);
  EXPECT_EQ(program.error()[1].field, "long.exit");
  EXPECT_EQ(program.error()[1].column, 39U);
  EXPECT_EQ(program.error()[2].field, "short.entry");
  EXPECT_EQ(program.error()[2].column, 19U);
  EXPECT_EQ(program.error()[2].length, 2U);
}

TEST(Compile, NumbersThatInputsGiveAreHeldToTheirFields) {
  EXPECT_EQ(
      refusal(kCross, {{"loss", 100.0}}),
      "line 15: long.stop.percent: the input 'loss' gives it, and it must be a number above 0 and at most 99, not 100");
  EXPECT_EQ(refusal(kCross, {{"fast", 9.0}}), "line 11: require[0]: 'fast < slow' does not hold with fast 9, slow 8");
  EXPECT_EQ(refusal(kCross, {{"slow", 401.0}}), "inputs.slow: must be at most 400, not 401");
  EXPECT_EQ(
      refusal(with("{percent: loss}", "{percent: los}")),
      "line 15: long.stop.percent: there is no input 'los' of type int or float (did you mean 'loss' or 'slow'?)");
  EXPECT_EQ(
      refusal(with("length: 5", "length: loss")),
      "line 16: long.target.length: the input 'loss' gives it, and it must be a whole number from 1 to 5000, not 2.5");
  EXPECT_EQ(refusal(with("{atr: 4, length: 5}", "[{percent: 1, share: 60}, {percent: 2, share: 50}]")),
            "line 16: long.target: the shares of the targets up to 2 add up to 110 percent, not to at most 100");
}

TEST(Compile, ALadderSharesThePosition) {
  expr::Graph graph{market::Timeframe::h1};
  const Program program =
      compiled(parsed(with("{atr: 4, length: 5}", "[{percent: 1, share: 50}, {risk: 2, share: 30}, {atr: 3}]")), graph);
  const auto& targets = program.long_side->targets;
  ASSERT_EQ(targets.size(), 3U);
  EXPECT_EQ(targets[0].share, 0.5);
  EXPECT_EQ(targets[1].share, 0.3);
  EXPECT_EQ(targets[1].distance.kind, DistanceKind::Risk);
  EXPECT_EQ(targets[2].share, 0.2);
}

TEST(Compile, VolatilityIsOfAYearOfTheChartsBars) {
  const Document document =
      parsed("name: x\ntimeframe: 1h\nlong: {entry: true}\nsizing: {volatility_target: 20, length: 30}\n");
  for (const auto& [timeframe, bars] : {std::pair{market::Timeframe::h1, 8'760.0}, {market::Timeframe::d1, 365.0}}) {
    expr::Graph graph{timeframe};
    const Program program = compiled(document, graph);
    const auto rows = testing::walk(2, 40, timeframe);
    const double told = testing::run(graph, program, rows.view())[*program.sizing.column][35];
    double sum = 0;
    double squares = 0;
    for (std::size_t i = 6; i <= 35; ++i) {
      const double change = std::log(rows.close[i] / rows.close[i - 1]);
      sum += change;
      squares += change * change;
    }
    EXPECT_NEAR(told, 100 * std::sqrt(bars * (squares / 30 - sum / 30 * sum / 30)), 1e-9);
  }
}

TEST(Compile, TheLookBackCountsLongerTimeframesInBarsOfTheChart) {
  const auto lookback = [](std::string_view entry) {
    expr::Graph graph{market::Timeframe::h1};
    return compiled(parsed(fmt::format("name: x\ntimeframe: 1h\nlong:\n  entry: {}\n", entry)), graph).lookback;
  };
  EXPECT_EQ(lookback("close > ta.sma(close, 20)"), 19);
  EXPECT_EQ(lookback("close > ta.sma(close, 20)[3]"), 22);
  EXPECT_EQ(lookback("close > open"), 0);
  // 19 bars of four hours before the one that has the value, itself, and the one that was under way at the start.
  EXPECT_EQ(lookback("close > request.security(\"4h\", ta.sma(close, 20))"), 84);
  EXPECT_EQ(lookback("close > ta.sma(request.security(\"4h\", ta.sma(close, 20)), 10)"), 93);
}

TEST(Fingerprint, IsOfWhatIsDoneNotOfHowItIsSaid) {
  const auto of = [](std::string_view text, market::Timeframe timeframe = market::Timeframe::h1,
                     const GivenInputs& given = {}) {
    expr::Graph graph{timeframe};
    // Another program before it moves every node.
    compiled(parsed("name: y\ntimeframe: 1h\nlong:\n  entry: ta.rsi(close, 9) > 70\n"), graph);
    return compiled(parsed(text), graph, given).fingerprint;
  };
  const std::string whole = of(kCross);
  EXPECT_EQ(whole.size(), 32U);
  EXPECT_EQ(of(kCross), whole);
  EXPECT_EQ(of(with("ta.sma(close, fast)", "(ta.sma( close,length= fast))")), whole);
  EXPECT_EQ(of(with("name: cross", "name: other\ndescription: Another.")), whole);
  EXPECT_EQ(of(with("fast < slow", "slow > fast")), whole);
  EXPECT_EQ(of(kCross, market::Timeframe::h1, {{"fast", 3.0}}), whole);
  EXPECT_NE(of(kCross, market::Timeframe::h4), whole);
  EXPECT_NE(of(kCross, market::Timeframe::h1, {{"fast", 4.0}}), whole);
  EXPECT_NE(of(kCross, market::Timeframe::h1, {{"loss", 3.0}}), whole);
  EXPECT_NE(of(with("ta.sma(close, fast)", "ta.ema(close, fast)")), whole);
  EXPECT_NE(of(with("{atr: 4, length: 5}", "{atr: 4, length: 6}")), whole);
  EXPECT_NE(of(with("long:", "pyramiding: 2\nlong:")), whole);
  EXPECT_NE(of(with("long:", "short:")), whole);
  EXPECT_NE(of(with("  stop: {percent: loss}", "  trailing_stop: {percent: loss}")), whole);

  const auto document = [](std::string_view text) { return fingerprint(parsed(text)); };
  EXPECT_EQ(document(kCross), document(with("name: cross", "name: other\ntags: [a]")));
  EXPECT_NE(document(kCross), document(with("default: 3", "default: 4")));
}

TEST(Compile, WarnsWhereNothingEndsAPosition) {
  expr::Graph graph{market::Timeframe::h1};
  EXPECT_THAT(compiled(parsed("name: x\ntimeframe: 1h\nlong: {entry: true}\n"), graph).warnings,
              ::testing::ElementsAre("long: nothing but the end of the data closes a position"));
  EXPECT_TRUE(compiled(parsed(kCross), graph).warnings.empty());
}

TEST(Compile, TheSeedOfADocumentIsThatOfItsFunctions) {
  const auto lookback = [](std::string_view seed) {
    expr::Graph graph{market::Timeframe::h1};
    return compiled(parsed(fmt::format("name: x\ntimeframe: 1h\n{}long: {{entry: ta.atr(14) > 1}}\n", seed)), graph)
        .lookback;
  };
  EXPECT_EQ(lookback(""), 14);
  EXPECT_EQ(lookback("seed: talib\n"), 14);
  EXPECT_EQ(lookback("seed: pine\n"), 13);
}

}  // namespace
}  // namespace cw::strategy
