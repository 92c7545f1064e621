#include <gtest/gtest.h>

#include <chrono>

#include "exchange/binance/backoff.h"
#include "exchange/binance/stream_plan.h"
#include "exchange/binance/venue_clock.h"
#include "exchange/binance/weight_limiter.h"

namespace cw::exchange::binance {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr Timestamp kMinute = from_ms(1'700'000'040'000);  // a whole minute
const Timestamp kNow = kMinute + seconds{10};

TEST(WeightLimiter, LetsRequestsGoUpToTheShareAndThenWaitsForTheNextMinute) {
  WeightLimiter limiter(100);
  for (int i = 0; i < 25; ++i) {
    EXPECT_EQ(limiter.may_send_at(kNow, 2, 0.5), kNow);
    limiter.sent(kNow, 2);
  }
  EXPECT_EQ(limiter.used(kNow), 50);
  EXPECT_EQ(limiter.may_send_at(kNow, 2, 0.5), kMinute + minutes{1} + seconds{1});
  EXPECT_EQ(limiter.may_send_at(kNow, 2, 0.9), kNow) << "what is live has the other share";
  const Timestamp next = kMinute + minutes{1} + seconds{1};
  EXPECT_EQ(limiter.may_send_at(next, 2, 0.5), next);
  EXPECT_EQ(limiter.used(next), 0);
}

TEST(WeightLimiter, BelievesTheVenueWhereItCountsMore) {
  WeightLimiter limiter(100);
  limiter.sent(kNow, 2);
  limiter.answered(kNow, 49);
  EXPECT_EQ(limiter.used(kNow), 49);
  EXPECT_GT(limiter.may_send_at(kNow, 2, 0.5), kNow);
  limiter.answered(kNow, 3);
  EXPECT_EQ(limiter.used(kNow), 49) << "an older answer takes nothing back";
}

TEST(WeightLimiter, LetsOneRequestGoThatIsHeavierThanItsShare) {
  WeightLimiter limiter(10);
  EXPECT_EQ(limiter.may_send_at(kNow, 20, 0.5), kNow);
  limiter.sent(kNow, 20);
  EXPECT_GT(limiter.may_send_at(kNow, 1, 0.5), kNow);
}

TEST(WeightLimiter, IsSilentUntilRetryAfterHasPassed) {
  WeightLimiter limiter(100);
  limiter.told_to_wait(kNow, false, Millis{7'000});
  EXPECT_EQ(limiter.may_send_at(kNow + Millis{6'999}, 1, 1), kNow + seconds{7});
  EXPECT_EQ(limiter.may_send_at(kNow + seconds{7}, 1, 1), kNow + seconds{7});
  EXPECT_FALSE(limiter.banned(kNow));
}

TEST(WeightLimiter, ObeysABanAndNoShorterWordAfterIt) {
  WeightLimiter limiter(100);
  limiter.told_to_wait(kNow, true, Millis{600'000});
  limiter.told_to_wait(kNow, false, Millis{1'000});
  EXPECT_EQ(limiter.blocked_until(), kNow + minutes{10});
  EXPECT_TRUE(limiter.banned(kNow));
  EXPECT_FALSE(limiter.banned(kNow + minutes{10}));
}

TEST(WeightLimiter, HasAnAnswerWhereTheHeaderIsMissingOrMad) {
  WeightLimiter limiter(100);
  limiter.told_to_wait(kNow, false, std::nullopt);
  EXPECT_EQ(limiter.blocked_until(), kNow + minutes{1});
  limiter.told_to_wait(kNow, true, std::nullopt);
  EXPECT_EQ(limiter.blocked_until(), kNow + minutes{5});
  limiter.told_to_wait(kNow, true, Millis{1'000'000'000});
  EXPECT_EQ(limiter.blocked_until(), kNow + std::chrono::days{3});
}

TEST(Backoff, DoublesItsBoundAndStaysUnderIt) {
  Random random(7);
  Backoff backoff(Millis{1'000}, Millis{60'000});
  Millis bound{1'000};
  Millis longest{0};
  for (int i = 0; i < 200; ++i) {
    const Millis wait = backoff.failed(kNow, random);
    EXPECT_LE(wait, bound);
    longest = std::max(longest, wait);
    bound = std::min(bound * 2, Millis{60'000});
  }
  EXPECT_GT(longest, Millis{50'000}) << "full jitter reaches up to the bound";
}

TEST(Backoff, ForgetsFailuresOnlyAfterAStableConnection) {
  Random random(7);
  Backoff backoff(Millis{1'000}, Millis{60'000});
  for (int i = 0; i < 10; ++i) backoff.failed(kNow, random);
  backoff.connected(kNow);
  backoff.failed(kNow + Backoff::kStable - Millis{1}, random);
  EXPECT_EQ(backoff.bound(), Millis{60'000});
  backoff.connected(kNow);
  EXPECT_LE(backoff.failed(kNow + Backoff::kStable, random), Millis{1'000});
}

TEST(VenueClock, TakesTheMiddleOfARequestAndIsNeverBehindAMessage) {
  VenueClock clock;
  EXPECT_FALSE(clock.is_known());
  clock.measured(kNow, kNow + Millis{200}, kNow + Millis{5'100});
  EXPECT_EQ(clock.skew(), Millis{5'000});
  clock.heard(kNow, kNow + Millis{4'000});
  EXPECT_EQ(clock.skew(), Millis{5'000});
  clock.heard(kNow, kNow + Millis{6'000});
  EXPECT_EQ(clock.at(kNow), kNow + Millis{6'000});
}

TEST(StreamPlan, AsksForThreeStreamsAnInstrument) {
  const std::vector<std::string> symbols{"BTCUSDT", "ETHUSDT"};
  const auto plans = plan_streams(symbols, 1'000);
  ASSERT_EQ(plans.size(), 1u);
  EXPECT_EQ(plans[0].instruments, (std::vector<FollowedIndex>{0, 1}));
  ASSERT_EQ(plans[0].subscribes.size(), 1u);
  EXPECT_EQ(plans[0].subscribes[0],
            R"({"method":"SUBSCRIBE","params":["btcusdt@trade","btcusdt@kline_1m","btcusdt@bookTicker",)"
            R"("ethusdt@trade","ethusdt@kline_1m","ethusdt@bookTicker"],"id":1})");
}

TEST(StreamPlan, SplitsOverMessagesAndConnections) {
  std::vector<std::string> symbols;
  for (int i = 0; i < 500; ++i) symbols.push_back("S" + std::to_string(i));
  const auto plans = plan_streams(symbols, 1'000);
  ASSERT_EQ(plans.size(), 2u);
  EXPECT_EQ(plans[0].instruments.size(), 333u);
  EXPECT_EQ(plans[0].subscribes.size(), 7u);  // 333 instruments, 50 a message
  EXPECT_EQ(plans[1].instruments.front(), 333u);
  EXPECT_EQ(plans[1].instruments.size(), 167u);
}

}  // namespace
}  // namespace cw::exchange::binance
