#include "accounts/sign_in.h"

#include <thread>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "accounts/accounts_story.h"

namespace cw::accounts {
namespace {

using std::chrono::days;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::fault;
using testing::kPassword;
using testing::kStart;
using testing::Story;
using namespace std::string_literals;

const std::string kAda = "ada@example.org";

TEST(SignIn, GivesTokensOfASessionThatIsNew) {
  Story story;
  story.add(kAda);
  const SignedIn given = story.sign_in("Ada@Example.org");
  EXPECT_EQ(given.user->email, kAda);
  EXPECT_EQ(given.user->last_login, kStart);
  EXPECT_EQ(given.expires_in, minutes{15});
  EXPECT_EQ(given.session_expires, kStart + days{30});
  const Principal who = story.who(given);
  EXPECT_TRUE(who.is_person());
  EXPECT_EQ(who.scopes, (Scopes{true, true, false}));
  EXPECT_EQ(who.session->address, "192.0.2.7");
  EXPECT_EQ(who.session->user_agent, "a browser");
  EXPECT_NE(story.who(story.sign_in(kAda)).session->id, who.session->id);
  EXPECT_EQ(story.last_event(), "sign_in done");
}

TEST(SignIn, SaysTheSameOfAnUnknownAddressAndAWrongPassword) {
  Story story;
  story.add(kAda);
  const auto wrong = story.try_sign_in(kAda, "not the password");
  const auto unknown = story.try_sign_in("eve@example.org", "not the password");
  const auto none = story.try_sign_in("no address at all", "not the password");
  for (const auto& refused : {wrong, unknown, none}) {
    EXPECT_EQ(fault(refused), Errc::invalid_credentials);
    EXPECT_EQ(refused.error().message, wrong.error().message);
    EXPECT_EQ(refused.error().field, wrong.error().field);
  }
  EXPECT_EQ(story.last_events(3), (std::vector(3, "sign_in invalid_credentials"s)));
}

TEST(SignIn, NeverLogsWhatWasTypedInPlaceOfAnAddress) {
  Story story;
  (void)story.try_sign_in("hunter2 is my password", "x");
  (void)story.try_sign_in("eve@example.org", "x");
  const auto rows = story.audit();
  EXPECT_EQ(rows.at(0).target, "");
  EXPECT_EQ(rows.at(1).target, "eve@example.org");
  EXPECT_EQ(rows.at(1).actor, "stranger");
  EXPECT_EQ(rows.at(1).address, "192.0.2.7");
  EXPECT_EQ(rows.at(1).request_id, "r1");
}

TEST(SignIn, TellsOnlyWhoKnowsThePasswordThatAnAccountIsDisabled) {
  Story story;
  const UserPtr ada = story.add(kAda);
  ASSERT_TRUE(change_user(*story.accounts, story.console, ada->id, {.active = false}));
  EXPECT_EQ(fault(story.try_sign_in(kAda)), Errc::account_disabled);
  EXPECT_EQ(fault(story.try_sign_in(kAda, "wrong")), Errc::invalid_credentials);
}

TEST(SignIn, IsImpossibleWithoutAPassword) {
  Story story;
  story.add(kAda, records::Role::user, std::nullopt);
  EXPECT_EQ(fault(story.try_sign_in(kAda, "")), Errc::invalid_credentials);
}

// Four failures are free, the fifth costs a second, the sixth two.
TEST(SignIn, WaitsLongerAfterEachFailureAndThenGoesOn) {
  Story story;
  story.add(kAda);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(fault(story.try_sign_in(kAda, "wrong")), Errc::invalid_credentials) << i;
  const auto early = story.try_sign_in(kAda);
  EXPECT_EQ(fault(early), Errc::too_many_attempts) << "also the right password waits";
  EXPECT_EQ(early.error().retry_after_s, 1);
  story.clock.advance(seconds{1});
  EXPECT_EQ(fault(story.try_sign_in(kAda, "wrong")), Errc::invalid_credentials);
  EXPECT_EQ(story.try_sign_in(kAda).error().retry_after_s, 2);
  story.clock.advance(seconds{2});
  EXPECT_TRUE(story.try_sign_in(kAda));
  for (int i = 0; i < 4; ++i) (void)story.try_sign_in(kAda, "wrong");
  EXPECT_TRUE(story.try_sign_in(kAda)) << "the right one made the count begin anew";
}

TEST(SignIn, ThrottlesUnknownAccountsLikeOthers) {
  Story story;
  for (int i = 0; i < 5; ++i) (void)story.try_sign_in("eve@example.org", "wrong");
  EXPECT_EQ(fault(story.try_sign_in("EVE@example.org", "wrong")), Errc::too_many_attempts);
}

TEST(SignIn, LetsInWhereItIsSignedInAlreadyWhileStrangersFailElsewhere) {
  Story story;
  story.add(kAda);
  const SignedIn given = story.sign_in(kAda);
  Origin stranger = story.visitor;
  stranger.address = stranger.network = "203.0.113.9";
  for (int i = 0; i < 5; ++i) (void)sign_in(*story.accounts, stranger, {kAda, "wrong"});
  EXPECT_EQ(fault(sign_in(*story.accounts, stranger, {kAda, kPassword})), Errc::too_many_attempts);
  EXPECT_TRUE(story.try_sign_in(kAda)) << "a known address";
  ASSERT_TRUE(end_sessions(*story.accounts, story.visitor, given.user->id));
  for (int i = 0; i < 5; ++i) (void)sign_in(*story.accounts, stranger, {kAda, "wrong"});
  EXPECT_EQ(fault(story.try_sign_in(kAda)), Errc::too_many_attempts) << "not known any more";
}

TEST(SignIn, BringsAHashToTodaysCost) {
  Story story;
  story.add(kAda);
  const std::string old = story.user(kAda)->password_hash;
  story.sign_in(kAda);
  EXPECT_EQ(story.user(kAda)->password_hash, old);
  story.settings.password_cost = {.memory_kib = 128, .passes = 1};
  story.reopen();
  const SignedIn before = story.sign_in(kAda);
  const std::string renewed = story.user(kAda)->password_hash;
  EXPECT_THAT(renewed, ::testing::StartsWith("$argon2id$v=19$m=128,"));
  story.sign_in(kAda);
  EXPECT_EQ(story.user(kAda)->password_hash, renewed);
  EXPECT_EQ(story.refusal_of(before), std::nullopt) << "it is the same password: nothing ends";
}

TEST(SignIn, WorksForTwoAtOnceWhoseHashIsRenewed) {
  Story story;
  constexpr int kUsers = 30;
  for (int i = 0; i < kUsers; ++i) story.add(fmt::format("user{}@example.org", i));
  story.settings.password_cost = {.memory_kib = 128, .passes = 1};
  story.reopen();
  std::atomic<int> failed{0};
  const auto sign_all_in = [&] {
    for (int i = 0; i < kUsers; ++i) failed += story.try_sign_in(fmt::format("user{}@example.org", i)) ? 0 : 1;
  };
  std::thread other{sign_all_in};
  sign_all_in();
  other.join();
  EXPECT_EQ(failed, 0);
}

TEST(SignIn, OverTheMostSessionsEndsTheOneUsedLongestAgo) {
  Story story;
  story.add(kAda);
  std::vector<SignedIn> given;
  for (std::size_t i = 0; i < kSessionsMost; ++i) {
    given.push_back(story.sign_in(kAda));
    story.clock.advance(seconds{1});
  }
  EXPECT_EQ(story.refusal_of(given[0]), std::nullopt);  // which is a use of the first
  story.clock.advance(seconds{1});
  story.revoked.clear();
  const SignedIn one_more = story.sign_in(kAda);
  EXPECT_EQ(story.sessions_of(kAda), kSessionsMost);
  EXPECT_EQ(story.refusal_of(given[1]), Errc::session_ended);
  EXPECT_EQ(story.refusal_of(given[0]), std::nullopt);
  EXPECT_EQ(story.refusal_of(one_more), std::nullopt);
  EXPECT_EQ(story.revoked, (std::vector{one_more.user->id}));
}

TEST(Sessions, ThatExpiredAreNotListedAndMakeRoom) {
  Story story;
  story.add(kAda);
  for (std::size_t i = 0; i < kSessionsMost; ++i) story.sign_in(kAda);
  story.clock.advance(days{30});
  EXPECT_EQ(story.sessions_of(kAda), 0U);
  story.revoked.clear();
  const SignedIn given = story.sign_in(kAda);
  EXPECT_EQ(story.sessions_of(kAda), 1U);
  EXPECT_TRUE(story.revoked.empty()) << "none had to end for it";
  EXPECT_EQ(story.refusal_of(given), std::nullopt);
}

TEST(SignOut, EndsTheSessionAtOnceAndNoOther) {
  Story story;
  story.add(kAda);
  const SignedIn given = story.sign_in(kAda);
  const SignedIn other = story.sign_in(kAda);
  ASSERT_TRUE(sign_out(*story.accounts, story.visitor, story.who(given)));
  EXPECT_EQ(story.refusal_of(given), Errc::session_ended);
  EXPECT_EQ(fault(story.refresh(given)), Errc::session_ended);
  EXPECT_EQ(story.refusal_of(other), std::nullopt);
  EXPECT_EQ(story.revoked, (std::vector{given.user->id}));
  EXPECT_EQ(story.last_event(), "sign_out done");
}

TEST(AccessToken, LastsFifteenMinutes) {
  Story story;
  story.add(kAda);
  const SignedIn given = story.sign_in(kAda);
  EXPECT_EQ(story.who(given).expires_at, kStart + minutes{15});
  story.clock.advance(minutes{15} - seconds{1});
  EXPECT_EQ(story.refusal_of(given), std::nullopt);
  story.clock.advance(seconds{1});
  EXPECT_EQ(story.refusal_of(given), Errc::token_expired);
  EXPECT_EQ(fault(story.ask(given.refresh_token)), Errc::wrong_token_type);
}

}  // namespace
}  // namespace cw::accounts
