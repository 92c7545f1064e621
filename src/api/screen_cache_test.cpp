#include "api/screen_cache.h"

#include <gtest/gtest.h>

namespace cw::api {
namespace {

constexpr Timestamp at(std::int64_t seconds) { return from_ms(1'700'000'000'000 + seconds * 1'000); }

TEST(ScreenCache, AnswersTheSameWhileTheBarsAreTheSame) {
  ScreenCache cache;
  cache.put("rsi", "bar 1", at(0), "answer");
  EXPECT_EQ(cache.find("rsi", "bar 1", at(59)), "answer");
  EXPECT_EQ(cache.find("ema", "bar 1", at(1)), std::nullopt);
  EXPECT_EQ(cache.find("rsi", "bar 2", at(1)), std::nullopt) << "a newer bar";
  EXPECT_EQ(cache.find("rsi", "bar 1", at(1)), std::nullopt) << "what was out of date is gone";
}

TEST(ScreenCache, AnswersNothingOld) {
  ScreenCache cache;
  cache.put("rsi", "bar 1", at(0), "answer");
  EXPECT_EQ(cache.find("rsi", "bar 1", at(60)), std::nullopt);
  cache.put("rsi", "bar 1", at(0), "answer");
  EXPECT_EQ(cache.find("rsi", "bar 1", at(-1)), std::nullopt) << "a clock that was set back";
}

TEST(ScreenCache, KeepsABoundedNumberOfBoundedAnswers) {
  ScreenCache cache;
  for (std::size_t i = 0; i <= ScreenCache::kKeptMost; ++i) cache.put(std::to_string(i), "b", at(0), "a");
  EXPECT_EQ(cache.find("0", "b", at(0)), std::nullopt);
  EXPECT_EQ(cache.find("1", "b", at(0)), "a");
  cache.put("long", "b", at(0), std::string(ScreenCache::kBytesMost + 1, 'x'));
  EXPECT_EQ(cache.find("long", "b", at(0)), std::nullopt);
}

TEST(ScreenCache, KeepsTheNewestAnswerOfARequest) {
  ScreenCache cache;
  cache.put("rsi", "bar 1", at(0), "old");
  cache.put("rsi", "bar 2", at(1), "new");
  EXPECT_EQ(cache.find("rsi", "bar 2", at(2)), "new");
}

}  // namespace
}  // namespace cw::api
