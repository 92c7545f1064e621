#include "app/serve/disk_check.h"

#include <gtest/gtest.h>

namespace cw::app {
namespace {

using candle_store::DiskState;

TEST(DiskCheck, SaysHowMuchIsUsedAndWhereItWarns) {
  const auto check = disk_check(DiskState::ok, 0.813);
  EXPECT_EQ(check.name, "disk");
  EXPECT_EQ(check.status, api::CheckStatus::pass);
  EXPECT_EQ(check.detail, "81 % of the disk is used; this warns at 90 %.");
}

TEST(DiskCheck, NeverShowsTheThresholdBeforeItIsReached) {
  EXPECT_EQ(disk_check(DiskState::ok, 0.8999).detail, "89 % of the disk is used; this warns at 90 %.");
  EXPECT_EQ(disk_check(DiskState::nearly_full, 0.90).detail,
            "90 % of the disk is used. Free some space: at 97 % market data is not stored any more.");
  EXPECT_EQ(disk_check(DiskState::nearly_full, 0.9699).status, api::CheckStatus::warn);
}

TEST(DiskCheck, FailsWhereNothingIsStoredAnyMore) {
  const auto check = disk_check(DiskState::full, 0.984);
  EXPECT_EQ(check.status, api::CheckStatus::fail);
  EXPECT_EQ(check.detail,
            "98 % of the disk is used: from 97 % on market data is not stored any more. Free some space.");
}

TEST(DiskCheck, SaysWhereTheSystemDoesNotTell) {
  EXPECT_EQ(disk_check(DiskState::ok, std::nullopt).detail, "How full the disk is cannot be told; this warns at 90 %.");
}

}  // namespace
}  // namespace cw::app
