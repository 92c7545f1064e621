#include "expr/language_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/number.h"
#include "expr/compile.h"
#include "expr/function.h"
#include "expr/language/builtins.h"
#include "expr/language/testing.h"
#include "expr/lookback.h"
#include "expr/vocabulary.h"

// What the page says of a function is held against the function.
namespace cw::expr {
namespace {

/// One choice of a function's settings.
struct Choice {
  std::vector<double> numbers;
  std::vector<std::string> texts;
  std::map<std::string, double, std::less<>> by_name;
};

double within(const Parameter& parameter, double wanted) { return std::clamp(wanted, parameter.min, parameter.max); }

/// The `round`th of a few settings: the defaults, the smallest, and others that differ from each other.
Choice choice_of(const Function& function, int round) {
  Choice choice;
  int place = 0;
  for (const Parameter& parameter : function.parameters) {
    if (parameter.qualifier == Qualifier::Series) continue;
    double number = indicators::kNaN;
    std::string text;
    if (parameter.type == Type::String) {
      text = parameter.options.substr(0, parameter.options.find('|'));
    } else {
      const double usual = parameter.default_value.value_or(within(parameter, 9 + place));
      number = usual;
      if (parameter.type == Type::Bool && round >= 2) number = round % 2;
      if (parameter.type == Type::Int) {
        if (round == 1) number = within(parameter, std::max(parameter.min, 1.0));
        if (round >= 2) number = within(parameter, 3 + 4 * round + 5 * place);
      }
      choice.by_name.emplace(parameter.name, number);
    }
    choice.numbers.push_back(number);
    choice.texts.push_back(text);
    ++place;
  }
  return choice;
}

std::string shown(const Choice& choice) {
  std::string text;
  for (const auto& [name, number] : choice.by_name) text += name + '=' + format_double(number) + ' ';
  return text;
}

TEST(LanguagePage, StatesTheLookBackThatEachOperatorHas) {
  int compared = 0;
  for (const Function& function : functions()) {
    ASSERT_FALSE(function.lookback.empty()) << function.name;
    for (int round = 0; round < 5; ++round) {
      const Choice choice = choice_of(function, round);
      for (const auto seed : {indicators::Seed::talib, indicators::Seed::pine}) {
        const Settings settings(choice.numbers, choice.texts, seed);
        if (function.check != nullptr && !function.check(settings).empty()) continue;
        const auto stated = lookbacks(function, settings);
        ASSERT_TRUE(stated) << function.name << ": '" << function.lookback << "' is no formula of its settings";
        EXPECT_EQ(std::ranges::min(*stated), function.make(settings)->lookback())
            << function.name << " with " << shown(choice);
        ++compared;
        if (!function.seeded) break;
      }
    }
  }
  EXPECT_GT(compared, 100);
}

TEST(LanguagePage, GivesOfEachFunctionAnExampleThatCompilesAndUsesIt) {
  for (const Function& function : functions()) {
    Graph graph(market::Timeframe::h1);
    const auto compiled = compile(function.example, {}, graph);
    ASSERT_TRUE(compiled) << function.name << ": " << compiled.error().text();
    EXPECT_NE(function.example.find(function.name), std::string_view::npos) << function.name;
  }
}

TEST(LanguagePage, ItsOwnExamplesCompile) {
  const std::string page = language_page();
  int found = 0;
  for (std::size_t at = 0; (at = page.find("```pine\n", at)) != std::string::npos; ++found) {
    at += 8;
    const std::string text = page.substr(at, page.find("```", at) - at);
    Graph graph(market::Timeframe::h1);
    const auto compiled = compile(text, test_options(), graph);
    EXPECT_TRUE(compiled) << compiled.error().text();
  }
  EXPECT_GE(found, 3);
}

TEST(LanguagePage, HasEveryRowOfTheTable) {
  const std::string page = language_page();
  for (const Function& function : functions()) {
    EXPECT_THAT(page, ::testing::HasSubstr("#### `" + std::string{function.name} + "`"));
    EXPECT_THAT(page, ::testing::HasSubstr(std::string{function.summary}));
  }
  for (const Function& series : outside_series()) {
    EXPECT_THAT(page, ::testing::HasSubstr("#### `" + std::string{series.name} + "`"));
    EXPECT_THAT(builtin_calls(), ::testing::Contains(series.name));
    EXPECT_THAT(keywords(), ::testing::Not(::testing::Contains(series.name))) << "completion would name it twice";
  }
  for (const Variable& variable : variables())
    EXPECT_THAT(page, ::testing::HasSubstr("| `" + std::string{variable.name} + "` |"));
}

TEST(Vocabulary, HoldsNoCallThatTheCompilerDoesNotKnow) {
  for (const std::string_view call : builtin_calls()) {
    Graph graph(market::Timeframe::h1);
    const auto compiled = compile(std::string{call} + "()", {.symbol = {"binance", "BTCUSDT"}}, graph);
    if (!compiled) EXPECT_NE(compiled.error().code, "unknown_name") << call;
  }
}

TEST(Vocabulary, SaysOfWhichTypeAVariableIs) {
  for (const Variable& variable : variables()) {
    EXPECT_TRUE(is_builtin(variable.name)) << variable.name;
    if (variable.name == "na") continue;  // it takes the type of what it stands beside
    Graph graph(market::Timeframe::h1);
    // A text is no column: it can be compared.
    const bool is_text = variable.type == Type::String;
    const std::string text = std::string{variable.name} + (is_text ? " == \"x\"" : "");
    const auto compiled = compile(text, {.symbol = {"binance", "BTCUSDT"}}, graph);
    ASSERT_TRUE(compiled) << compiled.error().text();
    EXPECT_EQ(compiled->plots[0].type, is_text ? Type::Bool : variable.type) << variable.name;
  }
}

}  // namespace
}  // namespace cw::expr
