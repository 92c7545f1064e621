#include <cmath>

#include <gtest/gtest.h>

#include "trading/testing.h"

namespace cw::trading {
namespace {

using namespace testing;
using enum Side;

AccountSettings with_costs(std::string_view commission, std::string_view slippage = "none",
                           std::string_view funding = "none") {
  auto settings = free_account();
  settings.costs = {parse_commission(commission).value(), parse_slippage(slippage).value(),
                    parse_funding(funding).value()};
  return settings;
}

TEST(Commission, OfMarketAndStopIsTheTakersOfAWaitingLimitTheMakers) {
  Story story{with_costs("percent:0.1/0.2")};
  story.submit(with_exits(market(buy), level(50), {{level(110)}}));
  story.bar(100);
  EXPECT_EQ(story.broker.fills()[0].commission.text(), "0.2");
  story.bar(100, 110, 100, 110);
  EXPECT_EQ(story.broker.fills()[0].commission.text(), "0.11");
  story.submit(limit(buy, 120));
  story.bar(110);
  EXPECT_EQ(story.broker.fills()[0].commission.text(), "0.22") << "it could be filled when it came";
  story.submit(limit(sell, 112));
  story.bar(111);
  story.bar(115);
  EXPECT_EQ(story.fills(), "sell 1 @ 115 signal");
  EXPECT_EQ(story.broker.fills()[0].commission.text(), "0.115") << "it waited: a maker also at a gap";
  story.submit(stop(buy, 120));
  story.bar(115, 121, 115, 120);
  EXPECT_EQ(story.broker.fills()[0].commission.text(), "0.24");
  EXPECT_EQ(story.broker.ledger().fees().text(), "0.885");
  EXPECT_TRUE(story.broker.ledger().is_balanced());
}

TEST(Commission, FallsWithWhatWasTraded) {
  Story story{with_costs("kraken")};
  story.submit(market(buy, 90));
  story.bar(100);
  EXPECT_EQ(story.broker.fills()[0].commission.text(), "36") << "9000 at 0.40 %";
  story.submit(market(buy, 10));
  story.bar(100);
  EXPECT_EQ(story.broker.fills()[0].commission.text(), "4") << "the first step is at 10000, reached with this one";
  story.submit(market(sell, 10));
  story.bar(100);
  EXPECT_EQ(story.broker.fills()[0].commission.text(), "3.5");
}

TEST(Slippage, HurtsBothSidesAndNeverALimit) {
  Story story{with_costs("none", "fixed_bps:10")};
  story.submit(with_exits(market(buy), percent(5), {{level(120)}}));
  EXPECT_EQ(story.bar(100), "buy 1 @ 100.1 entry");
  EXPECT_EQ(story.broker.fills()[0].slippage.text(), "0.1");
  // The stop is 5 % below the fill: 95.095, at the tick 95.1 (half-even of 9509.5 is 9510).
  EXPECT_EQ(story.bar(100, 100, 95, 96), "sell 1 @ 95 stop") << "95.1 less 0.0951";
  EXPECT_EQ(story.broker.fills()[0].reference, ticks(95.1));
  EXPECT_EQ(story.broker.ledger().slippage().text(), "0.2");
  story.submit(limit(buy, 100));
  EXPECT_EQ(story.bar(99.95), "buy 1 @ 100 entry") << "99.95 and 0.09995, but its limit is 100";
  story.submit(limit(sell, 110));
  EXPECT_EQ(story.bar(100, 111, 100, 110), "sell 1 @ 110 signal");
}

TEST(Slippage, OfVolumeShareCountsLargeOrders) {
  Story story{with_costs("none", "volume_share:1")};
  for (int i = 0; i < 20; ++i) story.bar(100, 102, 98, 100);  // a mean range of 4
  story.submit(market(buy, 10));
  story.bar(100, 102, 98, 100, 1'000);
  // 4 / 1.5958 * sqrt(0.01) = 0.2507
  EXPECT_EQ(story.fills(), "buy 10 @ 100.25 entry");
  EXPECT_EQ(story.broker.counts().over_volume, 0u);
  story.submit(market(buy, 10));
  story.bar(100, 102, 98, 100, 10);
  EXPECT_EQ(story.fills(), "buy 10 @ 102.51 entry") << "all of the bar's volume: sigma, 2.507";
  EXPECT_EQ(story.broker.counts().over_volume, 1u);
}

TEST(Funding, IsPaidAtTheHoursOnWhatABarBeginsWith) {
  Story story{with_costs("none", "none", "perpetual:0.01")};
  story.submit(market(buy, 10));
  for (int hour = 0; hour < 8; ++hour) story.bar(100);
  EXPECT_EQ(story.broker.ledger().funding().text(), "0");
  story.bar(110);  // opens at 08:00: 1100 at 0.01 %
  EXPECT_EQ(story.broker.ledger().funding().text(), "0.11");
  story.submit(market(sell, 20));
  for (int hour = 9; hour < 17; ++hour) story.bar(100);
  EXPECT_EQ(story.broker.ledger().funding().text(), "0.01") << "the short got 0.1 at 16:00";
  EXPECT_TRUE(story.broker.ledger().is_balanced());
}

TEST(Limits, CutAnEntryAndRefuseWhatIsLeftOver) {
  AccountSettings settings;
  settings.protections = Protections::none();
  settings.costs.commission = parse_commission("percent:25").value();
  Story story{settings};
  story.submit(market(buy, 1'000));
  EXPECT_EQ(story.bar(100), "buy 80 @ 100 entry") << "8000 and 2000 of commission";
  EXPECT_EQ(story.cash(), "0");
  EXPECT_EQ(story.broker.counts().cut, 1u);
  story.submit(market(buy));
  EXPECT_EQ(story.bar(100), "");
  EXPECT_EQ(story.broker.counts().refused_for(Refusal::pyramiding), 1u);
}

TEST(Limits, HoldPositionsAndEntries) {
  auto settings = free_account();
  settings.limits.positions_most = 1;
  settings.limits.pyramiding = 2;
  Story story{settings};
  story.broker.add(kCents, {SizingKind::fixed_quantity, 1});
  for (int i = 0; i < 3; ++i) story.submit(market(buy));
  EXPECT_EQ(story.bar(100), "buy 1 @ 100 entry, buy 1 @ 100 entry");
  EXPECT_EQ(story.broker.counts().refused_for(Refusal::pyramiding), 1u);
  ASSERT_TRUE(story.broker.submit(1, market(buy)));
  story.broker.on_bar(1, {story.at, 50, 50, 50, 50, 100});
  EXPECT_TRUE(story.broker.ledger().position(1).lots.none());
  EXPECT_EQ(story.broker.counts().refused_for(Refusal::max_positions), 1u);
}

TEST(Limits, CountTheExposureOfAllInstrumentsTogether) {
  auto settings = free_account();
  settings.limits.exposure_percent = 100;
  settings.limits.symbol_exposure_percent = 60;
  Story story{settings, {}, {SizingKind::percent_of_equity, 100}};
  story.broker.add(kCents, {SizingKind::percent_of_equity, 100});
  story.submit(OrderRequest{});
  EXPECT_EQ(story.bar(100), "buy 60 @ 100 entry");
  ASSERT_TRUE(story.broker.submit(1, OrderRequest{}));
  story.broker.on_bar(1, {story.at, 50, 50, 50, 50, 100});
  EXPECT_EQ(story.broker.ledger().position(1).lots, lots(80)) << "the other 40 %";
}

TEST(Limits, OpenNothingBelowTheLeastWorth) {
  InstrumentRules rules = kCents;
  rules.min_notional = money_of_steps(5 * kStepsPerOne);
  Broker broker{free_account()};
  broker.add(rules, {SizingKind::fixed_quantity, 1});
  ASSERT_TRUE(broker.submit(0, market(buy, 0.04)));
  broker.on_bar(0, {parse_time("2024-03-01").value(), 100, 100, 100, 100, 10});
  EXPECT_TRUE(broker.fills().empty());
  EXPECT_EQ(broker.counts().refused_for(Refusal::below_minimum), 1u);
}

TEST(Sizing, ByRiskLosesItsShareAtTheStop) {
  Story story{free_account(), {}, {SizingKind::risk_percent, 1}};
  OrderRequest entry;
  story.submit(entry);
  EXPECT_EQ(story.bar(100), "");
  EXPECT_EQ(story.broker.counts().refused_for(Refusal::no_stop), 1u);
  story.submit(with_exits(entry, level(96)));
  EXPECT_EQ(story.bar(100, 101, 95, 96), "buy 25 @ 100 entry, sell 25 @ 96 stop");
  EXPECT_EQ(story.cash(), "9900");
}

TEST(Protections, HoldUpEntriesAndNoReversal) {
  auto settings = free_account();
  settings.protections.cool_down_bars = 2;
  Story story{settings};
  story.submit(with_exits(market(buy), level(95)));
  EXPECT_EQ(story.bar(100, 100, 94, 95), "buy 1 @ 100 entry, sell 1 @ 95 stop");
  for (int i = 0; i < 2; ++i) {
    story.submit(market(buy));
    EXPECT_EQ(story.bar(95), "");
  }
  EXPECT_EQ(story.broker.counts().refused_for(Refusal::cool_down), 2u);
  story.submit(market(buy));
  EXPECT_EQ(story.bar(95), "buy 1 @ 95 entry");
  story.submit(market(sell, 2));
  EXPECT_EQ(story.bar(90), "sell 1 @ 90 reversal, sell 1 @ 90 entry") << "its own loss does not hold it up";
}

TEST(Protections, CloseWhatIsHeldWhereTheyShould) {
  auto settings = free_account();
  settings.protections.drawdown_percent = 20;
  settings.protections.drawdown_days = 1;
  settings.protections.close_positions = true;
  Story story{settings};
  story.submit(market(buy, 100));
  story.bar(100);
  EXPECT_EQ(story.bar(80), "") << "a fifth of the account is gone at this close";
  EXPECT_EQ(story.bar(81), "sell 100 @ 81 protection");
  story.submit(market(buy));
  EXPECT_EQ(story.bar(81), "");
  EXPECT_EQ(story.broker.counts().refused_for(Refusal::drawdown_halt), 1u);
}

TEST(Liquidation, EndsAShortWhereTheAccountIsUsedUp) {
  Story story;
  story.submit(market(sell, 100));  // 10000 of equity, 20000 of cash: nothing is left at 200
  story.bar(100);
  EXPECT_EQ(story.bar(150, 199.99, 140, 180), "");
  EXPECT_EQ(story.bar(180, 210, 170, 175), "buy 100 @ 200 liquidation");
  EXPECT_DOUBLE_EQ(story.broker.equity(), 0);
  story.submit(market(buy));
  EXPECT_EQ(story.bar(100), "");
  EXPECT_EQ(story.broker.counts().refused_for(Refusal::exposure), 1u);
}

TEST(Liquidation, OfBorrowedMoneyAtAGapIsAtTheOpen) {
  Story story;
  story.submit(market(buy, 300));  // 30000 with 20000 borrowed: nothing is left at 66.67
  story.bar(100);
  EXPECT_EQ(story.bar(60, 70, 55, 65), "sell 300 @ 60 liquidation");
  EXPECT_DOUBLE_EQ(story.broker.equity(), -2'000);
  Story plain;
  plain.submit(market(buy, 100));
  plain.bar(100);
  EXPECT_EQ(plain.bar(1, 1, 0.01, 0.01), "") << "bought with its own money it may fall as it likes";
}

TEST(Settings, NameWhatIsWrong) {
  const auto field = [](auto change) {
    AccountSettings settings;
    change(settings);
    const auto checked = validate(settings);
    return checked ? std::string{} : checked.error().field;
  };
  EXPECT_EQ(field([](auto&) {}), "");
  EXPECT_EQ(field([](auto& s) { s.capital = {}; }), "capital");
  EXPECT_EQ(field([](auto& s) { s.capital = -money_of_steps(1); }), "capital");
  EXPECT_EQ(field([](auto& s) { s.capital = kCapitalMost + Money{1}; }), "capital");
  EXPECT_EQ(field([](auto& s) { s.fills.participation = 1.1; }), "fills.participation");
  EXPECT_EQ(field([](auto& s) { s.limits.pyramiding = 0; }), "limits.pyramiding");
  EXPECT_EQ(field([](auto& s) { s.protections.daily_loss_percent = 200; }), "protections.daily_loss_percent");
}

}  // namespace
}  // namespace cw::trading
