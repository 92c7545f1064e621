#include "backtest/sweep/sweep_json.h"

#include <bit>
#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "backtest/sweep/state_json.h"
#include "backtest/sweep/testing.h"

namespace cw::backtest {
namespace {

using Json = nlohmann::json;
using testing::RunSweep;
using testing::SweepStory;

const SweepFacts kFacts{
    .instruments = {{"made", "UP"}}, .timeframe = market::Timeframe::h4, .commission = "bps:5", .slippage = "none"};

TEST(SweepJson, HoldsTheContract) {
  SweepStory story;
  story.request.folds = 2;
  story.fixed = {{"average", "ema"}};
  RunSweep sweep(story);
  sweep.run();
  const auto report = report_of(sweep.sweep(), sweep.data());
  ASSERT_TRUE(report);
  const auto json = Json::parse(sweep_json(kFacts, sweep.sweep(), sweep.data(), *report));
  for (const char* member :
       {"status", "strategy",  "symbol",    "venue",    "timeframe",    "inputs",  "from",  "to",
        "bars",   "objective", "search",    "axes",     "cells",        "done",    "total", "skipped",
        "best",   "pbo",       "stability", "heat_map", "walk_forward", "warnings"})
    EXPECT_TRUE(json.contains(member)) << member;
  EXPECT_FALSE(json.contains("id"));
  EXPECT_EQ(json["axes"][0]["values"], Json({3, 6, 9, 12}));
  EXPECT_EQ(json["inputs"], Json({{"stop", "4"}, {"average", "ema"}}));
  ASSERT_EQ(json["cells"].size(), 16U);
  EXPECT_EQ(json["cells"][8]["inputs"], Json({{"fast", 9}, {"slow", 8}}));
  EXPECT_EQ(json["cells"][8]["why"], "forbidden: 'fast < slow' does not hold with fast 9, slow 8");
  EXPECT_TRUE(json["cells"][8]["objective"].is_null());
  EXPECT_TRUE(json["cells"][0]["why"].is_null());
  EXPECT_EQ(json["skipped"], 2);
  const auto& best = json["best"];
  EXPECT_EQ(best["trials"], 14);
  EXPECT_TRUE(best["deflated_sharpe"].is_number());
  EXPECT_TRUE(best["verdict"].is_string());
  EXPECT_EQ(best["objective"], json["cells"][best["index"].get<std::size_t>()]["sharpe"]);
  ASSERT_EQ(json["heat_map"]["values"].size(), 4U);
  EXPECT_EQ(json["heat_map"]["x"], "fast");
  EXPECT_EQ(json["heat_map"]["values"][2][1], json["cells"][1 * 4 + 2]["objective"]);  // slow 24, fast 6
  EXPECT_EQ(json["walk_forward"]["folds"].size(), 2U);
  EXPECT_TRUE(json["walk_forward"]["folds"][0]["test"]["from"].is_number_integer());
}

TEST(SweepJson, NeverShowsABestCellWithoutItsTrials) {
  SweepStory story;
  story.request.objective = "total_return";
  story.bars = strategy::testing::walk(3, 100, market::Timeframe::h4);  // too few days for a Sharpe ratio
  RunSweep sweep(story);
  sweep.run();
  const auto json = Json::parse(sweep_json(kFacts, sweep.sweep(), sweep.data(), {}));
  EXPECT_TRUE(json["best"]["deflated_sharpe"].is_null());
  EXPECT_EQ(json["best"]["verdict"], "unknown");
  EXPECT_EQ(json["best"]["trials"], 14);
}

TEST(ResultLine, KeepsEveryBit) {
  SweepStory story;
  story.request.folds = 2;
  story.request.grid.emplace_back("stop", "0,3");
  RunSweep sweep(story);
  for (const auto& one : sweep.run().results()) {
    const auto again = read_result_line(result_line(one));
    ASSERT_TRUE(again) << result_line(one);
    EXPECT_TRUE(same(*again, one)) << result_line(one);
  }
  CellResult odd;
  odd.objective = -0.0;
  odd.figures.values.fill(std::numeric_limits<double>::denorm_min());
  odd.returns = {7, 1e300, 0.1, -1e-300, 12'345'678'901'234'567'890.0, std::nan("")};
  odd.text = "a \"quoted\"\nline";
  EXPECT_EQ(result_line(odd).find('\n'), std::string::npos);
  const auto again = read_result_line(result_line(odd));
  ASSERT_TRUE(again);
  EXPECT_TRUE(same(*again, odd));
  EXPECT_TRUE(std::signbit(again->objective));
}

TEST(ResultLine, RefusesWhatIsNone) {
  SweepStory story;
  RunSweep sweep(story);
  const auto line = result_line(sweep.run().results().front());
  for (std::size_t length = 0; length < line.size(); length += 7)
    EXPECT_EQ(read_result_line(std::string_view{line}.substr(0, length)).error().code, Errc::corrupt);
  EXPECT_FALSE(read_result_line(R"({"study":"one"})"));
  auto changed = line;
  changed.replace(changed.find(R"("why":)") + 6, 1, "9");
  EXPECT_FALSE(read_result_line(changed));
}

TEST(Differences, NameWhatTwoQuestionsDifferIn) {
  SweepStory story;
  RunSweep one(story);
  const auto question = question_json(kFacts, one.plan(), one.data());
  EXPECT_TRUE(differences(question, question)->empty());
  story.request.seed = 2;
  story.request.grid[0].second = "3:12:1";
  story.bars.close[17] += 1e-9;
  story.settings.close_at_end = true;
  RunSweep other(story);
  const auto found = differences(question, question_json(kFacts, other.plan(), other.data()));
  ASSERT_TRUE(found);
  std::string text;
  for (const auto& name : *found) text += name.substr(0, name.find(' ')) + ' ';
  EXPECT_EQ(text, "axes candles close_at_end seed trials ");
  EXPECT_NE(std::ranges::find(*found, "seed (1, now 2)"), found->end());
  EXPECT_EQ(differences("{}", question).error().code, Errc::corrupt);
  EXPECT_EQ(differences("half a li", question).error().code, Errc::corrupt);
}

TEST(PlanSweep, NamesTheFieldOfWhatIsWrong) {
  const auto field = [](auto&& change) {
    SweepStory story;
    change(story);
    const auto plan = plan_sweep(story.request, story.document, story.fixed, story.settings);
    return plan ? std::string{"taken"} : plan.error().field;
  };
  EXPECT_EQ(field([](auto&) {}), "taken");
  EXPECT_EQ(field([](auto& story) { story.request.grid.clear(); }), "grid");
  EXPECT_EQ(field([](auto& story) { story.request.grid[0].second = "x"; }), "grid.fast");
  EXPECT_EQ(field([](auto& story) { story.request.search = "best"; }), "search");
  EXPECT_EQ(field([](auto& story) { story.request.objective = "luck"; }), "objective");
  EXPECT_EQ(field([](auto& story) { story.request.trials = 5; }), "trials");
  EXPECT_EQ(field([](auto& story) { story.request.trials = 0; }), "trials");
  EXPECT_EQ(field([](auto& story) { story.request.folds = 101; }), "folds");
  EXPECT_EQ(field([](auto& story) { story.request.purge = 1; }), "purge");
  EXPECT_EQ(field([](auto& story) { story.request.walk_forward = "sideways"; }), "walk_forward");
  EXPECT_EQ(field([](auto& story) { story.fixed["fast"] = 3.0; }), "inputs.fast");
  EXPECT_EQ(field([](auto& story) { story.fixed["stop"] = 99.0; }), "inputs.stop");
}

TEST(PlanSweep, StatesTheLimitThatItWasGiven) {
  SweepStory story;
  const auto told = [&story](std::uint64_t most) {
    const auto plan = plan_sweep(story.request, story.document, story.fixed, story.settings, most);
    return plan ? std::string{"taken"} : plan.error().message;
  };
  EXPECT_EQ(told(16), "taken");
  EXPECT_EQ(told(15), "grid: 16 cells are over the limit of 15: search at random or guided, or take larger steps");
  story.request.grid = {{"fast", "2:100"}, {"slow", "3:200"}, {"stop", "0:50:0.01"}};
  EXPECT_TRUE(told(100'000).starts_with("grid: 98029602 cells are over the limit of 100000: ")) << told(100'000);
  story.request.search = "random";
  EXPECT_EQ(told(100'000), "taken");
}

// 10^16 cells: more than any search may choose among.
TEST(PlanSweep, StatesTheLimitOfAGridWhereTheCellsAreBeyondCounting) {
  SweepStory story;
  std::string text = "name: wide\ntimeframe: 4h\ninputs:\n";
  for (const auto* name : {"a", "b", "c", "d"})
    text += fmt::format("  {}: {{type: int, default: 1, min: 1, max: 10000}}\n", name);
  story.document = strategy::testing::parsed(text + "long: {entry: 'ta.rsi(close, 14) > a + b + c + d'}\n");
  story.request.grid = {{"a", "1:10000"}, {"b", "1:10000"}, {"c", "1:10000"}, {"d", "1:10000"}};
  const auto plan = plan_sweep(story.request, story.document, story.fixed, story.settings, 100'000);
  ASSERT_FALSE(plan);
  EXPECT_EQ(plan.error().code, Errc::limit_exceeded);
  EXPECT_EQ(plan.error().field, "grid");
  EXPECT_TRUE(plan.error().message.starts_with("grid: more than 1000000000000 cells are over the limit of 100000: "))
      << plan.error().message;
}

}  // namespace
}  // namespace cw::backtest
