#include <gtest/gtest.h>

#include "trading/testing.h"

namespace cw::trading {
namespace {

using namespace testing;
using enum Side;

AccountSettings with_policy(Intrabar intrabar) {
  auto settings = free_account();
  settings.fills.intrabar = intrabar;
  return settings;
}

/// Long from 100, stop at 95, target at 110.
Story long_with_both(const AccountSettings& settings, LowerBars lower = {}) {
  Story story{settings, std::move(lower)};
  story.submit(with_exits(market(buy), level(95), {{level(110)}}));
  story.bar(100);
  return story;
}

TEST(BothInOneBar, IsTheStopWhenPessimistic) {
  auto story = long_with_both(with_policy(Intrabar::pessimistic));
  EXPECT_EQ(story.bar(105, 111, 94, 108), "sell 1 @ 95 stop");
  EXPECT_EQ(story.broker.counts().ambiguous_bars, 1u);
}

TEST(BothInOneBar, IsTheNearerToTheOpenWhenAdaptive) {
  auto near_high = long_with_both(with_policy(Intrabar::adaptive));
  EXPECT_EQ(near_high.bar(105, 111, 94, 108), "sell 1 @ 110 target");
  EXPECT_EQ(near_high.broker.counts().ambiguous_bars, 1u) << "however it was decided";
  auto near_low = long_with_both(with_policy(Intrabar::adaptive));
  EXPECT_EQ(near_low.bar(100, 111, 94, 108), "sell 1 @ 95 stop");
  auto tie = long_with_both(with_policy(Intrabar::adaptive));
  EXPECT_EQ(tie.bar(102, 111, 93, 108), "sell 1 @ 95 stop") << "as near to both: pessimistic";
}

TEST(BothInOneBar, IsWhatTheLowerBarsSayWhenMagnified) {
  // 105 -> 112 -> 94: the target first. The second bar is never needed.
  const std::vector<std::int64_t> times{0, 1};
  const std::vector<double> open{105, 107}, high{112, 108}, low{104, 94}, close{107, 108}, volume{1, 1};
  const market::CandleSpan lower{times, open, high, low, close, volume};
  int asked = 0;
  auto story = long_with_both(with_policy(Intrabar::magnifier), [&](std::size_t instrument, Timestamp) {
    EXPECT_EQ(instrument, 0u);
    ++asked;
    return lower;
  });
  EXPECT_EQ(asked, 0) << "a bar that holds one at most needs none";
  EXPECT_EQ(story.bar(105, 112, 94, 108), "sell 1 @ 110 target");
  EXPECT_EQ(asked, 1);
  EXPECT_EQ(story.broker.counts().ambiguous_bars, 1u);
  EXPECT_EQ(story.broker.counts().magnified_bars, 1u);
  EXPECT_EQ(story.broker.counts().ambiguous_lower_bars, 0u);
}

TEST(BothInOneBar, IsPessimisticAndCountedWhereThereAreNoLowerBars) {
  auto story = long_with_both(with_policy(Intrabar::magnifier));
  EXPECT_EQ(story.bar(105, 112, 94, 108), "sell 1 @ 95 stop");
  EXPECT_EQ(story.broker.counts().unmagnified_bars, 1u);
}

TEST(Magnifier, AnAmbiguousLowerBarIsPessimisticAndCounted) {
  const std::vector<std::int64_t> times{0};
  const std::vector<double> open{105}, high{112}, low{94}, close{108}, volume{1};
  auto story = long_with_both(with_policy(Intrabar::magnifier), [&](std::size_t, Timestamp) {
    return market::CandleSpan{times, open, high, low, close, volume};
  });
  EXPECT_EQ(story.bar(105, 112, 94, 108), "sell 1 @ 95 stop");
  EXPECT_EQ(story.broker.counts().ambiguous_lower_bars, 1u);
}

// What opens inside the bar: nobody knows what of the bar came before it.

TEST(EntryInsideTheBar, ByAStopIsHurtByAllOfTheBarButForWhatIsSure) {
  const auto entry = with_exits(stop(buy, 105), level(100), {{level(110)}});
  Story hurt;
  hurt.submit(entry);
  EXPECT_EQ(hurt.bar(103, 107, 99, 106), "buy 1 @ 105 entry, sell 1 @ 100 stop");
  EXPECT_EQ(hurt.broker.counts().ambiguous_bars, 1u) << "the low may have been before";
  Story sure;
  sure.submit(entry);
  EXPECT_EQ(sure.bar(103, 107, 98, 99), "buy 1 @ 105 entry, sell 1 @ 100 stop");
  EXPECT_EQ(sure.broker.counts().ambiguous_bars, 0u) << "it closed below the stop";
  Story won;
  won.submit(entry);
  EXPECT_EQ(won.bar(103, 111, 102, 106), "buy 1 @ 105 entry, sell 1 @ 110 target");
  EXPECT_EQ(won.broker.counts().ambiguous_bars, 0u) << "to 110 it had to come through 105";
}

TEST(EntryInsideTheBar, ByALimitMeetsItsTargetOnlyWhereTheCloseIsBeyondIt) {
  const auto entry = with_exits(limit(buy, 100), level(95), {{level(106)}});
  Story unsure;
  unsure.submit(entry);
  EXPECT_EQ(unsure.bar(103, 107, 99, 104), "buy 1 @ 100 entry");
  EXPECT_EQ(unsure.broker.counts().ambiguous_bars, 1u) << "the high may have been before";
  EXPECT_EQ(unsure.bar(104, 106, 103, 105), "sell 1 @ 106 target");
  Story sure;
  sure.submit(entry);
  EXPECT_EQ(sure.bar(103, 109, 99, 108), "buy 1 @ 100 entry, sell 1 @ 106 target");
  EXPECT_EQ(sure.broker.counts().ambiguous_bars, 0u);
  Story stopped;
  stopped.submit(entry);
  EXPECT_EQ(stopped.bar(103, 104, 94, 99), "buy 1 @ 100 entry, sell 1 @ 95 stop");
  EXPECT_EQ(stopped.broker.counts().ambiguous_bars, 0u) << "the low came after 100";
}

TEST(EntryInsideTheBar, IsOnThePathWhenAdaptive) {
  Story story{with_policy(Intrabar::adaptive)};
  story.submit(with_exits(limit(buy, 100), level(95), {{level(106)}}));
  EXPECT_EQ(story.bar(101, 107, 99, 104), "buy 1 @ 100 entry, sell 1 @ 106 target") << "101, 99, 107, 104";
}

TEST(Flat, MeetsTheOrderOnTheNearerSideFirst) {
  auto above = stop(buy, 105);
  auto below = stop(sell, 95);
  above.oco = below.oco = 1;
  Story story;
  story.submit(above);
  story.submit(below);
  EXPECT_EQ(story.bar(99, 106, 94, 100), "sell 1 @ 95 entry");
  EXPECT_EQ(story.broker.counts().ambiguous_bars, 1u);
}

TEST(Trailing, IsAmbiguousWhereItWouldBeHitAfterTheHigh) {
  auto order = market(buy);
  order.bracket.trailing = amount(5);
  Story story;
  story.submit(order);
  story.bar(100);
  EXPECT_EQ(story.bar(100, 108, 99.5, 106), "") << "against the position first: 99.5 before 108";
  EXPECT_EQ(story.broker.counts().ambiguous_bars, 1u) << "after 108 it would have been hit at 103";
  EXPECT_EQ(story.bar(106, 107, 102, 104), "sell 1 @ 103 trailing_stop");
  EXPECT_EQ(story.broker.counts().ambiguous_bars, 1u);
}

TEST(Volume, FillsInPartsAndTheRestLater) {
  auto settings = free_account();
  settings.fills.participation = 0.1;
  Story story{settings};
  story.submit(market(buy, 25));
  EXPECT_EQ(story.bar(100, 101, 99, 100, 100), "buy 10 @ 100 entry");
  EXPECT_EQ(story.bar(102, 103, 101, 102, 70), "buy 7 @ 102 entry");
  EXPECT_EQ(story.bar(103, 104, 102, 103, 0), "");
  EXPECT_EQ(story.bar(104, 105, 103, 104, 1'000), "buy 8 @ 104 entry");
  EXPECT_EQ(story.broker.waiting(0), 0u);
}

TEST(Volume, AStopThatIsTriggeredGoesOnAtTheMarket) {
  auto settings = free_account();
  settings.fills.participation = 0.1;
  Story story{settings};
  story.submit(with_exits(market(buy, 20), level(95)));
  story.bar(100, 101, 99, 100, 1'000);
  EXPECT_EQ(story.bar(98, 99, 94, 99, 120), "sell 12 @ 95 stop");
  EXPECT_EQ(story.bar(101, 102, 100, 101, 1'000), "sell 8 @ 101 stop") << "though the price is back above";
}

TEST(Volume, AReversalClosesAllBeforeItOpens) {
  auto settings = free_account();
  settings.fills.participation = 0.1;
  Story story{settings, {}, {SizingKind::fixed_quantity, 6}};
  story.submit(market(buy, 15));
  story.bar(100, 100, 100, 100, 1'000);
  OrderRequest turn;
  turn.side = sell;
  story.submit(turn);
  EXPECT_EQ(story.bar(100, 100, 100, 100, 90), "sell 9 @ 100 reversal");
  EXPECT_EQ(story.bar(101, 101, 101, 101, 90), "sell 6 @ 101 reversal, sell 3 @ 101 entry");
  EXPECT_EQ(story.bar(102, 102, 102, 102, 90), "sell 3 @ 102 entry");
  EXPECT_EQ(story.held(), -6);
}

TEST(Volume, APartOfAGroupMakesTheOthersSmaller) {
  auto settings = free_account();
  settings.fills.participation = 0.1;
  auto above = stop(buy, 105, 10);
  auto below = limit(buy, 95, 10);
  above.oco = below.oco = 1;
  Story story{settings};
  story.submit(above);
  story.submit(below);
  EXPECT_EQ(story.bar(100, 106, 99, 100, 40), "buy 4 @ 105 entry");
  EXPECT_EQ(story.bar(100, 100, 94, 95, 1'000), "buy 6 @ 100 entry")
      << "the stop's rest, at the market; the limit is gone";
  EXPECT_EQ(story.broker.waiting(0), 0u);
}

}  // namespace
}  // namespace cw::trading
