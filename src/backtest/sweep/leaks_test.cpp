#include "backtest/sweep/leaks.h"

#include <set>

#include <gtest/gtest.h>

#include "backtest/sweep/testing.h"

namespace cw::backtest {
namespace {

using testing::SweepStory;

/// A rule that counts from the first bar there is: where the data begin later, it answers otherwise.
constexpr std::string_view kCounts = R"(name: lk
timeframe: 1h
inputs:
  n: {type: int, default: 10, min: 2, max: 50}
long:
  entry: bar_index % n == 0
  exit: bar_index % n == 1
)";

/// Looks as check_leaks does, and notes at what.
struct Looks {
  std::vector<std::string> fingerprints{};

  LeakLook look() {
    return [this](const LeakInput& input) {
      fingerprints.push_back(input.program.fingerprint);
      return check_leaks(input);
    };
  }
};

SweepStory counting() {
  SweepStory story;
  story.document = strategy::testing::parsed(kCounts);
  story.bars = strategy::testing::walk(3, 6'000, market::Timeframe::h1);
  story.request.grid = {{"n", "5:8"}};
  return story;
}

TEST(SweepLeaks, AreToldWithRuleLineAndBar) {
  const auto story = counting();
  const auto sound = check_sweep_leaks(story.plan(), story.data(), Looks{}.look());
  ASSERT_FALSE(sound);
  EXPECT_EQ(sound.error().code, Errc::bad_input);
  for (const auto* words : {"LEAK", "long.entry (line 6)", "long.exit (line 7)", "at the bar of 2"})
    EXPECT_TRUE(sound.error().message.contains(words)) << sound.error().message;
}

// Of fast 3, 6, 9, 12 and slow 8, 16, 24, 32 the last cell is taken; of slow up to 12 it is not, and the one before it
// is: 9 and 12.
TEST(SweepLeaks, AreLookedForInTheFirstAndTheLastCellWhoseValuesGoTogether) {
  for (const auto* slow : {"8:32:8", "3,8,12"}) {
    SweepStory story;
    story.request.grid = {{"fast", "3:12:3"}, {"slow", slow}};
    Looks looks;
    ASSERT_TRUE(check_sweep_leaks(story.plan(), story.data(), looks.look()));
    EXPECT_EQ(std::set(looks.fingerprints.begin(), looks.fingerprints.end()).size(), 2U) << slow;
    const bool ends_are_taken = std::string_view{slow} == "8:32:8";
    const auto plan = story.plan();
    for (std::size_t i = 0; i < 2; ++i) {
      expr::Graph graph{story.document.timeframe};
      const std::uint64_t cell = i == 0 ? (ends_are_taken ? 0 : 1) : (ends_are_taken ? 15 : 8);
      const auto program = strategy::testing::compiled(story.document, graph, plan.space.inputs(cell),
                                                       story.data().parts.front().language);
      EXPECT_EQ(looks.fingerprints[i], program.fingerprint) << slow;
    }
  }
}

TEST(SweepLeaks, AreLookedForOnceInOneCellAndNotInAFewBars) {
  SweepStory one;
  one.request.grid = {{"fast", "5"}};
  Looks looks;
  ASSERT_TRUE(check_sweep_leaks(one.plan(), one.data(), looks.look()));
  EXPECT_EQ(looks.fingerprints.size(), 1U);
  auto few = counting();
  few.bars = strategy::testing::walk(3, 2, market::Timeframe::h1);
  EXPECT_TRUE(check_sweep_leaks(few.plan(), few.data(), looks.look()));
  EXPECT_EQ(looks.fingerprints.size(), 1U);
}

TEST(SweepLeaks, StopWhenTheyAreAskedTo) {
  const auto story = counting();
  const auto stopped = check_sweep_leaks(story.plan(), story.data(), Looks{}.look(), [] { return true; });
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code, Errc::cancelled);
}

}  // namespace
}  // namespace cw::backtest
