// What happens to a database when the machine, the disk or the file misbehaves.
#include <sys/resource.h>

#include <csignal>
#include <fstream>
#include <future>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "db/testing.h"

namespace cw::db {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using testing::Story;

Result<std::int64_t> add_long(Story& story, std::string_view name, std::size_t size) {
  return story.database->write([&](Connection& c) {
    return c.run("INSERT INTO things (name) VALUES (?)", std::string{name} + std::string(size, '.'));
  });
}

// A process that is killed leaves the file and its log as they are at that moment.
TEST(Durability, WhatWasAnsweredIsThereAfterAKill) {
  Story story;
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(story.add(std::to_string(i)));
    const auto copy = story.folder / ("copy" + std::to_string(i) + ".db");
    fs::copy_file(story.file, copy);
    fs::copy_file(story.file.string() + "-wal", copy.string() + "-wal");
    const auto opened = Database::open(copy, story.migrations, story.logger, story.metrics);
    ASSERT_TRUE(opened);
    const auto count = (*opened)->read([](Connection& c) { return c.first<int>("SELECT count(*) FROM things"); });
    EXPECT_EQ(count.value(), i + 1);
  }
}

TEST(Durability, ATornLogLosesItsTornEndAndNothingElse) {
  Story story;
  ASSERT_TRUE(story.add("whole"));
  const auto whole = fs::file_size(story.file.string() + "-wal");
  ASSERT_TRUE(story.add("torn"));
  const auto both = fs::file_size(story.file.string() + "-wal");
  ASSERT_GT(both, whole);
  const auto copy = story.folder / "copy.db";
  fs::copy_file(story.file, copy);
  fs::copy_file(story.file.string() + "-wal", copy.string() + "-wal");
  fs::resize_file(copy.string() + "-wal", both - 1);
  const auto opened = Connection::open(copy).value();
  EXPECT_EQ(opened->first<std::string>("SELECT group_concat(name) FROM things").value(), "whole");
}

TEST(Durability, AFullDatabaseSaysSoAndKeepsWhatItHas) {
  Story story;
  ASSERT_TRUE(story.add("before"));
  const auto limit = [&](int pages) {
    return story.database->write(
        [pages](Connection& c) { return c.run("PRAGMA max_page_count=" + std::to_string(pages)); });
  };
  ASSERT_TRUE(limit(1));  // at least what is there: no page more
  const auto full = add_long(story, "long", 100'000);
  ASSERT_FALSE(full);
  EXPECT_EQ(full.error().code, Errc::disk_full);
  EXPECT_THAT(full.error().message, HasSubstr("core.db: no room"));
  EXPECT_EQ(story.count(), 1);
  ASSERT_TRUE(limit(1'000'000));
  EXPECT_TRUE(add_long(story, "long", 100'000));
  EXPECT_EQ(story.count(), 2);
}

/// No file of this process may grow beyond `bytes` while it lives: a write fails inside COMMIT.
class NoFileGrowsBeyond {
 public:
  explicit NoFileGrowsBeyond(std::uintmax_t bytes) {
    std::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const struct rlimit now{static_cast<rlim_t>(bytes), before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &now);
  }
  ~NoFileGrowsBeyond() { ::setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  struct rlimit before_{};
};

TEST(Durability, ACommitThatFailsIsEverybodysErrorAndLeavesNothing) {
  Story story;
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(add_long(story, std::to_string(i), 10'000));
  const auto commits = story.metric("candlewick_db_commits_total");
  {
    const NoFileGrowsBeyond limit{fs::file_size(story.file.string() + "-wal") + 5'000};
    const auto one = add_long(story, "one", 20'000);
    ASSERT_FALSE(one);
    EXPECT_EQ(one.error().code, Errc::disk_full) << one.error().message;
    std::vector<std::future<Result<std::int64_t>>> writers;
    for (int i = 0; i < 4; ++i) {
      writers.push_back(
          std::async(std::launch::async, [&story, i] { return add_long(story, "w" + std::to_string(i), 20'000); }));
    }
    for (auto& writer : writers) {
      const auto answer = writer.get();
      ASSERT_FALSE(answer);
      EXPECT_EQ(answer.error().code, Errc::disk_full);
    }
    EXPECT_EQ(story.count(), 20);
  }
  EXPECT_EQ(story.metric("candlewick_db_commits_total"), commits);
  EXPECT_GE(story.metric("candlewick_db_failed_commits_total"), 2);
  EXPECT_TRUE(story.add("room again"));
  story.close();
  story.open();
  EXPECT_EQ(story.count(), 21);
}

TEST(Durability, ADamagedFileIsRefusedWithWhatToDo) {
  Story story;
  for (int i = 0; i < 200; ++i) ASSERT_TRUE(add_long(story, std::to_string(i), 500));
  story.close();
  const auto size = fs::file_size(story.file);
  ASSERT_GT(size, 16 * 4'096U);
  std::fstream file{story.file, std::ios::in | std::ios::out | std::ios::binary};
  for (std::uintmax_t page = 2; page < size / 4'096; ++page) {
    file.seekp(static_cast<std::streamoff>(page * 4'096));
    file << std::string(64, '\xee');
  }
  file.close();
  const auto opened = Database::open(story.file, story.migrations, story.logger, story.metrics);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, Errc::corrupt);
  EXPECT_THAT(opened.error().message, HasSubstr("core.db: damaged ("));
  EXPECT_THAT(opened.error().message, HasSubstr("put the newest backup in its place"));
}

}  // namespace
}  // namespace cw::db
