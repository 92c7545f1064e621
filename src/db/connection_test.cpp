#include "db/connection.h"

#include <sys/stat.h>

#include <fstream>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "db/testing.h"

namespace cw::db {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::TemporaryFolder;

struct Open {
  TemporaryFolder folder;
  std::filesystem::path file = folder / "core.db";
  std::unique_ptr<Connection> connection = Connection::open(file).value();
  Connection& c = *connection;
};

int mode_of(const std::filesystem::path& file) {
  struct stat found{};
  return ::stat(file.c_str(), &found) == 0 ? static_cast<int>(found.st_mode & 0777) : -1;
}

TEST(Connection, GivesBackEveryTypeThatItTakes) {
  Open db;
  ASSERT_TRUE(db.c.script("CREATE TABLE t (a INTEGER, b REAL, c TEXT, d BLOB, e INTEGER, f INTEGER, g TEXT) STRICT"));
  const auto at = from_ms(1'700'000'000'123);
  const std::optional<std::string> absent;
  ASSERT_TRUE(db.c.run("INSERT INTO t VALUES (?, ?, ?, ?, ?, ?, ?)", std::numeric_limits<std::int64_t>::min(), 0.1,
                       "text", Blob{std::string_view{"\0\xff", 2}}, true, at, absent));

  std::int64_t a = 0;
  double b = 0;
  std::string c;
  std::string d;
  bool e = false;
  Timestamp f;
  std::optional<std::string> g{"something"};
  int rows = 0;
  ASSERT_TRUE(db.c.query("SELECT * FROM t", [&](const Row& row) {
    ++rows;
    row.into(a, b, c, d, e, f, g);
  }));
  EXPECT_EQ(rows, 1);
  EXPECT_EQ(a, std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(b, 0.1);
  EXPECT_EQ(c, "text");
  EXPECT_EQ(d, (std::string{"\0\xff", 2}));
  EXPECT_TRUE(e);
  EXPECT_EQ(f, at);
  EXPECT_EQ(g, std::nullopt);
}

TEST(Connection, KeepsHostileTextAsItIs) {
  Open db;
  ASSERT_TRUE(db.c.script("CREATE TABLE t (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT"));
  const std::vector<std::string> texts{"'; DROP TABLE t; --",     "\"quoted\" 'twice'",     {"a\0b", 3},
                                       "\xf0\x9f\x95\xaf candle", std::string(65'536, 'x'), ""};
  for (const auto& text : texts) ASSERT_TRUE(db.c.run("INSERT INTO t (text) VALUES (?)", text));
  const auto read = [](const Row& row) { return row.get<std::string>(0); };
  EXPECT_EQ(db.c.collect("SELECT text FROM t ORDER BY id", read).value(), texts);
}

TEST(Connection, AnswersHowManyRowsAStatementChanged) {
  Open db;
  ASSERT_TRUE(db.c.script("CREATE TABLE t (a INTEGER) STRICT; INSERT INTO t VALUES (1), (2), (3)"));
  EXPECT_EQ(db.c.run("UPDATE t SET a = a + 1 WHERE a > ?", 1).value(), 2);
  EXPECT_EQ(db.c.run("DELETE FROM t WHERE a = ?", 9).value(), 0);
}

TEST(Connection, StopsAQueryWhereTheVisitorSaysSo) {
  Open db;
  ASSERT_TRUE(db.c.script("CREATE TABLE t (a INTEGER) STRICT; INSERT INTO t VALUES (1), (2), (3)"));
  std::vector<std::int64_t> seen;
  ASSERT_TRUE(db.c.query("SELECT a FROM t ORDER BY a", [&](const Row& row) {
    seen.push_back(row.get<std::int64_t>(0));
    return seen.size() < 2;
  }));
  EXPECT_THAT(seen, ElementsAre(1, 2));
  const auto failed =
      db.c.query("SELECT a FROM t", [](const Row&) -> Result<void> { return fail(Errc::bad_input, "no"); });
  EXPECT_EQ(failed.error().message, "no");
  EXPECT_EQ(db.c.first<std::int64_t>("SELECT a FROM t WHERE a > 5").value(), std::nullopt);
}

TEST(Connection, CompilesAStatementOnceAndFreshWhereItIsBeingReadFrom) {
  Open db;
  ASSERT_TRUE(db.c.script("CREATE TABLE t (a INTEGER) STRICT; INSERT INTO t VALUES (1), (2)"));
  const auto before = db.c.compiled();
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(db.c.first<std::int64_t>("SELECT count(*) FROM t"));
  EXPECT_EQ(db.c.compiled(), before + 1);

  // The same text inside its own rows: both walks see every row.
  std::vector<std::int64_t> pairs;
  const std::string_view sql = "SELECT a FROM t ORDER BY a";
  ASSERT_TRUE(db.c.query(sql, [&](const Row& outer) -> Result<void> {
    return db.c.query(
        sql, [&](const Row& inner) { pairs.push_back(10 * outer.get<std::int64_t>(0) + inner.get<std::int64_t>(0)); });
  }));
  EXPECT_THAT(pairs, ElementsAre(11, 12, 21, 22));
}

TEST(Connection, KeepsABoundedNumberOfStatements) {
  Open db;
  for (int i = 0; i < 300; ++i) ASSERT_TRUE(db.c.first<int>("SELECT " + std::to_string(i)));
  const auto before = db.c.compiled();
  ASSERT_TRUE(db.c.first<int>("SELECT 299"));  // among the newest: kept
  EXPECT_EQ(db.c.compiled(), before);
  ASSERT_TRUE(db.c.first<int>("SELECT 0"));  // the oldest: let go of
  EXPECT_EQ(db.c.compiled(), before + 1);
}

TEST(Connection, TellsAConflictByItsColumnAndShowsNoValue) {
  Open db;
  ASSERT_TRUE(db.c.script("CREATE TABLE users (email TEXT NOT NULL COLLATE NOCASE UNIQUE) STRICT"));
  ASSERT_TRUE(db.c.run("INSERT INTO users VALUES (?)", "secret@example.com"));
  const auto again = db.c.run("INSERT INTO users VALUES (?)", "SECRET@example.com");
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, Errc::conflict);
  EXPECT_EQ(again.error().field, "users.email");
  EXPECT_THAT(again.error().message, HasSubstr("core.db"));
  EXPECT_THAT(again.error().message, Not(HasSubstr("secret")));
}

TEST(Connection, TellsWhatElseARowMayBreak) {
  Open db;
  ASSERT_TRUE(
      db.c.script("CREATE TABLE parent (id TEXT PRIMARY KEY) STRICT;"
                  "CREATE TABLE child (parent TEXT REFERENCES parent(id), n INTEGER NOT NULL CHECK (n > 0)) STRICT;"
                  "CREATE TRIGGER keep BEFORE DELETE ON child BEGIN SELECT RAISE(ABORT, 'rows stay'); END"));
  const std::string_view insert = "INSERT INTO child VALUES (?, ?)";
  EXPECT_EQ(db.c.run(insert, "nobody", 1).error().code, Errc::not_found);
  EXPECT_EQ(db.c.run(insert, nullptr, 0).error().code, Errc::bad_input);
  EXPECT_EQ(db.c.run(insert, nullptr, nullptr).error().code, Errc::bad_input);
  EXPECT_EQ(db.c.run(insert, nullptr, "one").error().code, Errc::bad_input);
  ASSERT_TRUE(db.c.run(insert, nullptr, 1));
  const auto kept = db.c.run("DELETE FROM child");
  EXPECT_EQ(kept.error().code, Errc::unsupported);
  EXPECT_THAT(kept.error().message, HasSubstr("rows stay"));
}

TEST(Connection, RefusesWhatOnlyTheOwnerOfTransactionsMayDo) {
  Open db;
  for (const std::string_view sql : {"BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT s", "ATTACH 'other.db' AS other"})
    EXPECT_EQ(db.c.run(sql).error().code, Errc::internal) << sql;
  EXPECT_FALSE(db.c.script("COMMIT"));
}

TEST(Connection, NamesItsOwnMistakes) {
  Open db;
  ASSERT_TRUE(db.c.script("CREATE TABLE t (a INTEGER) STRICT"));
  EXPECT_THAT(db.c.run("SELEKT 1").error().message, HasSubstr("SELEKT 1"));
  EXPECT_THAT(db.c.run("INSERT INTO t VALUES (?)").error().message, HasSubstr("0 values for 1 places"));
  EXPECT_EQ(db.c.run("DELETE FROM t; DELETE FROM t").error().code, Errc::internal);
  EXPECT_EQ(db.c.run("").error().code, Errc::internal);
  EXPECT_EQ(db.c.run("INSERT INTO t VALUES (\"a string\")").error().code, Errc::internal);
}

TEST(Connection, MakesItsFilesForTheirOwnerAlone) {
  Open db;
  ASSERT_TRUE(db.c.script("CREATE TABLE t (a INTEGER) STRICT"));
  EXPECT_EQ(mode_of(db.file), 0600);
  EXPECT_EQ(mode_of(db.file.string() + "-wal"), 0600);
  EXPECT_FALSE(std::filesystem::exists(db.file.string() + "-shm"));

  db.connection.reset();
  ASSERT_EQ(::chmod(db.file.c_str(), 0644), 0);
  db.connection = Connection::open(db.file).value();
  EXPECT_EQ(mode_of(db.file), 0600);
}

TEST(Connection, IsSetForDurabilityAndForeignKeys) {
  Open db;
  EXPECT_EQ(db.c.first<std::string>("PRAGMA journal_mode").value(), "wal");
  EXPECT_EQ(db.c.first<std::string>("PRAGMA locking_mode").value(), "exclusive");
  EXPECT_EQ(db.c.first<int>("PRAGMA synchronous").value(), 2);  // FULL
  EXPECT_EQ(db.c.first<int>("PRAGMA foreign_keys").value(), 1);
}

TEST(Connection, IsTheOnlyOneOfItsFile) {
  Open db;
  const auto second = Connection::open(db.file);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Errc::busy);
  EXPECT_THAT(second.error().message, HasSubstr("core.db: it is in use"));
  EXPECT_TRUE(db.c.script("CREATE TABLE t (a INTEGER) STRICT"));
  db.connection.reset();
  EXPECT_TRUE(Connection::open(db.file));
}

TEST(Connection, RefusesAFileThatIsNoDatabase) {
  const TemporaryFolder folder;
  for (const std::size_t size : {std::size_t{20}, std::size_t{4'096}}) {
    std::ofstream(folder / "core.db", std::ios::trunc) << std::string(size, 'x');
    const auto opened = Connection::open(folder / "core.db");
    ASSERT_FALSE(opened) << size;
    EXPECT_EQ(opened.error().code, Errc::corrupt);
    EXPECT_THAT(opened.error().message, HasSubstr("newest backup"));
  }
}

TEST(Connection, SaysWhichFolderIsMissing) {
  const TemporaryFolder folder;
  const auto opened = Connection::open(folder / "nowhere/core.db");
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, Errc::io_error);
  EXPECT_THAT(opened.error().message, HasSubstr("nowhere/core.db: No such file"));
  EXPECT_FALSE(Connection::open(folder / ""));  // a folder
}

TEST(Connection, TakesANameThatLooksLikeAnAddress) {
  const TemporaryFolder folder;
  EXPECT_TRUE(Connection::open(folder / "file:core.db?mode=memory"));
  EXPECT_TRUE(std::filesystem::exists(folder / "file:core.db?mode=memory"));
}

}  // namespace
}  // namespace cw::db
