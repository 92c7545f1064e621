#include "trading/sizing.h"

#include <limits>

#include <gtest/gtest.h>

namespace cw::trading {
namespace {

// 10000 of equity, a price of 200, a stop at 190, a volatility of 50 % a year.
SizingInput usual() {
  return {.price = 200, .equity = 10'000, .fee_rate = 0, .stop_distance = 10, .volatility = 0.5, .closed = {}};
}

double quantity(SizingKind kind, double value, const SizingInput& input = usual()) {
  return size_of({kind, value}, input).quantity;
}

Refusal refusal(SizingKind kind, double value, const SizingInput& input) {
  return size_of({kind, value}, input).refusal;
}

TEST(Sizing, IsAsEachKindSays) {
  EXPECT_DOUBLE_EQ(quantity(SizingKind::fixed_amount, 1'000), 5);
  EXPECT_DOUBLE_EQ(quantity(SizingKind::fixed_quantity, 3), 3);
  EXPECT_DOUBLE_EQ(quantity(SizingKind::percent_of_equity, 50), 25);
  EXPECT_DOUBLE_EQ(quantity(SizingKind::risk_percent, 1), 10) << "100 at risk, 10 a unit";
  EXPECT_DOUBLE_EQ(quantity(SizingKind::volatility_target, 20), 20) << "0.2 / 0.5 of the equity: 4000";
}

TEST(Sizing, AllOfTheEquityPaysItsOwnCommission) {
  auto input = usual();
  input.fee_rate = 0.25;
  EXPECT_DOUBLE_EQ(quantity(SizingKind::percent_of_equity, 100, input), 40) << "8000 and 2000 of commission";
  input.fee_rate = -0.01;
  EXPECT_DOUBLE_EQ(quantity(SizingKind::percent_of_equity, 100, input), 50)
      << "a rebate is not spent before it is there";
}

TEST(Sizing, SaysWhatItLacks) {
  auto input = usual();
  input.equity = 0;
  EXPECT_EQ(refusal(SizingKind::percent_of_equity, 100, input), Refusal::no_equity);
  EXPECT_EQ(refusal(SizingKind::fixed_amount, 100, input), Refusal::none) << "the exposure caps see to it";
  input = usual();
  input.stop_distance = 0;
  EXPECT_EQ(refusal(SizingKind::risk_percent, 1, input), Refusal::no_stop);
  for (const double volatility :
       {0.0, -1.0, std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
    input.volatility = volatility;
    EXPECT_EQ(refusal(SizingKind::volatility_target, 20, input), Refusal::no_volatility);
  }
  input.price = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(refusal(SizingKind::fixed_amount, 100, input), Refusal::not_countable);
}

TEST(Kelly, IsTheShareOfWinsLessThatOfLossesOverTheRatio) {
  Tally tally;
  EXPECT_EQ(tally.kelly_fraction(), 0);
  for (int i = 0; i < 6; ++i) tally.add(0.03);
  for (int i = 0; i < 4; ++i) tally.add(-0.02);
  tally.add(0);
  EXPECT_NEAR(tally.kelly_fraction(), 0.6 - 0.4 / 1.5, 1e-12);
  Tally all_won;
  all_won.add(0.5);
  EXPECT_EQ(all_won.kelly_fraction(), 1);
  Tally all_lost;
  all_lost.add(-0.5);
  EXPECT_EQ(all_lost.kelly_fraction(), -1);
}

TEST(Kelly, IsCappedAndBeginsSmall) {
  const Sizing half{.kind = SizingKind::kelly, .value = 0.5, .cap_percent = 20, .start_percent = 4, .trades_least = 10};
  auto input = usual();
  EXPECT_DOUBLE_EQ(size_of(half, input).quantity, 2) << "4 % of 10000 while nothing is known";
  for (int i = 0; i < 6; ++i) input.closed.add(0.03);
  for (int i = 0; i < 4; ++i) input.closed.add(-0.02);
  EXPECT_NEAR(size_of(half, input).quantity, 50 * (0.6 - 0.4 / 1.5) / 2, 1e-9) << "half of a third: 16.7 %";
  for (int i = 0; i < 10; ++i) input.closed.add(0.03);
  EXPECT_DOUBLE_EQ(size_of(half, input).quantity, 10) << "capped";
  for (int i = 0; i < 30; ++i) input.closed.add(-0.02);
  EXPECT_EQ(size_of(half, input).refusal, Refusal::no_edge);
}

TEST(Sizing, RefusesAbsurdValues) {
  for (const auto& [kind, value] : {std::pair{SizingKind::fixed_amount, 2e12},
                                    {SizingKind::percent_of_equity, 10'001.0},
                                    {SizingKind::risk_percent, 101.0},
                                    {SizingKind::volatility_target, 1'001.0},
                                    {SizingKind::kelly, 2.1},
                                    {SizingKind::fixed_quantity, 0.0},
                                    {SizingKind::risk_percent, -1.0},
                                    {SizingKind::kelly, std::numeric_limits<double>::quiet_NaN()}}) {
    const auto checked = validate(Sizing{kind, value});
    ASSERT_FALSE(checked) << value;
    EXPECT_EQ(checked.error().field, "sizing");
  }
  EXPECT_FALSE(validate(Sizing{.kind = SizingKind::kelly, .value = 1, .cap_percent = 101}));
  EXPECT_FALSE(validate(Sizing{.kind = SizingKind::kelly, .value = 1, .trades_least = 0}));
  EXPECT_TRUE(validate(Sizing{}));
}

TEST(Limits, LeaveTheSmallerOfBothRooms) {
  const Limits limits{.exposure_percent = 200, .symbol_exposure_percent = 80};
  EXPECT_DOUBLE_EQ(room_of(limits, 1'000, 0, 0), 800);
  EXPECT_DOUBLE_EQ(room_of(limits, 1'000, 300, 1'500), 200);
  EXPECT_DOUBLE_EQ(room_of(limits, 1'000, 300, 2'500), 0);
  EXPECT_DOUBLE_EQ(room_of(limits, -5, 0, 0), 0);
  EXPECT_TRUE(validate(limits));
  EXPECT_EQ(validate(Limits{.exposure_percent = 0}).error().field, "limits.exposure_percent");
  EXPECT_EQ(validate(Limits{.symbol_exposure_percent = -1}).error().field, "limits.symbol_exposure_percent");
  EXPECT_EQ(validate(Limits{.positions_most = -1}).error().field, "limits.positions_most");
  EXPECT_EQ(validate(Limits{.pyramiding = 0}).error().field, "limits.pyramiding");
}

TEST(Refusals, HaveTheirOwnWords) {
  EXPECT_EQ(name(Refusal::none), "none");
  EXPECT_EQ(name(Refusal::cool_down), "cool_down");
  EXPECT_EQ(name(Refusal::not_countable), "not_countable");
}

}  // namespace
}  // namespace cw::trading
