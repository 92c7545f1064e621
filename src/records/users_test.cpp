#include "records/users.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "records/core_testing.h"

namespace cw::records {
namespace {

using testing::at;
using testing::Core;
using ::testing::ElementsAre;
using testing::plain_user;

User full_user() {
  User user;
  user.id = "u1";
  user.email = "Ada@Example.com";
  user.role = Role::admin;
  user.active = false;
  user.created_at = at(1);
  user.last_login = at(2);
  user.password_hash = "$argon2id$v=19$m=65536,t=2,p=1$abc$def";
  user.password_changed_at = at(3);
  user.token_version = 7;
  user.telegram_chat_id = "-100123";
  user.telegram_enabled = true;
  user.email_enabled = true;
  user.totp_sealed = std::string{"\0\x01\xff sealed", 10};
  user.totp_enabled = true;
  user.totp_last_step = 58'291'200;
  user.recovery_hashes = {std::string(32, '\0'), std::string(32, '\xff')};
  user.settings_json = R"({"theme":"dark"})";
  user.watchlist_json = R"(["binance:BTCUSDT"])";
  return user;
}

TEST(Users, ComeBackAsTheyWere) {
  Core core;
  const auto full = full_user();
  const auto plain = plain_user("u2");
  ASSERT_TRUE(insert_user(core, full));
  ASSERT_TRUE(insert_user(core, plain));
  core.reopen();
  EXPECT_THAT(all_users(core).value(), ElementsAre(plain, full));  // plain is older
}

TEST(Users, AreOneForAnAddressWhateverTheCase) {
  Core core;
  ASSERT_TRUE(insert_user(core, full_user()));
  auto second = plain_user("u2");
  second.email = "aDA@eXAMPLE.COM";
  const auto taken = insert_user(core, second);
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().code, Errc::conflict);
  EXPECT_EQ(taken.error().field, "email");
  EXPECT_EQ(taken.error().message, "there is a user with this e-mail address");

  second.email = "other@example.com";
  ASSERT_TRUE(insert_user(core, second));
  second.email = "ada@example.com";
  EXPECT_EQ(update_user(core, second).error().code, Errc::conflict);
  second.email = "OTHER@example.com";  // one's own address may change its case
  EXPECT_TRUE(update_user(core, second));
}

TEST(Users, AreOneForAnId) {
  Core core;
  ASSERT_TRUE(insert_user(core, plain_user("u1")));
  auto second = plain_user("u1");
  second.email = "other@example.com";
  const auto taken = insert_user(core, second);
  EXPECT_EQ(taken.error().code, Errc::conflict);
  EXPECT_EQ(taken.error().field, "id");
}

TEST(Users, AreChangedAsAWhole) {
  Core core;
  ASSERT_TRUE(insert_user(core, plain_user("u1")));
  ASSERT_TRUE(insert_user(core, plain_user("u2")));
  ASSERT_TRUE(update_user(core, full_user()));
  const auto users = all_users(core).value();
  EXPECT_THAT(users, ElementsAre(plain_user("u2"), full_user()));
  EXPECT_EQ(update_user(core, plain_user("u3")).error().code, Errc::not_found);
}

TEST(Users, AreCountedByRole) {
  Core core;
  EXPECT_EQ(count_users(core).value(), 0);
  ASSERT_TRUE(insert_user(core, full_user()));
  ASSERT_TRUE(insert_user(core, plain_user("u2")));
  ASSERT_TRUE(insert_user(core, plain_user("u3")));
  EXPECT_EQ(count_users(core).value(), 3);
  EXPECT_EQ(count_users(core, Role::user).value(), 2);
  EXPECT_EQ(count_users(core, Role::admin).value(), 1);
}

TEST(Users, KeepHostileTextAsItIs) {
  Core core;
  std::vector<User> users;
  for (const auto& text : testing::hostile_texts()) {
    auto user = plain_user(fmt::format("u{}", users.size()));
    user.email += text;
    user.password_hash = text;
    user.telegram_chat_id = text;
    user.totp_sealed = text;
    user.settings_json = text;
    user.watchlist_json = text;
    ASSERT_TRUE(insert_user(core, user));
    users.push_back(std::move(user));
  }
  EXPECT_EQ(all_users(core).value(), users);
}

TEST(Users, ReportARowThatNoProgramWrote) {
  Core core;
  ASSERT_TRUE(insert_user(core, plain_user("u1")));
  ASSERT_TRUE(core.connection->script("PRAGMA ignore_check_constraints=ON; UPDATE users SET role = 'king'"));
  EXPECT_EQ(all_users(core).error().code, Errc::corrupt);
}

TEST(Roles, AreReadOnlyAsTheyAreWritten) {
  EXPECT_EQ(parse_role("user"), Role::user);
  EXPECT_EQ(parse_role("admin"), Role::admin);
  for (const std::string_view word : {"", "Admin", "admin ", "root"}) EXPECT_EQ(parse_role(word), std::nullopt) << word;
}

}  // namespace
}  // namespace cw::records
