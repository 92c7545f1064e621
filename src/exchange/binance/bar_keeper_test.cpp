#include "exchange/binance/bar_keeper.h"

#include <gtest/gtest.h>

#include <chrono>

namespace cw::exchange::binance {
namespace {

using market::BarEvent;
using market::Candle;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr Timestamp kBase = from_ms(1'700'000'040'000);  // a whole minute

Timestamp minute(int n) { return kBase + minutes{n}; }
Candle bar(int n) {
  const double price = 100 + n;
  return {minute(n), price, price, price, price, 1};
}

// A keeper whose newest stored bar is minute 0, told in short words.
struct Story {
  BarKeeper keeper{minute(0), minute(1) + seconds{30}, std::chrono::days{30}};
  std::vector<BarEvent> out;

  std::vector<std::string> take() {
    std::vector<std::string> words;
    for (const BarEvent& event : out) {
      const auto index = [](Timestamp t) { return std::to_string((t - kBase) / minutes{1}); };
      if (event.kind == BarEvent::Kind::closed) words.push_back(index(event.bar.open_time));
      if (event.kind == BarEvent::Kind::revised) words.push_back("revised " + index(event.bar.open_time));
      if (event.kind == BarEvent::Kind::gap) {
        words.push_back("gap " + index(event.gap_from) + "-" + index(event.gap_to));
      }
    }
    out.clear();
    return words;
  }
  void live(int n, Timestamp now) { keeper.on_live(bar(n), now, out); }
  void at(Timestamp now) { keeper.on_time(now, out); }
  void rest(const BarRange& range, std::vector<int> found, Timestamp now) {
    std::vector<Candle> bars;
    for (const int n : found) bars.push_back(bar(n));
    keeper.fetched(range, bars, now, out);
  }
};

using Words = std::vector<std::string>;

TEST(BarKeeper, PassesBarsThatComeInTime) {
  Story story;
  story.at(minute(1) + seconds{30});
  EXPECT_FALSE(story.keeper.wanted(minute(1) + seconds{30})) << "nothing is missing";
  story.live(1, minute(2) + seconds{1});
  story.live(2, minute(3) + seconds{1});
  EXPECT_EQ(story.take(), (Words{"1", "2"}));
}

TEST(BarKeeper, WantsWhatIsOverdueByTheVenuesClock) {
  Story story;
  EXPECT_FALSE(story.keeper.wanted(minute(2) + Millis{4'999}));
  EXPECT_EQ(story.keeper.wanted(minute(2) + seconds{5}), (BarRange{minute(1), minute(2)}));
  EXPECT_EQ(story.keeper.wanted(minute(9) + seconds{5}), (BarRange{minute(1), minute(9)}));
}

TEST(BarKeeper, LetsLiveBarsWaitUntilWhatWasMissedIsHere) {
  Story story;
  const Timestamp now = minute(6) + seconds{1};
  story.keeper.catch_up(now);
  story.live(5, now);
  EXPECT_EQ(story.take(), Words{});
  EXPECT_TRUE(story.keeper.is_behind());
  story.rest({minute(1), minute(5)}, {1, 2, 3, 4}, now + seconds{1});
  EXPECT_EQ(story.take(), (Words{"1", "2", "3", "4", "5"}));
  EXPECT_FALSE(story.keeper.is_behind());
}

TEST(BarKeeper, WaitsLongerWhileTheFetchingMakesProgress) {
  Story story;
  Timestamp now = minute(3'002) + seconds{1};
  story.keeper.catch_up(now);
  story.live(3'001, now);
  for (int first = 1; first <= 3'000; first += 1'000) {
    now += seconds{25};
    story.at(now);
    ASSERT_EQ(story.keeper.wanted(now), (BarRange{minute(first), minute(first + 1'000)}));
    std::vector<int> page;
    for (int n = first; n < first + 1'000; ++n) page.push_back(n);
    story.rest({minute(first), minute(first + 1'000)}, page, now);
  }
  const Words words = story.take();
  ASSERT_EQ(words.size(), 3'001u);
  EXPECT_EQ(words.back(), "3001");
}

TEST(BarKeeper, GoesOnWithAGapAfterThirtySecondsWithoutProgressAndStillFetchesIt) {
  Story story;
  const Timestamp now = minute(6) + seconds{1};
  story.keeper.catch_up(now);
  story.live(5, now);
  story.at(now + Millis{29'999});
  EXPECT_EQ(story.take(), Words{});
  story.at(now + seconds{30});
  EXPECT_EQ(story.take(), (Words{"gap 1-5", "5"}));
  EXPECT_EQ(story.keeper.wanted(now + seconds{31}), (BarRange{minute(1), minute(5)}));
  story.rest({minute(1), minute(5)}, {1, 2, 4}, now + seconds{32});
  EXPECT_EQ(story.take(), (Words{"revised 1", "revised 2", "revised 4"}));
  EXPECT_FALSE(story.keeper.wanted(now + seconds{33}));
}

TEST(BarKeeper, DoesNotAskAgainForWhatTheVenueDoesNotHave) {
  Story story;
  story.at(minute(1) + seconds{30});
  story.live(1, minute(2));
  story.live(4, minute(5));
  EXPECT_EQ(story.take(), (Words{"1"}));
  EXPECT_EQ(story.keeper.wanted(minute(5)), (BarRange{minute(2), minute(4)}));
  story.rest({minute(2), minute(4)}, {3}, minute(5) + seconds{1});
  EXPECT_EQ(story.take(), (Words{"gap 2-3", "3", "4"}));
  EXPECT_FALSE(story.keeper.wanted(minute(5) + seconds{2}));
}

TEST(BarKeeper, AsksLessAndLessOftenWhereTheVenueStandsStill) {
  Story story;
  Timestamp now = minute(3) + seconds{5};
  story.at(now);
  ASSERT_TRUE(story.keeper.wanted(now));
  story.rest({minute(1), minute(3)}, {}, now);
  EXPECT_EQ(story.take(), Words{}) << "without a bar behind it, nothing says that there is a gap";
  EXPECT_FALSE(story.keeper.wanted(now + Millis{14'999}));
  now += seconds{15};
  ASSERT_TRUE(story.keeper.wanted(now));
  story.rest({minute(1), minute(3)}, {}, now);
  EXPECT_FALSE(story.keeper.wanted(now + Millis{29'999}));
  EXPECT_TRUE(story.keeper.wanted(now + seconds{30}));
}

TEST(BarKeeper, FindsTheGapInFrontOfAWaitingBarAtOnce) {
  Story story;
  const Timestamp now = minute(6) + seconds{1};
  story.keeper.catch_up(now);
  story.live(5, now);
  story.rest({minute(1), minute(5)}, {}, now + seconds{1});
  EXPECT_EQ(story.take(), (Words{"gap 1-5", "5"}));
  EXPECT_FALSE(story.keeper.wanted(now + seconds{60 * 5}) == (BarRange{minute(1), minute(5)}));
}

TEST(BarKeeper, LeavesOutWhatComesTwice) {
  Story story;
  story.at(minute(1) + seconds{30});
  story.live(1, minute(2));
  story.live(1, minute(2));
  story.rest({minute(1), minute(2)}, {1}, minute(2) + seconds{1});
  EXPECT_EQ(story.take(), (Words{"1"}));
  EXPECT_EQ(story.keeper.counters().duplicate, 2u);
}

TEST(BarKeeper, SaysThatBarsOutOfReachAreAGap) {
  BarKeeper keeper(minute(0), minute(5'000) + seconds{1}, minutes{1'000});
  std::vector<BarEvent> out;
  keeper.on_time(minute(5'000) + seconds{1}, out);
  ASSERT_EQ(out.size(), 1u);
  EXPECT_EQ(out[0].kind, BarEvent::Kind::gap);
  EXPECT_EQ(out[0].gap_from, minute(1));
  EXPECT_EQ(out[0].gap_to, minute(4'001));
}

TEST(BarKeeper, BeginsASeriesWithTheLastMinuteThatClosed) {
  BarKeeper keeper(std::nullopt, minute(10) + seconds{20}, minutes{1'000});
  EXPECT_EQ(keeper.wanted(minute(10) + seconds{20}), (BarRange{minute(9), minute(10)}));
}

}  // namespace
}  // namespace cw::exchange::binance
