#include "accounts/totp.h"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "accounts/encoding.h"

namespace cw::accounts {
namespace {

const std::string kSecret = "12345678901234567890";  // of both RFCs
constexpr std::int64_t kNone = -1;                   // no step was used yet

Timestamp at(std::int64_t seconds) { return from_ms(seconds * 1'000); }

// RFC 6238, appendix B (SHA-1): its codes have eight digits, of which six are the last.
TEST(Totp, GivesTheCodesOfTheRfc) {
  const std::pair<std::int64_t, std::string_view> vectors[] = {{59, "94287082"},
                                                               {1'111'111'109, "07081804"},
                                                               {1'111'111'111, "14050471"},
                                                               {1'234'567'890, "89005924"},
                                                               {2'000'000'000, "69279037"},
                                                               {20'000'000'000, "65353130"}};
  for (const auto& [seconds, code] : vectors) {
    EXPECT_EQ(totp_code(kSecret, totp_step(at(seconds))), code.substr(2)) << seconds;
  }
}

// RFC 4226, appendix D.
TEST(Totp, GivesTheCodesOfTheCounterRfc) {
  const std::string_view codes[] = {"755224", "287082", "359152", "969429", "338314",
                                    "254676", "287922", "162583", "399871", "520489"};
  for (std::int64_t step = 0; step < 10; ++step) EXPECT_EQ(totp_code(kSecret, step), codes[step]);
}

TEST(Totp, ChangesItsStepEveryThirtySeconds) {
  EXPECT_EQ(totp_step(from_ms(0)), 0);
  EXPECT_EQ(totp_step(from_ms(29'999)), 0);
  EXPECT_EQ(totp_step(from_ms(30'000)), 1);
  EXPECT_EQ(totp_step(from_ms(-1)), -1);
  EXPECT_EQ(totp_step(from_ms(-30'000)), -1);
  EXPECT_EQ(totp_step(from_ms(-30'001)), -2);
}

TEST(Totp, TakesOneStepEarlierAndOneLater) {
  // Step 5's code is 254676 (above): good from the start of step 4 to the end of step 6.
  EXPECT_EQ(match_totp(kSecret, "254676", from_ms(4 * 30'000 - 1), kNone), std::nullopt);
  EXPECT_EQ(match_totp(kSecret, "254676", from_ms(4 * 30'000), kNone), 5);
  EXPECT_EQ(match_totp(kSecret, "254676", from_ms(5 * 30'000), kNone), 5);
  EXPECT_EQ(match_totp(kSecret, "254676", from_ms(7 * 30'000 - 1), kNone), 5);
  EXPECT_EQ(match_totp(kSecret, "254676", from_ms(7 * 30'000), kNone), std::nullopt);
}

TEST(Totp, TakesACodeOnceAndNoneFromBefore) {
  const Timestamp now = from_ms(5 * 30'000);
  const auto used = match_totp(kSecret, "254676", now, kNone);
  ASSERT_EQ(used, 5);
  EXPECT_EQ(match_totp(kSecret, "254676", now, *used), std::nullopt);
  EXPECT_EQ(match_totp(kSecret, "338314", now, *used), std::nullopt);  // step 4, not used, but older
  EXPECT_EQ(match_totp(kSecret, "287922", now, *used), 6);
}

TEST(Totp, TakesSixDigitsAndNothingElse) {
  const Timestamp now = from_ms(5 * 30'000);
  EXPECT_EQ(match_totp(kSecret, "254 676", now, kNone), 5);
  for (const std::string_view code :
       {"", "25467", "2546760", "254676x", "254677", "000000", "+54676", "２５４６７６", "25467\n6"}) {
    EXPECT_EQ(match_totp(kSecret, code, now, kNone), std::nullopt) << code;
  }
  EXPECT_EQ(match_totp(kSecret, std::string(100'000, '2'), now, kNone), std::nullopt);
  EXPECT_EQ(match_totp("another secret", "254676", now, kNone), std::nullopt);
}

TEST(Totp, MakesNewSecretsOf160Bits) {
  EXPECT_EQ(new_totp_secret().size(), 20U);
  EXPECT_NE(new_totp_secret(), new_totp_secret());
}

TEST(Totp, WritesTheAddressThatAppsRead) {
  EXPECT_EQ(otpauth_address("Candlewick", "jo+x@example.org", "Hello!\xde\xad\xbe\xef"),
            "otpauth://totp/Candlewick:jo%2Bx%40example.org?secret=JBSWY3DPEHPK3PXP&issuer=Candlewick&algorithm=SHA1&"
            "digits=6&period=30");
  EXPECT_THAT(otpauth_address("Our Desk", "ü&a=b?#", "x"),
              testing::StartsWith("otpauth://totp/Our%20Desk:%C3%BC%26a%3Db%3F%23?"));
}

TEST(RecoveryCodes, AreTenThatDifferAndReadWell) {
  const auto codes = new_recovery_codes();
  EXPECT_EQ(codes.size(), 10U);
  EXPECT_EQ(std::set(codes.begin(), codes.end()).size(), 10U);
  for (const std::string& code : codes) {
    ASSERT_EQ(code.size(), 29U);
    for (std::size_t i = 0; i < code.size(); ++i) {
      if (i % 5 == 4) {
        EXPECT_EQ(code[i], '-') << code;
      } else {
        EXPECT_NE(std::string_view{"abcdefghijklmnopqrstuvwxyz234567"}.find(code[i]), std::string_view::npos) << code;
      }
    }
  }
}

TEST(RecoveryCodes, AreTheSameHoweverTheyAreTyped) {
  const auto hash = recovery_code_hash("x7kq-2mfa-pl5c-tj3e-w4ub-o6zd");
  ASSERT_TRUE(hash);
  EXPECT_EQ(*hash, sha256("x7kq2mfapl5ctj3ew4ubo6zd"));
  for (const std::string_view typed : {"x7kq2mfapl5ctj3ew4ubo6zd", "X7KQ-2MFA-PL5C-TJ3E-W4UB-O6ZD",
                                       " x7kq 2mfa pl5c tj3e w4ub o6zd ", "x7-kq2mfapl5ct--j3ew4ubo6zd"}) {
    EXPECT_EQ(recovery_code_hash(typed), hash) << typed;
  }
  EXPECT_NE(recovery_code_hash("x7kq-2mfa-pl5c-tj3e-w4ub-o6ze"), hash);
}

TEST(RecoveryCodes, RefuseWhatIsNone) {
  const std::string stem = "x7kq-2mfa-pl5c-tj3e-w4ub-";
  for (const std::string& typed :
       {std::string{}, std::string{"-"}, std::string{"x7kq-2mfa-pl5c-tj3e"}, stem + "o6z", stem + "o6zdd",
        stem + "o6z1", stem + "o6z0", stem + "o6z\xc3", std::string{"x7kq_2mfa_pl5c_tj3e_w4ub_o6zd"}}) {
    EXPECT_FALSE(normalise_recovery_code(typed)) << typed;
    EXPECT_FALSE(recovery_code_hash(typed)) << typed;
  }
}

}  // namespace
}  // namespace cw::accounts
