#include "accounts/two_factor.h"

#include <atomic>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "accounts/accounts_story.h"

namespace cw::accounts {
namespace {

using std::chrono::seconds;
using testing::fault;
using testing::kOther;
using testing::kPassword;
using testing::Story;

const std::string kAda = "ada@example.org";

struct TwoFactor : ::testing::Test {
  TwoFactor() {
    story.add(kAda);
    given = story.sign_in(kAda);
  }
  Principal who() const { return story.who(given); }
  std::string begin() { return begin_totp(*story.accounts, story.visitor, who(), kPassword).value().secret; }
  Result<std::vector<std::string>> confirm(const std::string& code) {
    return confirm_totp(*story.accounts, story.visitor, who(), code);
  }
  /// On, with the codes of the present half minute used.
  void turn_on() {
    secret = begin();
    recovery = confirm(story.code_of(secret)).value();
    story.revoked.clear();
  }
  /// A code that was not used yet.
  std::string fresh_code() {
    story.clock.advance(seconds{30});
    return story.code_of(secret);
  }

  Story story;
  SignedIn given;
  std::string secret;
  std::vector<std::string> recovery;
};

TEST_F(TwoFactor, CountsOnlyOnceACodeWasSeen) {
  const auto begun = begin_totp(*story.accounts, story.visitor, who(), kPassword);
  ASSERT_TRUE(begun) << begun.error().message;
  EXPECT_THAT(begun->uri, ::testing::StartsWith("otpauth://totp/Candlewick:ada%40example.org?secret=" + begun->secret));
  EXPECT_TRUE(story.try_sign_in(kAda)) << "it is not on yet";
  EXPECT_EQ(fault(confirm("000000")), Errc::invalid_totp);
  EXPECT_EQ(story.last_event(), "two_factor.on invalid_totp");
  const auto codes = confirm(story.code_of(begun->secret));
  ASSERT_TRUE(codes) << codes.error().message;
  EXPECT_EQ(codes->size(), 10U);
  EXPECT_EQ(fault(story.try_sign_in(kAda)), Errc::totp_required);
  EXPECT_TRUE(story.user(kAda)->totp_enabled);
}

TEST_F(TwoFactor, BeginsOnlyWithThePassword) {
  EXPECT_EQ(fault(begin_totp(*story.accounts, story.visitor, who(), "wrong")), Errc::invalid_credentials);
  EXPECT_EQ(fault(confirm("000000")), Errc::conflict) << "nothing was begun";
  const std::string first = begin();
  const std::string second = begin();
  EXPECT_NE(first, second);
  EXPECT_EQ(fault(confirm(story.code_of(first))), Errc::invalid_totp) << "the newer secret counts";
  EXPECT_TRUE(confirm(story.code_of(second)));
  EXPECT_EQ(fault(begin_totp(*story.accounts, story.visitor, who(), kPassword)), Errc::conflict);
  EXPECT_EQ(fault(confirm(story.code_of(second))), Errc::conflict);
}

TEST_F(TwoFactor, AsksAfterThePasswordAlone) {
  turn_on();
  EXPECT_EQ(fault(story.try_sign_in(kAda, "wrong")), Errc::invalid_credentials);
  EXPECT_EQ(fault(story.try_sign_in(kAda, "wrong", fresh_code())), Errc::invalid_credentials);
  const auto before = story.audit().size();
  EXPECT_EQ(fault(story.try_sign_in(kAda)), Errc::totp_required);
  EXPECT_EQ(story.audit().size(), before) << "half of a sign-in is no refusal";
}

TEST_F(TwoFactor, ACodeIsGoodOnce) {
  turn_on();
  const std::string code = fresh_code();
  EXPECT_TRUE(story.try_sign_in(kAda, kPassword, code.substr(0, 3) + ' ' + code.substr(3)));
  EXPECT_EQ(fault(story.try_sign_in(kAda, kPassword, code)), Errc::invalid_totp);
  EXPECT_EQ(story.last_event(), "sign_in invalid_totp");
  story.reopen();
  EXPECT_EQ(fault(story.try_sign_in(kAda, kPassword, code)), Errc::invalid_totp) << "also after a restart";
}

TEST_F(TwoFactor, AnOlderCodeThanOneThatWasUsedIsNoGood) {
  turn_on();
  const std::string older = fresh_code();
  const std::string newer = fresh_code();
  EXPECT_TRUE(story.try_sign_in(kAda, kPassword, newer));
  EXPECT_EQ(fault(story.try_sign_in(kAda, kPassword, older)), Errc::invalid_totp);
}

TEST_F(TwoFactor, ACodeLetsInOneOfTwoWhoUseItAtOnce) {
  turn_on();
  for (int round = 0; round < 10; ++round) {
    const std::string code = fresh_code();
    std::atomic<int> let_in{0};
    const auto enter = [&] { let_in += story.try_sign_in(kAda, kPassword, code) ? 1 : 0; };
    std::thread other{enter};
    enter();
    other.join();
    ASSERT_EQ(let_in, 1) << "round " << round;
  }
}

TEST_F(TwoFactor, WrongCodesAreThrottledLikeWrongPasswords) {
  turn_on();
  for (int i = 0; i < 5; ++i) EXPECT_EQ(fault(story.try_sign_in(kAda, kPassword, "000000")), Errc::invalid_totp) << i;
  EXPECT_EQ(fault(story.try_sign_in(kAda, kPassword, fresh_code().substr(0, 0) + "000000")), Errc::invalid_totp)
      << "after the wait it goes on";
  EXPECT_EQ(fault(story.try_sign_in(kAda, kPassword, story.code_of(secret))), Errc::too_many_attempts);
}

TEST_F(TwoFactor, ARecoveryCodeIsGoodOnceHoweverItIsTyped) {
  turn_on();
  std::string typed = recovery.at(3);
  std::ranges::transform(typed, typed.begin(), [](char c) { return c == '-' ? ' ' : static_cast<char>(::toupper(c)); });
  EXPECT_TRUE(story.try_sign_in(kAda, kPassword, typed));
  EXPECT_EQ(fault(story.try_sign_in(kAda, kPassword, recovery.at(3))), Errc::invalid_totp);
  EXPECT_EQ(story.user(kAda)->recovery_hashes.size(), 9U);
  EXPECT_TRUE(story.try_sign_in(kAda, kPassword, recovery.at(4)));
  for (const char* none : {"", " ", "x", "12345", "1234567", "aaaa-aaaa-aaaa-aaaa"})
    EXPECT_FALSE(story.try_sign_in(kAda, kPassword, none)) << none;
}

TEST_F(TwoFactor, NewRecoveryCodesReplaceTheOldOnes) {
  EXPECT_EQ(fault(renew_recovery_codes(*story.accounts, story.visitor, who(), kPassword)), Errc::conflict);
  turn_on();
  EXPECT_EQ(fault(renew_recovery_codes(*story.accounts, story.visitor, who(), "wrong")), Errc::invalid_credentials);
  const auto renewed = renew_recovery_codes(*story.accounts, story.visitor, who(), kPassword);
  ASSERT_TRUE(renewed) << renewed.error().message;
  EXPECT_EQ(fault(story.try_sign_in(kAda, kPassword, recovery.at(0))), Errc::invalid_totp);
  EXPECT_TRUE(story.try_sign_in(kAda, kPassword, renewed->at(0)));
}

TEST_F(TwoFactor, IsTurnedOffWithPasswordAndCode) {
  const auto off = [&](const std::string& password, const std::string& code) {
    return disable_totp(*story.accounts, story.visitor, who(), password, code);
  };
  EXPECT_EQ(fault(off(kPassword, "000000")), Errc::conflict);
  turn_on();
  EXPECT_EQ(fault(off("wrong", fresh_code())), Errc::invalid_credentials);
  EXPECT_EQ(fault(off(kPassword, "000000")), Errc::invalid_totp);
  EXPECT_EQ(story.last_event(), "two_factor.off invalid_totp");
  ASSERT_TRUE(off(kPassword, fresh_code()));
  EXPECT_TRUE(story.try_sign_in(kAda));
  const UserPtr user = story.user(kAda);
  EXPECT_TRUE(user->totp_sealed.empty() && user->recovery_hashes.empty());
}

TEST_F(TwoFactor, CanBeDroppedByWhoRunsTheMachine) {
  const std::string id = given.user->id;
  EXPECT_EQ(fault(drop_two_factor(*story.accounts, story.console, id)), Errc::conflict);
  turn_on();
  ASSERT_TRUE(drop_two_factor(*story.accounts, story.console, id));
  EXPECT_TRUE(story.try_sign_in(kAda));
  turn_on();
  ASSERT_TRUE(set_password(*story.accounts, story.console, id, kOther, false));
  EXPECT_EQ(fault(story.try_sign_in(kAda, kOther)), Errc::totp_required);
  ASSERT_TRUE(set_password(*story.accounts, story.console, id, kOther, true));
  EXPECT_TRUE(story.try_sign_in(kAda, kOther));
}

TEST_F(TwoFactor, ASessionThatEndedWhileItsRequestWaitedChangesNothing) {
  const Principal gone = who();
  ASSERT_TRUE(sign_out(*story.accounts, story.visitor, gone));
  EXPECT_EQ(fault(begin_totp(*story.accounts, story.visitor, gone, kPassword)), Errc::session_ended);
  EXPECT_TRUE(story.user(kAda)->totp_sealed.empty());
}

TEST_F(TwoFactor, ASeedIsReadableWithItsKeyAndForItsAccountAlone) {
  turn_on();
  const UserPtr ada = story.user(kAda);
  EXPECT_EQ(ada->totp_sealed.find(from_base32(secret).value()), std::string::npos);
  EXPECT_TRUE(story.accounts->box().open(ada->totp_sealed, "totp:" + ada->id));
  const SealedBox another{MasterKey{Digest{1, 2, 3}}};
  EXPECT_FALSE(another.open(ada->totp_sealed, "totp:" + ada->id));
  // Who can write the database gives Ada's seed to an account of his own, to get codes that he knows past Ada's door.
  records::User eve = *story.add("eve@example.org");
  eve.totp_sealed = ada->totp_sealed;
  eve.totp_enabled = true;
  EXPECT_EQ(fault(take_second_factor(*story.accounts, eve, fresh_code())), Errc::corrupt);
}

}  // namespace
}  // namespace cw::accounts
