#include "strategy/document.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "strategy/testing.h"

namespace cw::strategy {
namespace {

using ::testing::HasSubstr;
using testing::parsed;
using testing::refusal;
using ::testing::StartsWith;

constexpr std::string_view kWhole = R"(name: ema-cross
description: Rides a trend from one crossing of two averages to the next. Loses in ranges.
timeframe: 1h
inputs:
  fast: {type: int, default: 12, min: 2, max: 200}
  slow: {type: int, default: 26, min: 3, max: 400}
let:
  fast_line: ta.ema(close, fast)
  slow_line: ta.ema(close, slow)
  [macd, signal_line, hist]: ta.macd(close, fast, slow, 9)
  spread(a, b): a - b
long:
  entry: ta.crossover(fast_line, slow_line)
  exit: ta.crossunder(fast_line, slow_line)
  stop: {percent: 3}
  target: {atr: 4, length: 14}
short:
  entry: "spread(fast_line, slow_line) < 0 ? macd < 0 : false"
  order: {limit: high + 1, bars: 3}
  stop: {expression: high}
  target:
    - {risk: 1, share: 50}
    - {percent: 9}
  trailing_stop: {amount: 12.5}
  time_stop: 20
sizing: {percent_of_equity: 100}
pyramiding: 2
)";

/// The whole document with one line another.
std::string with(std::string_view line, std::string_view other) {
  std::string text{kWhole};
  const std::size_t at = text.find(line);
  EXPECT_NE(at, std::string::npos) << line;
  return text.replace(at, line.size(), other);
}

TEST(Document, IsReadField) {
  const Document document = parsed(kWhole);
  EXPECT_EQ(document.name, "ema-cross");
  EXPECT_EQ(document.timeframe, market::Timeframe::h1);
  ASSERT_EQ(document.inputs.size(), 2U);
  EXPECT_EQ(document.inputs[1],
            (Input{.name = "slow", .kind = InputKind::Int, .default_value = 26.0, .min = 3, .max = 400}));
  ASSERT_EQ(document.let.size(), 4U);
  EXPECT_EQ(document.let[2].head, "[macd, signal_line, hist]");
  EXPECT_EQ(document.let[3].head, "spread(a, b)");
  const Side expected_long{.entry = "ta.crossover(fast_line, slow_line)",
                           .exit = "ta.crossunder(fast_line, slow_line)",
                           .stop = Distance{.kind = DistanceKind::Percent, .value = {3}},
                           .targets = {{.distance = {.kind = DistanceKind::Atr, .value = {4}, .length = {14}}}}};
  EXPECT_EQ(document.long_side, expected_long);
  const Side expected_short{.entry = "spread(fast_line, slow_line) < 0 ? macd < 0 : false",
                            .order = EntryOrder{.kind = EntryOrder::Kind::Limit, .price = "high + 1", .bars = {3}},
                            .stop = Distance{.kind = DistanceKind::Expression, .expr = "high"},
                            .targets = {{.distance = {.kind = DistanceKind::Risk, .value = {1}}, .share = Amount{50}},
                                        {.distance = {.kind = DistanceKind::Percent, .value = {9}}}},
                            .trailing_stop = Distance{.kind = DistanceKind::Amount, .value = {12.5}},
                            .time_stop = Amount{20}};
  EXPECT_EQ(document.short_side, expected_short);
  EXPECT_EQ(document.pyramiding, Amount{2});
}

TEST(Document, JsonHasTheSameMembers) {
  const Document document = parsed(R"json({
    "name": "x", "timeframe": "4h", "inputs": {"n": {"type": "int", "default": 3}},
    "let": {"a": "ta.sma(close, n)", "[b, c, d]": "ta.bb(close, 20, 2)"},
    "long": {"entry": "close > a", "stop": {"percent": "n"}}})json");
  EXPECT_EQ(document.let[1].head, "[b, c, d]");
  EXPECT_EQ(document.long_side->stop->value, (Amount{0, "n"}));
  EXPECT_EQ(document.sizing, (Sizing{.kind = SizingKind::PercentOfEquity, .value = {100}})) << "the default";
  EXPECT_EQ(document.places.of.at("long.entry").line, 4U);
  EXPECT_EQ(document.places.of.at("long.entry").column, 24U);
}

