#include "trading/order.h"

#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cw::trading {
namespace {

using ::testing::HasSubstr;

const InstrumentRules kCents{1'000'000, 1'000'000, {}};  // tick 0.01, lot 0.01

OrderRequest limit_buy() {
  OrderRequest order;
  order.type = OrderType::limit;
  order.quantity = {100};
  order.limit = {10'000};  // 100.00
  return order;
}

/// The field that an order is refused for; `accepted` where it is not. The message begins with the field.
std::string refused(const OrderRequest& order) {
  const auto checked = validate(order, kCents);
  if (checked) return "accepted";
  EXPECT_EQ(checked.error().code, Errc::bad_parameter);
  EXPECT_THAT(checked.error().message, HasSubstr(checked.error().field + ": "));
  return checked.error().field;
}

/// The same order, changed.
template <class Change>
OrderRequest but(OrderRequest order, Change change) {
  change(order);
  return order;
}

OrderRequest with_stop(OrderRequest order, Distance stop) {
  order.bracket.stop = stop;
  return order;
}

OrderRequest with_targets(OrderRequest order, std::vector<Target> rungs) {
  for (const auto& rung : rungs) order.bracket.ladder[static_cast<std::size_t>(order.bracket.targets++)] = rung;
  return order;
}

constexpr Distance percent(double value) { return {DistanceKind::percent, value}; }
constexpr Distance level(double value) { return {DistanceKind::level, value}; }

TEST(Distance, IsBelowOrAboveByItsKind) {
  EXPECT_EQ(percent(3).level(200, false), 194);
  EXPECT_EQ(percent(3).level(200, true), 206);
  EXPECT_EQ((Distance{DistanceKind::amount, 12.5}.level(200, false)), 187.5);
  EXPECT_EQ((Distance{DistanceKind::atr, 2, 7}.level(200, true)), 214);
  EXPECT_EQ(level(150).level(200, true), 150);
}

TEST(Validate, TakesEachTypeWithWhatItNeeds) {
  OrderRequest market;
  EXPECT_EQ(refused(market), "accepted") << "sized when it fills";
  EXPECT_EQ(refused(limit_buy()), "accepted");
  OrderRequest stop = market;
  stop.type = OrderType::stop;
  stop.stop = {11'000};
  EXPECT_EQ(refused(stop), "accepted");
  OrderRequest stop_limit = stop;
  stop_limit.type = OrderType::stop_limit;
  stop_limit.limit = {11'100};
  EXPECT_EQ(refused(stop_limit), "accepted");
  OrderRequest trailing = market;
  trailing.type = OrderType::trailing_stop;
  trailing.trail = {DistanceKind::atr, 3, 1.5};
  EXPECT_EQ(refused(trailing), "accepted");
}

TEST(Validate, NamesThePriceThatIsMissingOrTooMany) {
  EXPECT_EQ(refused(but(limit_buy(), [](auto& o) { o.limit = {}; })), "limit");
  EXPECT_EQ(refused(but(limit_buy(), [](auto& o) { o.limit = {-5}; })), "limit");
  EXPECT_EQ(refused(but(limit_buy(), [](auto& o) { o.stop = {5}; })), "stop");
  EXPECT_EQ(refused(but(limit_buy(), [](auto& o) { o.trail = percent(2); })), "trail");
  EXPECT_EQ(refused(but(limit_buy(), [](auto& o) { o.type = OrderType::market; })), "limit");
  EXPECT_EQ(refused(but(limit_buy(), [](auto& o) { o.type = OrderType::stop_limit; })), "stop");
  OrderRequest trailing;
  trailing.type = OrderType::trailing_stop;
  EXPECT_EQ(refused(trailing), "trail");
  EXPECT_EQ(refused(but(trailing, [](auto& o) { o.trail = level(90); })), "trail");
  EXPECT_EQ(refused(but(trailing, [](auto& o) { o.trail = {DistanceKind::atr, 2, 0}; })), "trail");
  EXPECT_EQ(refused(but(trailing, [](auto& o) { o.side = Side::sell, o.trail = percent(100); })), "trail");
}

TEST(Validate, RefusesQuantitiesThatMeanNothing) {
  EXPECT_EQ(refused(but(limit_buy(), [](auto& o) { o.quantity = {-1}; })), "quantity");
  EXPECT_EQ(refused(but(limit_buy(), [](auto& o) { o.quantity = {1'000'000'000'001}; })), "quantity") << "over 1e12";
  EXPECT_EQ(refused(but(limit_buy(), [](auto& o) { o.quantity = {1'000'000'000'000}; })), "accepted");
  EXPECT_EQ(refused(but(limit_buy(), [](auto& o) { o.share = 0.5; })), "share") << "an entry has no position to share";
  const auto exit = but(limit_buy(), [](auto& o) { o.reduce_only = true, o.quantity = {}, o.share = 0.5; });
  EXPECT_EQ(refused(exit), "accepted");
  EXPECT_EQ(refused(but(exit, [](auto& o) { o.quantity = {1}; })), "share");
  for (const double share : {0.0, -1.0, 1.5, std::numeric_limits<double>::quiet_NaN()})
    EXPECT_EQ(refused(but(exit, [&](auto& o) { o.share = share; })), "share") << share;
}

TEST(Validate, RefusesContradictions) {
  EXPECT_EQ(refused(but(OrderRequest{}, [](auto& o) { o.oco = 1; })), "oco");
  EXPECT_EQ(refused(but(OrderRequest{}, [](auto& o) { o.good_for_bars = 3; })), "good_for_bars");
  EXPECT_EQ(refused(but(limit_buy(), [](auto& o) { o.good_for_bars = -3; })), "good_for_bars");
  EXPECT_EQ(refused(but(with_stop(limit_buy(), percent(3)), [](auto& o) { o.reduce_only = true; })), "bracket");
  EXPECT_EQ(refused(but(limit_buy(), [](auto& o) { o.bracket.time_stop_bars = -1; })), "bracket.time_stop");
  EXPECT_EQ(refused(but(limit_buy(), [](auto& o) { o.bracket.trailing = level(90); })), "bracket.trailing");
}

TEST(Validate, RefusesExitsOnTheWrongSideOfAnEntryWhosePriceIsKnown) {
  EXPECT_EQ(refused(with_stop(limit_buy(), level(99.99))), "accepted");
  EXPECT_EQ(refused(with_stop(limit_buy(), level(100))), "bracket.stop");
  EXPECT_EQ(refused(with_targets(limit_buy(), {{level(100.01)}})), "accepted");
  EXPECT_EQ(refused(with_targets(limit_buy(), {{level(100)}})), "bracket.target");
  EXPECT_EQ(refused(with_stop(limit_buy(), {DistanceKind::amount, 100})), "bracket.stop") << "a stop at 0";
  EXPECT_EQ(refused(with_stop(OrderRequest{}, level(1e6))), "accepted") << "a market order's price is not known yet";
  const auto limit_sell = but(limit_buy(), [](auto& o) { o.side = Side::sell; });
  EXPECT_EQ(refused(with_stop(limit_sell, level(99.99))), "bracket.stop");
  EXPECT_EQ(refused(with_stop(limit_sell, percent(150))), "accepted");
  EXPECT_EQ(refused(with_targets(limit_sell, {{percent(100)}})), "bracket.target") << "a target at 0";
}

TEST(Validate, RefusesDistancesWithoutValue) {
  for (const double value :
       {0.0, -2.0, std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN()}) {
    EXPECT_EQ(refused(with_stop(OrderRequest{}, percent(value))), "bracket.stop") << value;
    EXPECT_EQ(refused(with_stop(OrderRequest{}, {DistanceKind::atr, 2, value})), "bracket.stop") << value;
  }
  EXPECT_EQ(refused(with_stop(OrderRequest{}, percent(100))), "bracket.stop");
}

TEST(Validate, HoldsLaddersToOneWholeAndNamesTheRung) {
  const Target third{percent(2), 1 / 3.0};
  EXPECT_EQ(refused(with_targets(OrderRequest{}, {third, third, third})), "accepted");
  EXPECT_EQ(refused(with_targets(OrderRequest{}, {{percent(2), 0.5}, {percent(3), 0.51}})), "bracket.target");
  EXPECT_EQ(refused(with_targets(OrderRequest{}, {{percent(2), 0.5}, {percent(3), 0}})), "bracket.target[1]");
  EXPECT_EQ(refused(with_targets(OrderRequest{}, {{percent(2), 0.5}, {Distance{}, 0.5}})), "bracket.target[1]");
  EXPECT_EQ(refused(but(OrderRequest{}, [](auto& o) { o.bracket.targets = kTargetsMost + 1; })), "bracket.target");
}

TEST(Names, AreThoseOfTheContract) {
  EXPECT_EQ(name(OrderType::stop_limit), "stop_limit");
  EXPECT_EQ(name(Reason::trailing_stop), "trailing_stop");
  EXPECT_EQ(name(Reason::liquidation), "liquidation");
}

}  // namespace
}  // namespace cw::trading
