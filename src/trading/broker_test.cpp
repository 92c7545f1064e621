#include "trading/broker.h"

#include <gtest/gtest.h>

#include "trading/testing.h"

namespace cw::trading {
namespace {

using namespace testing;
using enum Side;

// Each bar is open, high, low, close.

TEST(MarketOrder, FillsAtTheNextOpen) {
  Story story;
  story.bar(100, 104, 98, 103);
  story.submit(market(buy, 2));
  EXPECT_EQ(story.bar(105, 110, 101, 108), "buy 2 @ 105 entry");
  EXPECT_EQ(story.cash(), "9790");
  EXPECT_DOUBLE_EQ(story.broker.equity(), 10'006) << "marked at the close";
}

TEST(MarketOrder, FillsAtTheSameCloseWhereThePolicySaysSo) {
  auto settings = free_account();
  settings.fills.time = FillTime::close;
  Story story{settings};
  EXPECT_EQ(story.broker.submit(0, market(buy)).error().field, "type") << "no close yet";
  story.bar(100, 104, 98, 103);
  story.submit(with_exits(market(buy), percent(5)));
  EXPECT_EQ(story.fills(), "buy 1 @ 103 entry");
  EXPECT_TRUE(story.broker.fills()[0].at_close);
  EXPECT_EQ(story.bar(103, 104, 90, 95), "sell 1 @ 97.85 stop") << "its exits rest from the next bar on";
}

TEST(MarketOrder, ThatReversesIsTwoFillsAtOnePrice) {
  Story story;
  story.submit(market(buy, 2));
  story.bar(100);
  story.submit(market(sell, 5));
  EXPECT_EQ(story.bar(90), "sell 2 @ 90 reversal, sell 3 @ 90 entry");
  EXPECT_EQ(story.held(), -3);
  EXPECT_EQ(story.broker.fills()[0].position, 1u);
  EXPECT_EQ(story.broker.fills()[1].position, 2u);
  EXPECT_EQ(story.broker.fills()[0].realised.text(), "-20");
}

TEST(MarketOrder, WithoutQuantityIsSizedWhenItFillsAndReversesAll) {
  Story story{free_account(), {}, {SizingKind::percent_of_equity, 100}};
  OrderRequest entry;
  story.submit(entry);
  EXPECT_EQ(story.bar(80), "buy 125 @ 80 entry");
  entry.side = sell;
  story.submit(entry);
  // Sold at 96: 12000 of equity; short 125 again.
  EXPECT_EQ(story.bar(96), "sell 125 @ 96 reversal, sell 125 @ 96 entry");
}

TEST(LimitOrder, FillsAtItsLimitAtAGapAtTheBetterOpen) {
  Story story;
  story.submit(limit(buy, 95));
  EXPECT_EQ(story.bar(100, 104, 95.01, 103), "");
  EXPECT_EQ(story.bar(100, 104, 95, 103), "buy 1 @ 95 entry") << "touching is enough";
  story.submit(limit(sell, 110));
  EXPECT_EQ(story.bar(112, 115, 111, 113), "sell 1 @ 112 signal");
}

TEST(StopOrder, FillsAtItsStopAtAGapAtTheWorseOpen) {
  Story story;
  story.submit(stop(buy, 105));
  EXPECT_EQ(story.bar(100, 104.99, 95, 103), "");
  EXPECT_EQ(story.bar(103, 108, 102, 107), "buy 1 @ 105 entry");
  story.submit(stop(sell, 100));
  EXPECT_EQ(story.bar(97, 99, 96, 98), "sell 1 @ 97 signal");
}

TEST(StopLimitOrder, BecomesALimitWhenItsStopIsReached) {
  auto order = stop(buy, 105);
  order.type = OrderType::stop_limit;
  order.limit = ticks(106);
  Story story;
  story.submit(order);
  EXPECT_EQ(story.bar(100, 104, 99, 103), "");
  EXPECT_EQ(story.bar(103, 110, 102, 109), "buy 1 @ 105 entry") << "at the stop, which its limit allows";

  Story gap;
  gap.submit(order);
  EXPECT_EQ(gap.bar(108, 112, 107, 110), "") << "beyond the limit: it waits";
  EXPECT_EQ(gap.bar(109, 110, 104, 105), "buy 1 @ 106 entry");

  Story back;
  back.submit(order);
  EXPECT_EQ(back.bar(108, 112, 105, 110), "buy 1 @ 106 entry") << "the price comes back in the same bar";
}

TEST(TrailingStop, FollowsByPercentAmountOrAtrAndNeverBack) {
  for (const auto& [trail, at] :
       {std::pair{percent(10), "108"}, {amount(10), "110"}, {Distance{DistanceKind::atr, 2, 4}, "112"}}) {
    Story story;
    story.submit(market(buy));
    story.bar(100);
    auto exit = trailing(sell, trail);
    exit.reduce_only = true;
    exit.reason = Reason::trailing_stop;
    story.submit(exit);
    EXPECT_EQ(story.bar(100, 110, 99.5, 110), "");
    EXPECT_EQ(story.bar(110, 120, 110, 119), "") << "now it trails from 120";
    EXPECT_EQ(story.bar(119, 119, 115, 116), "") << "a fall moves nothing";
    EXPECT_EQ(story.bar(116, 116, 90, 95), fmt::format("sell 1 @ {} trailing_stop", at));
  }
}

TEST(TrailingStop, OpensAShortsCoverAboveTheLow) {
  Story story;
  story.submit(market(sell));
  story.bar(100);
  auto entry = trailing(buy, amount(5), 2);
  story.submit(entry);
  EXPECT_EQ(story.bar(98, 99, 90, 91), "") << "to the high first, against the short";
  EXPECT_EQ(story.bar(91, 97, 91, 96), "buy 1 @ 95 reversal, buy 1 @ 95 entry");
}

TEST(Bracket, StopAndTargetRestFromTheFillOn) {
  Story story;
  story.submit(with_exits(market(buy), percent(3), {{percent(6)}}));
  EXPECT_EQ(story.bar(100, 105, 97.5, 101), "buy 1 @ 100 entry");
  EXPECT_EQ(story.broker.waiting(0), 2u);
  EXPECT_EQ(story.bar(101, 106.5, 100, 104), "sell 1 @ 106 target");
  EXPECT_EQ(story.broker.waiting(0), 0u) << "the stop went with the position";

  Story entry_bar;
  entry_bar.submit(with_exits(market(buy), percent(3), {{percent(6)}}));
  EXPECT_EQ(entry_bar.bar(100, 105, 96, 101), "buy 1 @ 100 entry, sell 1 @ 97 stop") << "also within the entry's bar";
}

TEST(Bracket, OfAShortIsMirrored) {
  Story story;
  story.submit(with_exits(market(sell), {DistanceKind::atr, 2, 1.5}, {{amount(4)}}));
  EXPECT_EQ(story.bar(100, 102, 97, 101), "sell 1 @ 100 entry");
  EXPECT_EQ(story.bar(101, 103.5, 95.5, 97), "buy 1 @ 103 stop") << "both in one bar: against the position first";
  EXPECT_EQ(story.broker.counts().ambiguous_bars, 1u);
}

TEST(Bracket, GapsFillAtTheOpen) {
  Story down;
  down.submit(with_exits(market(buy), percent(3), {{percent(6)}}));
  down.bar(100);
  EXPECT_EQ(down.bar(90, 95, 88, 94), "sell 1 @ 90 stop");
  Story up;
  up.submit(with_exits(market(buy), percent(3), {{percent(6)}}));
  up.bar(100);
  EXPECT_EQ(up.bar(112, 113, 80, 94), "sell 1 @ 112 target") << "at the better open, before all else";
  EXPECT_EQ(up.broker.counts().ambiguous_bars, 0u);
}

TEST(Bracket, LevelsAreAsGivenAndAWrongSideIsRefusedWhenItFills) {
  Story story;
  story.submit(with_exits(market(buy), level(95), {{level(108)}}));
  EXPECT_EQ(story.bar(94, 96, 93, 95), "") << "the open is below the stop already";
  EXPECT_EQ(story.broker.counts().refused_for(Refusal::wrong_side), 1u);
  story.submit(with_exits(market(buy), level(95), {{level(108)}}));
  EXPECT_EQ(story.bar(100, 108, 96, 107), "buy 1 @ 100 entry, sell 1 @ 108 target");
}

TEST(Bracket, LadderClosesInRungsAndTheStopWhatIsLeft) {
  Story story;
  story.submit(
      with_exits(market(buy, 1), percent(5), {{percent(2), 1 / 3.0}, {percent(4), 1 / 3.0}, {percent(8), 1 / 3.0}}));
  story.bar(100);
  EXPECT_EQ(story.bar(101, 102, 100.5, 101), "sell 0.33 @ 102 target");
  EXPECT_EQ(story.bar(101, 104.5, 101, 104), "sell 0.33 @ 104 target");
  EXPECT_EQ(story.bar(104, 105, 94, 96), "sell 0.34 @ 95 stop");
  EXPECT_EQ(story.held(), 0);
  EXPECT_EQ(story.broker.waiting(0), 0u);
}

TEST(Bracket, TrailsFromTheEntrysPrice) {
  auto order = market(buy);
  order.bracket.trailing = amount(5);
  Story story;
  story.submit(order);
  EXPECT_EQ(story.bar(100, 103, 96, 102), "buy 1 @ 100 entry");
  EXPECT_EQ(story.bar(102, 108, 99, 104), "") << "98 at its low, 103 after its high";
  EXPECT_EQ(story.bar(104, 105, 101, 102), "sell 1 @ 103 trailing_stop");
}

TEST(Bracket, TimeStopClosesAfterItsBars) {
  auto order = market(buy);
  order.bracket.time_stop_bars = 3;
  Story story;
  story.submit(order);
  EXPECT_EQ(story.bar(100), "buy 1 @ 100 entry");
  EXPECT_EQ(story.bar(101), "");
  EXPECT_EQ(story.bar(102), "") << "three bars have closed";
  EXPECT_EQ(story.bar(103), "sell 1 @ 103 time_stop");

  auto settings = free_account();
  settings.fills.time = FillTime::close;
  Story close{settings};
  close.bar(100);
  close.submit(order);
  close.bar(101);
  close.bar(102);
  EXPECT_EQ(close.bar(103), "sell 1 @ 103 time_stop");
}

TEST(Bracket, OfEachEntryClosesWhatThatEntryOpened) {
  Story story;
  story.submit(with_exits(market(buy, 1), level(90), {{level(120)}}));
  story.bar(100);
  story.submit(with_exits(market(buy, 2), level(95), {{level(130)}}));
  story.bar(110);
  EXPECT_EQ(story.held(), 3);
  EXPECT_EQ(story.bar(110, 111, 94, 96), "sell 2 @ 95 stop");
  EXPECT_EQ(story.broker.fills()[0].entry, 4u) << "exits have numbers too: 1, its two, then 4";
  EXPECT_EQ(story.broker.waiting(0), 2u) << "the first entry's";
  EXPECT_EQ(story.bar(96, 121, 96, 119), "sell 1 @ 120 target");
}

TEST(Bracket, SharesWhatASignalClosesOldestFirst) {
  Story story;
  story.submit(with_exits(market(buy, 1), level(90)));
  story.bar(100);
  story.submit(with_exits(market(buy, 2), level(80)));
  story.bar(100);
  auto part = exit_of(sell);
  part.share = 0.5;
  story.submit(part);
  EXPECT_EQ(story.bar(101), "sell 1.5 @ 101 signal");
  EXPECT_EQ(story.broker.waiting(0), 1u) << "the first entry is all closed, its stop gone";
  EXPECT_EQ(story.bar(101, 101, 70, 75), "sell 1.5 @ 80 stop");
}

TEST(ReduceOnly, NeverOpensAndEndsWithThePosition) {
  Story story;
  story.submit(exit_of(sell));
  EXPECT_EQ(story.bar(100), "") << "nothing to reduce";
  story.submit(market(buy, 2));
  story.bar(100);
  auto large = limit(sell, 110, 5);
  large.reduce_only = true;
  story.submit(large);
  auto waiting = limit(sell, 130, 1);
  waiting.reduce_only = true;
  story.submit(waiting);
  EXPECT_EQ(story.bar(105, 111, 104, 110), "sell 2 @ 110 signal") << "cut to what is held";
  EXPECT_EQ(story.broker.waiting(0), 0u);
}

TEST(Group, OneCancelsTheOther) {
  auto above = stop(buy, 105);
  auto below = stop(sell, 95);
  above.oco = below.oco = 7;
  Story story;
  story.submit(above);
  story.submit(below);
  EXPECT_EQ(story.bar(100, 106, 96, 104), "buy 1 @ 105 entry");
  EXPECT_EQ(story.broker.waiting(0), 0u);
  EXPECT_EQ(story.bar(100, 101, 90, 92), "");
}

TEST(Expiry, TakesAnOrderBackAfterItsBars) {
  auto order = limit(buy, 95);
  order.good_for_bars = 2;
  Story story;
  story.submit(order);
  story.bar(100);
  EXPECT_EQ(story.broker.waiting(0), 1u);
  story.bar(100);
  EXPECT_EQ(story.broker.waiting(0), 0u);
  EXPECT_EQ(story.broker.counts().expired, 1u);
  EXPECT_EQ(story.bar(90), "");

  Story last;
  last.submit(order);
  last.bar(100);
  EXPECT_EQ(last.bar(100, 100, 95, 96), "buy 1 @ 95 entry") << "its last bar counts";
}

TEST(Orders, AreTakenBackByNumberOrAll) {
  Story story;
  const auto first = story.submit(limit(buy, 90));
  story.submit(limit(buy, 91));
  EXPECT_TRUE(story.broker.cancel(first));
  EXPECT_FALSE(story.broker.cancel(first));
  EXPECT_EQ(story.bar(100, 100, 80, 85), "buy 1 @ 91 entry");
  story.submit(limit(buy, 50));
  EXPECT_TRUE(story.broker.cancel_all(0));
  EXPECT_FALSE(story.broker.cancel_all(0));
}

TEST(Orders, AreBounded) {
  Story story;
  for (std::size_t i = 0; i < kOrdersMost; ++i) story.submit(limit(buy, 1));
  const auto over = story.broker.submit(0, limit(buy, 1));
  ASSERT_FALSE(over);
  EXPECT_EQ(over.error().code, Errc::limit_exceeded);
}

TEST(CloseAll, ClosesAtTheNewestClose) {
  Story story;
  story.submit(with_exits(market(buy, 2), percent(50)));
  story.bar(100, 110, 99, 104);
  story.broker.clear_fills();
  story.broker.close_all(0, Reason::end);
  EXPECT_EQ(story.fills(), "sell 2 @ 104 end");
  EXPECT_EQ(story.broker.waiting(0), 0u);
  EXPECT_EQ(story.cash(), "10008");
}

}  // namespace
}  // namespace cw::trading
