#include "market/pipeline.h"

#include <array>
#include <cmath>

#include <gtest/gtest.h>

#include "base/random.h"

namespace cw::market {
namespace {

constexpr Timestamp kStart = from_ms(1'722'816'000'000);  // 2024-08-05T00:00Z, a Monday

using Emitted = std::vector<std::pair<Timeframe, FoldedCandle>>;

Candle bar(int minute, double price) { return {kStart + std::chrono::minutes{minute}, price, price, price, price, 1}; }

Emitted step(FoldLadder& ladder, const Candle& candle) {
  Emitted out;
  ladder.step(candle, [&](Timeframe timeframe, const FoldedCandle& folded) { out.emplace_back(timeframe, folded); });
  return out;
}

// Minute 14 completes 3m, 5m and 15m at the same instant.
TEST(FoldLadder, HigherBarsAreClosedByTheBaseBarOfTheSameInstant) {
  FoldLadder ladder;
  for (int i = 0; i < 14; ++i) step(ladder, bar(i, 100 + i));
  const auto out = step(ladder, bar(14, 114));
  ASSERT_EQ(out.size(), 4u);
  EXPECT_EQ(out[0].first, Timeframe::m1);
  EXPECT_EQ(out[1].first, Timeframe::m3);
  EXPECT_EQ(out[2].first, Timeframe::m5);
  EXPECT_EQ(out[3].first, Timeframe::m15);
  EXPECT_EQ(out[3].second.bar, (Candle{kStart, 100, 114, 100, 114, 15}));
  EXPECT_TRUE(out[3].second.marks.whole());
}

TEST(FoldLadder, WhatWasOverBeforeComesBeforeTheBarThatSaysSo) {
  FoldLadder ladder;
  step(ladder, bar(0, 100));
  const auto out = step(ladder, bar(7, 107));
  ASSERT_EQ(out.size(), 3u);
  EXPECT_EQ(out[0].first, Timeframe::m3);
  EXPECT_TRUE(out[0].second.marks.gap);
  EXPECT_EQ(out[1].first, Timeframe::m5);
  EXPECT_EQ(out[2].first, Timeframe::m1);
}

TEST(FoldLadder, EachTimeframeIsFoldedStraightFromMinutesAndGoesOnAfterARestart) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    Random random{seed};
    CandleColumns bars;
    std::array<FoldedColumns, kTimeframes.size()> got;
    FoldLadder ladder;
    double price = 100;
    for (int i = 0; i < 30'000; ++i) {
      if (random.chance(0.01)) i += static_cast<int>(random.below(200));
      price *= std::exp(0.001 * random.normal());
      auto candle = bar(i, price);
      candle.volume = random.uniform();
      bars.push_back(candle);
      ladder.step(candle, [&](Timeframe timeframe, const FoldedCandle& folded) {
        got[static_cast<std::size_t>(timeframe)].push_back(folded);
      });
      if (random.chance(0.01)) ladder = FoldLadder{ladder.states()};
    }
    for (const auto target : kTimeframes) {
      if (target == Timeframe::m1) continue;
      Folder folder{Timeframe::m1, target};
      FoldedColumns wanted;
      folder.run(bars.view(), wanted);
      EXPECT_EQ(got[static_cast<std::size_t>(target)], wanted) << "seed " << seed << ' ' << name(target);
    }
  }
}

/// One instrument's trades and the venue's candles of them, minute by minute.
TEST(Pipeline, ShowsTheFormingBarAtEveryTimeframeAndClosesByTheVenueAlone) {
  Pipeline pipeline{std::nullopt};
  Emitted closed;
  std::vector<BarEvent> events;
  const auto on_event = [&](const BarEvent& event) { events.push_back(event); };
  const auto emit = [&](Timeframe timeframe, const FoldedCandle& folded) { closed.emplace_back(timeframe, folded); };
  const auto venue = [&](int minute, double price, bool is_closed) {
    const auto open = kStart + std::chrono::minutes{minute};
    const FormingCandle shown{open, price, price, price, price, 2, open + Millis{59'000}};
    pipeline.on_venue_candle({shown, 2, is_closed}, open + Millis{60'000}, on_event, emit);
  };
  pipeline.on_trade({1, kStart + Millis{1'000}, 100, 2, false});
  pipeline.on_trade({2, kStart + Millis{61'000}, 104, 3, true});
  EXPECT_TRUE(closed.empty()) << "a trade closes nothing";
  venue(0, 100, false);
  EXPECT_TRUE(closed.empty());
  venue(0, 100, true);
  ASSERT_EQ(closed.size(), 1u);
  EXPECT_EQ(closed[0].second.bar, (Candle{kStart, 100, 100, 100, 100, 2}));
  EXPECT_EQ(*pipeline.forming(Timeframe::h1), (FormingCandle{kStart, 100, 104, 100, 104, 5, kStart + Millis{61'000}}));
  EXPECT_EQ(pipeline.forming(Timeframe::m1)->open, 104);

  venue(3, 107, true);
  EXPECT_EQ(events.size(), 1u) << "minutes 1 and 2 may still come";
  pipeline.on_time(kStart + std::chrono::minutes{4} + BarSequencer::kHoleWait, on_event, emit);
  ASSERT_EQ(events.size(), 3u);
  EXPECT_EQ(events[1].kind, BarEvent::Kind::gap);
  ASSERT_EQ(closed.size(), 3u);
  EXPECT_EQ(closed[1].first, Timeframe::m3);
  EXPECT_TRUE(closed[1].second.marks.gap);
  EXPECT_EQ(closed[2].first, Timeframe::m1);
}

}  // namespace
}  // namespace cw::market
