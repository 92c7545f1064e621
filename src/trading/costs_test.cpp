#include "trading/costs.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.h"

namespace cw::trading {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using enum Liquidity;

Money money(std::string_view text) { return Money{parse_decimal(text, kMoneyPlaces).value()}; }
Commission commission(std::string_view text) { return parse_commission(text).value(); }

std::string charged(const Commission& of, std::string_view value, Liquidity liquidity = taker, Money traded = {}) {
  return of.charge(money(value), liquidity, traded).charged.text();
}

TEST(Commission, IsAShareOrAnAmountOfEachFill) {
  EXPECT_EQ(charged(commission("none"), "8276.39"), "0");
  EXPECT_EQ(charged(commission("bps:10"), "8276.3978595"), "8.27639786");
  EXPECT_EQ(charged(commission("percent:0.1"), "1000"), "1");
  EXPECT_EQ(charged(commission("percent:0.08/0.1"), "1000", maker), "0.8");
  EXPECT_EQ(charged(commission("percent:-0.01/0.05"), "1000", maker), "-0.1") << "a rebate";
  EXPECT_EQ(charged(commission("fixed:1.5"), "1000"), "1.5");
  EXPECT_EQ(charged(commission("fixed:1.5"), "0.01"), "1.5");
}

TEST(Commission, RoundsHalfEvenAndKeepsTheRest) {
  const auto tenth = commission("percent:0.1");
  // 0.1 % of 0.000025 is 2.5e-8, of 0.000035 it is 3.5e-8: both ties.
  const auto down = tenth.charge(money("0.000025"), taker, {});
  EXPECT_EQ(down.charged.text(), "0.00000002");
  EXPECT_EQ(format_decimal(down.remainder_e24, 24), "0.000000005");
  const auto up = tenth.charge(money("0.000035"), taker, {});
  EXPECT_EQ(up.charged.text(), "0.00000004");
  EXPECT_EQ(format_decimal(up.remainder_e24, 24), "-0.000000005");
}

TEST(Commission, WhatIsChargedAndWhatIsLeftAreTogetherExact) {
  Random random{31};
  for (int i = 0; i < 100'000; ++i) {
    const auto rate = static_cast<std::int64_t>(random.below(51'000'000)) - 1'000'000;
    Commission one;
    one.tiers[0] = {Money{}, rate, rate};
    const Money value{static_cast<Int128>(random.next()) << random.below(29)};
    const Charge charge = one.charge(value, maker, {});
    ASSERT_TRUE(charge.charged.units % kStepsPerOne == 0);
    ASSERT_TRUE(charge.charged.units * kStepsPerOne + charge.remainder_e24 == value.units * rate);
    ASSERT_LE(std::fabs(static_cast<double>(charge.remainder_e24)), 5e15) << "half of 1e-8";
  }
  const Charge most = Commission{}.charge(kMoneyMost, taker, {});
  EXPECT_TRUE(most.charged == Money{});
  EXPECT_EQ(charged(commission("percent:50"), "1000000000000"), "500000000000");
}

TEST(Commission, GoesByWhatWasTradedBefore) {
  const auto kraken = commission("kraken");
  EXPECT_EQ(kraken.rate_e8(taker, money("0")), 400'000);
  EXPECT_EQ(kraken.rate_e8(taker, money("9999.99999999")), 400'000);
  EXPECT_EQ(kraken.rate_e8(taker, money("10000")), 350'000);
  EXPECT_EQ(kraken.rate_e8(maker, money("75000")), 140'000);
  EXPECT_EQ(kraken.rate_e8(maker, money("99000000")), 0);
  EXPECT_EQ(charged(kraken, "5000", taker, money("10000")), "17.5");
  const auto coinbase = commission("coinbase");
  EXPECT_EQ(coinbase.rate_e8(maker, money("0")), 400'000);
  EXPECT_EQ(coinbase.rate_e8(taker, money("500000000")), 50'000);
  EXPECT_EQ(commission("binance").rate_e8(maker, money("500000000")), 100'000);
}

TEST(Commission, EveryPresetsScheduleBeginsAtZeroAndNeverGetsDearer) {
  for (const auto& name : commission_presets()) {
    const auto preset = commission(name);
    const auto tiers = preset.schedule();
    ASSERT_FALSE(tiers.empty());
    EXPECT_TRUE(tiers[0].volume_from == Money{}) << name;
    for (std::size_t i = 1; i < tiers.size(); ++i) {
      EXPECT_GT(tiers[i].volume_from, tiers[i - 1].volume_from) << name << i;
      EXPECT_LE(tiers[i].maker_e8, tiers[i - 1].maker_e8) << name << i;
      EXPECT_LE(tiers[i].taker_e8, tiers[i - 1].taker_e8) << name << i;
    }
    for (const auto& tier : tiers) EXPECT_LE(tier.maker_e8, tier.taker_e8) << name;
  }
}

TEST(Commission, RefusesWhatItDoesNotKnowAndWhatIsAbsurd) {
  for (const char* text : {"", "bps", "bps:", "bps:x", "percent:1/2/3", "percent:51", "percent:-1.5", "bps:0.000000001",
                           "fixed:-1", "fixed:1000001", "fixed:", "krakn", "10"}) {
    const auto made = parse_commission(text);
    ASSERT_FALSE(made) << text;
    EXPECT_EQ(made.error().code, Errc::bad_parameter);
    EXPECT_EQ(made.error().field, "commission");
  }
  EXPECT_THAT(parse_commission("krakn").error().suggestions, Contains("kraken"));
}

TEST(TradedVolume, CountsThirtyDaysAndForgetsTheRest) {
  const Timestamp start = parse_time("2024-01-10T12:00").value();
  using std::chrono::days;
  TradedVolume traded;
  EXPECT_TRUE(traded.total(start) == Money{});
  traded.add(start, money("100"));
  traded.add(start + days{1}, money("20"));
  traded.add(start + days{1}, money("3"));
  EXPECT_EQ(traded.total(start + days{1}).text(), "123");
  EXPECT_EQ(traded.total(start + days{29}).text(), "123") << "the first day is the thirtieth";
  EXPECT_EQ(traded.total(start + days{30}).text(), "23");
  traded.add(start + days{30}, money("7"));
  EXPECT_EQ(traded.total(start + days{31}).text(), "7");
  EXPECT_EQ(traded.total(start + days{60}).text(), "0");
  EXPECT_TRUE(traded.total(start + days{20'000}) == Money{});
}

TEST(TradedVolume, IsTheSumOfItsWindow) {
  Random random{32};
  std::vector<std::pair<std::int64_t, std::int64_t>> all;
  TradedVolume traded;
  std::int64_t day = 19'000;
  for (int i = 0; i < 3'000; ++i) {
    day += random.chance(0.3) ? static_cast<std::int64_t>(random.below(random.chance(0.05) ? 40 : 3)) : 0;
    const auto amount = static_cast<std::int64_t>(random.below(1'000));
    const Timestamp at{std::chrono::days{day}};
    traded.add(at, Money{amount});
    all.emplace_back(day, amount);
    Int128 sum = 0;
    for (const auto& [of, value] : all) sum += of > day - 30 ? value : 0;
    ASSERT_TRUE(traded.total(at) == Money{sum}) << i;
  }
}

TEST(Slippage, IsAsEachKindSays) {
  const SlippageInput input{.price = 200, .quantity = 4, .volume = 100, .mean_range = 5};
  EXPECT_EQ(slippage_of({}, input), 0);
  EXPECT_DOUBLE_EQ(slippage_of({SlippageKind::fixed_bps, 5}, input), 0.1);
  EXPECT_DOUBLE_EQ(slippage_of({SlippageKind::spread, 5}, input), 0.05);
  EXPECT_DOUBLE_EQ(slippage_of({SlippageKind::volatility, 0.1}, input), 0.5);
  // A twenty-fifth of the volume: a fifth of sigma.
  EXPECT_DOUBLE_EQ(slippage_of({SlippageKind::volume_share, 1}, input), 5 / std::sqrt(8 / M_PI) / 5);
}

TEST(Slippage, OfTheRootHasNoCap) {
  const SlippageInput small{.price = 200, .quantity = 1, .volume = 100, .mean_range = 5};
  SlippageInput large = small;
  large.quantity = 40'000;  // 400 times the bar
  const Slippage root{SlippageKind::volume_share, 1};
  EXPECT_DOUBLE_EQ(slippage_of(root, large), 200 * slippage_of(root, small));
  large.volume = 0;
  EXPECT_DOUBLE_EQ(slippage_of(root, large), 10 * slippage_of(root, small)) << "no volume: as the whole of a bar";
}

TEST(Slippage, ReadsAndPrintsItsTexts) {
  for (const char* text : {"none", "fixed_bps:5", "spread:2.5", "volatility:0.1", "volume_share:0.8"})
    EXPECT_EQ(text_of(parse_slippage(text).value()), text);
  EXPECT_EQ(text_of(parse_slippage("volume_share").value()), "volume_share:1");
  for (const char* text : {"", "fixed_bps", "fixed_bps:", "fixed_bps:-1", "fixed_bps:5001", "volatility:11", "none:1",
                           "volatlity:1", "fixed_bps:nan"}) {
    const auto made = parse_slippage(text);
    ASSERT_FALSE(made) << text;
    EXPECT_EQ(made.error().field, "slippage");
  }
  EXPECT_THAT(parse_slippage("volatlity:1").error().message, HasSubstr("did you mean 'volatility'?"));
}

TEST(MeanRange, IsTheMeanOfTrueRangesThenWildersAverage) {
  MeanRange range;
  EXPECT_EQ(range.value(), 0);
  range.add(110, 100, 108);
  EXPECT_EQ(range.value(), 10);
  range.add(125, 120, 121);  // from the close of 108: 17
  EXPECT_EQ(range.value(), 13.5);
  range.add(118, 115, 116);  // down from 121: 6
  EXPECT_EQ(range.value(), 11);
  for (int i = 0; i < 400; ++i) range.add(118, 114, 116);
  EXPECT_NEAR(range.value(), 4, 1e-9);
  range.add(130, 116, 130);
  EXPECT_NEAR(range.value(), 4 + 10.0 / 14, 1e-9);
}

TEST(Funding, SettlesAtWholeEightHours) {
  const Funding funding{10'000, -10'000};
  const auto at = [](std::string_view text) { return parse_time(text).value(); };
  EXPECT_EQ(funding.settlements(at("2024-01-10T07:59"), at("2024-01-10T08:00")), 1);
  EXPECT_EQ(funding.settlements(at("2024-01-10T08:00"), at("2024-01-10T15:59")), 0);
  EXPECT_EQ(funding.settlements(at("2024-01-10"), at("2024-01-11")), 3);
}

TEST(Funding, LongsPayWhatShortsGet) {
  const auto perpetual = parse_funding("perpetual:0.01").value();
  EXPECT_EQ(perpetual.payment(money("12345.67")).text(), "1.234567");
  EXPECT_EQ(perpetual.payment(money("-12345.67")).text(), "-1.234567");
  const auto borrow = parse_funding("borrow:10.95").value();  // 0.01 % at each of 1095 settlements
  EXPECT_EQ(borrow.payment(money("12345.67")).text(), "0");
  EXPECT_EQ(borrow.payment(money("-12345.67")).text(), "1.234567");
  // A year's rate is not rounded to what one settlement takes: 0.001 % of a million is 10 a year.
  EXPECT_EQ(parse_funding("borrow:0.001").value().payment(money("-1000000")).text(), "0.00913242");
  EXPECT_EQ(perpetual.payment(kMoneyMost).text(), "100000000");
  for (const char* text : {"", "perpetual", "perpetual:6", "borrow:-1", "borrow:x", "borow:5"})
    EXPECT_EQ(parse_funding(text).error().field, "funding") << text;
  EXPECT_FALSE(parse_funding("none").value().any());
}

}  // namespace
}  // namespace cw::trading
