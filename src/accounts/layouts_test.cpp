#include "accounts/layouts.h"

#include <gtest/gtest.h>

#include "accounts/accounts_story.h"

namespace cw::accounts {
namespace {

using testing::fault;

struct Layouts : ::testing::Test {
  Layouts() : ada(story.add("ada@example.org")->id), bob(story.add("bob@example.org")->id) {}

  Result<records::Layout> save(const std::string& name, const std::string& document = "{}") {
    return save_layout(*story.accounts, story.visitor, ada, name, document);
  }
  Result<void> remove(const std::string& name) { return remove_layout(*story.accounts, story.visitor, ada, name); }
  std::size_t count(const std::string& user) { return layouts_of(*story.accounts, user).value().size(); }

  testing::Story story;
  std::string ada, bob;
};

TEST_F(Layouts, LastOverARestartAndAreTheirOwnersAlone) {
  const auto saved = save("swing", R"({"panes":2})");
  ASSERT_TRUE(saved) << saved.error().message;
  EXPECT_EQ(saved->updated_at, testing::kStart);
  story.reopen();
  EXPECT_EQ(find_layout(*story.accounts, ada, "swing").value(), *saved);
  EXPECT_EQ(fault(find_layout(*story.accounts, bob, "swing")), Errc::not_found);
  EXPECT_EQ(count(bob), 0U);
}

TEST_F(Layouts, AChangeIsListedWithoutWhatIsInIt) {
  ASSERT_TRUE(save("swing", R"({"secret":1})"));
  ASSERT_TRUE(save("swing", "{}"));
  ASSERT_TRUE(remove("swing"));
  const auto rows = story.audit();
  ASSERT_GE(rows.size(), 3U);
  EXPECT_EQ(story.last_events(3),
            (std::vector<std::string>{"layout.saved done", "layout.saved done", "layout.deleted done"}));
  EXPECT_EQ(rows[rows.size() - 2].before_json, R"({"name":"swing","bytes":12})");
  EXPECT_EQ(rows[rows.size() - 2].after_json, R"({"name":"swing","bytes":2})");
}

TEST_F(Layouts, AreAtMostFifty) {
  for (std::size_t i = 0; i < kLayoutsMost; ++i) ASSERT_TRUE(save("l" + std::to_string(i)));
  EXPECT_EQ(fault(save("one more")), Errc::limit_exceeded);
  EXPECT_TRUE(save("l7", R"({"a":1})")) << "one that is there may change";
  ASSERT_TRUE(remove("l0"));
  EXPECT_TRUE(save("one more"));
  EXPECT_EQ(count(ada), kLayoutsMost);
  EXPECT_TRUE(save_layout(*story.accounts, story.visitor, bob, "his", "{}")) << "each account has its own";
}

TEST_F(Layouts, AreOfABoundedSize) {
  const std::string full = R"({"a":")" + std::string(kLayoutBytesMost - 8, 'x') + R"("})";
  ASSERT_EQ(full.size(), kLayoutBytesMost);
  EXPECT_TRUE(save("full", full));
  const auto over = save("over", full + " ");
  EXPECT_EQ(fault(over), Errc::bad_parameter);
  EXPECT_EQ(over.error().field, "document");
}

TEST_F(Layouts, HaveANameOfOneToSixtyCharacters) {
  std::string candles;
  for (std::size_t i = 0; i < kLayoutNameMost; ++i) candles += "\xf0\x9f\x95\xaf";
  EXPECT_TRUE(save(candles)) << "characters are counted, not bytes";
  for (const std::string& bad :
       {std::string{}, std::string(61, 'a'), candles + "a", std::string{" a"}, std::string{"a "}, std::string{"a\nb"},
        std::string{"a\x7f"}, std::string{"\xff"}, std::string{"a\0b", 3}}) {
    const auto refused = save(bad);
    EXPECT_EQ(fault(refused), Errc::bad_parameter) << bad;
    EXPECT_EQ(refused.error().field, "name") << bad;
  }
}

TEST_F(Layouts, ThatAreNotThereAreNotRemoved) {
  EXPECT_EQ(fault(remove("swing")), Errc::not_found);
  ASSERT_TRUE(save("swing"));
  EXPECT_EQ(fault(remove_layout(*story.accounts, story.visitor, bob, "swing")), Errc::not_found);
  EXPECT_EQ(count(ada), 1U);
}

}  // namespace
}  // namespace cw::accounts
