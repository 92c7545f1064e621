#include "market/bar_sequencer.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "base/random.h"

namespace cw::market {
namespace {

constexpr Timestamp kStart = from_ms(1'722'816'000'000);  // 2024-08-05T00:00Z

Timestamp minute(int i) { return kStart + std::chrono::minutes{i}; }
Candle bar(int i, double close = 1) { return {minute(i), close, close, close, close, 1}; }
BarEvent closed(int i, double close = 1) { return {BarEvent::Kind::closed, bar(i, close), {}, {}}; }
BarEvent revised(int i, double close) { return {BarEvent::Kind::revised, bar(i, close), {}, {}}; }
BarEvent gap(int from, int to) { return {BarEvent::Kind::gap, {}, minute(from), minute(to)}; }

/// A sequencer, its clock and what it said.
struct Story {
  BarSequencer sequencer;
  Timestamp now = minute(100);
  std::vector<BarEvent> said;

  explicit Story(std::optional<int> last)
      : sequencer(Timeframe::m1, last ? std::optional{minute(*last)} : std::nullopt) {}
  Story& comes(const Candle& candle) { return sequencer.on_bar(candle, now, said), *this; }
  Story& comes(int i, double close = 1) { return comes(bar(i, close)); }
  Story& pass(Millis time) { return now += time, sequencer.on_time(now, said), *this; }
  Story& no_more(int from, int to) { return sequencer.no_more({minute(from), minute(to)}, now, said), *this; }
  std::vector<BarEvent> take() { return std::exchange(said, {}); }
};
using Events = std::vector<BarEvent>;

TEST(BarSequencer, PassesOnWhatComesInOrder) {
  Story story{std::nullopt};
  story.comes(7).comes(8).comes(9);
  EXPECT_EQ(story.take(), (Events{closed(7), closed(8), closed(9)}));
  EXPECT_EQ(story.sequencer.counters().in_order, 3u);
  EXPECT_FALSE(story.sequencer.open_hole());
}

TEST(BarSequencer, HoldsWhatIsAheadUntilTheHoleIsFilled) {
  Story story{4};
  story.comes(7).comes(8);
  EXPECT_EQ(story.take(), Events{});
  EXPECT_EQ(story.sequencer.open_hole(), (BarSequencer::Hole{minute(5), minute(7)}));
  story.comes(6).comes(5);
  EXPECT_EQ(story.take(), (Events{closed(5), closed(6), closed(7), closed(8)}));
  EXPECT_FALSE(story.sequencer.open_hole());
}

TEST(BarSequencer, GivesAHoleUpAfterThirtySecondsAndNoEarlier) {
  Story story{4};
  story.comes(6).pass(Millis{29'999});
  EXPECT_EQ(story.take(), Events{});
  story.pass(Millis{1});
  EXPECT_EQ(story.take(), (Events{gap(5, 6), closed(6)}));
  story.comes(5);
  EXPECT_EQ(story.take(), (Events{revised(5, 1)})) << "too late for the series, not for the record";
  story.comes(5);
  EXPECT_EQ(story.take(), Events{});
}

TEST(BarSequencer, EachHoleWaitsFromWhenTheFirstBarBehindItCame) {
  Story story{0};
  story.comes(2).pass(Millis{20'000}).comes(4).pass(Millis{10'000});
  EXPECT_EQ(story.take(), (Events{gap(1, 2), closed(2)}));
  EXPECT_EQ(story.sequencer.open_hole(), (BarSequencer::Hole{minute(3), minute(4)}));
  story.pass(Millis{20'000});
  EXPECT_EQ(story.take(), (Events{gap(3, 4), closed(4)}));
}

TEST(BarSequencer, ABackfillThatKnowsThereIsNoMoreClosesTheHoleAtOnce) {
  Story story{0};
  story.comes(4).comes(1).no_more(1, 4);
  EXPECT_EQ(story.take(), (Events{closed(1), gap(2, 4), closed(4)}));
  story.no_more(1, 4);
  story.comes(8).no_more(6, 8);
  EXPECT_EQ(story.take(), Events{}) << "it says nothing of minute 5";
  story.no_more(5, 7);
  EXPECT_EQ(story.take(), (Events{gap(5, 7)}));
  EXPECT_EQ(story.sequencer.open_hole(), (BarSequencer::Hole{minute(7), minute(8)}));
}

TEST(BarSequencer, RepeatsAreDroppedAndChangesAreRevisions) {
  Story story{std::nullopt};
  story.comes(1).comes(2).comes(1).comes(2).comes(1, 5).comes(1, 5);
  EXPECT_EQ(story.take(), (Events{closed(1), closed(2), revised(1, 5)}));
  EXPECT_EQ(story.sequencer.counters().duplicate, 3u);
  EXPECT_EQ(story.sequencer.counters().late, 1u);
  story.comes(4).comes(4).comes(4, 9).comes(3);
  EXPECT_EQ(story.take(), (Events{closed(3), closed(4, 9)})) << "the last version before its turn";
  EXPECT_EQ(story.sequencer.counters().replaced, 1u);
}

TEST(BarSequencer, DropsWhatCannotBeABarOfTheSeries) {
  Story story{0};
  auto crooked = bar(1);
  crooked.open_time += Millis{1};
  story.comes(crooked);
  story.comes(100 + 24 * 60);
  EXPECT_EQ(story.take(), Events{});
  EXPECT_EQ(story.sequencer.counters().misaligned, 1u);
  EXPECT_EQ(story.sequencer.counters().from_future, 1u);
  EXPECT_FALSE(story.sequencer.open_hole());
}

TEST(BarSequencer, GivesTheFirstHoleUpWhenItHoldsTooMuch) {
  Story story{0};
  story.now = minute(10'000);
  constexpr int kMost = static_cast<int>(BarSequencer::kHeldMost);
  for (int i = 2; i < 2 + kMost; ++i) story.comes(i);
  EXPECT_EQ(story.take(), Events{});
  story.comes(2 + kMost);
  const auto events = story.take();
  ASSERT_EQ(events.size(), BarSequencer::kHeldMost + 2);
  EXPECT_EQ(events[0], gap(1, 2));
  EXPECT_EQ(events.back(), closed(2 + kMost));
  EXPECT_EQ(story.sequencer.counters().overflow, 1u);
}

TEST(BarSequencer, RemembersTheNewestBarsAlone) {
  Story story{std::nullopt};
  story.now = minute(10'000);
  constexpr int kBars = 5 * static_cast<int>(BarSequencer::kRemembered);
  for (int i = 0; i < kBars; ++i) story.comes(i);
  story.take();
  for (int i = kBars - static_cast<int>(BarSequencer::kRemembered); i < kBars; ++i) story.comes(i);
  EXPECT_EQ(story.take(), Events{});
  story.comes(0);
  EXPECT_EQ(story.take(), (Events{revised(0, 1)}));
}

/// The rules once more, without a thought for speed: everything that came is kept, and each question asks all of it.
struct Oracle {
  struct Came {
    Candle bar;
    Timestamp first_arrived;
  };
  Timestamp last;
  std::map<Timestamp, Came> ahead;
  std::map<Timestamp, Candle> past;
  Events said{};

  void settle(Timestamp now) {
    for (;;) {
      const auto next = last + Millis{60'000};
      if (ahead.contains(next)) {
        said.push_back({BarEvent::Kind::closed, ahead.at(next).bar, {}, {}});
        past[next] = ahead.at(next).bar;
        ahead.erase(next);
        last = next;
        continue;
      }
      Timestamp seen = Timestamp::max();
      for (const auto& [time, came] : ahead) seen = std::min(seen, came.first_arrived);
      if (ahead.empty() || now < seen + Millis{30'000}) return;
      skip_to(ahead.begin()->first);
    }
  }
  void skip_to(Timestamp to) {
    said.push_back({BarEvent::Kind::gap, {}, last + Millis{60'000}, to});
    last = to - Millis{60'000};
  }
  void comes(const Candle& candle, Timestamp now) {
    settle(now);
    if (candle.open_time > last) {
      ahead.try_emplace(candle.open_time, Came{candle, now}).first->second.bar = candle;
    } else if (!past.contains(candle.open_time) || past.at(candle.open_time) != candle) {
      said.push_back({BarEvent::Kind::revised, candle, {}, {}});
      past[candle.open_time] = candle;
    }
    settle(now);
  }
  void no_more(Timestamp from, Timestamp to, Timestamp now) {
    settle(now);
    const auto next = last + Millis{60'000};
    if (ahead.empty() || from > next || to <= next) return;
    skip_to(std::min(to, ahead.begin()->first));
    settle(now);
  }
};

/// 200 minutes of bars, each sent none, once or more times, some changed, some minutes late; a back-fill that sometimes
/// answers, sometimes in part.
TEST(BarSequencer, SaysWhatTheOracleSaysUnderAnyDisorder) {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    Random random{seed};
    Story story{-1};
    story.now = kStart;
    Oracle oracle{minute(-1), {}, {}};
    std::vector<std::pair<Timestamp, Candle>> sent;
    const double drop = 0.3 * random.uniform();
    for (int i = 0; i < 200; ++i) {
      for (int copies = random.chance(drop) ? 0 : 1 + static_cast<int>(random.below(5) / 4); copies > 0; --copies) {
        const Millis late{random.chance(0.2) ? static_cast<std::int64_t>(random.below(300'000)) : 500};
        sent.emplace_back(minute(i + 1) + late, bar(i, random.chance(0.1) ? 2 : 1));
      }
    }
    std::ranges::sort(sent, {}, [](const auto& s) { return s.first; });
    for (const auto& [time, candle] : sent) {
      if (random.chance(0.5)) {
        story.pass((time - story.now) / 2);
        oracle.settle(story.now);
      }
      story.now = time;
      story.comes(candle);
      oracle.comes(candle, time);
      const auto hole = story.sequencer.open_hole();
      ASSERT_EQ(hole.has_value(), !oracle.ahead.empty()) << "seed " << seed;
      if (!hole || !random.chance(0.3)) continue;
      for (auto t = hole->from; t < hole->to; t += Millis{60'000}) {
        if (!random.chance(0.7)) continue;
        Candle filled = bar(0, 3);
        filled.open_time = t;
        story.comes(filled);
        oracle.comes(filled, time);
      }
      if (!random.chance(0.5)) continue;
      story.sequencer.no_more(*hole, time, story.said);
      oracle.no_more(hole->from, hole->to, time);
    }
    story.pass(Millis{30'000});
    oracle.settle(story.now);
    ASSERT_EQ(story.said, oracle.said) << "seed " << seed;
    EXPECT_EQ(story.sequencer.held(), 0u);

    auto next = kStart;
    for (const auto& event : story.said) {
      if (event.kind == BarEvent::Kind::revised) continue;
      ASSERT_EQ(event.kind == BarEvent::Kind::closed ? event.bar.open_time : event.gap_from, next) << "seed " << seed;
      next = event.kind == BarEvent::Kind::closed ? next + Millis{60'000} : event.gap_to;
    }
  }
}

}  // namespace
}  // namespace cw::market
