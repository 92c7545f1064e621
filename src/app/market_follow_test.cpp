#include "app/market_follow.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/config_keys.h"

namespace cw::app {
namespace {

using Texts = std::vector<std::string>;

Config following(Texts list) {
  Config config{config_keys()};
  EXPECT_TRUE(config.set("market.follow", std::move(list), {"c.toml:2:10"}));
  return config;
}

TEST(Follow, TheDefaultListIsSound) { EXPECT_TRUE(check_follow(Config{config_keys()})); }

TEST(Follow, LetterCaseAndTheVenueInFrontAreForgiven) {
  const Config config = following({"btcusdt", "binance:ETHUSDT", "Practice:1000satsusdt"});
  EXPECT_TRUE(check_follow(config));
  EXPECT_EQ(followed_symbol("btcusdt"), "BTCUSDT");
  EXPECT_EQ(followed_symbol("binance:ETHUSDT"), "ETHUSDT");
  EXPECT_TRUE(is_followed(config, {"binance", "BTCUSDT"}));
  EXPECT_TRUE(is_followed(config, {"binance", "ETHUSDT"}));
  EXPECT_FALSE(is_followed(config, {"practice", "ETHUSDT"}));
  EXPECT_FALSE(is_followed(config, {"binance", "SOLUSDT"}));
}

TEST(Follow, WhatIsWrongIsNamedByPlaceKeyAndEntry) {
  const auto message = [](Texts list) {
    const auto checked = check_follow(following(std::move(list)));
    if (checked) return std::string{"sound"};
    EXPECT_EQ(checked.error().code, Errc::bad_parameter);
    EXPECT_EQ(checked.error().field, "market.follow");
    return checked.error().message;
  };
  using testing::AllOf;
  using testing::HasSubstr;
  EXPECT_THAT(message({}), testing::StartsWith("c.toml:2:10: market.follow is empty"));
  EXPECT_THAT(message({"BTCUSDT", "BTC USDT"}), HasSubstr("market.follow entry 2 ('BTC USDT') is no symbol"));
  EXPECT_THAT(message({":BTCUSDT"}), HasSubstr("entry 1 (':BTCUSDT')"));
  EXPECT_THAT(message({"binance:a:b"}), HasSubstr("entry 1"));
  EXPECT_THAT(message({std::string(31, 'A')}), HasSubstr("entry 1"));
  EXPECT_THAT(message({"BTC\x1b[2J"}), AllOf(HasSubstr("entry 1"), testing::Not(HasSubstr("\x1b"))));
  EXPECT_THAT(message({"kraken:BTCUSD"}), HasSubstr("venue that cannot be followed"));
  EXPECT_THAT(message({"BTCUSDT", "ETHUSDT", "binance:btcusdt"}), AllOf(HasSubstr("entry 3"), HasSubstr("entry 1")));
}

TEST(Follow, OnlyAPracticeFolderFollowsWhatIsNamedPractice) {
  EXPECT_TRUE(check_follow_live(following({"BTCUSDT", "binance:ETHUSDT"})));
  const auto checked = check_follow_live(following({"BTCUSDT", "practice:ETHUSDT"}));
  ASSERT_FALSE(checked);
  EXPECT_THAT(checked.error().message, testing::HasSubstr("entry 2 ('practice:ETHUSDT')"));
}

}  // namespace
}  // namespace cw::app
