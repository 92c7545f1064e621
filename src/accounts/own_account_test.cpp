#include "accounts/own_account.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "accounts/accounts_story.h"

namespace cw::accounts {
namespace {

using std::chrono::seconds;
using testing::fault;
using testing::kOther;
using testing::kPassword;
using testing::origin_of;
using testing::Story;

const std::string kAda = "ada@example.org";

/// Somebody who is signed in on two devices.
struct OwnAccount : ::testing::Test {
  OwnAccount() {
    story.add(kAda);
    given = story.sign_in(kAda);
    other = story.sign_in(kAda);
    who = story.who(given);
    story.revoked.clear();
  }
  Result<SignedIn> change(const std::string& current, const std::string& wanted, bool ends_others = false) {
    return change_password(*story.accounts, origin_of(story, who), who, current, wanted, ends_others);
  }

  Story story;
  SignedIn given, other;
  Principal who;
};

TEST_F(OwnAccount, EndsOneSession) {
  const std::string id = story.who(other).session->id;
  ASSERT_TRUE(end_session(*story.accounts, story.visitor, given.user->id, id));
  EXPECT_EQ(story.refusal_of(other), Errc::session_ended);
  EXPECT_EQ(story.refusal_of(given), std::nullopt);
  EXPECT_EQ(story.revoked, (std::vector{given.user->id}));
  EXPECT_EQ(fault(end_session(*story.accounts, story.visitor, given.user->id, id)), Errc::not_found);
}

TEST_F(OwnAccount, EndsNoSessionOfSomebodyElse) {
  const UserPtr eve = story.add("eve@example.org");
  EXPECT_EQ(fault(end_session(*story.accounts, story.visitor, eve->id, who.session->id)), Errc::not_found);
  EXPECT_EQ(story.refusal_of(given), std::nullopt);
}

TEST_F(OwnAccount, EndsTheOtherSessions) {
  const SignedIn third = story.sign_in(kAda);
  EXPECT_EQ(end_sessions(*story.accounts, story.visitor, given.user->id, who.session->id).value(), 2U);
  EXPECT_EQ(story.refusal_of(given), std::nullopt);
  EXPECT_EQ(story.refusal_of(other), Errc::session_ended);
  EXPECT_EQ(story.refusal_of(third), Errc::session_ended);
  EXPECT_EQ(end_sessions(*story.accounts, story.visitor, given.user->id).value(), 1U);
  EXPECT_EQ(story.refusal_of(given), Errc::session_ended);
}

TEST_F(OwnAccount, ANewPasswordMakesOldAccessTokensVoidAtOnceButNotTheSessions) {
  const auto changed = change(kPassword, kOther);
  ASSERT_TRUE(changed) << changed.error().message;
  EXPECT_EQ(story.refusal_of(given), Errc::session_ended);
  EXPECT_EQ(story.refusal_of(other), Errc::session_ended);
  EXPECT_EQ(story.refusal_of(*changed), std::nullopt);
  EXPECT_EQ(story.revoked, (std::vector{given.user->id}));
  EXPECT_EQ(changed->refresh_token, given.refresh_token);
  for (const SignedIn& device : {given, other})
    EXPECT_EQ(story.refusal_of(story.refresh(device).value()), std::nullopt);
  EXPECT_EQ(fault(story.try_sign_in(kAda, kPassword)), Errc::invalid_credentials);
  EXPECT_TRUE(story.try_sign_in(kAda, kOther));
}

TEST_F(OwnAccount, ANewPasswordEndsTheOtherSessionsWhereThatIsWanted) {
  const auto changed = change(kPassword, kOther, true);
  ASSERT_TRUE(changed) << changed.error().message;
  EXPECT_EQ(fault(story.refresh(other)), Errc::session_ended);
  EXPECT_TRUE(story.refresh(given));
  EXPECT_EQ(story.sessions_of(kAda), 1U);
}

TEST_F(OwnAccount, APasswordIsChangedOnlyByWhoKnowsTheOldOne) {
  const auto wrong = change("wrong", kOther);
  EXPECT_EQ(fault(wrong), Errc::invalid_credentials);
  EXPECT_EQ(wrong.error().field, "current_password");
  EXPECT_EQ(story.last_event(), "password.asked invalid_credentials");
  const auto weak = change(kPassword, "short");
  EXPECT_EQ(fault(weak), Errc::weak_password);
  EXPECT_EQ(weak.error().field, "new_password");
  EXPECT_EQ(fault(change(kPassword, "ADA@example.org")), Errc::weak_password);
  for (int i = 0; i < 4; ++i) (void)change("wrong", kOther);
  EXPECT_EQ(fault(change(kPassword, kOther)), Errc::too_many_attempts) << "a thief of the session may not guess on";
  EXPECT_EQ(story.refusal_of(given), std::nullopt);
}

TEST_F(OwnAccount, ASessionThatEndedWhileItsRequestWaitedChangesNothing) {
  ASSERT_TRUE(sign_out(*story.accounts, story.visitor, who));
  EXPECT_EQ(fault(change(kPassword, kOther)), Errc::session_ended);
  EXPECT_TRUE(story.try_sign_in(kAda, kPassword));
}

TEST_F(OwnAccount, OfTwoChangesOfThePasswordTheSecondIsRefused) {
  ASSERT_TRUE(change(kPassword, kOther));
  EXPECT_FALSE(change(kPassword, "yet another one"));
  EXPECT_TRUE(story.try_sign_in(kAda, kOther));
}

TEST_F(OwnAccount, SettingsChangeOneByOneAndLast) {
  const std::string id = given.user->id;
  ASSERT_TRUE(change_settings(*story.accounts, story.visitor, id,
                              {.time_zone = "Europe/Berlin", .default_symbol = std::optional{"binance:BTCUSDT"}}));
  ASSERT_TRUE(change_settings(*story.accounts, story.visitor, id, {.number_format = "1'234.56", .theme = "dark"}));
  story.reopen();
  Settings settings = settings_of(*story.user(kAda));
  EXPECT_EQ(to_json(settings), R"({"time_zone":"Europe/Berlin","number_format":"1'234.56","theme":"dark",)"
                               R"("default_symbol":"binance:BTCUSDT"})");
  ASSERT_TRUE(change_settings(*story.accounts, story.visitor, id, {.default_symbol = std::optional<std::string>{}}));
  EXPECT_EQ(settings_of(*story.user(kAda)).default_symbol, std::nullopt);
  EXPECT_EQ(settings_of(*story.user(kAda)).theme, "dark");
  const auto row = story.audit().back();
  EXPECT_EQ(row.action, "settings.changed");
  EXPECT_EQ(row.before_json, to_json(settings));
  EXPECT_THAT(row.after_json, ::testing::HasSubstr(R"("default_symbol":null)"));
}

TEST_F(OwnAccount, SettingsRefuseWhatIsNoChoiceAndNameIt) {
  const auto field_of = [&](const SettingsChange& wanted) {
    const auto changed = change_settings(*story.accounts, story.visitor, given.user->id, wanted);
    EXPECT_EQ(fault(changed), Errc::bad_parameter);
    return changed ? "" : changed.error().field;
  };
  for (const char* zone : {"", "Europe", "Europe/Berlinn", "../../etc/passwd", "/etc/passwd", "Europe/../UTC"})
    EXPECT_EQ(field_of({.time_zone = zone}), "time_zone") << zone;
  EXPECT_EQ(field_of({.time_zone = std::string(65, 'A')}), "time_zone");
  EXPECT_EQ(field_of({.number_format = "1 234.56"}), "number_format");
  EXPECT_EQ(field_of({.theme = "pink"}), "theme");
  EXPECT_EQ(story.user(kAda)->settings_json, "{}");
}

TEST_F(OwnAccount, TheWatchListKeepsItsOrder) {
  EXPECT_TRUE(watchlist_of(*story.user(kAda)).empty());
  const std::vector<std::string> symbols{"binance:ETHUSDT", "practice:A\"B", "binance:BTCUSDT"};
  ASSERT_TRUE(set_watchlist(*story.accounts, story.visitor, given.user->id, symbols));
  story.reopen();
  EXPECT_EQ(watchlist_of(*story.user(kAda)), symbols);
  EXPECT_EQ(story.last_event(), "watchlist.changed done");
}

TEST_F(OwnAccount, SettingsOfADamagedRowAreTheUsualOnes) {
  records::User user = *story.user(kAda);
  for (const char* bad : {"", "[]", "nonsense", R"({"theme":7})"}) {
    user.settings_json = user.watchlist_json = bad;
    EXPECT_EQ(to_json(settings_of(user)), to_json(Settings{})) << bad;
    EXPECT_TRUE(watchlist_of(user).empty()) << bad;
  }
}

}  // namespace
}  // namespace cw::accounts
