#include "accounts/audit_log.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "accounts/accounts_story.h"
#include "accounts/api_keys.h"
#include "accounts/two_factor.h"
#include "db/connection.h"

namespace cw::accounts {
namespace {

using records::Role;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::fault;
using testing::kOther;
using testing::kPassword;
using testing::Story;
using namespace std::string_literals;

AuditLog::Verdict verdict(Story& story) {
  return story.accounts->store().verify_audit([] { return false; }).value();
}

/// Ten entries, then what somebody does to them who can write the file and takes the triggers away first.
struct Tampering : ::testing::Test {
  Tampering() {
    for (int i = 0; i < 10; ++i) story.add(fmt::format("user{}@example.org", i));
  }
  /// Where it is found, and what is said of it.
  AuditLog::Verdict after(std::string_view sql) {
    story.close();
    {
      const auto file = db::Connection::open(story.folder / "core.db").value();
      for (const char* trigger : {"audit_in_order", "audit_stays_as_it_is", "audit_keeps_all"})
        EXPECT_TRUE(file->script(fmt::format("DROP TRIGGER {};", trigger)));
      const auto done = file->script(sql);
      EXPECT_TRUE(done) << (done ? "" : done.error().message);
    }
    story.open();
    return verdict(story);
  }
  Story story;
};

TEST_F(Tampering, IsNotFoundWhereThereIsNone) {
  const auto whole = after("SELECT 1;");
  EXPECT_EQ(whole.broken_at, std::nullopt) << whole.reason;
  EXPECT_EQ(whole.rows, 10);
  EXPECT_EQ(whole.head, story.audit().back().hash);
}

TEST_F(Tampering, OfAnyFieldIsFoundWhereItIs) {
  for (const char* change :
       {"at = at + 1", "actor = 'u_eve'", "action = 'x'", "target = 'x'", "outcome = 'x'", "before_json = '{}'",
        "after_json = '{}'", "address = 'x'", "request_id = 'x'", "hash = randomblob(32)"}) {
    Story fresh;
    for (int i = 0; i < 10; ++i) fresh.add(fmt::format("user{}@example.org", i));
    fresh.close();
    {
      const auto file = db::Connection::open(fresh.folder / "core.db").value();
      ASSERT_TRUE(file->script("DROP TRIGGER audit_stays_as_it_is;"));
      ASSERT_TRUE(file->script(fmt::format("UPDATE audit SET {} WHERE sequence = 4;", change)));
    }
    fresh.open();
    EXPECT_EQ(verdict(fresh).broken_at, 4) << change;
    EXPECT_EQ(verdict(fresh).reason, "what it says was changed") << change;
    EXPECT_EQ(verdict(fresh).rows, 3) << change;
  }
}

TEST_F(Tampering, OfTheLinkToTheRowBeforeIsFound) {
  const auto found = after("UPDATE audit SET previous_hash = randomblob(32) WHERE sequence = 5;");
  EXPECT_EQ(found.broken_at, 5);
  EXPECT_EQ(found.reason, "it does not follow from the entry before");
}

TEST_F(Tampering, ByMovingBytesBetweenFieldsIsFound) {
  EXPECT_EQ(after("UPDATE audit SET action = action || substr(target, 1, 1), target = substr(target, 2) "
                  "WHERE sequence = 7;")
                .broken_at,
            7);
}

TEST_F(Tampering, ByRemovingARowIsFound) {
  const auto found = after("DELETE FROM audit WHERE sequence = 5;");
  EXPECT_EQ(found.broken_at, 5);
  EXPECT_EQ(found.reason, "entry 5 is missing");
}

TEST_F(Tampering, ByRemovingARowAndClosingTheGapIsFound) {
  EXPECT_EQ(after("DELETE FROM audit WHERE sequence = 5; UPDATE audit SET sequence = sequence - 1 WHERE sequence > 5;")
                .broken_at,
            5);
}

TEST_F(Tampering, ByRemovingTheFirstRowsIsFound) {
  EXPECT_EQ(after("DELETE FROM audit WHERE sequence < 3;").broken_at, 1);
}

TEST_F(Tampering, BySwappingTwoRowsIsFound) {
  EXPECT_EQ(
      after("UPDATE audit SET sequence = 100 WHERE sequence = 3; UPDATE audit SET sequence = 3 WHERE sequence = 4; "
            "UPDATE audit SET sequence = 4 WHERE sequence = 100;")
          .broken_at,
      3);
}

TEST_F(Tampering, ByInsertingARowIsFound) {
  EXPECT_EQ(
      after("UPDATE audit SET sequence = sequence + 100 WHERE sequence > 5; UPDATE audit SET sequence = sequence - "
            "99 WHERE sequence > 100; INSERT INTO audit SELECT 6, at, actor, action, target, before_json, "
            "after_json, outcome, address, request_id, (SELECT hash FROM audit WHERE sequence = 5), randomblob(32) "
            "FROM audit WHERE sequence = 5;")
          .broken_at,
      6);
}

TEST_F(Tampering, ByAppendingARowIsFound) {
  EXPECT_EQ(after("INSERT INTO audit SELECT 11, at, actor, action, target, before_json, after_json, outcome, address, "
                  "request_id, hash, randomblob(32) FROM audit WHERE sequence = 10;")
                .broken_at,
            11);
}

TEST_F(Tampering, ByCuttingOffTheEndIsFound) {
  const auto found = after("DELETE FROM audit WHERE sequence > 8;");
  EXPECT_EQ(found.rows, 8);
  EXPECT_EQ(found.broken_at, 9);
}

TEST_F(Tampering, ByEmptyingTheLogIsFound) { EXPECT_EQ(after("DELETE FROM audit;").broken_at, 1); }

TEST_F(Tampering, ByTakingAwayWhatIsSaidOfTheNewestIsFound) {
  EXPECT_EQ(after("DELETE FROM notes WHERE key = 'audit head';").broken_at, 11);
}

TEST_F(Tampering, IsNotPossibleWithoutTakingTheTriggersAway) {
  story.close();
  const auto file = db::Connection::open(story.folder / "core.db").value();
  for (const char* sql : {"UPDATE audit SET actor = 'x' WHERE sequence = 1;", "DELETE FROM audit WHERE sequence = 10;",
                          "DELETE FROM audit;"})
    EXPECT_EQ(fault(file->script(sql)), Errc::unsupported) << sql;
}

TEST(AuditLog, TellsOfEveryAction) {
  Story story;
  auto& accounts = *story.accounts;
  const Origin& from = story.visitor;
  const auto set_up_link = make_set_up_link(accounts, story.console).value().value();
  const auto boss = set_up(accounts, from, set_up_link.token, {"boss@example.org", kPassword}).value();
  const auto invitation = invite(accounts, from, {}).value();
  const auto ada = register_account(accounts, from, {"ada@example.org", kPassword}, invitation.token).value();
  const auto revoked = invite(accounts, from, {}).value();
  ASSERT_TRUE(revoke_invitation(accounts, from, revoked.id));
  const std::string id = ada.user->id;
  const auto begun = begin_totp(accounts, from, story.who(ada), kPassword).value();
  ASSERT_TRUE(confirm_totp(accounts, from, story.who(ada), story.code_of(begun.secret)));
  ASSERT_TRUE(renew_recovery_codes(accounts, from, story.who(ada), kPassword));
  story.clock.advance(seconds{30});
  ASSERT_TRUE(disable_totp(accounts, from, story.who(ada), kPassword, story.code_of(begun.secret)));
  const auto key = create_api_key(accounts, from, story.who(ada), {"a program", {.read = true}}).value();
  ASSERT_TRUE(revoke_api_key(accounts, from, id, key.key.id));
  ASSERT_TRUE(change_settings(accounts, from, id, {.theme = "dark"}));
  ASSERT_TRUE(set_watchlist(accounts, from, id, {"binance:BTCUSDT"}));
  ASSERT_TRUE(change_password(accounts, from, story.who(ada), kPassword, kOther, false));
  const auto reset = make_reset_link(accounts, from, id).value();
  ASSERT_TRUE(reset_password(accounts, from, reset.token, kPassword));
  const auto again = story.sign_in("ada@example.org");
  ASSERT_TRUE(end_session(accounts, from, id, story.who(again).session->id));
  ASSERT_TRUE(end_sessions(accounts, from, id));
  ASSERT_TRUE(sign_out(accounts, from, story.who(story.sign_in("ada@example.org"))));
  ASSERT_TRUE(change_user(accounts, from, id, {.role = Role::admin}));
  ASSERT_TRUE(change_user(accounts, from, id, {.active = false}));
  ASSERT_TRUE(change_user(accounts, from, id, {.active = true}));
  ASSERT_TRUE(set_password(accounts, story.console, id, kOther, true));
  EXPECT_EQ(story.last_events(100), (std::vector{"link.set_up done"s,
                                                 "user.created done"s,
                                                 "sign_in done"s,
                                                 "invitation.made done"s,
                                                 "user.created done"s,
                                                 "sign_in done"s,
                                                 "invitation.made done"s,
                                                 "invitation.revoked done"s,
                                                 "two_factor.begun done"s,
                                                 "two_factor.on done"s,
                                                 "two_factor.recovery_codes done"s,
                                                 "two_factor.off done"s,
                                                 "key.created done"s,
                                                 "key.revoked done"s,
                                                 "settings.changed done"s,
                                                 "watchlist.changed done"s,
                                                 "user.password done"s,
                                                 "link.reset done"s,
                                                 "user.password done"s,
                                                 "sign_in done"s,
                                                 "session.ended done"s,
                                                 "session.ended_all done"s,
                                                 "sign_in done"s,
                                                 "sign_out done"s,
                                                 "user.role done"s,
                                                 "user.disabled done"s,
                                                 "user.enabled done"s,
                                                 "user.password done"s}));
  EXPECT_EQ(verdict(story).broken_at, std::nullopt);
}

TEST(AuditLog, HoldsNoSecret) {
  Story story;
  story.add("ada@example.org");
  const auto given = story.sign_in("ada@example.org");
  const auto begun = begin_totp(*story.accounts, story.visitor, story.who(given), kPassword).value();
  const auto codes =
      confirm_totp(*story.accounts, story.visitor, story.who(given), story.code_of(begun.secret)).value();
  const auto key = create_api_key(*story.accounts, story.visitor, story.who(given), {"a program", {.read = true}});
  const auto link = make_reset_link(*story.accounts, story.console, given.user->id).value();
  (void)story.try_sign_in("ada@example.org", "an attempt to guess");
  const std::vector<std::string> secrets{kPassword, "an attempt to guess", begun.secret,        codes.at(0),
                                         key->text, given.access_token,    given.refresh_token, link.token};
  for (const auto& row : story.audit()) {
    for (const std::string* text : {&row.actor, &row.action, &row.target, &row.outcome, &row.before_json,
                                    &row.after_json, &row.address, &row.request_id}) {
      for (const std::string& secret : secrets) EXPECT_EQ(text->find(secret), std::string::npos) << row.action;
    }
  }
}

// What anybody can cause with a bad token leaves room for what was tried with a password.
TEST(AuditLog, ListsSignInsBesideAFloodOfBadTokens) {
  Story story;
  for (int i = 0; i < 1'000; ++i) story.accounts->store().refused({story.visitor, "access", "/api/x", "invalid_token"});
  story.accounts->store().refused({story.visitor, "sign_in", "ada@example.org", "invalid_credentials"});
  EXPECT_EQ(story.last_event(), "sign_in invalid_credentials");
}

// 200 at once, then 30 a minute: 20 seconds later ten more, the first of which tells how many were left out.
TEST(AuditLog, TakesAFloodOfRefusalsInBoundsAndCountsTheRest) {
  Story story;
  for (int i = 0; i < 1'000; ++i) story.accounts->store().refused({story.visitor, "access", "/api/x", "invalid_token"});
  EXPECT_EQ(story.audit().size(), 200U);
  EXPECT_EQ(story.metric("candlewick_audit_not_listed_total"), 800);
  story.add("ada@example.org");
  EXPECT_EQ(story.last_event(), "user.created done") << "what is done is always listed";
  story.clock.advance(seconds{20});
  for (int i = 0; i < 100; ++i) story.accounts->store().refused({story.visitor, "access", "/api/x", "invalid_token"});
  const auto rows = story.audit();
  ASSERT_EQ(rows.size(), 211U);
  EXPECT_EQ(rows.at(201).after_json, R"({"not_listed":800})");
  EXPECT_EQ(rows.at(202).after_json, "");
  story.clock.advance(minutes{1});
  story.accounts->store().refused({story.visitor, "access", "/api/x", "invalid_token"});
  EXPECT_EQ(story.audit().back().after_json, R"({"not_listed":90})");
  EXPECT_EQ(verdict(story).broken_at, std::nullopt);
}

TEST(AuditLog, IsWalkedUntilItIsStopped) {
  Story story;
  story.add("ada@example.org");
  EXPECT_EQ(fault(story.accounts->store().verify_audit([] { return true; })), Errc::cancelled);
}

}  // namespace
}  // namespace cw::accounts
