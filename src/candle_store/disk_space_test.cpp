#include "candle_store/disk_space.h"

#include <gtest/gtest.h>

#include "candle_store/lmdb_env.h"
#include "candle_store/store_story.h"

namespace cw::candle_store {
namespace {

TEST(DiskWatch, CountsTheRoomInsideTheStoresFileAsFree) {
  NullLogger logger;
  Metrics metrics;
  DiskUse use{96, 100};
  std::uint64_t reusable = 0;
  const DiskWatch watch({}, [&](const auto&) { return use; }, [&] { return reusable; }, logger, metrics);
  EXPECT_EQ(watch.state(), DiskState::nearly_full);
  use.used_bytes = 98;
  EXPECT_EQ(watch.state(), DiskState::full);
  EXPECT_EQ(watch.allow_write().error().code, Errc::disk_full);
  reusable = 1;
  EXPECT_EQ(watch.state(), DiskState::full) << "97 of 100";
  reusable = 2;
  EXPECT_EQ(watch.state(), DiskState::nearly_full);
  EXPECT_TRUE(watch.allow_write());
  reusable = 20;
  EXPECT_EQ(watch.state(), DiskState::ok);
}

TEST(DiskWatch, KeepsWhatItKnewWhereTheSystemDoesNotSay) {
  NullLogger logger;
  Metrics metrics;
  std::optional<DiskUse> use = DiskUse{99, 100};
  const DiskWatch watch({}, [&](const auto&) { return use; }, [] { return 0U; }, logger, metrics);
  EXPECT_EQ(watch.state(), DiskState::full);
  use.reset();
  EXPECT_EQ(watch.state(), DiskState::full);
}

TEST(DiskUse, IsThatOfTheDiskUnderTheFolder) {
  const TestFolder folder;
  const auto use = use_of_disk(folder.path());
  ASSERT_TRUE(use);
  EXPECT_GT(use->reachable_bytes, use->used_bytes);
  EXPECT_FALSE(use_of_disk(folder.path() / "not there"));
}

TEST(Environment, SaysHowMuchRoomItsFileHasInside) {
  const TestFolder folder;
  constexpr std::size_t kValue = 100 * 4'096;
  const auto environment = Environment::open(folder.path() / "some.mdb", 64 << 20, true).value();
  const auto change = [&](auto&& act) {
    auto txn = environment->begin_write().value();
    act(txn);
    ASSERT_TRUE(txn.commit());
  };
  change([&](Transaction& txn) {
    for (const char* key : {"a", "b"}) ASSERT_TRUE(txn.reserve(Table::notes, bytes_of(key), kValue));
  });
  const auto before = environment->reusable_bytes();
  EXPECT_LT(before, kValue / 10);
  change([&](Transaction& txn) { ASSERT_TRUE(txn.erase(Table::notes, bytes_of("a"))); });
  const auto after = environment->reusable_bytes();
  EXPECT_GE(after, kValue);
  EXPECT_LT(after, 2 * kValue);
  const auto size = std::filesystem::file_size(folder.path() / "some.mdb");
  // Pages are free for the second transaction after the one that let them go.
  change([&](Transaction& txn) { ASSERT_TRUE(txn.put(Table::notes, bytes_of("d"), bytes_of("e"))); });
  change([&](Transaction& txn) { ASSERT_TRUE(txn.reserve(Table::notes, bytes_of("c"), kValue / 2)); });
  EXPECT_LT(std::filesystem::file_size(folder.path() / "some.mdb"), size + kValue / 10)
      << "a page or two of its own tables";
  EXPECT_LT(environment->reusable_bytes(), after);
}

}  // namespace
}  // namespace cw::candle_store
