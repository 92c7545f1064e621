#include "accounts/one_time_links.h"

#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "accounts/accounts_story.h"

namespace cw::accounts {
namespace {

using records::Role;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::fault;
using testing::kOther;
using testing::kPassword;
using testing::Story;

MadeLink set_up_link(Story& story) { return make_set_up_link(*story.accounts, story.console).value().value(); }

Result<SignedIn> use_set_up(Story& story, const std::string& token, const std::string& email = "ada@example.org",
                            const std::string& password = kPassword) {
  return set_up(*story.accounts, story.visitor, token, {email, password});
}

Result<SignedIn> join(Story& story, const std::optional<std::string>& invitation,
                      const std::string& email = "bob@example.org", const std::string& password = kPassword) {
  return register_account(*story.accounts, story.visitor, {email, password}, invitation);
}

/// What two threads get that do the same at the same time.
template <class Work>
auto twice_at_once(Work work) {
  using Answer = decltype(work());
  std::optional<Answer> other;
  std::thread thread{[&] { other.emplace(work()); }};
  Answer own = work();
  thread.join();
  return std::pair{std::move(own), std::move(*other)};
}

TEST(SetUpLink, MakesTheFirstAdministratorAndSignsIn) {
  Story story;
  const auto given = use_set_up(story, set_up_link(story).token);
  ASSERT_TRUE(given) << given.error().message;
  EXPECT_EQ(given->user->email, "ada@example.org");
  EXPECT_EQ(given->user->role, Role::admin);
  EXPECT_TRUE(story.who(*given).is_admin());
  EXPECT_TRUE(story.try_sign_in("ada@example.org"));
}

TEST(SetUpLink, IsGoodForThirtyMinutes) {
  Story story;
  const MadeLink link = set_up_link(story);
  EXPECT_EQ(link.expires_at - story.clock.now(), minutes{30});
  story.clock.advance(minutes{30});
  EXPECT_EQ(fault(use_set_up(story, link.token)), Errc::link_expired);
  EXPECT_EQ(story.last_event(), "link.set_up link_expired");
  story.clock.advance(-seconds{1});
  EXPECT_TRUE(use_set_up(story, link.token));
}

TEST(SetUpLink, IsGoodOnceAndAlsoForTwoAtOnce) {
  Story story;
  const MadeLink link = set_up_link(story);
  const auto [first, second] = twice_at_once([&] { return use_set_up(story, link.token); });
  EXPECT_NE(first.has_value(), second.has_value());
  EXPECT_EQ(story.accounts->book().users(), 1U);
  EXPECT_EQ(fault(use_set_up(story, link.token, "eve@example.org")), Errc::link_expired);
  EXPECT_EQ(story.accounts->book().users(), 1U);
}

TEST(SetUpLink, EndsWithTheFirstAdministratorHoweverMade) {
  Story story;
  const MadeLink link = set_up_link(story);
  story.add_admin("ada@example.org");
  EXPECT_EQ(fault(use_set_up(story, link.token, "eve@example.org")), Errc::link_expired);
  EXPECT_EQ(make_set_up_link(*story.accounts, story.console).value().has_value(), false);
  EXPECT_EQ(story.accounts->book().users(), 1U);
}

TEST(SetUpLink, IsReplacedByANewerOne) {
  Story story;
  const MadeLink old = set_up_link(story);
  const MadeLink link = set_up_link(story);
  EXPECT_EQ(fault(use_set_up(story, old.token)), Errc::link_expired);
  EXPECT_TRUE(use_set_up(story, link.token));
}

TEST(SetUpLink, IsNotSpentByAWeakPasswordOrABadAddress) {
  Story story;
  const MadeLink link = set_up_link(story);
  const auto weak = use_set_up(story, link.token, "ada@example.org", "short");
  EXPECT_EQ(fault(weak), Errc::weak_password);
  EXPECT_EQ(weak.error().field, "password");
  const auto bad = use_set_up(story, link.token, "nobody");
  EXPECT_EQ(fault(bad), Errc::bad_parameter);
  EXPECT_EQ(bad.error().field, "email");
  EXPECT_TRUE(use_set_up(story, link.token));
}

TEST(SetUpLink, IsNoOtherKindOfTokenAndNoOtherServers) {
  Story story;
  Story elsewhere;
  const std::string token = set_up_link(story).token;
  const auto invitation = invite(*story.accounts, story.console, {.role = Role::admin}).value();
  EXPECT_EQ(fault(use_set_up(story, invitation.token)), Errc::wrong_token_type);
  EXPECT_EQ(fault(join(story, token)), Errc::wrong_token_type);
  EXPECT_EQ(fault(use_set_up(story, token.substr(0, token.size() - 1))), Errc::invalid_token);
  EXPECT_EQ(fault(use_set_up(story, "")), Errc::invalid_token);
  EXPECT_EQ(fault(use_set_up(story, set_up_link(elsewhere).token)), Errc::invalid_token);
  EXPECT_EQ(story.accounts->book().users(), 0U);
}

TEST(SetUpLink, SurvivesARestart) {
  Story story;
  const MadeLink link = set_up_link(story);
  story.reopen();
  EXPECT_TRUE(use_set_up(story, link.token));
  story.reopen();
  EXPECT_EQ(fault(use_set_up(story, link.token)), Errc::link_expired);
}

TEST(Invitation, GivesItsRoleOnceToWhoeverHasIt) {
  Story story;
  const auto link = invite(*story.accounts, story.console, {.role = Role::admin}).value();
  const auto [first, second] = twice_at_once([&] { return join(story, link.token); });
  EXPECT_NE(first.has_value(), second.has_value());
  EXPECT_EQ(story.user("bob@example.org")->role, Role::admin);
  EXPECT_EQ(fault(join(story, link.token, "eve@example.org")), Errc::link_expired);
  EXPECT_EQ(story.last_event(), "register link_expired");
}

TEST(Invitation, ForAnAddressIsForNoOther) {
  Story story;
  const auto link = invite(*story.accounts, story.console, {.email = "Bob@example.org"}).value();
  const auto other = join(story, link.token, "eve@example.org");
  EXPECT_EQ(fault(other), Errc::bad_parameter);
  EXPECT_EQ(other.error().field, "email");
  const auto given = join(story, link.token, "bob@EXAMPLE.org");
  ASSERT_TRUE(given) << given.error().message;
  EXPECT_EQ(given->user->role, Role::user);
}

TEST(Invitation, EndsAfterItsTime) {
  Story story;
  const auto link = invite(*story.accounts, story.console, {.life = hours{1}}).value();
  story.clock.advance(hours{1});
  EXPECT_EQ(fault(join(story, link.token)), Errc::link_expired);
  EXPECT_TRUE(story.accounts->store().open_links(records::LinkKind::invitation).value().empty());
}

TEST(Invitation, CanBeRevokedWhileItIsOpen) {
  Story story;
  const auto link = invite(*story.accounts, story.console, {}).value();
  EXPECT_EQ(story.accounts->store().open_links(records::LinkKind::invitation).value().size(), 1U);
  EXPECT_TRUE(revoke_invitation(*story.accounts, story.console, link.id));
  EXPECT_EQ(fault(join(story, link.token)), Errc::link_expired);
  EXPECT_EQ(fault(revoke_invitation(*story.accounts, story.console, link.id)), Errc::not_found);
  const auto set_up = set_up_link(story);
  EXPECT_EQ(fault(revoke_invitation(*story.accounts, story.console, set_up.id)), Errc::not_found);
}

TEST(Invitation, IsNotMadeForAnAddressThatIsTaken) {
  Story story;
  story.add("bob@example.org");
  EXPECT_EQ(fault(invite(*story.accounts, story.console, {.email = "BOB@example.org"})), Errc::email_taken);
  const auto link = invite(*story.accounts, story.console, {}).value();
  const auto taken = join(story, link.token, "BOB@example.org");
  EXPECT_EQ(fault(taken), Errc::email_taken);
  EXPECT_EQ(taken.error().field, "email");
  EXPECT_TRUE(join(story, link.token, "carl@example.org")) << "what was refused did not spend it";
}

TEST(Registration, IsClosedUnlessItIsOpened) {
  Story story;
  EXPECT_EQ(fault(join(story, std::nullopt)), Errc::registration_closed);
  EXPECT_EQ(story.last_event(), "register registration_closed");
  Story open{{.open_registration = true}};
  const auto given = join(open, std::nullopt);
  ASSERT_TRUE(given) << given.error().message;
  EXPECT_EQ(given->user->role, Role::user);
  EXPECT_EQ(fault(join(open, std::nullopt)), Errc::email_taken);
}

TEST(Registration, OfOneAddressByTwoAtOnceMakesOneAccount) {
  Story story{{.open_registration = true}};
  const auto [first, second] = twice_at_once([&] { return join(story, std::nullopt); });
  EXPECT_NE(first.has_value(), second.has_value());
  EXPECT_EQ(fault(first ? second : first), Errc::email_taken);
}

TEST(ResetLink, SetsAPasswordOnceAndEndsAllSessions) {
  Story story;
  const UserPtr bob = story.add("bob@example.org");
  const SignedIn before = story.sign_in("bob@example.org");
  const auto link = make_reset_link(*story.accounts, story.console, bob->id).value();
  EXPECT_EQ(link.expires_at - story.clock.now(), hours{24});
  EXPECT_EQ(fault(reset_password(*story.accounts, story.visitor, link.token, "short")), Errc::weak_password);
  ASSERT_TRUE(reset_password(*story.accounts, story.visitor, link.token, kOther));
  EXPECT_EQ(story.refusal_of(before), Errc::session_ended);
  EXPECT_EQ(fault(story.refresh(before)), Errc::session_ended);
  EXPECT_EQ(story.revoked, (std::vector{bob->id}));
  EXPECT_EQ(fault(story.try_sign_in("bob@example.org")), Errc::invalid_credentials);
  EXPECT_TRUE(story.try_sign_in("bob@example.org", kOther));
  EXPECT_EQ(fault(reset_password(*story.accounts, story.visitor, link.token, kPassword)), Errc::link_expired);
}

TEST(ResetLink, IsReplacedByANewerOneOfTheSameAccountAlone) {
  Story story;
  const UserPtr bob = story.add("bob@example.org");
  const UserPtr carl = story.add("carl@example.org");
  const auto of_carl = make_reset_link(*story.accounts, story.console, carl->id).value();
  const auto old = make_reset_link(*story.accounts, story.console, bob->id).value();
  const auto link = make_reset_link(*story.accounts, story.console, bob->id).value();
  EXPECT_EQ(fault(reset_password(*story.accounts, story.visitor, old.token, kOther)), Errc::link_expired);
  EXPECT_TRUE(reset_password(*story.accounts, story.visitor, of_carl.token, kOther));
  story.clock.advance(hours{24});
  EXPECT_EQ(fault(reset_password(*story.accounts, story.visitor, link.token, kOther)), Errc::link_expired);
}

TEST(ResetLink, EndsWhenAPasswordIsSetByAnotherWay) {
  Story story;
  const UserPtr bob = story.add("bob@example.org");
  auto link = make_reset_link(*story.accounts, story.console, bob->id).value();
  ASSERT_TRUE(set_password(*story.accounts, story.console, bob->id, kOther, false));
  EXPECT_EQ(fault(reset_password(*story.accounts, story.visitor, link.token, kPassword)), Errc::link_expired);
  link = make_reset_link(*story.accounts, story.console, bob->id).value();
  const Principal who = story.who(story.sign_in("bob@example.org", kOther));
  ASSERT_TRUE(change_password(*story.accounts, story.visitor, who, kOther, kPassword, false));
  EXPECT_EQ(fault(reset_password(*story.accounts, story.visitor, link.token, kOther)), Errc::link_expired);
}

TEST(ResetLink, IsForAccountsThatExist) {
  Story story;
  EXPECT_EQ(fault(make_reset_link(*story.accounts, story.console, "u_nobody")), Errc::not_found);
}

}  // namespace
}  // namespace cw::accounts
