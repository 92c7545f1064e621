#include "accounts/api_keys.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>

#include "accounts/accounts_story.h"

namespace cw::accounts {
namespace {

using records::Role;
using std::chrono::days;
using testing::fault;
using testing::kOther;
using testing::Story;

struct ApiKeys : ::testing::Test {
  ApiKeys() {
    boss = story.sign_in(story.add_admin("boss@example.org")->email);
    given = story.sign_in(story.add("ada@example.org")->email);
  }
  Result<CreatedApiKey> create(const SignedIn& whose, const NewApiKey& wanted) {
    return create_api_key(*story.accounts, story.visitor, story.who(whose), wanted);
  }
  /// What the key's program gets where this access is needed.
  std::optional<Errc> asking(const CreatedApiKey& key, Access access) const {
    const auto principal = story.ask(key.text);
    return principal ? refusal(access, *principal) : std::optional{principal.error().code};
  }

  Story story;
  SignedIn boss, given;
};

TEST_F(ApiKeys, MayWhatTheirScopesSayAndNothingElse) {
  const std::optional<Errc> no = Errc::insufficient_scope;
  struct Case {
    Scopes scopes;
    std::optional<Errc> read, write, admin;
  };
  for (const Case& one : {Case{{true, false, false}, {}, no, no}, Case{{false, true, false}, no, {}, no},
                          Case{{false, false, true}, no, no, {}}, Case{{true, true, true}, {}, {}, {}}}) {
    const auto key = create(boss, {"a program", one.scopes}).value();
    EXPECT_EQ(asking(key, Access::read), one.read) << key.key.scopes;
    EXPECT_EQ(asking(key, Access::write), one.write) << key.key.scopes;
    EXPECT_EQ(asking(key, Access::admin), one.admin) << key.key.scopes;
    EXPECT_EQ(asking(key, Access::session), Errc::session_required) << key.key.scopes;
  }
}

TEST_F(ApiKeys, AreShownOnceAndKeptAsAHash) {
  const auto made = create(given, {"a program", {.read = true}}).value();
  EXPECT_THAT(made.text, ::testing::MatchesRegex("cw_[0-9a-z]+_[-_0-9A-Za-z]{43}"));
  const std::string secret = made.text.substr(made.text.rfind('_', made.text.size() - 44) + 1);
  EXPECT_EQ(made.key.secret_hash.find(secret), std::string::npos);
  EXPECT_EQ(made.key.secret_hash, bytes_of(sha256(from_base64url(made.text.substr(made.text.size() - 43)).value())));
  EXPECT_EQ(story.last_event(), "key.created done");
  EXPECT_EQ(story.audit().back().after_json, R"({"name":"a program","scopes":"read"})");
}

TEST_F(ApiKeys, AreForgedByNobody) {
  const auto made = create(given, {"a program", {.read = true}}).value();
  const auto other = create(given, {"another", {.read = true}}).value();
  std::string mixed = made.text.substr(0, made.text.size() - 43) + other.text.substr(other.text.size() - 43);
  EXPECT_EQ(fault(story.ask(mixed)), Errc::invalid_token);
  for (std::size_t i = 0; i < made.text.size(); ++i) {
    std::string changed = made.text;
    changed[i] = changed[i] == 'a' ? 'b' : 'a';
    ASSERT_FALSE(story.ask(changed)) << i;
    ASSERT_FALSE(story.ask(made.text.substr(0, i))) << i;
  }
  EXPECT_FALSE(story.ask(made.text + "A"));
  EXPECT_FALSE(story.ask("cw_" + std::string(100'000, 'a')));
  EXPECT_TRUE(story.ask(made.text));
}

TEST_F(ApiKeys, EndWhenTheyAreToldTo) {
  const auto lasting = create(given, {"lasting", {.read = true}}).value();
  const auto made = create(given, {"a program", {.read = true}, days{30}}).value();
  EXPECT_EQ(story.ask(made.text)->expires_at, story.clock.now() + days{30});
  story.clock.advance(days{30} - Millis{1});
  EXPECT_TRUE(story.ask(made.text));
  story.clock.advance(Millis{1});
  EXPECT_EQ(fault(story.ask(made.text)), Errc::token_expired);
  EXPECT_TRUE(story.ask(lasting.text));
}

TEST_F(ApiKeys, AreRevokedAtOnce) {
  const auto made = create(given, {"a program", {.read = true}}).value();
  EXPECT_EQ(fault(revoke_api_key(*story.accounts, story.visitor, boss.user->id, made.key.id)), Errc::not_found);
  story.revoked.clear();
  ASSERT_TRUE(revoke_api_key(*story.accounts, story.visitor, given.user->id, made.key.id));
  EXPECT_EQ(fault(story.ask(made.text)), Errc::invalid_token);
  EXPECT_EQ(story.revoked, (std::vector{given.user->id})) << "its sockets close";
  EXPECT_EQ(fault(revoke_api_key(*story.accounts, story.visitor, given.user->id, made.key.id)), Errc::not_found);
  story.reopen();
  EXPECT_EQ(fault(story.ask(made.text)), Errc::invalid_token);
}

TEST_F(ApiKeys, LoseTheScopeAdminWithTheRole) {
  const auto made = create(boss, {"a program", {true, true, true}}).value();
  story.add_admin("second@example.org");
  EXPECT_EQ(asking(made, Access::admin), std::nullopt);
  const Principal before = story.ask(made.text).value();
  ASSERT_TRUE(change_user(*story.accounts, story.console, boss.user->id, {.role = Role::user}));
  EXPECT_EQ(asking(made, Access::admin), Errc::forbidden);
  EXPECT_EQ(asking(made, Access::read), std::nullopt);
  EXPECT_FALSE(story.accounts->book().still_holds(before, story.clock.now())) << "an open socket of before";
}

TEST_F(ApiKeys, EndWithTheirAccountAndOutliveItsPassword) {
  const auto made = create(given, {"a program", {.read = true}}).value();
  ASSERT_TRUE(set_password(*story.accounts, story.console, given.user->id, kOther, false));
  EXPECT_TRUE(story.ask(made.text));
  ASSERT_TRUE(change_user(*story.accounts, story.console, given.user->id, {.active = false}));
  EXPECT_EQ(fault(story.ask(made.text)), Errc::session_ended);
}

TEST_F(ApiKeys, WithTheScopeAdminAreForAdministrators) {
  const auto refused = create(given, {"a program", {.admin = true}});
  EXPECT_EQ(fault(refused), Errc::forbidden);
  EXPECT_EQ(refused.error().field, "scopes");
}

TEST_F(ApiKeys, NeedANameAndAScope) {
  const auto field_of = [&](const NewApiKey& wanted) {
    const auto made = create(given, wanted);
    EXPECT_EQ(fault(made), Errc::bad_parameter);
    return made ? "" : made.error().field;
  };
  EXPECT_EQ(field_of({"a program", {}}), "scopes");
  for (const std::string& name : {std::string{}, std::string(65, 'x'), std::string{"a\nb"}, std::string{"a\x7f"}})
    EXPECT_EQ(field_of({name, {.read = true}}), "name");
}

TEST_F(ApiKeys, AreLimitedInNumber) {
  std::string last;
  for (std::size_t i = 0; i < kKeysMost; ++i) last = create(given, {fmt::format("{}", i), {.read = true}})->key.id;
  EXPECT_EQ(fault(create(given, {"one more", {.read = true}})), Errc::limit_exceeded);
  EXPECT_TRUE(create(boss, {"of another", {.read = true}}));
  ASSERT_TRUE(revoke_api_key(*story.accounts, story.visitor, given.user->id, last));
  EXPECT_TRUE(create(given, {"one more", {.read = true}}));
}

TEST_F(ApiKeys, AreNotMadeByASessionThatEndedMeanwhile) {
  const Principal thief = story.who(given);
  ASSERT_TRUE(end_sessions(*story.accounts, story.visitor, given.user->id));
  EXPECT_EQ(fault(create_api_key(*story.accounts, story.visitor, thief, {"mine for ever", {.read = true}})),
            Errc::session_ended);
  EXPECT_TRUE(story.accounts->book().keys_of(given.user->id).empty());
}

TEST_F(ApiKeys, TellWhenTheyWereUsedLast) {
  const auto made = create(given, {"a program", {.read = true}}).value();
  EXPECT_EQ(story.accounts->book().last_used(made.key.id), std::nullopt);
  story.clock.advance(days{1});
  (void)story.ask(made.text);
  EXPECT_EQ(story.accounts->book().last_used(made.key.id), story.clock.now());
}

TEST(Scopes, HaveThreeWords) {
  EXPECT_EQ(parse_scopes("write read").value(), (Scopes{true, true, false}));
  EXPECT_EQ(to_text({true, true, true}), "read write admin");
  EXPECT_EQ(parse_scopes("").value(), Scopes{});
  const auto wrong = parse_scopes("raed");
  EXPECT_EQ(fault(wrong), Errc::bad_parameter);
  EXPECT_THAT(wrong.error().suggestions, ::testing::Contains("read"));
}

}  // namespace
}  // namespace cw::accounts
