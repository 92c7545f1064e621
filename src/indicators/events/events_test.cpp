#include <gtest/gtest.h>

#include "indicators/events/changes.h"
#include "indicators/events/crosses.h"
#include "indicators/events/occurrences.h"
#include "indicators/events/pivots.h"
#include "indicators/testing_windows.h"

namespace cw::indicators {
namespace {

using namespace testing;

/// Two lines bar by bar, and on which bars something crossed.
template <class K>
std::vector<int> fired(const std::vector<std::pair<double, double>>& lines) {
  K kernel;
  std::vector<int> bars;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (kernel.step(lines[i].first, lines[i].second) == 1) bars.push_back(static_cast<int>(i));
  }
  return bars;
}
using Crossover = OneWayCross<true>;
using Crossunder = OneWayCross<false>;

TEST(Crosses, KeepTheKernelsPromises) {
  expect_sound(Crossover{}, "co");
  expect_sound(Crossunder{}, "co");
  expect_sound(Cross{}, "co");
}

TEST(Crosses, FireOnTheBarThatCrossesAndNotWhileItStays) {
  EXPECT_EQ(fired<Crossover>({{1, 2}, {3, 2}, {4, 2}, {1, 2}, {3, 2}}), (std::vector{1, 4}));
  EXPECT_EQ(fired<Crossunder>({{1, 2}, {3, 2}, {4, 2}, {1, 2}, {3, 2}}), (std::vector{3}));
  EXPECT_EQ(fired<Cross>({{1, 2}, {3, 2}, {4, 2}, {1, 2}, {3, 2}}), (std::vector{1, 3, 4}));
}

TEST(Crosses, TakeATouchAsTheyAreDefined) {
  // From above to equal and up again: a crossover (it was not above), but no cross (it never was below).
  EXPECT_EQ(fired<Crossover>({{3, 2}, {2, 2}, {3, 2}}), (std::vector{2}));
  EXPECT_EQ(fired<Cross>({{3, 2}, {2, 2}, {3, 2}}), std::vector<int>{});
  // Through equality to the other side.
  EXPECT_EQ(fired<Cross>({{3, 2}, {2, 2}, {1, 2}}), (std::vector{2}));
  EXPECT_EQ(fired<Crossunder>({{3, 2}, {2, 2}, {1, 2}}), (std::vector{2}));
  // Equal from the start.
  EXPECT_EQ(fired<Crossover>({{2, 2}, {3, 2}}), (std::vector{1}));
  EXPECT_EQ(fired<Cross>({{2, 2}, {3, 2}}), std::vector<int>{});
}

TEST(Crosses, LookOverBarsWithoutValues) {
  EXPECT_EQ(fired<Crossover>({{1, 2}, {kNaN, 2}, {3, 2}}), (std::vector{2}));
  EXPECT_EQ(fired<Crossover>({{kNaN, 2}, {3, 2}}), std::vector<int>{});
  EXPECT_EQ(fired<Cross>({{1, 2}, {5, kNaN}, {3, 2}}), (std::vector{2}));
}

TEST(Changes, KeepTheKernelsPromises) {
  for (const int length : {1, 2, 10}) {
    expect_sound(Streak<true>{length}, "c");
    expect_sound(Streak<false>{length}, "c");
    for (const Bars& bars : markets()) {
      expect_keeps_promises(TruthChange{length}, {bars.volume.data()}, bars.size(), bars.name);
    }
  }
}

TEST(Changes, FollowTheHandWorkedSeries) {
  expect_answers(answers(TruthChange{1}, {1, 1, 0, kNaN, 1}), {0, 0, 1, 0, 1});
  expect_answers(answers(TruthChange{2}, {0, 1, 1, 1}), {0, 0, 1, 0});
  expect_answers(answers(Streak<true>{2}, {1, 2, 3, 4, 4, 5, 6, 5}), {0, 0, 1, 1, 0, 0, 1, 0});
  expect_answers(answers(Streak<false>{1}, {1, 2, 1, 1, 0}), {0, 0, 1, 0, 1});
}

TEST(Occurrences, KeepTheKernelsPromises) {
  for (const Bars& bars : markets()) {
    std::vector<double> rose;
    for (std::size_t i = 0; i < bars.size(); ++i) rose.push_back(i % 11 == 5 ? kNaN : bars.close[i] > bars.open[i]);
    std::vector<double> gaps = bars.close;
    for (std::size_t i = 0; i < gaps.size(); i += 3) gaps[i] = kNaN;
    expect_keeps_promises(BarsSince{}, {rose.data()}, bars.size(), bars.name, true);
    expect_keeps_promises(ValueWhen{0}, {rose.data(), bars.close.data()}, bars.size(), bars.name, true);
    expect_keeps_promises(ValueWhen{3}, {rose.data(), gaps.data()}, bars.size(), bars.name, true);
    expect_keeps_promises(FixNan{}, {gaps.data()}, bars.size(), bars.name, true);
  }
}

TEST(Occurrences, FollowTheHandWorkedSeries) {
  expect_answers(answers(BarsSince{}, {0, kNaN, 1, 0, kNaN, 1}), {kNaN, kNaN, 0, 1, 2, 0});
  expect_answers(answers(FixNan{}, {kNaN, 2, kNaN, kNaN, 3}), {kNaN, 2, 2, 2, 3});
}

TEST(Occurrences, AnswerTheSourceOfTheOccurrence) {
  const double condition[] = {0, 1, 0, 1, kNaN, 1};
  const double source[] = {1, 2, 3, kNaN, 5, 6};
  ValueWhen last(0);
  ValueWhen before(1);
  std::vector<double> lasts;
  std::vector<double> befores;
  for (std::size_t i = 0; i < 6; ++i) {
    lasts.push_back(last.step(condition[i], source[i]));
    befores.push_back(before.step(condition[i], source[i]));
  }
  expect_answers(lasts, {kNaN, 2, 2, kNaN, kNaN, 6});
  expect_answers(befores, {kNaN, kNaN, kNaN, 2, 2, kNaN});
}

TEST(Pivots, KeepTheKernelsPromises) {
  for (const int left : {0, 1, 2, 5}) {
    for (const int right : {0, 1, 3}) {
      for (const Seed seed : {Seed::talib, Seed::pine}) {
        expect_sound(Pivot<true>{left, right, seed}, "h", true);
        expect_sound(Pivot<false>{left, right, seed}, "l", true);
      }
    }
  }
}

TEST(Pivots, AreTheBarsThatNothingAroundThemReaches) {
  for (const int left : {0, 1, 2, 5}) {
    for (const int right : {0, 1, 3}) {
      for (const Seed seed : {Seed::talib, Seed::pine}) {
        for (const Bars& bars : markets()) {
          const auto got = answers(Pivot<false>{left, right, seed}, bars.low);
          for (int row = 0; row < static_cast<int>(bars.size()); ++row) {
            const int at = row - right;
            bool is_pivot = at >= left;
            const auto low = [&](int i) { return bars.low[static_cast<std::size_t>(i)]; };
            for (int i = at - left; is_pivot && i <= row; ++i) {
              const bool spoils = i < at && seed == Seed::pine ? low(i) < low(at) : low(i) <= low(at);
              is_pivot = i == at || !spoils;
            }
            ASSERT_EQ(!is_nan(got[static_cast<std::size_t>(row)]), is_pivot) << bars.name << " row " << row;
            if (is_pivot) ASSERT_EQ(got[static_cast<std::size_t>(row)], low(at));
          }
        }
      }
    }
  }
}

TEST(Pivots, ComeWhenTheBarsAfterThemAreKnown) {
  expect_answers(answers(Pivot<true>{1, 2, Seed::talib}, {1, 5, 3, 2, 4, 4, 1, 1}),
                 {kNaN, kNaN, kNaN, 5, kNaN, kNaN, kNaN, kNaN});
  expect_answers(answers(Pivot<true>{1, 2, Seed::pine}, {1, 5, 3, 2, 4, 4, 1, 1}),
                 {kNaN, kNaN, kNaN, 5, kNaN, kNaN, kNaN, 4});
}

}  // namespace
}  // namespace cw::indicators
