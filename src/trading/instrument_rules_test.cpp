#include "trading/instrument_rules.h"

#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.h"

namespace cw::trading {
namespace {

using ::testing::HasSubstr;

market::Instrument instrument(std::string tick, std::string lot) {
  return {{"binance", "BTCUSDT"}, "BTC", "USDT", std::move(tick), std::move(lot)};
}

const InstrumentRules kBitcoin = rules_of(instrument("0.01", "0.00001")).value();

TEST(InstrumentRules, TakesTickAndLotOfTheInstrumentAndTheVenuesLeastWorth) {
  EXPECT_EQ(kBitcoin, (InstrumentRules{1'000'000, 1'000, money_of_steps(500'000'000)}));
  const auto unknown = rules_of({{"elsewhere", "ABC-XYZ"}, "ABC", "XYZ"}).value();
  EXPECT_EQ(unknown, (InstrumentRules{1, 1, Money{}}));
  EXPECT_EQ(preset_min_notional("kraken", "BTC").text(), "0.00002");
}

TEST(InstrumentRules, RefusesStepsThatAreNone) {
  for (const char* text : {"", "0", "-0.01", "1e-8", "0.000000001", "abc"}) {
    const auto tick = rules_of(instrument(text, "1"));
    ASSERT_FALSE(tick) << text;
    EXPECT_EQ(tick.error().field, "tick_size");
    EXPECT_THAT(tick.error().message, HasSubstr("binance:BTCUSDT: tick_size: ")) << text;
    const auto lot = rules_of(instrument("1", text));
    ASSERT_FALSE(lot) << text;
    EXPECT_EQ(lot.error().field, "lot_size");
  }
}

TEST(InstrumentRules, RoundsPricesToTheTickHalfEven) {
  const auto price = [](double of) { return kBitcoin.nearest_ticks(of).value_or(Ticks{-1}).count; };
  EXPECT_EQ(price(100.015), 10002) << "a tie in decimal, though the double is below it";
  EXPECT_EQ(price(100.025), 10002) << "a tie in decimal, though the double is above it";
  EXPECT_EQ(price(100.0251), 10003);
  EXPECT_EQ(price(67042.5), 6704250);
  EXPECT_EQ(price(0.006), 1);
  for (const double none : {0.005, 0.0, -1.0, 1e11, std::numeric_limits<double>::quiet_NaN()})
    EXPECT_EQ(price(none), -1);
  EXPECT_EQ(kBitcoin.price(Ticks{6704251}), 67042.51);
}

TEST(InstrumentRules, RoundsQuantitiesDownToTheLot) {
  EXPECT_EQ(kBitcoin.lots_within(0.123456).count, 12345);
  EXPECT_EQ(kBitcoin.lots_within(0.000009).count, 0);
  EXPECT_EQ(kBitcoin.lots_within(-1).count, 0);
  EXPECT_EQ(kBitcoin.lots_within(std::numeric_limits<double>::quiet_NaN()).count, 0);
  EXPECT_EQ(kBitcoin.lots_within(std::numeric_limits<double>::infinity()).count, 4'600'000'000'000'000)
      << "4.6e10 units";
  // What a division leaves just below a whole lot is that lot.
  EXPECT_EQ(kBitcoin.lots_within(0.29 * 3 / 3).count, 29000);
  EXPECT_EQ(kBitcoin.lots_within(1.1 - 0.2).count, 90000) << "0.9000000000000001 and its like";
  EXPECT_EQ(kBitcoin.lots_within(0.3 - 0.1).count, 20000) << "0.19999999999999998";
}

TEST(InstrumentRules, EveryQuantityOfLotsReadsBackAsTheSameLots) {
  Random random{21};
  for (int i = 0; i < 100'000; ++i) {
    const InstrumentRules rules{1, static_cast<std::int64_t>(random.below(100'000'000)) + 1, {}};
    const Lots lots{static_cast<std::int64_t>(random.below(1'000'000'000)) + 1};
    ASSERT_EQ(rules.lots_within(rules.quantity(lots)), lots) << rules.lot_steps;
  }
}

TEST(InstrumentRules, ValuesAreExactAndBounded) {
  // 67042.51 * 0.12345 = 8276.3978595
  EXPECT_EQ(kBitcoin.value(Ticks{6704251}, Lots{12345}).value().text(), "8276.3978595");
  EXPECT_EQ(kBitcoin.value(Ticks{6704251}, Lots{-12345}).value().text(), "-8276.3978595");
  const InstrumentRules finest{1, 1, {}};
  EXPECT_EQ(finest.value(Ticks{3}, Lots{7}).value().text(), "0.0000000000000021");
  EXPECT_EQ(kBitcoin.value(Ticks{10'000'000'000}, Lots{1'000'000'000}).value(), kMoneyMost);
  EXPECT_FALSE(kBitcoin.value(Ticks{10'000'000'001}, Lots{1'000'000'000}));
  constexpr auto kMost = std::numeric_limits<std::int64_t>::max();
  EXPECT_FALSE((InstrumentRules{kMost, kMost, {}}).value(Ticks{kMost}, Lots{kMost}));
}

}  // namespace
}  // namespace cw::trading
