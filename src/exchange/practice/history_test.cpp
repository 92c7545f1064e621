#include "exchange/practice/history.h"

#include <gtest/gtest.h>

#include "exchange/practice/generated_market.h"
#include "exchange/practice/testing.h"
#include "market/fold.h"

namespace cw::exchange::practice {
namespace {

using market::Timeframe;

constexpr std::int64_t kFirstDay = 20'211;  // 2025-05-03, a Saturday

std::vector<market::Candle> candles_of(const std::vector<Bar>& bars) {
  std::vector<market::Candle> candles;
  for (const Bar& bar : bars) candles.push_back(bar.candle);
  return candles;
}

TEST(History, FoldsEveryTimeframeStraightFromTheMinutesLikeTheProductDoes) {
  GeneratedMarket market(4, start_of_day(kFirstDay));
  History history(market);
  const Timestamp now = start_of_day(kFirstDay + 16);
  market::CandleColumns minutes;
  for (int d = 0; d < 16; ++d) {
    for (const Bar& bar : **market.day(2, kFirstDay + d)) minutes.push_back(bar.candle);
  }
  for (const Timeframe timeframe : market::kTimeframes) {
    if (timeframe == Timeframe::m1) continue;
    const market::FoldedColumns folded = market::fold(minutes.view(), Timeframe::m1, timeframe);
    // Asked from the front, and in pages from the back; `now` is a border of all of them but the week.
    std::vector<market::Candle> expected;
    for (std::size_t i = 0; i < folded.size(); ++i) expected.push_back(folded.bars[i]);
    std::vector<market::Candle> forward;
    Timestamp from = start_of_day(kFirstDay - 30);
    for (;;) {
      const auto page = candles_of(*history.ask({2, timeframe, from, std::nullopt, 1'000, now - Millis{1}}));
      if (page.empty()) break;
      forward.insert(forward.end(), page.begin(), page.end());
      from = page.back().open_time + Millis{1};
    }
    EXPECT_EQ(forward, expected) << name(timeframe);
    std::vector<market::Candle> backward;
    Timestamp to = now - Millis{1};
    for (;;) {
      const auto page = candles_of(*history.ask({2, timeframe, std::nullopt, to, 77, now - Millis{1}}));
      if (page.empty()) break;
      backward.insert(backward.begin(), page.begin(), page.end());
      to = page.front().open_time - Millis{1};
    }
    EXPECT_EQ(backward, expected) << name(timeframe);
  }
}

TEST(History, ShowsTheMinuteUnderWayAsFarAsItWasTraded) {
  GeneratedMarket market(4, start_of_day(kFirstDay));
  History history(market);
  const Timestamp minute = start_of_day(kFirstDay + 2) + kMinute * 777;
  std::vector<market::Trade> trades;
  ASSERT_TRUE(market.trades(0, minute, trades));
  const Timestamp now = trades[trades.size() / 2].time;
  market::Candle expected{minute, trades[0].price, trades[0].price, trades[0].price, 0, 0};
  for (const market::Trade& trade : trades) {
    if (trade.time > now) break;
    expected.high = std::max(expected.high, trade.price);
    expected.low = std::min(expected.low, trade.price);
    expected.close = trade.price;
    expected.volume += trade.quantity;
  }
  const auto bars = *history.ask({0, Timeframe::m1, std::nullopt, std::nullopt, 3, now});
  ASSERT_EQ(bars.size(), 3U);
  EXPECT_EQ(bars[2].candle, expected);
  EXPECT_EQ(bars[1].candle, (**market.day(0, kFirstDay + 2))[776].candle) << "the one before is whole";
}

TEST(History, AnswersTheSameFromMemoryAsAnew) {
  GeneratedMarket market(5, start_of_day(kFirstDay));
  const History::Question days{
      1, Timeframe::d1, std::nullopt, std::nullopt, 500, start_of_day(kFirstDay + 40) + kMinute};
  History fresh(market);
  const auto first = *fresh.ask(days);
  const auto again = *fresh.ask(days);
  EXPECT_EQ(first.size(), 41U);
  EXPECT_EQ(first, again);
}

TEST(History, StartsAtOrAfterTheTimeThatWasAskedForAndKeepsToTheLimit) {
  GeneratedMarket market(5, start_of_day(kFirstDay));
  History history(market);
  const Timestamp now = start_of_day(kFirstDay + 9);
  const Timestamp hour = start_of_day(kFirstDay + 1) + kMinute * 60;
  const auto from_inside = *history.ask({0, Timeframe::h1, hour + Millis{1}, std::nullopt, 5, now});
  ASSERT_EQ(from_inside.size(), 5U);
  EXPECT_EQ(from_inside[0].candle.open_time, hour + kMinute * 60);
  const auto between = *history.ask({0, Timeframe::h1, hour, hour + kMinute * 120, 500, now});
  ASSERT_EQ(between.size(), 3U) << "both ends count";
  EXPECT_TRUE(history.ask({0, Timeframe::h1, hour, hour - Millis{1}, 500, now})->empty());
  EXPECT_TRUE(history.ask({0, Timeframe::h1, now + kDay, std::nullopt, 500, now})->empty());
  EXPECT_TRUE(history.ask({0, Timeframe::h1, std::nullopt, start_of_day(kFirstDay) - Millis{1}, 500, now})->empty());
  EXPECT_TRUE(history.ask({0, Timeframe::h1, hour, std::nullopt, 0, now})->empty());
}

TEST(History, GoesFurtherBackOverGapsUntilItHasWhatWasAskedFor) {
  // Ten minutes, a hole of three days, ten minutes.
  const Timestamp first = start_of_day(kFirstDay);
  market::CandleColumns rows;
  for (int m = 0; m < 10; ++m) rows.push_back({first + kMinute * m, 10, 12, 9, 11, 5});
  const Timestamp later = first + kDay * 3;
  for (int m = 0; m < 10; ++m) rows.push_back({later + kMinute * m, 11, 12, 9, 10, 5});
  ReplayMarket market(std::make_unique<MemoryCandles>("BTCUSDT", rows));
  History history(market);
  const auto bars = *history.ask({0, Timeframe::m1, std::nullopt, std::nullopt, 15, later + kMinute * 10});
  ASSERT_EQ(bars.size(), 15U);
  EXPECT_EQ(bars[4].candle.open_time, first + kMinute * 9);
  EXPECT_EQ(bars[5].candle.open_time, later);
  const auto forward = *history.ask({0, Timeframe::m1, first, std::nullopt, 15, later + kMinute * 10});
  ASSERT_EQ(forward.size(), 15U);
  EXPECT_EQ(forward[14].candle.open_time, later + kMinute * 4);
  const auto day = *history.ask({0, Timeframe::d1, std::nullopt, std::nullopt, 500, later + kMinute * 10});
  ASSERT_EQ(day.size(), 2U);
  EXPECT_EQ(day[0].candle.volume, 50);
}

}  // namespace
}  // namespace cw::exchange::practice
