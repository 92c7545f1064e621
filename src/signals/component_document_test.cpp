#include "signals/component_document.h"

#include <functional>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "signals/component_plan.h"
#include "signals/testing.h"

namespace cw::signals {
namespace {

using Json = nlohmann::json;
using ::testing::HasSubstr;

Json shipped() { return Json::parse(default_components()); }

/// What is said of a document, `code: message`; empty where it is good.
std::string refusal(const Json& json) {
  auto document = parse_components(json.dump());
  if (!document) return fmt::format("{}: {}", code_name(document.error().code), document.error().message);
  const auto plan =
      compile_components(std::make_shared<ComponentDocument>(std::move(*document)), market::Timeframe::h1);
  if (!plan) return fmt::format("{}: {}", code_name(plan.error().code), plan.error().message);
  return {};
}

TEST(ComponentDocument, TheShippedOneIsGoodOnEveryTimeframe) {
  const auto document = testing::shipped_document();
  EXPECT_GE(document->components.size(), 15U);
  EXPECT_GE(document->families.size(), 5U);
  for (const auto timeframe : kSignalTimeframes) {
    const auto plan = compile_components(document, timeframe);
    ASSERT_TRUE(plan) << plan.error().message;
    EXPECT_EQ(plan->components.size(), document->components.size());
    EXPECT_EQ(plan->lookback, 199) << "the EMA of 200";
  }
}

TEST(ComponentDocument, EachFaultIsNamedWithItsPlace) {
  struct Case {
    const char* what;
    std::function<void(Json&)> spoil;
    const char* said;
  };
  const std::vector<Case> cases{
      {"a weight of nothing", [](Json& d) { d["components"][5]["weight"] = 0; },
       "bad_input: components[5] 'RSI': 'weight' must be above 0"},
      {"a text for a weight", [](Json& d) { d["components"][5]["weight"] = "2"; },
       "bad_input: components[5] 'RSI': 'weight' must be a number"},
      {"an unknown member", [](Json& d) { d["components"][0]["wieght"] = 1; },
       "bad_input: components[0]: there is no member 'wieght' (did you mean 'weight'?)"},
      {"a missing member", [](Json& d) { d["components"][1].erase("vote"); },
       "bad_input: components[1] 'Slope': 'vote' is missing"},
      {"an unknown family", [](Json& d) { d["components"][0]["family"] = "avrages"; },
       "bad_input: components[0] 'EMA ladder': there is no family 'avrages'"},
      {"two of a name", [](Json& d) { d["components"][1]["name"] = "EMA ladder"; },
       "bad_input: components[1]: 'EMA ladder' is there twice"},
      {"an unknown number of a reason", [](Json& d) { d["components"][5]["reason"]["up"] = "RSI {rsi}"; },
       "bad_input: components[5] 'RSI': a reason shows 'rsi'"},
      {"a strange format", [](Json& d) { d["components"][5]["reason"]["up"] = "RSI {value:x}"; },
       "bad_input: components[5] 'RSI': a reason shows 'value' in the format 'x'"},
      {"an open brace", [](Json& d) { d["components"][5]["reason"]["up"] = "RSI {value"; }, "is not closed"},
      {"two lines", [](Json& d) { d["components"][5]["vote"] = "1\n2"; }, "'vote' must be one line"},
      {"no components", [](Json& d) { d["components"] = Json::array(); }, "bad_input: 'components' is empty"},
      {"no weight at all",
       [](Json& d) {
         for (auto& family : d["families"]) family["range"] = 0;
       },
       "bad_input: families: in a range no family with a component has any weight"},
      {"too many",
       [](Json& d) {
         for (int i = 0; i < 65; ++i)
           d["patterns"].push_back({{"name", fmt::format("p{}", i)}, {"when", "close > open"}});
       },
       "limit_exceeded: the document: 'patterns' has 82 entries; at most 64 are taken"},
      {"an expression with an error", [](Json& d) { d["components"][5]["value"] = "ta.rsy(close, 14)"; },
       "bad_expression: components[5] 'RSI': value: 1:1: there is no 'ta.rsy' (did you mean 'ta.rsi'"},
      {"an error further right", [](Json& d) { d["components"][5]["vote"] = "value > nothing ? 1 : 0"; },
       "bad_expression: components[5] 'RSI': vote: 1:9: there is no 'nothing'"},
      {"an error in a line before", [](Json& d) { d["components"][0]["let"][1] = "middle = ta.ema(close, 0)"; },
       "bad_expression: components[0] 'EMA ladder': let[1]: 1:"},
      {"a vote that is true or false", [](Json& d) { d["components"][5]["vote"] = "value > 3"; },
       "bad_expression: components[5] 'RSI': vote must be a number"},
      {"a pattern that is a number", [](Json& d) { d["patterns"][0]["when"] = "close"; },
       "bad_expression: patterns[0] 'Bullish engulfing': when must be true or false"},
      {"a regime that is a number", [](Json& d) { d["regime"]["trend"] = "adx"; },
       "bad_expression: regime: trend must be true or false"},
      {"another symbol", [](Json& d) { d["components"][5]["value"] = "request.security(\"ETHUSDT\", \"4h\", close)"; },
       "components[5] 'RSI': value: 1:18: other symbols are not supported here"},
  };
  for (const auto& [what, spoil, said] : cases) {
    Json document = shipped();
    spoil(document);
    EXPECT_THAT(refusal(document), HasSubstr(said)) << what;
  }
}

TEST(ComponentDocument, ANumberThatNothingHoldsIsToldByLineAndColumn) {
  const auto document = parse_components("{\"name\": \"x\",\n \"version\": 1e999}");
  ASSERT_FALSE(document);
  EXPECT_EQ(document.error().message, "line 2, column 13: the number 1e999 is too large");
}

TEST(ComponentDocument, WhatIsNoJsonIsToldByLineAndColumn) {
  const auto document = parse_components("{\n  \"name\": nobody\n}");
  ASSERT_FALSE(document);
  EXPECT_THAT(document.error().message, HasSubstr("line 2, column"));
  EXPECT_FALSE(parse_components(""));
  EXPECT_FALSE(parse_components("[]"));
  EXPECT_EQ(parse_components(std::string(kDocumentBytesMost + 1, ' ')).error().code, Errc::limit_exceeded);
}

}  // namespace
}  // namespace cw::signals
