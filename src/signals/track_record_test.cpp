#include "signals/track_record.h"

#include <cmath>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cw::signals {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
constexpr double kCost = 0.002;

Judged signal(int hour, double score, double change, double probability = kNone, double tradingview = 0) {
  return {from_ms(1'700'000'000'000 + hour * std::int64_t{3'600'000}), score, 0.5, tradingview, change, probability};
}

TEST(TrackRecord, CountsWhatPaidAfterCosts) {
  std::vector<Judged> signals;
  for (int i = 0; i < 60; ++i) signals.push_back(signal(4 * i, 70, i % 3 == 0 ? 0.001 : 0.012));
  for (int i = 0; i < 29; ++i) signals.push_back(signal(300 + 4 * i, 30, -0.01));
  const auto record = judge(signals, Horizon::h4, kCost);
  const auto& buys = record.bands[static_cast<std::size_t>(Direction::buy)];
  EXPECT_EQ(buys.n, 60U);
  EXPECT_EQ(buys.independent, 60);
  EXPECT_NEAR(*buys.hit_rate, 40.0 / 60, 1e-15) << "0.1 % does not pay 0.2 % of costs";
  EXPECT_NEAR(*buys.mean_return, (40 * 0.01 - 20 * 0.001) / 60, 1e-15);
  EXPECT_NEAR(*buys.median_return, 0.01, 1e-15);
  // Wilson, 40 of 60 at 95 %.
  EXPECT_NEAR((*buys.interval)[0], 0.5406, 1e-4);
  EXPECT_NEAR((*buys.interval)[1], 0.7728, 1e-4);
  EXPECT_NEAR(*buys.always_long.hit_rate, *buys.hit_rate, 1e-15) << "a buy is long";
  EXPECT_NEAR(*buys.coin.hit_rate, 20.0 / 60, 1e-15) << "half of 40 long, none short";
  EXPECT_NEAR(*buys.coin.mean_return, -kCost, 1e-15);
  const auto& sells = record.bands[static_cast<std::size_t>(Direction::sell)];
  EXPECT_EQ(sells.n, 29U);
  EXPECT_FALSE(sells.hit_rate) << "29 are not enough";
  EXPECT_EQ(record.all.n, 89U);
  EXPECT_NEAR(*record.all.hit_rate, 69.0 / 89, 1e-15);
}

TEST(TrackRecord, OverlappingSignalsAreNotIndependent) {
  std::vector<Judged> signals;
  for (int i = 0; i < 240; ++i) signals.push_back(signal(i, 70, 0.01));
  const auto record = judge(signals, Horizon::d1, kCost);
  EXPECT_EQ(record.all.n, 240U);
  EXPECT_EQ(record.all.independent, 10) << "240 hours are ten days";
  EXPECT_LT((*record.all.interval)[0], 0.75) << "ten of ten prove little";
}

TEST(TrackRecord, JudgesTheProbabilitiesThatWereTold) {
  std::vector<Judged> signals;
  for (int i = 0; i < 100; ++i) signals.push_back(signal(i, 70, i < 70 ? 0.01 : -0.01, 0.7));
  for (int i = 0; i < 100; ++i) signals.push_back(signal(100 + i, 65, i < 20 ? 0.01 : -0.01, 0.4));
  const auto record = judge(signals, Horizon::h1, kCost);
  EXPECT_EQ(record.all.told, 200U);
  EXPECT_NEAR(*record.all.brier, (70 * 0.09 + 30 * 0.49 + 20 * 0.36 + 80 * 0.16) / 200, 1e-12);
  EXPECT_NEAR(*record.all.brier_base, 0.45 * 0.55, 1e-12);
  EXPECT_NEAR(*record.all.ece, 0.5 * 0.2, 1e-12);
  ASSERT_EQ(record.reliability.size(), 2U);
  EXPECT_NEAR(record.reliability[0].told, 0.4, 1e-12);
  EXPECT_NEAR(record.reliability[0].paid, 0.2, 1e-12);
  EXPECT_NEAR(record.reliability[1].paid, 0.7, 1e-12);
}

TEST(TrackRecord, NeutralIsNoTradeAndWhatCannotBeJudgedIsLeftOut) {
  std::vector<Judged> signals;
  for (int i = 0; i < 50; ++i) signals.push_back(signal(i, 50, 0.01, kNone, 0.5));
  for (int i = 0; i < 50; ++i) signals.push_back(signal(50 + i, 70, kNone));
  const auto record = judge(signals, Horizon::h1, kCost);
  EXPECT_EQ(record.signals, 50U);
  const auto& neutral = record.bands[static_cast<std::size_t>(Direction::neutral)];
  EXPECT_FALSE(neutral.hit_rate);
  EXPECT_EQ(*neutral.always_long.hit_rate, 1);
  EXPECT_EQ(neutral.tradingview.n, 50U);
  EXPECT_EQ(record.all.n, 0U);
  EXPECT_EQ(judge({}, Horizon::h1, kCost).signals, 0U);
}

TEST(TrackRecord, ItsVerdictIsPlain) {
  std::vector<Judged> signals;
  for (int i = 0; i < 112; ++i) signals.push_back(signal(4 * i, 85, i < 61 ? 0.01 : -0.01));
  auto record = judge(signals, Horizon::h4, kCost);
  EXPECT_EQ(
      verdict("strong_buy", record.bands[4]),
      "strong_buy signals: 61 of 112 paid (54 %), no better than always-long or a coin (always-long 54 %, coin 50 %)");
  EXPECT_EQ(verdict("sell", record.bands[1]), "sell signals: not enough history (0 of 30)");
}

}  // namespace
}  // namespace cw::signals