TEST(Document, EachFaultIsNamedWithItsPlace) {
  struct Case {
    std::string_view line;
    std::string_view other;
    std::string_view said;
  };
  const std::vector<Case> cases{
      {"name: ema-cross", "name: EMA Cross", "line 1: name: 'EMA Cross' is no name"},
      {"timeframe: 1h", "timeframe: 90m", "line 3: timeframe: "},
      {"timeframe: 1h", "timeframes: 1h", "line 3, column 1: there is no 'timeframes' (did you mean 'timeframe'?)"},
      {"timeframe: 1h\n", "", "line 1, column 1: 'timeframe' is missing"},
      {"default: 12,", "default: 1,", "line 5: inputs.fast.default: must be at least 2, not 1"},
      {"default: 12,", "default: 2.5,", "line 5: inputs.fast.default: must be a whole number, not 2.5"},
      {"default: 12,", "default: twelve,", "line 5: inputs.fast.default: must be a number, not a text"},
      {"default: 12, ", "", "line 5: inputs.fast: 'default' is missing"},
      {"type: int, default: 12", "type: integer, default: 12",
       "line 5: inputs.fast.type: must be one of int, float, bool, choice, source, timeframe"},
      {"min: 2, max: 200", "min: 2, maxx: 200", "line 5: inputs.fast: there is no 'maxx' (did you mean 'max'?)"},
      {"min: 2, max: 200", "min: 201, max: 200", "line 5: inputs.fast.min: is larger than 'max'"},
      {"  fast: {", "  close: {", "line 5: inputs: 'close' is a name of the language; choose another one"},
      {"  fast: {", "  2fast: {", "line 5: inputs: '2fast' is no name"},
      {"  fast_line: ta", "  fast line: ta", "line 8: let: 'fast line' is no name"},
      {"exit: ta.crossunder(fast_line", "exit: ta.crossunder((fast_line", "line 14: long.exit: 1:"},
      {"exit: ta", "exits: ta", "line 14: long: there is no 'exits' (did you mean 'exit'?)"},
      {"  entry: ta.crossover(fast_line, slow_line)\n", "", "line 13: long: 'entry' is missing"},
      {"stop: {percent: 3}", "stop: {percent: 0}",
       "line 15: long.stop.percent: must be a number above 0 and at most 99, not 0"},
      {"stop: {percent: 3}", "stop: {percent: 3, atr: 1}", "line 15: long.stop: takes only one of percent, atr"},
      {"stop: {percent: 3}", "stop: {}", "line 15: long.stop: takes one of percent, atr, amount, expression"},
      {"stop: {percent: 3}", "stop: 3", "line 15: long.stop: must be an object, not a number"},
      {"stop: {percent: 3}", "stop: {risk: 3}", "line 15: long.stop: there is no 'risk'"},
      {"stop: {percent: 3}", "stop: {percent: 3, length: 3}", "line 15: long.stop.length: is of 'atr' alone"},
      {"length: 14", "length: 0", "line 16: long.target.length: must be a whole number from 1 to 5000, not 0"},
      {"{limit: high + 1, bars: 3}", "{bars: 3}", "line 19: short.order: takes one of limit, stop"},
      {"stop: {expression: high}\n", "exit: macd > 0\n", "short.target: 'risk' counts in distances of the stop"},
      {"{risk: 1, share: 50}", "{risk: 1}", "line 22: short.target[0]: 'share' is missing"},
      {"{amount: 12.5}", "{expression: close}", "line 24: short.trailing_stop: there is no 'expression'"},
      {"time_stop: 20", "time_stop: 0.5", "line 25: short.time_stop: must be a whole number from 1 to 1000000"},
      {"time_stop: 20", "time_stop: {bar: 3}", "short.time_stop: there is no 'bar' (did you mean 'bars'?)"},
      {"{percent_of_equity: 100}", "{kelly: 2}",
       "line 26: sizing.kelly: must be a number above 0 and at most 1, not 2"},
      {"{percent_of_equity: 100}", "{percent: 1}", "line 26: sizing: there is no 'percent'"},
      {"{percent_of_equity: 100}", "{fixed: 1, length: 3}",
       "sizing.length: is of 'volatility_target' and 'kelly' alone"},
      {"pyramiding: 2", "pyramiding: 0", "line 27: pyramiding: must be a whole number from 1 to 100, not 0"},
      {"pyramiding: 2", "timeframe: 2h", "line 27, column 1: 'timeframe' is there twice, first in line 3"},
      {"entry: ta.crossover(fast_line, slow_line)", "entry: |\n    close\n    > open",
       "line 13: long.entry: must be one line; in YAML, '>-' joins"},
      {"entry: ta.crossover(fast_line, slow_line)", "entry: [a, b]", "line 13: long.entry: must be a text, not a list"},
      {"entry: ta.crossover(fast_line, slow_line)", "entry: plot(close)", "must be an expression"},
      {"entry: ta.crossover(fast_line, slow_line)", "entry: a = close > open", "line 13: long.entry: 1:3: "},
      {"entry: ta.crossover(fast_line, slow_line)", "entry: close > input.int(3)",
       "line 13: long.entry: 1:9: the inputs of a strategy are listed under 'inputs'"},
      {"entry: ta.crossover(fast_line, slow_line)", "entry: \"#ff0000\"",
       "line 13: long.entry: 1:1: this must be an expression"},
      {"entry: ta.crossover(fast_line, slow_line)", "entry: a ? b : c", "line 13, column"},
  };
  ASSERT_EQ(refusal(kWhole), "");
  for (const auto& [line, other, said] : cases) EXPECT_THAT(refusal(with(line, other)), HasSubstr(said)) << other;
}

