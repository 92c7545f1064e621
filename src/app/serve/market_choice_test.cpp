#include "app/serve/market_choice.h"

#include <gtest/gtest.h>

namespace cw::app {
namespace {

bool must_not_ask() {
  ADD_FAILURE() << "the exchange was asked although the choice was clear";
  return false;
}

TEST(MarketChoice, AFreshFolderAsksTheExchange) {
  EXPECT_EQ(*choose_market("auto", std::nullopt, [] { return true; }), MarketMode::live);
  EXPECT_EQ(*choose_market("auto", std::nullopt, [] { return false; }), MarketMode::practice);
}

TEST(MarketChoice, AFolderThatHasChosenIsNotAskedAgain) {
  EXPECT_EQ(*choose_market("auto", FolderMarket::live, must_not_ask), MarketMode::live);
  EXPECT_EQ(*choose_market("auto", FolderMarket::practice, must_not_ask), MarketMode::practice);
}

TEST(MarketChoice, PracticeAndRealPricesAreNeverMixed) {
  EXPECT_EQ(choose_market("practice", FolderMarket::live, must_not_ask).error().code, Errc::conflict);
  EXPECT_EQ(choose_market("live", FolderMarket::practice, must_not_ask).error().code, Errc::conflict);
}

TEST(MarketChoice, WhatIsForcedIsTaken) {
  EXPECT_EQ(*choose_market("live", std::nullopt, must_not_ask), MarketMode::live);
  EXPECT_EQ(*choose_market("practice", std::nullopt, must_not_ask), MarketMode::practice);
  EXPECT_EQ(*choose_market("replay", FolderMarket::live, must_not_ask), MarketMode::replay);
}

TEST(MarketChoice, APracticeFolderKeepsItsSeed) {
  EXPECT_EQ(*choose_seed(1, false, std::nullopt), 1);
  EXPECT_EQ(*choose_seed(7, true, std::nullopt), 7);
  EXPECT_EQ(*choose_seed(1, false, 7), 7) << "the default gives way";
  EXPECT_EQ(*choose_seed(7, true, 7), 7);
  const auto other = choose_seed(2, true, 7);
  ASSERT_EQ(other.error().code, Errc::bad_parameter);
  EXPECT_NE(other.error().message.find("seed 7"), std::string::npos) << other.error().message;
  EXPECT_NE(other.error().message.find("seed 2"), std::string::npos) << other.error().message;
}

}  // namespace
}  // namespace cw::app
