#include "accounts/user_admin.h"

#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "accounts/accounts_story.h"

namespace cw::accounts {
namespace {

using records::Role;
using testing::fault;
using testing::kOther;
using testing::kPassword;
using testing::Story;

TEST(AddUser, MakesAnAccountWithEveryFieldOfItsOwn) {
  Story story;
  const UserPtr ada = story.add("Ada@example.org");
  EXPECT_THAT(ada->id, ::testing::MatchesRegex("u_[0-9a-z]{20}"));
  EXPECT_EQ(ada->email, "Ada@example.org");
  EXPECT_EQ(ada->role, Role::user);
  EXPECT_TRUE(ada->active);
  EXPECT_EQ(ada->created_at, story.clock.now());
  EXPECT_EQ(ada->last_login, std::nullopt);
  EXPECT_FALSE(ada->telegram_enabled);
  EXPECT_TRUE(ada->email_enabled);
  EXPECT_EQ(story.audit().back().after_json, R"({"email":"Ada@example.org","role":"user"})");
  EXPECT_EQ(story.audit().back().actor, "cli");
}

TEST(AddUser, RefusesWhatIsNoAddressATakenOneAndAWeakPassword) {
  Story story;
  story.add("ada@example.org");
  const auto add = [&](const std::string& email, const std::string& password) {
    return fault(add_user(*story.accounts, story.console, email, Role::user, password));
  };
  EXPECT_EQ(add("ADA@example.org", kPassword), Errc::email_taken);
  EXPECT_EQ(add("nobody", kPassword), Errc::bad_parameter);
  EXPECT_EQ(add("bob@example.org", "password123"), Errc::weak_password);
  EXPECT_EQ(story.accounts->book().users(), 1U);
}

TEST(Roles, HoldFromTheNextRequestAndCloseSockets) {
  Story story;
  story.add_admin("boss@example.org");
  const UserPtr ada = story.add_admin("ada@example.org");
  const SignedIn given = story.sign_in("ada@example.org");
  const Principal before = story.who(given);
  story.revoked.clear();
  ASSERT_TRUE(change_user(*story.accounts, story.console, ada->id, {.role = Role::user}));
  EXPECT_EQ(refusal(Access::admin, story.who(given)), Errc::forbidden);
  EXPECT_FALSE(story.who(given).scopes.admin);
  EXPECT_FALSE(story.accounts->book().still_holds(before, story.clock.now()));
  EXPECT_EQ(story.revoked, (std::vector{ada->id}));
  const auto row = story.audit().back();
  EXPECT_EQ(row.action, "user.role");
  EXPECT_EQ(row.before_json, R"({"role":"admin"})");
  EXPECT_EQ(row.after_json, R"({"role":"user"})");
}

TEST(Roles, LeaveTheLastActiveAdministratorWhatTheyAre) {
  Story story;
  const UserPtr boss = story.add_admin("boss@example.org");
  const auto change = [&](const UserPtr& user, const UserChange& wanted) {
    return fault(change_user(*story.accounts, story.console, user->id, wanted));
  };
  EXPECT_EQ(change(boss, {.role = Role::user}), Errc::last_administrator);
  EXPECT_EQ(change(boss, {.active = false}), Errc::last_administrator);
  EXPECT_EQ(change(boss, {.role = Role::admin, .active = true}), std::nullopt);
  const UserPtr second = story.add_admin("second@example.org");
  EXPECT_EQ(change(second, {.active = false}), std::nullopt);
  EXPECT_EQ(change(boss, {.role = Role::user}), Errc::last_administrator) << "a disabled one does not count";
  EXPECT_EQ(change(second, {.active = true}), std::nullopt);
  EXPECT_EQ(change(boss, {.role = Role::user}), std::nullopt);
  EXPECT_EQ(change(second, {.role = Role::user, .active = false}), Errc::last_administrator);
}

TEST(Roles, OfTwoAdministratorsWhoDemoteEachOtherOneStays) {
  Story story;
  const UserPtr one = story.add_admin("one@example.org");
  const UserPtr two = story.add_admin("two@example.org");
  std::thread other{[&] { (void)change_user(*story.accounts, story.console, one->id, {.role = Role::user}); }};
  (void)change_user(*story.accounts, story.console, two->id, {.role = Role::user});
  other.join();
  EXPECT_EQ(story.accounts->book().active_admins(), 1U);
}

TEST(Disabling, EndsEverySessionAtOnce) {
  Story story;
  const UserPtr ada = story.add("ada@example.org");
  const SignedIn given = story.sign_in("ada@example.org");
  story.revoked.clear();
  ASSERT_TRUE(change_user(*story.accounts, story.console, ada->id, {.active = false}));
  EXPECT_EQ(story.refusal_of(given), Errc::session_ended);
  EXPECT_EQ(story.sessions_of("ada@example.org"), 0U);
  EXPECT_EQ(story.revoked, (std::vector{ada->id}));
  EXPECT_EQ(story.last_event(), "user.disabled done");
  ASSERT_TRUE(change_user(*story.accounts, story.console, ada->id, {.active = true}));
  EXPECT_EQ(story.last_event(), "user.enabled done");
  EXPECT_EQ(story.refusal_of(given), Errc::session_ended);
  EXPECT_TRUE(story.try_sign_in("ada@example.org"));
}

TEST(SetPassword, EndsEverySession) {
  Story story;
  const UserPtr ada = story.add("ada@example.org");
  const SignedIn given = story.sign_in("ada@example.org");
  ASSERT_TRUE(set_password(*story.accounts, story.console, ada->id, kOther, false));
  EXPECT_EQ(story.refusal_of(given), Errc::session_ended);
  EXPECT_EQ(fault(story.refresh(given)), Errc::session_ended);
  EXPECT_TRUE(story.try_sign_in("ada@example.org", kOther));
  EXPECT_EQ(fault(set_password(*story.accounts, story.console, ada->id, "short", false)), Errc::weak_password);
}

TEST(Administration, OfAnAccountThatIsNotThereSaysSo) {
  Story story;
  EXPECT_EQ(fault(change_user(*story.accounts, story.console, "u_nobody", {.active = false})), Errc::not_found);
  EXPECT_EQ(fault(set_password(*story.accounts, story.console, "u_nobody", kOther, false)), Errc::not_found);
  EXPECT_EQ(fault(drop_two_factor(*story.accounts, story.console, "u_nobody")), Errc::not_found);
}

}  // namespace
}  // namespace cw::accounts
