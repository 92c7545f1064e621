#include <vector>

#include <gtest/gtest.h>

#include "trading/testing.h"

// One table of whole stories, money included: each price, commission and balance in it is worked out by hand. The account has
// 10000; where nothing else is said its makers pay 0.08 % and its takers 0.1 %.
namespace cw::trading {
namespace {

using namespace testing;
using enum Side;

/// One bar, the orders that were given before it, and what filled in it.
struct Step {
  std::vector<OrderRequest> orders;
  std::vector<double> bar;  // open, high, low, close; or one price at which it stands still
  std::string fills;
  double volume = 1'000;
};

struct Golden {
  std::string name;
  std::vector<Step> steps;
  std::string fees;
  std::string cash;
  std::string commission = "percent:0.08/0.1";
  double participation = 0;
};

OrderRequest stop_limit(Side side, double at, double price) {
  auto order = stop(side, at);
  order.type = OrderType::stop_limit;
  order.limit = ticks(price);
  return order;
}

OrderRequest trailed(OrderRequest order, Distance distance) {
  order.bracket.trailing = distance;
  return order;
}

OrderRequest timed(OrderRequest order, int bars) {
  order.bracket.time_stop_bars = bars;
  return order;
}

OrderRequest good_for(OrderRequest order, int bars) {
  order.good_for_bars = bars;
  return order;
}

OrderRequest grouped(OrderRequest order) {
  order.oco = 1;
  return order;
}

OrderRequest part_of(OrderRequest exit, double share) {
  exit.share = share;
  return exit;
}

OrderRequest trailing_exit(Side side, Distance distance) {
  auto order = trailing(side, distance);
  order.reduce_only = true;
  order.reason = Reason::trailing_stop;
  return order;
}

std::vector<Golden> order_types() {
  return {
      // 2 x 105 = 210 at 0.1 %: 0.21; 2 x 108 = 216: 0.216. 6 earned.
      {"market, long",
       {{{market(buy, 2)}, {105, 110, 101, 108}, "buy 2 @ 105 entry"}, {{exit_of(sell)}, {108}, "sell 2 @ 108 signal"}},
       "0.426",
       "10005.574"},
      // 3 x 50.25 = 150.75: 0.15075; 3 x 49.95 = 149.85: 0.14985. 0.9 earned.
      {"market, short",
       {{{market(sell, 3)}, {50.25}, "sell 3 @ 50.25 entry"}, {{exit_of(buy)}, {49.95}, "buy 3 @ 49.95 signal"}},
       "0.3006",
       "10000.5994"},
      // 2 x 100: 0.2; 5 x 90 = 450: 0.45. The short's 270 are in the cash.
      {"market, turned over",
       {{{market(buy, 2)}, {100}, "buy 2 @ 100 entry"},
        {{market(sell, 5)}, {90}, "sell 2 @ 90 reversal, sell 3 @ 90 entry"}},
       "0.65",
       "10249.35"},
      // A maker: 2 x 112 = 224 at 0.08 %: 0.1792; 2 x 105 = 210: 0.168. 14 earned.
      {"limit, a gap gives the better open",
       {{{limit(sell, 110, 2)}, {100, 104, 99, 103}, ""},
        {{}, {112, 115, 111, 113}, "sell 2 @ 112 entry"},
        {{limit(buy, 105, 2)}, {111, 112, 105.01, 109}, ""},
        {{}, {107, 108, 104, 106}, "buy 2 @ 105 signal"}},
       "0.3472",
       "10013.6528"},
      // 93: 0.093; 96: 0.096. 3 lost.
      {"stop, a gap gives the worse open",
       {{{stop(sell, 95)}, {100, 101, 95.01, 97}, ""},
        {{}, {93, 94, 90, 91}, "sell 1 @ 93 entry"},
        {{stop(buy, 96)}, {91, 97, 90, 95}, "buy 1 @ 96 signal"}},
       "0.189",
       "9996.811"},
      // At its stop, at once: a taker, 0.095. Jumped over, it waits at its limit: a maker, 98 at 0.08 %: 0.0784. 3 lost.
      {"stop-limit, reached and jumped over",
       {{{stop_limit(sell, 95, 94)}, {96, 97, 93, 95}, "sell 1 @ 95 entry"},
        {{stop_limit(buy, 97, 98)}, {100, 101, 99, 100}, ""},
        {{}, {99, 100, 97.5, 98}, "buy 1 @ 98 signal"}},
       "0.1734",
       "9996.8266"},
      // From 120 it trails at 108; the open of 104 is worse. 0.1 and 0.104, 4 earned.
      {"trailing stop by percent, a gap",
       {{{market(buy)}, {100}, "buy 1 @ 100 entry"},
        {{trailing_exit(sell, percent(10))}, {100, 120, 100, 120}, ""},
        {{}, {104, 105, 100, 101}, "sell 1 @ 104 trailing_stop"}},
       "0.204",
       "10003.796"},
      // Twice an ATR of 1.5 over the low of 90: 93. 0.1 and 0.093, 7 earned.
      {"trailing stop by ATR, of a short",
       {{{trailed(market(sell), {DistanceKind::atr, 2, 1.5})}, {100, 101, 90, 91}, "sell 1 @ 100 entry"},
        {{}, {91, 95, 90.5, 94}, "buy 1 @ 93 trailing_stop"}},
       "0.193",
       "10006.807"},
      // From 110 it trails at 105. 0.1 and 0.105, 5 earned.
      {"trailing stop by an amount",
       {{{trailed(market(buy), amount(5))}, {100, 101, 96, 101}, "buy 1 @ 100 entry"},
        {{}, {101, 110, 101, 109}, ""},
        {{}, {109, 109, 104, 105}, "sell 1 @ 105 trailing_stop"}},
       "0.205",
       "10004.795"},
      // The entry's bar is the first: due at the second close, filled at the next open. 0.1 and 0.102, 2 earned.
      {"time stop",
       {{{timed(market(buy), 2)}, {100}, "buy 1 @ 100 entry"}, {{}, {101}, ""}, {{}, {102}, "sell 1 @ 102 time_stop"}},
       "0.202",
       "10001.798"},
      // 0.105 and 0.103, 2 lost; the limit at 95 is gone when the price comes.
      {"group",
       {{{grouped(stop(buy, 105)), grouped(limit(buy, 95))}, {100, 106, 99, 104}, "buy 1 @ 105 entry"},
        {{exit_of(sell)}, {103, 103, 94, 95}, "sell 1 @ 103 signal"}},
       "0.208",
       "9997.792"},
      {"good for one bar", {{{good_for(limit(buy, 95), 1)}, {100, 101, 96, 100}, ""}, {{}, {90}, ""}}, "0", "10000"},
      // Half of 2, then the rest: 0.2, 0.101, 0.099.
      {"reduce-only by shares",
       {{{market(buy, 2)}, {100}, "buy 2 @ 100 entry"},
        {{part_of(exit_of(sell), 0.5)}, {101}, "sell 1 @ 101 signal"},
        {{exit_of(sell)}, {99}, "sell 1 @ 99 signal"},
        {{exit_of(sell)}, {99}, ""}},
       "0.4",
       "9999.6"},
  };
}

std::vector<Golden> brackets() {
  const auto long_entry = with_exits(market(buy), percent(3), {{percent(6)}});
  const auto short_entry = with_exits(market(sell), percent(3), {{percent(6)}});
  const auto ladder = with_exits(market(buy), percent(5), {{percent(2), 0.5}, {percent(4), 0.3}});
  return {
      // 97: 0.097; 3 lost.
      {"stop and target in one bar: the stop",
       {{{long_entry}, {100}, "buy 1 @ 100 entry"}, {{}, {100, 107, 96, 105}, "sell 1 @ 97 stop"}},
       "0.197",
       "9996.803"},
      {"stop and target in the entry's bar: the stop",
       {{{long_entry}, {100, 107, 96, 105}, "buy 1 @ 100 entry, sell 1 @ 97 stop"}},
       "0.197",
       "9996.803"},
      // 103: 0.103; 3 lost.
      {"stop and target of a short in one bar: the stop",
       {{{short_entry}, {100}, "sell 1 @ 100 entry"}, {{}, {100, 104, 93, 95}, "buy 1 @ 103 stop"}},
       "0.203",
       "9996.797"},
      // 106 at 0.08 %: 0.0848; 6 earned.
      {"target",
       {{{long_entry}, {100}, "buy 1 @ 100 entry"}, {{}, {101, 107, 100, 105}, "sell 1 @ 106 target"}},
       "0.1848",
       "10005.8152"},
      // 112 at 0.08 %: 0.0896; 12 earned, though the bar comes down to the stop.
      {"a gap over the target",
       {{{long_entry}, {100}, "buy 1 @ 100 entry"}, {{}, {112, 113, 80, 94}, "sell 1 @ 112 target"}},
       "0.1896",
       "10011.8104"},
      // 90: 0.09; 10 lost.
      {"a gap through the stop",
       {{{long_entry}, {100}, "buy 1 @ 100 entry"}, {{}, {90, 110, 88, 94}, "sell 1 @ 90 stop"}},
       "0.19",
       "9989.81"},
      // 108: 0.108; 8 lost.
      {"a gap through a short's stop",
       {{{short_entry}, {100}, "sell 1 @ 100 entry"}, {{}, {108, 110, 90, 94}, "buy 1 @ 108 stop"}},
       "0.208",
       "9991.792"},
      // 88 at 0.08 %: 0.0704; 12 earned.
      {"a gap over a short's target",
       {{{short_entry}, {100}, "sell 1 @ 100 entry"}, {{}, {88, 110, 87, 94}, "buy 1 @ 88 target"}},
       "0.1704",
       "10011.8296"},
      // 51 and 31.2 at 0.08 %: 0.0408 and 0.02496; 19 at 0.1 %: 0.019. 1.2 earned.
      {"a ladder, two rungs in one bar, and the stop",
       {{{ladder}, {100}, "buy 1 @ 100 entry"},
        {{}, {101, 104.5, 101, 104}, "sell 0.5 @ 102 target, sell 0.3 @ 104 target"},
        {{}, {104, 104, 90, 92}, "sell 0.2 @ 95 stop"}},
       "0.18476",
       "10001.01524"},
  };
}

std::vector<Golden> parts_and_tiers() {
  return {
      // A tenth of each bar's volume. 300, 153 and 50.5 bought: 0.3, 0.153 and 0.0505; 515 sold: 0.515. 11.5 earned.
      {"a market order in parts",
       {{{market(buy, 5)}, {100}, "buy 3 @ 100 entry", 30},
        {{}, {102}, "buy 1.5 @ 102 entry", 15},
        {{}, {101}, "buy 0.5 @ 101 entry"},
        {{exit_of(sell)}, {103}, "sell 5 @ 103 signal"}},
       "1.0185",
       "10010.4815",
       "percent:0.08/0.1",
       0.1},
      // A maker in both bars: 190 and 285 at 0.08 %: 0.152 and 0.228. 500 sold at 0.1 %: 0.5. 25 earned.
      {"a limit in parts",
       {{{limit(buy, 95, 5)}, {100, 100, 95, 96}, "buy 2 @ 95 entry", 20},
        {{}, {96, 97, 95, 96}, "buy 3 @ 95 entry"},
        {{exit_of(sell)}, {100}, "sell 5 @ 100 signal"}},
       "0.88",
       "10024.12",
       "percent:0.08/0.1",
       0.1},
      // 6000 at 0.40 % twice: the step at 10000 is reached with the second and counts from the third on. 5000 at 0.35 %:
      // 17.5, and of a maker 5500 at 0.20 %: 11. 500 earned.
      {"tiers of a schedule",
       {{{market(buy, 60)}, {100}, "buy 60 @ 100 entry"},
        {{exit_of(sell)}, {100}, "sell 60 @ 100 signal"},
        {{market(buy, 50)}, {100}, "buy 50 @ 100 entry"},
        {{limit(sell, 110, 50)}, {101, 109, 100, 108}, ""},
        {{}, {108, 111, 107, 109}, "sell 50 @ 110 signal"}},
       "76.5",
       "10423.5",
       "kraken"},
      // 0.60 % of 5000 is 30, of 5050 it is 30.3: the tier at 10000 is not reached before. 50 earned.
      {"the tier below the first step",
       {{{market(buy, 50)}, {100}, "buy 50 @ 100 entry"}, {{exit_of(sell)}, {101}, "sell 50 @ 101 signal"}},
       "60.3",
       "9989.7",
       "coinbase"},
      // 95 bought as a maker: 0.0095 come back.
      {"a maker's rebate",
       {{{limit(buy, 95)}, {100, 100, 94, 96}, "buy 1 @ 95 entry"}},
       "-0.0095",
       "9905.0095",
       "percent:-0.01/0.05"},
      {"an amount a fill",
       {{{market(buy)}, {100}, "buy 1 @ 100 entry"}, {{exit_of(sell)}, {104}, "sell 1 @ 104 signal"}},
       "3",
       "10001",
       "fixed:1.5"},
      // 33.33 x 0.01 = 0.3333 at 0.0333 %: 0.0001109889, so 0.00011099; sold at 33.35: 0.3335, 0.0001110555, so 0.00011106.
      {"the smallest lot, commission rounded",
       {{{market(buy, 0.01)}, {33.33}, "buy 0.01 @ 33.33 entry"},
        {{exit_of(sell)}, {33.35}, "sell 0.01 @ 33.35 signal"}},
       "0.00022205",
       "9999.99997795",
       "percent:0.0333"},
  };
}

void hold(const std::vector<Golden>& table) {
  for (const auto& golden : table) {
    SCOPED_TRACE(golden.name);
    auto settings = free_account();
    settings.costs.commission = parse_commission(golden.commission).value();
    settings.fills.participation = golden.participation;
    Story story{settings};
    for (const auto& step : golden.steps) {
      for (const auto& order : step.orders) story.submit(order);
      const auto& bar = step.bar;
      EXPECT_EQ(bar.size() == 1 ? story.bar(bar[0], bar[0], bar[0], bar[0], step.volume)
                                : story.bar(bar[0], bar[1], bar[2], bar[3], step.volume),
                step.fills);
    }
    EXPECT_EQ(story.broker.ledger().fees().text(), golden.fees);
    EXPECT_EQ(story.cash(), golden.cash);
    EXPECT_TRUE(story.broker.ledger().is_balanced());
  }
}

TEST(WorkedByHand, EachOrderType) { hold(order_types()); }
TEST(WorkedByHand, StopsTargetsGapsAndLadders) { hold(brackets()); }
TEST(WorkedByHand, PartialFillsAndFeeTiers) { hold(parts_and_tiers()); }

}  // namespace
}  // namespace cw::trading
