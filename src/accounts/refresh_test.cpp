#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "accounts/accounts_story.h"

// How a session goes on: one refresh token after the other, of which only the newest counts.
namespace cw::accounts {
namespace {

using std::chrono::days;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::fault;
using testing::kStart;
using testing::Story;

const std::string kAda = "ada@example.org";

/// Somebody who is signed in.
struct Refresh : ::testing::Test {
  explicit Refresh(AccountSettings settings = {}) : story(settings) {
    story.add(kAda);
    given = story.sign_in(kAda);
    story.revoked.clear();
  }
  SignedIn next(const SignedIn& before) { return story.refresh(before).value(); }

  Story story;
  SignedIn given;
};

TEST_F(Refresh, GivesTheNextTokensOfTheSameSession) {
  story.clock.advance(minutes{14});
  const SignedIn second = next(given);
  EXPECT_NE(second.refresh_token, given.refresh_token);
  EXPECT_EQ(story.who(second).session->id, story.who(given).session->id);
  EXPECT_EQ(second.session_expires, kStart + minutes{14} + days{30}) << "it goes on from its use";
  EXPECT_EQ(story.who(second).expires_at, kStart + minutes{29});
  EXPECT_EQ(story.sessions_of(kAda), 1U);
  EXPECT_TRUE(story.revoked.empty());
}

TEST_F(Refresh, NotesWhereItCameFrom) {
  story.clock.advance(minutes{1});
  const Origin phone{.address = "2001:db8::7", .network = "2001:db8::/64", .user_agent = std::string(1'000, 'x')};
  const SignedIn second = refresh(*story.accounts, phone, given.refresh_token).value();
  const auto session = story.who(second).session;
  EXPECT_EQ(session->address, "2001:db8::7");
  EXPECT_EQ(session->user_agent, std::string(256, 'x'));
  EXPECT_EQ(session->last_used_at, kStart + minutes{1});
}

TEST_F(Refresh, OfTheTokenBeforeGivesTheVerySameSuccessorForThirtySeconds) {
  story.clock.advance(minutes{1});
  const SignedIn second = next(given);
  story.clock.advance(seconds{30} - Millis{1});
  const SignedIn again = next(given);
  EXPECT_EQ(again.refresh_token, second.refresh_token) << "byte for byte";
  EXPECT_EQ(again.session_expires, second.session_expires);
  EXPECT_EQ(story.refusal_of(again), std::nullopt);
  const SignedIn third = next(again);
  EXPECT_NE(third.refresh_token, second.refresh_token);
}

TEST_F(Refresh, OfTheTokenBeforeEndsTheSessionAfterThirtySeconds) {
  const SignedIn second = next(given);
  story.clock.advance(seconds{30});
  EXPECT_EQ(fault(story.refresh(given)), Errc::refresh_reused);
  EXPECT_EQ(story.refusal_of(second), Errc::session_ended);
  EXPECT_EQ(fault(story.refresh(second)), Errc::session_ended);
  EXPECT_EQ(fault(story.refresh(given)), Errc::session_ended);
  EXPECT_EQ(story.revoked, (std::vector{given.user->id}));
  EXPECT_EQ(story.last_event(), "session.reused refresh_reused");
}

TEST_F(Refresh, OfAnOlderTokenEndsTheSessionAtOnce) {
  const SignedIn second = next(given);
  const SignedIn third = next(second);
  EXPECT_EQ(fault(story.refresh(given)), Errc::refresh_reused);
  EXPECT_EQ(story.refusal_of(third), Errc::session_ended);
  EXPECT_EQ(fault(story.refresh(third)), Errc::session_ended);
}

TEST_F(Refresh, OfOneSessionSaysNothingOfAnother) {
  const SignedIn other = story.sign_in(kAda);
  const SignedIn second = next(given);
  story.clock.advance(seconds{30});
  EXPECT_EQ(fault(story.refresh(given)), Errc::refresh_reused);
  EXPECT_EQ(story.refusal_of(other), std::nullopt);
  EXPECT_TRUE(story.refresh(other));
}

TEST_F(Refresh, OfTwoTabsAtOnceGivesBothTheSame) {
  for (int round = 0; round < 20; ++round) {
    std::optional<Result<SignedIn>> other;
    std::thread thread{[&] { other.emplace(story.refresh(given)); }};
    const auto own = story.refresh(given);
    thread.join();
    ASSERT_TRUE(own && *other) << "round " << round;
    EXPECT_EQ(own->refresh_token, (*other)->refresh_token);
    given = *own;
  }
}

TEST_F(Refresh, GoesOnAfterARestartAlsoWithTheTokenBefore) {
  const SignedIn second = next(given);
  story.reopen();
  EXPECT_EQ(story.refusal_of(second), std::nullopt);
  EXPECT_EQ(next(given).refresh_token, second.refresh_token);
  EXPECT_TRUE(story.refresh(second));
}

TEST_F(Refresh, IsForRefreshTokensAlone) {
  EXPECT_EQ(fault(refresh(*story.accounts, story.visitor, given.access_token)), Errc::wrong_token_type);
  EXPECT_EQ(fault(refresh(*story.accounts, story.visitor, "")), Errc::invalid_token);
  std::string changed = given.refresh_token;
  changed[changed.size() / 2] = changed[changed.size() / 2] == 'A' ? 'B' : 'A';
  EXPECT_EQ(fault(refresh(*story.accounts, story.visitor, changed)), Errc::invalid_token);
  EXPECT_TRUE(story.refresh(given)) << "what was refused ended nothing";
}

TEST_F(Refresh, EndsWithTheAccount) {
  ASSERT_TRUE(change_user(*story.accounts, story.console, given.user->id, {.active = false}));
  EXPECT_EQ(fault(story.refresh(given)), Errc::session_ended);
  ASSERT_TRUE(change_user(*story.accounts, story.console, given.user->id, {.active = true}));
  EXPECT_EQ(fault(story.refresh(given)), Errc::session_ended) << "what ended stays ended";
}

TEST_F(Refresh, IsTooLateAfterThirtyDaysWithoutUse) {
  story.clock.advance(days{30} - seconds{1});
  const SignedIn second = next(given);
  story.clock.advance(days{30});
  EXPECT_EQ(fault(story.refresh(second)), Errc::session_ended);
}

TEST_F(Refresh, EndsAfterTheLongestTimeHoweverOftenItIsUsed) {
  SignedIn last = given;
  for (int i = 0; i < 8; ++i) {
    story.clock.advance(days{20});
    last = next(last);
  }
  EXPECT_EQ(last.session_expires, kStart + days{180});
  story.clock.advance(days{20} - seconds{1});
  last = next(last);
  EXPECT_EQ(story.refusal_of(last), std::nullopt);
  story.clock.advance(seconds{1});
  EXPECT_EQ(story.refusal_of(last), Errc::session_ended) << "also an access token that would last longer";
  EXPECT_EQ(fault(story.refresh(last)), Errc::session_ended);
}

TEST(Session, IsNeverMadeForLongerThanTheLongestTime) {
  Story story{{.session_idle = days{30}, .session_longest = days{7}}};
  story.add(kAda);
  EXPECT_EQ(story.sign_in(kAda).session_expires, kStart + days{7});
}

}  // namespace
}  // namespace cw::accounts
