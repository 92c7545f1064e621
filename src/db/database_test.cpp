#include "db/database.h"

#include <atomic>
#include <future>
#include <latch>
#include <stdexcept>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "db/testing.h"

namespace cw::db {
namespace {

using ::testing::HasSubstr;
using testing::Story;

/// Keeps the owner thread inside a read until `let_go`, so that what is handed in meanwhile waits together.
class Held {
 public:
  explicit Held(Story& story)
      : reader_([this, &story] {
          static_cast<void>(story.database->read([this](Connection&) -> Result<int> {
            inside_.count_down();
            gate_.wait();
            return 0;
          }));
        }) {
    inside_.wait();
  }
  ~Held() { let_go(); }
  void let_go() {
    if (!reader_.joinable()) return;
    gate_.count_down();
    reader_.join();
  }

 private:
  std::latch inside_{1};
  std::latch gate_{1};
  std::thread reader_;
};

void wait_until_waiting(const Story& story, double count) {
  while (story.metric("candlewick_db_jobs_waiting") < count) std::this_thread::yield();
}

Result<std::int64_t> insert(Connection& c, std::string_view name) {
  return c.run("INSERT INTO things (name) VALUES (?)", name);
}

TEST(Database, CommitsWhatWaitsTogetherOnce) {
  Story story;
  constexpr int kWriters = 8;
  std::vector<std::future<Result<std::int64_t>>> writers;
  {
    const Held held{story};
    for (int i = 0; i < kWriters; ++i)
      writers.push_back(std::async(std::launch::async, [&story, i] { return story.add(std::to_string(i)); }));
    wait_until_waiting(story, kWriters);
  }
  for (auto& writer : writers) EXPECT_TRUE(writer.get());
  EXPECT_EQ(story.count(), kWriters);
  EXPECT_EQ(story.metric("candlewick_db_commits_total"), 1);
  EXPECT_EQ(story.metric("candlewick_db_jobs_waiting"), 0);
}

TEST(Database, TakesNoMoreThanAGroupAtOnce) {
  Story story{{.group_most = 3}};
  std::vector<std::future<Result<std::int64_t>>> writers;
  {
    const Held held{story};
    for (int i = 0; i < 7; ++i)
      writers.push_back(std::async(std::launch::async, [&story, i] { return story.add(std::to_string(i)); }));
    wait_until_waiting(story, 7);
  }
  for (auto& writer : writers) EXPECT_TRUE(writer.get());
  EXPECT_EQ(story.metric("candlewick_db_commits_total"), 3);  // 3 + 3 + 1
}

TEST(Database, UndoesAFailedJobAlone) {
  Story story;
  std::future<Result<std::int64_t>> failing;
  std::future<Result<std::int64_t>> throwing;
  std::future<Result<std::int64_t>> good;
  {
    const Held held{story};
    const auto start = [&](auto job) {
      return std::async(std::launch::async, [&story, job] { return story.database->write(job); });
    };
    good = start([](Connection& c) { return insert(c, "good"); });
    failing = start([](Connection& c) -> Result<std::int64_t> {
      if (auto done = insert(c, "half"); !done) return done;
      return fail(Errc::refused, "on second thought");
    });
    throwing = start([](Connection& c) -> Result<std::int64_t> {
      if (auto done = insert(c, "thrown"); !done) return done;
      throw std::runtime_error("oh");
    });
    wait_until_waiting(story, 3);
  }
  EXPECT_TRUE(good.get());
  EXPECT_EQ(failing.get().error().message, "on second thought");
  const auto thrown = throwing.get();
  EXPECT_EQ(thrown.error().code, Errc::internal);
  EXPECT_THAT(thrown.error().message, HasSubstr("oh"));
  EXPECT_EQ(story.count(), 1);
  EXPECT_EQ(story.metric("candlewick_db_commits_total"), 1);
}

TEST(Database, UndoesAJobThatLeavesADanglingRow) {
  static constexpr Migration kFamily[] = {
      {"family",
       "CREATE TABLE parents (id INTEGER PRIMARY KEY) STRICT;"
       "CREATE TABLE things (id INTEGER PRIMARY KEY,"
       " parent INTEGER REFERENCES parents(id) DEFERRABLE INITIALLY DEFERRED) STRICT"}};
  Story story{{}, kFamily};
  std::future<Result<std::int64_t>> dangling;
  std::future<Result<std::int64_t>> whole;
  {
    const Held held{story};
    dangling = std::async(std::launch::async, [&story] {
      return story.database->write([](Connection& c) { return c.run("INSERT INTO things (parent) VALUES (7)"); });
    });
    whole = std::async(std::launch::async, [&story] {
      return story.database->write([](Connection& c) -> Result<std::int64_t> {
        if (auto first = c.run("INSERT INTO things (parent) VALUES (1)"); !first) return first;
        return c.run("INSERT INTO parents VALUES (1)");
      });
    });
    wait_until_waiting(story, 2);
  }
  EXPECT_EQ(dangling.get().error().code, Errc::not_found);
  EXPECT_TRUE(whole.get());
  EXPECT_EQ(story.count(), 1);
}

TEST(Database, TellsEverybodyWhereSqliteTakesTheTransactionBack) {
  Story story;
  ASSERT_TRUE(story.add("there"));
  std::future<Result<std::int64_t>> before;
  std::future<Result<std::int64_t>> culprit;
  std::future<Result<std::int64_t>> after;
  {
    const Held held{story};
    before = std::async(std::launch::async, [&story] { return story.add("before"); });
    wait_until_waiting(story, 1);
    culprit = std::async(std::launch::async, [&story] {
      return story.database->write(
          [](Connection& c) { return c.run("INSERT OR ROLLBACK INTO things (name) VALUES ('there')"); });
    });
    wait_until_waiting(story, 2);
    after = std::async(std::launch::async, [&story] { return story.add("after"); });
    wait_until_waiting(story, 3);
  }
  EXPECT_EQ(culprit.get().error().code, Errc::conflict);
  const auto undone = before.get();
  ASSERT_FALSE(undone);
  EXPECT_EQ(undone.error().code, Errc::io_error);
  EXPECT_THAT(undone.error().message, HasSubstr("undone together with other writes"));
  EXPECT_TRUE(after.get());
  EXPECT_EQ(story.count(), 2);  // "there" and "after"
}

TEST(Database, AnswersAnyTypeAndPassesOnErrors) {
  Story story;
  ASSERT_TRUE(story.add("one"));
  const auto names = story.database->read([](Connection& c) {
    return c.collect("SELECT name FROM things", [](const Row& row) { return row.get<std::string>(0); });
  });
  EXPECT_THAT(names.value(), ::testing::ElementsAre("one"));
  const auto taken = story.add("one");
  EXPECT_EQ(taken.error().code, Errc::conflict);
  EXPECT_EQ(taken.error().field, "things.name");
  auto moved =
      story.database->write([](Connection&) -> Result<std::unique_ptr<int>> { return std::make_unique<int>(5); });
  EXPECT_EQ(*moved.value(), 5);
}

TEST(Database, LetsAReadOnlyRead) {
  Story story;
  const auto written = story.database->read([](Connection& c) { return insert(c, "sly"); });
  EXPECT_EQ(written.error().code, Errc::internal);
  EXPECT_THAT(written.error().message, HasSubstr("may not write"));
  EXPECT_EQ(story.count(), 0);
  EXPECT_TRUE(story.add("open"));
}

TEST(Database, RefusesMoreThanMayWait) {
  Story story{{.waiting_most = 2}};
  {
    const Held held{story};
    story.database->post_write([](Connection& c) -> Result<void> {
      auto done = insert(c, "first");
      return done ? Result<void>{} : Result<void>(pass_on(done));
    });
    story.database->post_write([](Connection&) -> Result<void> { return fail(Errc::refused, "no"); });
    const auto refused = story.add("third");
    EXPECT_EQ(refused.error().code, Errc::busy);
    EXPECT_THAT(refused.error().message, HasSubstr("2 jobs wait"));
    story.database->post_write([](Connection&) -> Result<void> { return {}; });
  }
  while (story.metric("candlewick_db_jobs_waiting") > 0) std::this_thread::yield();
  EXPECT_TRUE(story.add("later"));
  EXPECT_EQ(story.count(), 2);
  EXPECT_EQ(story.metric("candlewick_db_refused_total"), 2);
  EXPECT_EQ(story.metric("candlewick_db_posted_failures_total"), 2);  // one failed, one was refused
}

TEST(Database, RunsWhatWaitsBeforeItEnds) {
  Story story;
  {
    const Held held{story};
    for (int i = 0; i < 600; ++i) {
      story.database->post_write([i](Connection& c) -> Result<void> {
        auto done = insert(c, std::to_string(i));
        return done ? Result<void>{} : Result<void>(pass_on(done));
      });
    }
  }
  story.close();
  EXPECT_FALSE(std::filesystem::exists(story.file.string() + "-wal"));
  story.open();
  EXPECT_EQ(story.count(), 600);
}

TEST(Database, TakesJobsFromManyThreads) {
  Story story;
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&story, &wrong, t] {
      for (int i = 0; i < 50; ++i) {
        const auto name = std::to_string(t) + "/" + std::to_string(i);
        if (!story.add(name)) ++wrong;
        // What a write answered, the next read sees.
        const auto found = story.database->read(
            [&](Connection& c) { return c.first<int>("SELECT count(*) FROM things WHERE name = ?", name); });
        if (!found || found->value_or(0) != 1) ++wrong;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(story.count(), 200);
  EXPECT_LE(story.metric("candlewick_db_commits_total"), 200);
  EXPECT_EQ(story.metric("candlewick_db_jobs_total"), 401);  // 200 writes, 200 reads, the count
}

using DatabaseDeathTest = ::testing::Test;

TEST_F(DatabaseDeathTest, DiesOfAJobThatCallsTheDatabase) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(
      {
        Story story;
        static_cast<void>(story.database->write([&](Connection&) { return story.add("inner"); }));
      },
      "get_id");
}

}  // namespace
}  // namespace cw::db
