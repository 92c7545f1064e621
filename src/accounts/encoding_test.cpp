#include "accounts/encoding.h"

#include <gtest/gtest.h>

#include "base/random.h"

namespace cw::accounts {
namespace {

// RFC 4648, section 10, without the padding.
TEST(Encoding, GivesTheTextsOfTheRfc) {
  const std::array<std::array<std::string_view, 4>, 7> vectors{{{"", "", "", ""},
                                                                {"f", "Zg", "MY", "66"},
                                                                {"fo", "Zm8", "MZXQ", "666f"},
                                                                {"foo", "Zm9v", "MZXW6", "666f6f"},
                                                                {"foob", "Zm9vYg", "MZXW6YQ", "666f6f62"},
                                                                {"fooba", "Zm9vYmE", "MZXW6YTB", "666f6f6261"},
                                                                {"foobar", "Zm9vYmFy", "MZXW6YTBOI", "666f6f626172"}}};
  for (const auto& [bytes, base64, base32, hex] : vectors) {
    EXPECT_EQ(to_base64url(bytes), base64);
    EXPECT_EQ(from_base64url(base64), bytes);
    EXPECT_EQ(to_base32(bytes), base32);
    EXPECT_EQ(from_base32(base32), bytes);
    EXPECT_EQ(to_hex(bytes), hex);
    EXPECT_EQ(from_hex(hex), bytes);
  }
}

TEST(Encoding, UsesTheLettersThatAreSafeInAddresses) {
  EXPECT_EQ(to_base64url("\xfb\xff\xfe"), "-__-");
  EXPECT_EQ(from_base64url("-__-"), "\xfb\xff\xfe");
  EXPECT_FALSE(from_base64url("+//+"));
}

TEST(Encoding, TakesEitherCaseWhereOnlyCaseDiffers) {
  EXPECT_EQ(from_hex("66AbcD"), "\x66\xab\xcd");
  EXPECT_EQ(from_base32("mzxw6ytboi"), "foobar");
  EXPECT_NE(from_base64url("ZM8"), from_base64url("Zm8"));
}

TEST(Encoding, RefusesPaddingAndBlanks) {
  for (const std::string_view text : {"Zg==", "Zg=", "Zm8=", "Zm9v\n", " Zm9v", "Zm 9v", "Zm9v=", "=", "Zm9v."}) {
    EXPECT_FALSE(from_base64url(text)) << text;
  }
  for (const std::string_view text : {"MY======", "MZXQ=", "MZ XQ", "MZXQ\n", "M1XQ", "M8XQ", "M0XQ"}) {
    EXPECT_FALSE(from_base32(text)) << text;
  }
  for (const std::string_view text : {"6", "666", "6g", " 66", "66 ", "0x66", "-6"})
    EXPECT_FALSE(from_hex(text)) << text;
}

TEST(Encoding, RefusesALetterTooMany) {
  EXPECT_FALSE(from_base64url("A"));
  EXPECT_FALSE(from_base64url("AAAAA"));
  EXPECT_FALSE(from_base32("A"));
  EXPECT_FALSE(from_base32("AAA"));
  EXPECT_FALSE(from_base32("AAAAAA"));
}

TEST(Encoding, RefusesBitsThatBelongToNoByte) {
  // "Zg" is 'f'; of the second letter's six bits only two are used.
  for (const std::string_view text : {"Zh", "Zi", "Zj", "Zm9", "Zm-"}) {
    if (text != "Zm8") EXPECT_FALSE(from_base64url(text)) << text;
  }
  EXPECT_FALSE(from_base32("MZ"));
  EXPECT_FALSE(from_base32("MZXR"));
}

TEST(Encoding, ReadsBackWhatItWroteAndNothingElseReadsSo) {
  Random random{11};
  for (int round = 0; round < 2'000; ++round) {
    std::string bytes(random.below(40), '\0');
    for (char& byte : bytes) byte = static_cast<char>(random.next());
    const std::string text = to_base64url(bytes);
    ASSERT_EQ(from_base64url(text), bytes) << "round " << round;
    ASSERT_EQ(from_base32(to_base32(bytes)), bytes) << "round " << round;
    ASSERT_EQ(from_hex(to_hex(bytes)), bytes) << "round " << round;
    if (text.empty()) continue;
    std::string changed = text;
    char& letter = changed[random.below(changed.size())];
    const char before = letter;
    letter = static_cast<char>(random.next());
    if (letter != before) ASSERT_NE(from_base64url(changed), bytes) << "round " << round;
  }
}

TEST(Encoding, WritesIntoGivenRoomAndNotBeyond) {
  std::array<char, 3> room{};
  EXPECT_EQ(decode_base64url("Zm9v", room), 3U);
  EXPECT_EQ((std::string_view{room.data(), 3}), "foo");
  EXPECT_EQ(decode_base64url("Zg", room), 1U);
  EXPECT_FALSE(decode_base64url("Zm9vYg", room));
}

}  // namespace
}  // namespace cw::accounts
