#include "accounts/email_address.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cw::accounts {
namespace {

using testing::HasSubstr;

std::string fault(std::string_view text) {
  const auto parsed = parse_email(text);
  EXPECT_FALSE(parsed) << text;
  if (parsed) return {};
  EXPECT_EQ(parsed.error().code, Errc::bad_parameter);
  EXPECT_EQ(parsed.error().field, "email");
  return parsed.error().message;
}

TEST(EmailAddress, TakesWhatPeopleHaveAndChangesNothing) {
  for (const std::string_view text :
       {"alice@example.org", "Alice.B+trades@mail.Example.ORG", "a@b", "admin@localhost", "o'neil_{1}@x-1.io",
        "jörg@müller.example", "用户@例子.广告", "1234@5.6", "a-b-c@xn--bcher-kva.example"}) {
    const auto parsed = parse_email(text);
    ASSERT_TRUE(parsed) << parsed.error().message;
    EXPECT_EQ(*parsed, text);
  }
}

TEST(EmailAddress, WantsOneAt) {
  EXPECT_THAT(fault(""), HasSubstr("is empty"));
  EXPECT_THAT(fault("alice"), HasSubstr("no '@'"));
  EXPECT_THAT(fault("alice@b@c"), HasSubstr("more than one '@'"));
  EXPECT_THAT(fault("@example.org"), HasSubstr("nothing before"));
  EXPECT_THAT(fault("alice@"), HasSubstr("empty part"));
}

TEST(EmailAddress, TrimsNothingAndTakesNoBlank) {
  for (const std::string_view text : {" a@b", "a@b ", "a @b", "a@b\n", "a\t@b", "a@b\r\nBcc: c@d"}) {
    EXPECT_THAT(fault(text), HasSubstr("cannot be seen")) << text;
  }
}

TEST(EmailAddress, TakesNothingThatCannotBeSeen) {
  for (const std::string_view text :
       {std::string_view{"a\0@b", 4}, std::string_view{"a\x7f@b"}, std::string_view{"a\u0085@b"},
        std::string_view{"a\u00a0@b"}, std::string_view{"a\u200b@b"}, std::string_view{"a\u202e@b"},
        std::string_view{"a\u2066@b"}, std::string_view{"\ufeffa@b"}, std::string_view{"a\u3000@b"},
        std::string_view{"a\U000e0041@b"}}) {
    EXPECT_THAT(fault(text), HasSubstr("cannot be seen")) << text;
  }
}

TEST(EmailAddress, WantsValidUtf8) {
  for (const std::string_view text : {"a\xff@b", "a\xc0\x80@b", "a\xed\xa0\x80@b", "a@b\xc3"}) {
    EXPECT_THAT(fault(text), HasSubstr("UTF-8"));
  }
}

TEST(EmailAddress, KeepsTheSizesOfTheStandard) {
  const std::string label(63, 'b');
  const std::string local(64, 'a');
  EXPECT_TRUE(parse_email(local + "@b"));
  EXPECT_THAT(fault(local + "a@b"), HasSubstr("64 bytes"));
  EXPECT_TRUE(parse_email("a@" + label));
  EXPECT_THAT(fault("a@" + label + "b"), HasSubstr("63 bytes"));
  const std::string longest = local + "@" + label + "." + label + "." + std::string(61, 'b');
  ASSERT_EQ(longest.size(), 254U);
  EXPECT_TRUE(parse_email(longest));
  EXPECT_THAT(fault(longest + "b"), HasSubstr("254"));
  EXPECT_THAT(fault(std::string(1'000'000, 'a')), HasSubstr("254"));
}

TEST(EmailAddress, TakesNoStrayDotsAndHyphens) {
  for (const std::string_view text : {".a@b", "a.@b", "a..b@c"}) EXPECT_THAT(fault(text), HasSubstr("dot")) << text;
  for (const std::string_view text : {"a@b..c", "a@.b", "a@b."})
    EXPECT_THAT(fault(text), HasSubstr("empty part")) << text;
  for (const std::string_view text : {"a@-b", "a@b-", "a@b.-c"}) EXPECT_THAT(fault(text), HasSubstr("hyphen")) << text;
}

TEST(EmailAddress, TakesNoQuotesCommentsOrBrackets) {
  for (const std::string_view text : {"\"a\"@b", "a(c)@b", "a@[127.0.0.1]", "a@b(c)", "<a@b>", "a,b@c", "a@b_c",
                                      "a\\b@c", "a:b@c", "a;b@c", "a@b/c", "a@b?c"}) {
    EXPECT_THAT(fault(text), HasSubstr("does not belong there")) << text;
  }
}

TEST(EmailAddress, ShowsABadOneSoThatItDisturbsNothing) { EXPECT_THAT(fault("a\x1b[31m@b"), HasSubstr("\\x1b")); }

TEST(EmailAddress, IsFoundInAnyCase) {
  EXPECT_EQ(email_key("Alice@Example.ORG"), "alice@example.org");
  EXPECT_EQ(email_key("JÖRG@b"), "jÖrg@b");
  EXPECT_EQ(email_key("[Z]{z}@"), "[z]{z}@");
}

}  // namespace
}  // namespace cw::accounts
