#include "accounts/strategies.h"

#include <gtest/gtest.h>

#include "accounts/accounts_story.h"

namespace cw::accounts {
namespace {

using testing::fault;

struct Strategies : ::testing::Test {
  Strategies() : ada(story.add("ada@example.org")->id), bob(story.add("bob@example.org")->id) {}

  Result<records::StrategyVersion> create(const std::string& name, const std::string& text = "one") {
    return create_strategy(*story.accounts, story.visitor, ada, name, text);
  }
  Result<records::StrategyVersion> save(const std::string& name, const std::string& text,
                                        std::optional<std::int64_t> edited = {}) {
    return save_strategy(*story.accounts, story.visitor, ada, name, text, edited);
  }

  testing::Story story;
  std::string ada, bob;
};

TEST_F(Strategies, LastOverARestartAndAreTheirOwnersAlone) {
  const auto made = create("cross");
  ASSERT_TRUE(made) << made.error().message;
  story.reopen();
  EXPECT_EQ(find_strategy(*story.accounts, ada, "cross").value(), *made);
  EXPECT_EQ(fault(find_strategy(*story.accounts, bob, "cross")), Errc::not_found);
  EXPECT_TRUE(strategies_of(*story.accounts, bob).value().empty());
}

TEST_F(Strategies, EachChangeIsAVersionAndNoChangeIsNone) {
  ASSERT_TRUE(create("cross", "one"));
  EXPECT_EQ(save("cross", "two", 1)->version, 2);
  EXPECT_EQ(save("cross", "two")->version, 2) << "it says the same";
  EXPECT_EQ(save("cross", "one")->version, 3) << "going back is a change";
  EXPECT_EQ(find_strategy(*story.accounts, ada, "cross", 2)->document, "two");
  EXPECT_EQ(fault(find_strategy(*story.accounts, ada, "cross", 9)), Errc::not_found);
  EXPECT_EQ(versions_of_strategy(*story.accounts, ada, "cross").value().size(), 3U);
}

TEST_F(Strategies, AnEditOfAnOlderVersionLosesNothing) {
  ASSERT_TRUE(create("cross", "one"));
  ASSERT_TRUE(save("cross", "of the other window", 1));
  const auto late = save("cross", "of this window", 1);
  EXPECT_EQ(fault(late), Errc::conflict);
  EXPECT_EQ(find_strategy(*story.accounts, ada, "cross")->document, "of the other window");
}

TEST_F(Strategies, ANameIsTakenOnce) {
  ASSERT_TRUE(create("cross"));
  EXPECT_EQ(fault(create("cross")), Errc::conflict);
  EXPECT_TRUE(create_strategy(*story.accounts, story.visitor, bob, "cross", "his"));
  EXPECT_EQ(fault(save("none", "x")), Errc::not_found);
}

TEST_F(Strategies, AreAtMostAHundred) {
  for (std::size_t i = 0; i < kStrategiesMost; ++i) ASSERT_TRUE(create("s" + std::to_string(i)));
  EXPECT_EQ(fault(create("one-more")), Errc::limit_exceeded);
  ASSERT_TRUE(remove_strategy(*story.accounts, story.visitor, ada, "s0"));
  EXPECT_TRUE(create("one-more"));
}

TEST_F(Strategies, AreListedInTheAuditLogWithoutTheirText) {
  ASSERT_TRUE(create("cross", "secret sauce"));
  ASSERT_TRUE(save("cross", "more"));
  ASSERT_TRUE(remove_strategy(*story.accounts, story.visitor, ada, "cross"));
  EXPECT_EQ(story.last_events(3),
            (std::vector<std::string>{"strategy.created done", "strategy.saved done", "strategy.deleted done"}));
  for (const auto& row : story.audit()) EXPECT_EQ(row.before_json.find("secret"), std::string::npos);
  EXPECT_EQ(fault(remove_strategy(*story.accounts, story.visitor, ada, "cross")), Errc::not_found);
}

}  // namespace
}  // namespace cw::accounts
