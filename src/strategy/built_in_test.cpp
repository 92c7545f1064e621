#include "strategy/built_in.h"

#include <algorithm>
#include <bit>
#include <set>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "strategy/testing.h"

namespace cw::strategy {
namespace {

using market::Timeframe;
using testing::FakeSignals;

constexpr std::array kSignalTimeframes{Timeframe::m1, Timeframe::m5, Timeframe::m15,
                                       Timeframe::h1, Timeframe::h4, Timeframe::d1};

/// Signals on the timeframes that the desk has them of.
class DeskNames final : public expr::NamedSeries {
 public:
  bool has(std::string_view name) const override { return name == "signal.score" || name == "signal.direction"; }
  Result<void> check(const expr::NamedRequest& request) const override {
    const bool is_scored = std::ranges::any_of(
        kSignalTimeframes, [&](Timeframe timeframe) { return request.texts[0] == market::name(timeframe); });
    if (is_scored) return {};
    return fail(Errc::unknown_timeframe, "there are no signals of it");
  }
  Result<std::unique_ptr<expr::Operator>> make(const expr::NamedRequest&) override {
    return fail(Errc::unsupported, "names alone");
  }
};

TEST(BuiltIn, ThereAreAtLeastTwelveEachWithItsIdeaAndWhenItFails) {
  EXPECT_GE(built_ins().size(), 12U);
  std::set<std::string> names;
  for (const BuiltIn& one : built_ins()) {
    names.insert(one.document.name);
    EXPECT_GE(one.document.description.size(), 200U) << one.document.name;
    EXPECT_THAT(one.document.description, ::testing::HasSubstr("fails")) << one.document.name;
    EXPECT_FALSE(one.document.title.empty()) << one.document.name;
    EXPECT_FALSE(one.document.tags.empty()) << one.document.name;
    EXPECT_EQ(find_built_in(one.document.name), &one) << "a name twice";
  }
  for (const char* asked :
       {"ema-cross", "macd-trend", "rsi-reversion", "bollinger-reversion", "squeeze-breakout", "donchian-breakout",
        "supertrend", "ichimoku", "adx-trend", "vwap-reversion", "trend-pullback", "composite-score"}) {
    EXPECT_TRUE(names.contains(asked)) << asked;
  }
  EXPECT_EQ(find_built_in("ema-crossed"), nullptr);
}

TEST(BuiltIn, EachRunsOnEveryTimeframeItIsMeantFor) {
  DeskNames names;
  expr::CompileOptions language;
  language.named = &names;
  for (const BuiltIn& one : built_ins()) {
    std::vector<Timeframe> expected(market::kTimeframes.begin(), market::kTimeframes.end());
    // Signals are made of six timeframes; the trend of a day is seen from no longer bars than days.
    if (one.document.name == "composite-score") expected.assign(kSignalTimeframes.begin(), kSignalTimeframes.end());
    if (one.document.name == "trend-pullback") expected.pop_back();
    EXPECT_EQ(runnable_timeframes(one.document, language), expected) << one.document.name;
    EXPECT_THAT(expected, ::testing::Contains(one.document.timeframe)) << one.document.name;
  }
}

TEST(BuiltIn, EachTradesBothConditionsOnAnyMarketWithMoves) {
  FakeSignals signals;
  expr::CompileOptions language;
  language.named = &signals;
  for (const BuiltIn& one : built_ins()) {
    const Timeframe timeframe = one.document.timeframe;
    expr::Graph graph{timeframe};
    const Program program = testing::compiled(one.document, graph, {}, language);
    const auto rows = testing::walk(11, 6'000, timeframe);
    const auto columns = testing::run(graph, program, rows.view(), &signals);
    const auto count = [&](std::size_t column) { return std::ranges::count(columns[column], 1.0); };
    for (const auto* side : {&program.long_side, &program.short_side}) {
      if (!*side) continue;
      EXPECT_GE(count((*side)->entry), 3) << one.document.name;
      if ((*side)->exit) {
        EXPECT_GE(count(*(*side)->exit), 3) << one.document.name;
      }
    }
  }
}

/// Bits of all columns up to a row.
std::vector<std::uint64_t> past_of(const testing::Columns& columns, std::size_t rows) {
  std::vector<std::uint64_t> bits;
  for (const auto& column : columns) {
    for (std::size_t i = 0; i < rows; ++i) bits.push_back(std::bit_cast<std::uint64_t>(column[i]));
  }
  return bits;
}

TEST(BuiltIn, NothingThatComesLaterChangesAnyColumn) {
  FakeSignals signals;
  expr::CompileOptions language;
  language.named = &signals;
  for (const BuiltIn& one : built_ins()) {
    for (const Timeframe timeframe : runnable_timeframes(one.document, language)) {
      expr::Graph graph{timeframe};
      const Program program = testing::compiled(one.document, graph, {}, language);
      auto rows = testing::walk(7, 1'200, timeframe);
      const auto before = testing::run(graph, program, rows.view(), &signals);
      for (const std::size_t cut : {300UL, 777UL, 1'199UL}) {
        auto changed = rows;
        for (std::size_t i = cut; i < changed.size(); ++i) {
          for (auto* column : {&changed.open, &changed.high, &changed.low, &changed.close}) (*column)[i] *= 1e3;
          changed.volume[i] = 0;
        }
        const auto after = testing::run(graph, program, changed.view(), &signals);
        ASSERT_EQ(past_of(before, cut), past_of(after, cut))
            << one.document.name << " on " << market::name(timeframe) << ", cut at " << cut;
        if (cut == 300 && one.document.name == "ema-cross") {
          EXPECT_NE(past_of(before, 1'200), past_of(after, 1'200)) << "the test would see nothing";
        }
      }
    }
  }
}

TEST(BuiltIn, EveryColumnHasItsValuesOnceTheLookBackIsFull) {
  FakeSignals signals;
  expr::CompileOptions language;
  language.named = &signals;
  for (const BuiltIn& one : built_ins()) {
    expr::Graph graph{one.document.timeframe};
    const Program program = testing::compiled(one.document, graph, {}, language);
    const auto rows = testing::walk(3, static_cast<std::size_t>(program.lookback) + 500, one.document.timeframe);
    const auto columns = testing::run(graph, program, rows.view(), &signals);
    for (const auto& column : columns) {
      for (std::size_t i = static_cast<std::size_t>(program.lookback); i < rows.size(); ++i)
        ASSERT_FALSE(std::isnan(column[i])) << one.document.name << ", bar " << i;
    }
  }
}

TEST(BuiltIn, EachIsTheSameAfterItWasPrinted) {
  for (const BuiltIn& one : built_ins()) {
    EXPECT_EQ(testing::parsed(to_yaml(one.document)), one.document);
    EXPECT_EQ(testing::parsed(to_json(one.document)), one.document);
  }
}

}  // namespace
}  // namespace cw::strategy
