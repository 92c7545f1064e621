#include "desk/desk.h"

#include <cmath>
#include <cstring>
#include <limits>
#include <type_traits>

#include <gtest/gtest.h>

#include "base/crc32c.h"
#include "base/random.h"
#include "desk/testing.h"
#include "market/fold.h"

namespace cw::desk {
namespace {

using market::FormingCandle;
using market::Timeframe;
using testing::bar;
using testing::closed;
using testing::followed;
using testing::gap;
using testing::minute;
using testing::output_bytes;
using testing::revised;

struct Story {
  Desk desk;
  Story() { on(followed("BTCUSDT")); }
  std::vector<Output> on(const Event& event) {
    std::vector<Output> out;
    desk.on(event, out);
    return out;
  }
};

TEST(Desk, AClosedBarGivesTheBarsItClosesAndTheTicker) {
  Story story;
  for (int i = 0; i < 4; ++i) story.on(closed(0, bar(i, 100 + i)));
  const auto out = story.on(closed(0, bar(4, 104)));
  ASSERT_EQ(out.size(), 3u);
  EXPECT_EQ(std::get<BarClosed>(out[0]).timeframe, Timeframe::m1);
  const auto& five = std::get<BarClosed>(out[1]);
  EXPECT_EQ(five.timeframe, Timeframe::m5);
  EXPECT_EQ(five.candle.bar, (market::Candle{minute(0), 100, 104, 100, 104, 5}));
  EXPECT_TRUE(five.candle.marks.whole());
  const auto& ticker = std::get<TickerChanged>(out[2]).ticker;
  EXPECT_EQ(ticker.price, 104);
  EXPECT_DOUBLE_EQ(ticker.change_24h, 0.04);
  EXPECT_EQ(ticker.volume_24h, 5);
  EXPECT_EQ(ticker.time, minute(5));
  EXPECT_FALSE(ticker.whole_day);
}

TEST(Desk, TheTickerCoversTheTrailingDay) {
  Story story;
  for (int i = 0; i < 1'440; ++i) story.on(closed(0, bar(i, 200)));
  EXPECT_TRUE(story.desk.ticker(0).whole_day);
  story.on(closed(0, bar(1'440, 300)));
  const auto ticker = story.desk.ticker(0);
  EXPECT_EQ(ticker.volume_24h, 1'440);
  EXPECT_DOUBLE_EQ(ticker.change_24h, 0.5);
  EXPECT_EQ(ticker.window_from, minute(1));
}

TEST(Desk, AGapIsToldAndTheBarFoldedOverItIsMarked) {
  Story story;
  story.on(closed(0, bar(0)));
  const auto told = story.on(gap(0, 1, 4));
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(std::get<GapPassed>(told[0]), (GapPassed{0, minute(1), minute(4)}));
  const auto out = story.on(closed(0, bar(4)));
  const auto& three = std::get<BarClosed>(out[0]);
  EXPECT_EQ(three.timeframe, Timeframe::m3) << "it was over before the bar that says so";
  EXPECT_TRUE(three.candle.marks.gap);
  EXPECT_EQ(story.desk.series(0).gaps, 1u);
}

TEST(Desk, ARevisedBarChangesNothingThatWasSaid) {
  Story story;
  story.on(closed(0, bar(0)));
  EXPECT_TRUE(story.on(revised(0, bar(0, 500))).empty());
  EXPECT_EQ(story.desk.ticker(0).price, 100);
  EXPECT_EQ(story.desk.series(0).revised, 1u);
}

TEST(Desk, RecordsTheFirstBarOfEachSeries) {
  Story story;
  EXPECT_FALSE(story.desk.series(0).first_bar);
  EXPECT_TRUE(std::isnan(story.desk.ticker(0).price));
  story.on(closed(0, bar(7)));
  story.on(closed(0, bar(8)));
  EXPECT_EQ(story.desk.series(0).first_bar, minute(7));
  EXPECT_EQ(story.desk.series(0).last_bar, minute(8));
  story.on(Unfollowed{0});
  EXPECT_FALSE(story.desk.is_followed(0));
  story.on(followed("ETHUSDT"));
  story.on(followed("BTCUSDT"));
  EXPECT_EQ(story.desk.number_of({"binance", "ETHUSDT"}), 1u);
  EXPECT_EQ(story.desk.number_of({"binance", "BTCUSDT"}), 0u) << "a number is kept";
  EXPECT_FALSE(story.desk.series(0).first_bar) << "a series is not";
}

TEST(Desk, LeavesOutAndCountsWhatBreaksTheOrder) {
  Story story;
  story.on(closed(0, bar(5)));
  EXPECT_TRUE(story.on(closed(0, bar(5))).empty());
  EXPECT_TRUE(story.on(closed(0, bar(4))).empty());
  EXPECT_TRUE(story.on(gap(0, 7, 7)).empty());
  EXPECT_TRUE(story.on(closed(3, bar(6))).empty());
  EXPECT_TRUE(story.on(closed(0, bar(6, std::numeric_limits<double>::infinity()))).empty());
  EXPECT_TRUE(story.on(closed(0, bar(6, 0))).empty());
  auto crooked = bar(6);
  crooked.open_time += Millis{1};
  EXPECT_TRUE(story.on(closed(0, crooked)).empty());
  EXPECT_EQ(story.desk.counters(),
            (Desk::Counters{.unknown_instrument = 1, .out_of_order = 3, .unsound = 3, .too_many = 0}));
}

TEST(Desk, ProvisionalFiguresAreShownAndConvertToNothing) {
  using Shown = market::Provisional<Preview>;
  static_assert(!std::is_convertible_v<Shown, Preview> && !std::is_convertible_v<Shown, Ticker>);
  static_assert(!std::is_convertible_v<FormingCandle, market::Candle>);
  Story story;
  for (int i = 0; i < 4; ++i) story.on(closed(0, bar(i, 100 + i)));
  const FormingCandle forming{minute(4), 104, 109, 90, 95, 7, minute(4) + Millis{30'000}};
  const auto shown = story.desk.peek(0, forming);
  ASSERT_TRUE(shown);
  const auto& preview = shown->for_display();
  EXPECT_EQ(preview.bars[static_cast<std::size_t>(Timeframe::h1)],
            (FormingCandle{minute(0), 100, 109, 90, 95, 11, minute(4) + Millis{30'000}}));
  EXPECT_EQ(preview.ticker.price, 95);
  EXPECT_EQ(preview.ticker.volume_24h, 11);
  EXPECT_DOUBLE_EQ(preview.ticker.change_24h, -0.05);
  EXPECT_EQ(story.desk.ticker(0).price, 103) << "looking changes nothing";
  EXPECT_FALSE(story.desk.peek(0, {minute(3), 1, 1, 1, 1, 1, minute(3)})) << "that bar is closed";
  EXPECT_FALSE(story.desk.peek(9, forming));
}

TEST(Desk, FoldsEveryTimeframeAsTheColumnsDo) {
  Desk desk;
  std::vector<Output> out;
  market::CandleColumns bars;
  for (const auto& event : testing::random_market(5, 1, 20'000)) {
    if (std::holds_alternative<Unfollowed>(event)) continue;
    desk.on(event, out);
    const auto* arrived = std::get_if<BarArrived>(&event);
    if (arrived != nullptr && arrived->event.kind == market::BarEvent::Kind::closed) bars.push_back(arrived->event.bar);
  }
  for (const auto target : market::kTimeframes) {
    if (target == Timeframe::m1) continue;
    market::FoldedColumns wanted;
    market::Folder folder{Timeframe::m1, target};
    folder.run(bars.view(), wanted);
    market::FoldedColumns got;
    for (const auto& output : out) {
      const auto* bar_closed = std::get_if<BarClosed>(&output);
      if (bar_closed != nullptr && bar_closed->timeframe == target) got.push_back(bar_closed->candle);
    }
    EXPECT_EQ(got, wanted) << name(target);
  }
}

TEST(Desk, RestoredFromItsBytesItGoesOnAsIfNothingHadHappened) {
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    const auto events = testing::random_market(seed, 3, 8'000);
    Desk whole;
    const auto wanted = output_bytes(whole, events);
    Random random{seed};
    Desk desk;
    std::string got;
    for (std::size_t i = 0; i < events.size();) {
      const auto n = std::min<std::size_t>(1 + random.below(2'000), events.size() - i);
      got += output_bytes(
          desk, {events.begin() + static_cast<std::ptrdiff_t>(i), events.begin() + static_cast<std::ptrdiff_t>(i + n)});
      i += n;
      desk = Desk::restore(desk.save()).value();
    }
    EXPECT_TRUE(got == wanted) << "seed " << seed;
    EXPECT_EQ(desk.save(), whole.save());
  }
}

TEST(Desk, RefusesADamagedSnapshotByName) {
  Story story;
  for (int i = 0; i < 100; ++i) story.on(closed(0, bar(i)));
  const auto bytes = story.desk.save();
  Random random{1};
  for (int n = 0; n < 200; ++n) {
    auto damaged = bytes;
    damaged[random.below(damaged.size())] ^= static_cast<char>(1 << random.below(8));
    const auto result = Desk::restore(damaged);
    ASSERT_FALSE(result);
    EXPECT_TRUE(result.error().code == Errc::corrupt || result.error().code == Errc::unsupported);
  }
  EXPECT_FALSE(Desk::restore(bytes.substr(0, bytes.size() - 1)));
  EXPECT_FALSE(Desk::restore(""));
}

TEST(Desk, ASnapshotOfAnyBytesIsRefusedOrTakenAsItStands) {
  Story story;
  for (int i = 0; i < 100; ++i) story.on(closed(0, bar(i)));
  const auto bytes = story.desk.save();
  Random random{2};
  int taken = 0;
  for (int n = 0; n < 2'000; ++n) {
    auto changed = bytes;
    changed[16 + random.below(changed.size() - 16)] ^= static_cast<char>(1 << random.below(8));
    const auto checksum = crc32c(std::string_view{changed}.substr(16));
    std::memcpy(changed.data() + 12, &checksum, sizeof checksum);
    auto desk = Desk::restore(changed);
    if (!desk) continue;
    ++taken;
    ASSERT_EQ(desk->save(), changed);
    std::vector<Output> outputs;
    if (desk->is_followed(0)) desk->on(closed(0, bar(100)), outputs);
  }
  EXPECT_GT(taken, 0) << "a price may be another";
  EXPECT_LT(taken, 2'000) << "a time may not";
}

}  // namespace
}  // namespace cw::desk
