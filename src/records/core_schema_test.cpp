#include "records/core_schema.h"

#include <gtest/gtest.h>

#include "records/core_testing.h"

namespace cw::records {
namespace {

TEST(CoreSchema, HasOnlyStrictTables) {
  testing::Core core;
  const auto loose = core.connection->collect(
      "SELECT name FROM pragma_table_list WHERE schema = 'main' AND name NOT LIKE 'sqlite_%' AND NOT strict",
      [](const db::Row& row) { return row.get<std::string>(0); });
  ASSERT_TRUE(loose);
  EXPECT_TRUE(loose->empty());
  const auto tables = core.connection->first<int>("SELECT count(*) FROM sqlite_schema WHERE type = 'table'");
  EXPECT_EQ(tables.value(), 8);
}

TEST(CoreSchema, IsMadeOnce) {
  testing::Core core;
  core.reopen();
  EXPECT_EQ(db::migrate(core, core_schema()).value(), 0);
}

}  // namespace
}  // namespace cw::records
