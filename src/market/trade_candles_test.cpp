#include "market/trade_candles.h"

#include <algorithm>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

#include "base/random.h"

namespace cw::market {
namespace {

constexpr Timestamp kStart = from_ms(1'722'816'000'000);  // 2024-08-05T00:00Z
using Outcome = TradeOutcome;

Trade trade(std::int64_t id, double seconds, double price, double quantity = 1) {
  return {id, kStart + Millis{static_cast<std::int64_t>(seconds * 1'000)}, price, quantity, false};
}
Timestamp second(int s) { return kStart + std::chrono::seconds{s}; }

TEST(TradeCandles, BuildsTheFormingCandle) {
  TradeCandles candles{Timeframe::m1};
  EXPECT_FALSE(candles.forming());
  EXPECT_EQ(candles.on_trade(trade(1, 5, 100, 2)), Outcome::opened);
  EXPECT_EQ(candles.on_trade(trade(2, 9, 103, 1)), Outcome::updated);
  EXPECT_EQ(candles.on_trade(trade(3, 9, 98, 4)), Outcome::updated);
  EXPECT_EQ(candles.on_trade(trade(4, 59, 101, 0.5)), Outcome::updated);
  EXPECT_EQ(*candles.forming(), (FormingCandle{kStart, 100, 103, 98, 101, 7.5, second(59)}));
}

TEST(TradeCandles, ATradeOfTheNextBarBeginsItAndClosesNothing) {
  TradeCandles candles{Timeframe::m1};
  candles.on_trade(trade(1, 5, 100));
  EXPECT_EQ(candles.on_trade(trade(2, 60, 110)), Outcome::opened);
  EXPECT_EQ(candles.forming()->open_time, second(60));
  ASSERT_TRUE(candles.waiting());
  EXPECT_EQ(candles.waiting()->open_time, kStart);

  EXPECT_EQ(candles.on_trade(trade(4, 59.9, 107)), Outcome::waiting)
      << "id 3 may still come; 4 belongs to the bar before";
  EXPECT_EQ(candles.waiting()->close, 107);
  candles.close(kStart);
  EXPECT_FALSE(candles.waiting());
  EXPECT_EQ(candles.on_trade(trade(5, 59.95, 108)), Outcome::late);
  EXPECT_EQ(candles.forming()->open, 110);
}

TEST(TradeCandles, TheOpenAndTheCloseDoNotDependOnTheOrderOfArrival) {
  TradeCandles candles{Timeframe::m1};
  candles.on_trade(trade(2, 10, 102));
  candles.on_trade(trade(5, 40, 105));
  EXPECT_EQ(candles.on_trade(trade(3, 10, 103)), Outcome::reordered);
  EXPECT_EQ(candles.on_trade(trade(4, 40, 99)), Outcome::reordered);
  EXPECT_EQ(*candles.forming(), (FormingCandle{kStart, 102, 105, 99, 105, 4, second(40)}));
  EXPECT_EQ(candles.counters().holes, 1u);
  EXPECT_EQ(candles.counters().missing_ids, 0u);
}

TEST(TradeCandles, DropsRepeatsAndCountsHoles) {
  TradeCandles candles{Timeframe::m1};
  candles.on_trade(trade(10, 1, 100));
  EXPECT_EQ(candles.on_trade(trade(10, 1, 100)), Outcome::duplicate);
  candles.on_trade(trade(20, 2, 100));
  EXPECT_EQ(candles.counters().missing_ids, 9u);
  EXPECT_EQ(candles.on_trade(trade(15, 1.5, 100)), Outcome::reordered);
  EXPECT_EQ(candles.on_trade(trade(15, 1.5, 100)), Outcome::duplicate);
  EXPECT_EQ(candles.on_trade(trade(11, 1.5, 100)), Outcome::reordered);
  EXPECT_EQ(candles.on_trade(trade(19, 1.5, 100)), Outcome::reordered);
  EXPECT_EQ(candles.counters().missing_ids, 6u);
  EXPECT_EQ(candles.forming()->volume, 5);
}

TEST(TradeCandles, ForgetsTheOldestHoleWhenThereAreTooMany) {
  TradeCandles candles{Timeframe::m1};
  for (int i = 0; i <= static_cast<int>(TradeCandles::kHolesMost) + 1; ++i) candles.on_trade(trade(1 + 2 * i, 1, 100));
  EXPECT_EQ(candles.counters().forgotten_holes, 1u);
  EXPECT_EQ(candles.on_trade(trade(2, 1, 100)), Outcome::duplicate) << "its hole is forgotten";
  EXPECT_EQ(candles.on_trade(trade(4, 1, 100)), Outcome::reordered);
}

TEST(TradeCandles, AVenueThatNumbersAnewIsFollowed) {
  TradeCandles candles{Timeframe::m1};
  candles.on_trade(trade(1'000, 1, 100));
  EXPECT_EQ(candles.on_trade(trade(1, 2, 101)), Outcome::updated);
  EXPECT_EQ(candles.on_trade(trade(2, 3, 102)), Outcome::updated);
  EXPECT_EQ(candles.counters().renumbered, 1u);
}

TEST(TradeCandles, WithoutIdsEveryTradeCounts) {
  TradeCandles candles{Timeframe::m1};
  for (int i = 0; i < 3; ++i) candles.on_trade(trade(0, 1, 100));
  EXPECT_EQ(candles.forming()->volume, 3);
}

TEST(TradeCandles, RefusesWhatIsNoTrade) {
  TradeCandles candles{Timeframe::m1};
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const auto& bad :
       {trade(1, 1, 0), trade(1, 1, -1), trade(1, 1, nan), trade(1, 1, 1, 0), trade(1, 1, 1, nan), trade(-1, 1, 1),
        Trade{1, from_ms(1'722'816'000), 1, 1, false}, Trade{1, from_ms(1'722'816'000'000'000), 1, 1, false}}) {
    EXPECT_EQ(candles.on_trade(bad), Outcome::invalid);
  }
  EXPECT_FALSE(candles.forming());
  EXPECT_EQ(candles.counters().invalid, 8u);
}

TEST(TradeCandles, TheVenuesCandleUndoesATradeFromTheFuture) {
  TradeCandles candles{Timeframe::m1};
  candles.on_trade(trade(1, 1, 100));
  candles.on_trade(trade(2, 7'200, 100));
  EXPECT_EQ(candles.forming()->open_time, second(7'200));
  candles.on_venue_candle({{kStart, 100, 100, 100, 100, 1, second(30)}, 1, false});
  EXPECT_FALSE(candles.forming());
  EXPECT_EQ(candles.counters().from_future, 1u);
  EXPECT_EQ(candles.on_trade(trade(3, 31, 101)), Outcome::opened);

  candles.on_trade(trade(4, 61, 102));
  candles.on_venue_candle({{kStart, 100, 100, 100, 100, 1, second(60)}, 1, true});
  EXPECT_EQ(candles.forming()->open_time, second(60))
      << "one bar ahead of the venue's candle is the rule, not the future";
}

TEST(TradeCandles, AnyOrderWithinABarGivesTheSameCandle) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    Random random{seed};
    std::vector<Trade> tape;
    for (int i = 1; i <= 40; ++i)
      tape.push_back(trade(i, i + static_cast<double>(random.below(2)) / 2, 100 + random.normal()));
    TradeCandles in_order{Timeframe::m1};
    for (const auto& t : tape) in_order.on_trade(t);

    // The first and the last stay where they are: ids before the first one seen are not known to be missing.
    for (std::size_t i = tape.size() - 2; i > 1; --i) std::swap(tape[i], tape[1 + random.below(i)]);
    TradeCandles shuffled{Timeframe::m1};
    for (const auto& t : tape) {
      shuffled.on_trade(t);
      if (random.chance(0.2)) {
        EXPECT_EQ(shuffled.on_trade(t), Outcome::duplicate);
      }
    }
    ASSERT_EQ(*shuffled.forming(), *in_order.forming()) << "seed " << seed;
    EXPECT_EQ(shuffled.counters().missing_ids, 0u);
  }
}

}  // namespace
}  // namespace cw::market
