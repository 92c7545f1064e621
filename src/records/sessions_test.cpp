#include "records/sessions.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "records/core_testing.h"

namespace cw::records {
namespace {

using testing::at;
using ::testing::ElementsAre;
using testing::plain_user;

Session session_of(std::string user_id, std::string id, std::int64_t created = 0) {
  Session session;
  session.id = std::move(id);
  session.user_id = std::move(user_id);
  session.created_at = at(created);
  session.last_used_at = at(created);
  session.expires_at = at(1'000);
  session.rotated_at = at(created);
  session.address = "2001:db8::1";
  session.user_agent = "Browser/1";
  return session;
}

class Sessions : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(insert_user(core, plain_user("ada")));
    ASSERT_TRUE(insert_user(core, plain_user("bob")));
  }
  std::vector<std::string> live(std::int64_t now) {
    const auto sessions = live_sessions(core, at(now)).value();
    std::vector<std::string> ids;
    for (const auto& session : sessions) ids.push_back(session.id);
    return ids;
  }
  testing::Core core;
};

TEST_F(Sessions, ComeBackAsTheyWere) {
  auto session = session_of("ada", "s1");
  session.last_used_at = at(5);
  session.rotated_at = at(4);
  session.generation = 3;
  ASSERT_TRUE(insert_session(core, session));
  EXPECT_THAT(live_sessions(core, at(10)).value(), ElementsAre(session));

  session.generation = 4;
  session.address = "192.0.2.1";
  ASSERT_TRUE(update_session(core, session));
  core.reopen();
  EXPECT_THAT(live_sessions(core, at(10)).value(), ElementsAre(session));
  EXPECT_EQ(update_session(core, session_of("ada", "s2")).error().code, Errc::not_found);
}

TEST_F(Sessions, BelongToAUser) {
  EXPECT_EQ(insert_session(core, session_of("nobody", "s1")).error().code, Errc::not_found);
  ASSERT_TRUE(insert_session(core, session_of("ada", "s1")));
  EXPECT_EQ(insert_session(core, session_of("bob", "s1")).error().code, Errc::conflict);
}

TEST_F(Sessions, LiveUntilTheyExpireOrEnd) {
  ASSERT_TRUE(insert_session(core, session_of("ada", "younger", 2)));
  ASSERT_TRUE(insert_session(core, session_of("ada", "older", 1)));
  auto ended = session_of("ada", "ended");
  ended.ended_at = at(3);
  ended.end_reason = "signed out";
  ASSERT_TRUE(insert_session(core, ended));
  EXPECT_THAT(live(999), ElementsAre("older", "younger"));
  EXPECT_THAT(live(1'000), ElementsAre());
}

TEST_F(Sessions, OfAUserEndButForOne) {
  for (const char* id : {"a1", "a2", "a3"}) ASSERT_TRUE(insert_session(core, session_of("ada", id)));
  ASSERT_TRUE(insert_session(core, session_of("bob", "b1")));
  EXPECT_EQ(end_sessions_of(core, "ada", "a2", at(5), "password changed").value(), 2);
  EXPECT_THAT(live(10), ElementsAre("a2", "b1"));
  EXPECT_EQ(end_sessions_of(core, "ada", std::nullopt, at(6), "disabled").value(), 1);
  EXPECT_THAT(live(10), ElementsAre("b1"));
  // The first end stays what it was.
  EXPECT_EQ(core.connection->first<std::string>("SELECT end_reason FROM sessions WHERE id = 'a1'").value(),
            "password changed");
  EXPECT_EQ(core.connection->first<std::int64_t>("SELECT ended_at FROM sessions WHERE id = 'a1'").value(),
            to_ms(at(5)));
}

TEST_F(Sessions, ArePrunedOnceTheyAreLongOver) {
  ASSERT_TRUE(insert_session(core, session_of("ada", "live")));
  auto ended = session_of("ada", "ended");
  ended.ended_at = at(10);
  ASSERT_TRUE(insert_session(core, ended));
  auto expired = session_of("ada", "expired");
  expired.expires_at = at(10);
  ASSERT_TRUE(insert_session(core, expired));
  EXPECT_EQ(prune_sessions(core, at(10)).value(), 0);
  EXPECT_EQ(prune_sessions(core, at(11)).value(), 2);
  EXPECT_THAT(live(11), ElementsAre("live"));
}

TEST_F(Sessions, ArePrunedALimitedNumberAtATime) {
  core.at_once([&] {
    for (int i = 0; i < kPrunedMost + 5; ++i)
      ASSERT_TRUE(insert_session(core, session_of("ada", fmt::format("s{}", i))));
  });
  EXPECT_EQ(prune_sessions(core, at(2'000)).value(), kPrunedMost);
  EXPECT_EQ(prune_sessions(core, at(2'000)).value(), 5);
}

TEST_F(Sessions, KeepHostileTextAsItIs) {
  std::vector<Session> sessions;
  for (const auto& text : testing::hostile_texts()) {
    auto session = session_of("ada", text, static_cast<std::int64_t>(sessions.size()));
    session.user_agent = text;
    session.address = text;
    ASSERT_TRUE(insert_session(core, session));
    sessions.push_back(std::move(session));
  }
  EXPECT_EQ(live_sessions(core, at(10)).value(), sessions);
  EXPECT_EQ(end_sessions_of(core, "ada' OR '1'='1", std::nullopt, at(1), "x").value(), 0);
}

}  // namespace
}  // namespace cw::records