TEST(Document, AllFaultsAreFoundInOneGoInTheOrderOfTheText) {
  const auto document = parse_document(R"(name: x
timeframe: 1hh
long:
  entry: close >
  stop: {percent: -1}
sizing: {fixed: 0}
)");
  ASSERT_FALSE(document);
  std::vector<std::string> fields;
  for (const Fault& fault : document.error()) fields.push_back(fault.field);
  EXPECT_THAT(fields, ::testing::ElementsAre("timeframe", "long.entry", "long.stop.percent", "sizing.fixed"));
  const Fault& syntax = document.error()[1];
  EXPECT_EQ(syntax.code, Errc::bad_expression);
  EXPECT_EQ(syntax.line, 4U);
  EXPECT_EQ(syntax.column, 17U) << "behind the '>'";
}

TEST(Document, WhatIsNoYamlAndNoJsonIsToldByLineAndColumn) {
  EXPECT_THAT(refusal("name: x\nlong: {entry: [}\n"), StartsWith("line 2, column"));
  EXPECT_THAT(refusal("{\n  \"name\": nobody\n}"), StartsWith("line 2, column 12: this is not JSON"));
  EXPECT_EQ(refusal(""), "the document is empty");
  EXPECT_EQ(refusal("# nothing\n"), "the document is empty");
  EXPECT_EQ(refusal("- a\n"), "line 1, column 1: must be an object, not a list");
  EXPECT_EQ(refusal("name"), "line 1, column 1: must be an object, not a text");
  EXPECT_EQ(refusal("a: \xff\n"), "line 1, column 4: this is not UTF-8");
  EXPECT_EQ(refusal(std::string_view{"a: \0\n", 5}), "line 1, column 4: this character cannot be shown");
  EXPECT_EQ(refusal(R"({"name": "x", "name": "y"})").substr(0, 44), "line 1, column 16: 'name' is there twice, fi");
}

TEST(Document, WhatIsLeftOutOfYamlIsRefusedByName) {
  EXPECT_EQ(refusal("a: &x 1\nb: *x\n"), "line 1, column 4: anchors (&name) are not taken");
  EXPECT_THAT(refusal("a: 1\nb: *x\n"), HasSubstr("line 2, column"));
  EXPECT_EQ(refusal("name: !!str x\n"), "line 1, column 7: tags are not taken: 'tag:yaml.org,2002:str'");
  EXPECT_EQ(refusal("name: x\n---\nname: y\n"), "there is more than one document in the text");
  EXPECT_EQ(refusal("{a: 1}"), "line 1, column 2: this is not JSON");
  EXPECT_EQ(refusal("? {a: 1}\n: 2\n"), "line 1, column 3: an object for a name is not taken");
  EXPECT_EQ(refusal(": 2\n"), "line 1, column 1: a name is missing before ':'");
}

TEST(Document, IsBounded) {
  EXPECT_THAT(refusal(std::string(kDocumentBytesMost + 1, ' ')), HasSubstr("at most 65536 are taken"));
  EXPECT_THAT(refusal("a: " + std::string(200, '[') + std::string(200, ']')), HasSubstr("nested deeper than 8"));
  EXPECT_THAT(refusal("{\"a\": " + std::string(20'000, '[')), HasSubstr("nested deeper than 8"));
  std::string many = "a:\n";
  for (int i = 0; i < 3'000; ++i) many += "  - 1\n";
  EXPECT_THAT(refusal(many), HasSubstr("the document has more than 2048 values"));
  EXPECT_THAT(refusal("a: " + std::string(5'000, 'x')), HasSubstr("longer than 4096 bytes"));
  std::string inputs = "name: x\ntimeframe: 1h\ninputs:\n";
  for (int i = 0; i < 33; ++i) inputs += "  a" + std::to_string(i) + ": {type: int, default: 1}\n";
  EXPECT_THAT(refusal(inputs + "long: {entry: true}\n"), HasSubstr("inputs: has 33 entries; at most 32 are taken"));
  std::string faults = "name: x\n";
  for (int i = 0; i < 100; ++i) faults += "a" + std::to_string(i) + ": 1\n";
  EXPECT_EQ(parse_document(faults).error().size(), kFaultsMost);
}

TEST(Document, RiskSizingNeedsAStopOnEachSide) {
  EXPECT_EQ(refusal("name: x\ntimeframe: 1h\nlong: {entry: true, stop: {percent: 1}}\nshort: {entry: false}\n"
                    "sizing: {risk_percent: 1}\n"),
            "short: sizing by 'risk_percent' needs a stop or a trailing stop here");
}

}  // namespace
}  // namespace cw::strategy
