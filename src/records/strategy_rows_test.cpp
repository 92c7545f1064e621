#include "records/strategy_rows.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "records/core_testing.h"

namespace cw::records {
namespace {

using testing::at;

struct Strategies : ::testing::Test {
  Strategies() {
    for (const char* id : {"u_ada", "u_bob"}) CW_REQUIRE(insert_user(core, testing::plain_user(id)).has_value());
  }
  void add(const char* user, const char* name, std::int64_t version) {
    ASSERT_TRUE(add_strategy_version(core, {user, name, version, at(version), fmt::format("text {}", version)}));
  }
  testing::Core core;
};

TEST_F(Strategies, AreReadAsTheyWereWritten) {
  add("u_ada", "cross", 1);
  core.reopen();
  const StrategyVersion expected{"u_ada", "cross", 1, at(1), "text 1"};
  EXPECT_EQ(find_strategy(core, "u_ada", "cross", {}).value(), expected);
  EXPECT_EQ(find_strategy(core, "u_ada", "cross", 1).value(), expected);
  EXPECT_EQ(find_strategy(core, "u_ada", "cross", 2).value(), std::nullopt);
  EXPECT_EQ(find_strategy(core, "u_bob", "cross", {}).value(), std::nullopt);
}

TEST_F(Strategies, KeepEveryVersionAndAnswerTheNewest) {
  for (const std::int64_t version : {1, 2, 3}) add("u_ada", "cross", version);
  add("u_ada", "about", 1);
  add("u_bob", "cross", 1);
  EXPECT_EQ(find_strategy(core, "u_ada", "cross", {}).value()->version, 3);
  EXPECT_EQ(find_strategy(core, "u_ada", "cross", 2).value()->document, "text 2");
  const auto all = strategies_of(core, "u_ada").value();
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].name, "about");
  EXPECT_EQ(all[1].version, 3);
  const auto notes = strategy_versions(core, "u_ada", "cross").value();
  ASSERT_EQ(notes.size(), 3u);
  EXPECT_EQ(notes.front().version, 3);
}

TEST_F(Strategies, RefuseAVersionTwice) {
  add("u_ada", "cross", 1);
  EXPECT_EQ(add_strategy_version(core, {"u_ada", "cross", 1, at(9), "other"}).error().code, Errc::conflict);
  EXPECT_EQ(find_strategy(core, "u_ada", "cross", 1).value()->document, "text 1");
}

TEST_F(Strategies, LoseTheirOldestVersionsFirst) {
  for (const std::int64_t version : {1, 2, 3, 4, 5}) add("u_ada", "cross", version);
  add("u_ada", "other", 1);
  ASSERT_TRUE(limit_strategy_versions(core, "u_ada", "cross", 2));
  const auto notes = strategy_versions(core, "u_ada", "cross").value();
  ASSERT_EQ(notes.size(), 2u);
  EXPECT_EQ(notes.back().version, 4);
  EXPECT_EQ(strategy_versions(core, "u_ada", "other").value().size(), 1u);
}

TEST_F(Strategies, GoOneByOneAndWithTheirUser) {
  add("u_ada", "cross", 1);
  add("u_ada", "cross", 2);
  add("u_bob", "cross", 1);
  ASSERT_TRUE(delete_strategy(core, "u_ada", "cross"));
  EXPECT_TRUE(strategies_of(core, "u_ada").value().empty());
  EXPECT_EQ(delete_strategy(core, "u_ada", "cross").error().code, Errc::not_found);
  ASSERT_TRUE(core.connection->run("DELETE FROM users WHERE id = ?", "u_bob"));
  EXPECT_TRUE(strategies_of(core, "u_bob").value().empty());
}

}  // namespace
}  // namespace cw::records
