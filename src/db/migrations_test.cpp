#include "db/migrations.h"

#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "db/testing.h"

namespace cw::db {
namespace {

using ::testing::HasSubstr;
using testing::TemporaryFolder;

const Migration kFirst{"first", "CREATE TABLE a (x INTEGER) STRICT; INSERT INTO a VALUES (1)"};
const Migration kSecond{"second", "UPDATE a SET x = x + 1; CREATE TABLE b (y INTEGER) STRICT"};
const Migration kBroken{"broken", "UPDATE a SET x = 99; CREATE TABLE c (z INTEGER) STRICT; CREATE TABLE a (x INTEGER)"};

class Migrations : public ::testing::Test {
 protected:
  Result<int> run(const std::vector<Migration>& steps) { return migrate(*connection, steps); }
  int version() { return connection->first<int>("PRAGMA user_version").value().value(); }
  int x() { return connection->first<int>("SELECT x FROM a").value().value(); }

  TemporaryFolder folder;
  std::unique_ptr<Connection> connection = Connection::open(folder / "core.db").value();
};

TEST_F(Migrations, RunEachStepOnce) {
  EXPECT_EQ(run({kFirst, kSecond}).value(), 2);
  EXPECT_EQ(version(), 2);
  EXPECT_EQ(run({kFirst, kSecond}).value(), 0);
  EXPECT_EQ(x(), 2);
}

TEST_F(Migrations, GoOnWhereAnEarlierProgramStopped) {
  ASSERT_EQ(run({kFirst}).value(), 1);
  connection.reset();
  connection = Connection::open(folder / "core.db").value();
  EXPECT_EQ(run({kFirst, kSecond}).value(), 1);
  EXPECT_EQ(x(), 2);
}

TEST_F(Migrations, LeaveNothingOfAStepThatFails) {
  const auto failed = run({kFirst, kSecond, kBroken});
  ASSERT_FALSE(failed);
  EXPECT_THAT(failed.error().message, HasSubstr("the schema's step 3 (broken): "));
  EXPECT_EQ(version(), 2);
  EXPECT_EQ(x(), 2);
  EXPECT_EQ(connection->first<int>("SELECT count(*) FROM sqlite_schema WHERE name = 'c'").value(), 0);
  EXPECT_EQ(run({kFirst, kSecond, {"mended", "CREATE TABLE c (z INTEGER) STRICT"}}).value(), 1);
}

TEST_F(Migrations, RefuseAFileOfANewerProgram) {
  ASSERT_TRUE(run({kFirst, kSecond}));
  const auto older = run({kFirst});
  ASSERT_FALSE(older);
  EXPECT_EQ(older.error().code, Errc::unsupported);
  EXPECT_THAT(older.error().message,
              HasSubstr("made by a newer Candlewick; its schema has the version 2, this program knows 1"));
  EXPECT_EQ(version(), 2);
}

TEST_F(Migrations, RefuseAStepThatEndsItsTransaction) {
  EXPECT_FALSE(run({{"sly", "CREATE TABLE a (x INTEGER); COMMIT"}}));
  EXPECT_EQ(version(), 0);
  EXPECT_EQ(connection->first<int>("SELECT count(*) FROM sqlite_schema").value(), 0);
}

}  // namespace
}  // namespace cw::db
