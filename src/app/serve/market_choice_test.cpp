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

}  // namespace
}  // namespace cw::app
