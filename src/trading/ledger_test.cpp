#include "trading/ledger.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "base/random.h"

namespace cw::trading {
namespace {

const InstrumentRules kCents{1'000'000, 1'000'000, {}};  // tick 0.01, lot 0.01

Money money(std::string_view text) { return Money{parse_decimal(text, kMoneyPlaces).value()}; }

Execution trade(Side side, std::int64_t lots, std::int64_t ticks) { return {side, {lots}, {ticks}, {ticks}, {}}; }

TEST(Ledger, KeepsALongPositionAtAverageCost) {
  Ledger ledger{money("10000")};
  const auto btc = ledger.add(kCents);
  ASSERT_TRUE(ledger.book(btc, trade(Side::buy, 100, 10'000)));  // 1 at 100
  ASSERT_TRUE(ledger.book(btc, trade(Side::buy, 200, 11'500)));  // 2 at 115: 3 for 330
  EXPECT_EQ(ledger.position(btc), (Position{{300}, money("330")}));
  EXPECT_EQ(ledger.position(btc).average_price(kCents), 110);
  EXPECT_EQ(ledger.cash().text(), "9670");

  const auto sold = ledger.book(btc, trade(Side::sell, 100, 12'000)).value();  // 1 at 120, its cost 110
  EXPECT_EQ(sold.realised.text(), "10");
  EXPECT_EQ(sold.closed, Lots{100});
  EXPECT_EQ(sold.opened, Lots{0});
  EXPECT_EQ(ledger.position(btc), (Position{{200}, money("220")}));
  EXPECT_EQ(ledger.cash().text(), "9790");
}

TEST(Ledger, KeepsAShortAtWhatItWasSoldFor) {
  Ledger ledger{money("1000")};
  const auto btc = ledger.add(kCents);
  ASSERT_TRUE(ledger.book(btc, trade(Side::sell, 400, 5'000)));  // 4 at 50
  EXPECT_EQ(ledger.position(btc), (Position{{-400}, money("-200")}));
  EXPECT_EQ(ledger.position(btc).average_price(kCents), 50);
  EXPECT_EQ(ledger.cash().text(), "1200");
  EXPECT_EQ(ledger.book(btc, trade(Side::buy, 100, 4'400)).value().realised.text(), "6");
  EXPECT_EQ(ledger.book(btc, trade(Side::buy, 300, 5'300)).value().realised.text(), "-9");
  EXPECT_EQ(ledger.position(btc), Position{});
  EXPECT_TRUE(std::isnan(ledger.position(btc).average_price(kCents)));
  EXPECT_EQ(ledger.cash().text(), "997");
}

TEST(Ledger, ClosesAndOpensTheOtherSideInOneTrade) {
  Ledger ledger{money("1000")};
  const auto btc = ledger.add(kCents);
  ASSERT_TRUE(ledger.book(btc, trade(Side::buy, 100, 10'000)));
  const auto turned = ledger.book(btc, trade(Side::sell, 250, 9'000)).value();
  EXPECT_EQ(turned.closed, Lots{100});
  EXPECT_EQ(turned.opened, Lots{150});
  EXPECT_EQ(turned.realised.text(), "-10");
  EXPECT_EQ(ledger.position(btc), (Position{{-150}, money("-135")}));
  EXPECT_TRUE(ledger.is_balanced());
}

TEST(Ledger, AThirdOfAnOddCostLeavesNothingBehind) {
  // Three lots of the finest instrument for ten units: 3.33, 3.33 and what is left.
  Ledger ledger{Money{100}};
  const auto coin = ledger.add({1, 1, {}});
  ASSERT_TRUE(ledger.book(coin, trade(Side::buy, 1, 4)));
  ASSERT_TRUE(ledger.book(coin, trade(Side::buy, 2, 3)));
  EXPECT_EQ(ledger.position(coin), (Position{{3}, Money{10}}));
  EXPECT_TRUE(ledger.book(coin, trade(Side::sell, 1, 5)).value().realised == Money{2});
  EXPECT_TRUE(ledger.book(coin, trade(Side::sell, 1, 5)).value().realised == Money{1})
      << "7 of 2: half of it, 3.5, is 4";
  EXPECT_TRUE(ledger.book(coin, trade(Side::sell, 1, 5)).value().realised == Money{2});
  EXPECT_EQ(ledger.position(coin), Position{});
  EXPECT_TRUE(ledger.realised() == Money{5});
}

TEST(Ledger, BooksFeesFundingAndSlippageApart) {
  Ledger ledger{money("1000")};
  const auto btc = ledger.add(kCents);
  // Bought at 100.05 where 100.00 was asked: slippage 0.05 on 2; a fee, and then a rebate.
  ASSERT_TRUE(ledger.book(btc, {Side::buy, {200}, {10'005}, {10'000}, {money("0.2001"), 7}}));
  ASSERT_TRUE(ledger.book(btc, {Side::sell, {200}, {9'990}, {10'000}, {money("-0.05"), -2}}));
  ASSERT_TRUE(ledger.pay_funding(money("0.3")));
  EXPECT_EQ(ledger.slippage().text(), "0.3") << "0.1 on buying, 0.2 on selling";
  EXPECT_EQ(ledger.fees().text(), "0.1501");
  EXPECT_EQ(ledger.funding().text(), "0.3");
  EXPECT_EQ(ledger.realised().text(), "-0.3");
  EXPECT_EQ(ledger.cash().text(), "999.2499");
  EXPECT_TRUE(ledger.commission_remainder_e24() == 5);
  EXPECT_TRUE(ledger.is_balanced());
}

TEST(Ledger, RefusesWhatItCouldNotCountAndBooksNothing) {
  Ledger ledger{money("1000")};
  const auto coin = ledger.add({100'000'000, 100'000'000, {}});
  const auto huge = ledger.book(coin, trade(Side::buy, 1'000'000'000'001, 1));
  ASSERT_FALSE(huge);
  EXPECT_EQ(huge.error().code, Errc::limit_exceeded);
  EXPECT_FALSE(ledger.pay_funding(kMoneyMost + Money{1}));
  const auto dust = ledger.add({1, 1, {}});
  ASSERT_TRUE(ledger.book(dust, trade(Side::buy, std::numeric_limits<std::int64_t>::max(), 1)));
  EXPECT_FALSE(ledger.book(dust, trade(Side::buy, 1, 1))) << "64 bits of lots";
  const auto other = ledger.add({1, 1, {}});
  ASSERT_TRUE(ledger.book(other, trade(Side::sell, std::numeric_limits<std::int64_t>::max(), 1)));
  EXPECT_FALSE(ledger.book(other, trade(Side::sell, 1, 1))) << "the least number of 64 bits has no size";
  EXPECT_TRUE(ledger.is_balanced());
  // A million of the most each way, and no further.
  for (int i = 0; i < 999'999; ++i) ASSERT_TRUE(ledger.pay_funding(kMoneyMost));
  EXPECT_TRUE(ledger.pay_funding(kMoneyMost));
  EXPECT_FALSE(ledger.pay_funding(kMoneyMost));
  EXPECT_TRUE(ledger.is_balanced());
}

Execution random_trade(Random& random) {
  const auto price = static_cast<std::int64_t>(random.below(1'000'000'000)) + 1;
  const auto slip = static_cast<std::int64_t>(random.below(1'000));
  const Side side = random.chance(0.5) ? Side::buy : Side::sell;
  const Ticks reference{std::max<std::int64_t>(1, price - sign(side) * slip)};
  const auto fee = static_cast<std::int64_t>(random.below(100'000'000)) - 10'000'000;
  const auto lots = static_cast<std::int64_t>(random.below(1'000'000'000) >> random.below(30)) + 1;
  return {side, {lots}, {price}, reference, {money_of_steps(fee), static_cast<Int128>(random.below(1000)) - 500}};
}

TEST(Ledger, ConservesValueToTheLastUnitOverRandomTrades) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    Random random{seed};
    Ledger ledger{money("1000000")};
    for (int i = 0; i < 4; ++i)
      ledger.add(
          {static_cast<std::int64_t>(random.below(1'000)) + 1, static_cast<std::int64_t>(random.below(1'000)) + 1, {}});
    for (int i = 0; i < 2'000; ++i) {
      if (random.chance(0.1))
        ASSERT_TRUE(ledger.pay_funding(Money{static_cast<Int128>(random.next() >> 1) - (Int128{1} << 62)}));
      const auto instrument = random.below(4);
      const auto before = ledger.position(instrument);
      const auto one = random_trade(random);
      const auto booked = ledger.book(instrument, one);
      ASSERT_TRUE(booked);
      ASSERT_TRUE(ledger.is_balanced()) << "seed " << seed << ", trade " << i;
      const auto& after = ledger.position(instrument);
      ASSERT_EQ(after.lots.count, before.lots.count + sign(one.side) * one.lots.count);
      ASSERT_EQ(booked->closed + booked->opened, one.lots);
      if (after.lots.none())
        ASSERT_TRUE(after.cost == Money{}) << "nothing held costs nothing";
      else
        ASSERT_EQ(after.cost.units > 0, after.lots.count > 0);
    }
  }
}

TEST(Ledger, FeesFundingAndSlippageAreExactlyWhatTheyCost) {
  // The same trades at the prices before slippage, with no costs, leave more cash by exactly the three sums.
  Random random{7};
  Ledger with{money("1000000")};
  Ledger without{money("1000000")};
  const InstrumentRules rules{3, 7, {}};
  with.add(rules);
  without.add(rules);
  for (int i = 0; i < 5'000; ++i) {
    const auto one = random_trade(random);
    ASSERT_TRUE(with.book(0, one));
    ASSERT_TRUE(without.book(0, {one.side, one.lots, one.reference, one.reference, {}}));
    ASSERT_TRUE(without.cash() == with.cash() + with.fees() + with.slippage());
  }
}

}  // namespace
}  // namespace cw::trading
