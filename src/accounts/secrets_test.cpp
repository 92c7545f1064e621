#include "accounts/secrets.h"

#include <set>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "accounts/encoding.h"

namespace cw::accounts {
namespace {

std::string bytes(std::string_view hex) { return from_hex(hex).value(); }
std::string hex(const Digest& digest) { return to_hex(bytes_of(digest)); }

// FIPS 180-2, appendix B.
TEST(Secrets, HashesAsTheStandardSays) {
  EXPECT_EQ(hex(sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(hex(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

// RFC 4231, cases 1, 2 and 6 (a key longer than a block).
TEST(HmacKey, SignsAsTheRfcSays) {
  EXPECT_EQ(hex(HmacKey{std::string(20, '\x0b')}.sign("Hi There")),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(hex(HmacKey{"Jefe"}.sign("what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(hex(HmacKey{std::string(131, '\xaa')}.sign("Test Using Larger Than Block-Size Key - Hash Key First")),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

// Python: hmac.new(b'', b'', 'sha256'), also in many public tables of test values.
TEST(HmacKey, TakesAnEmptyKeyAndAnEmptyText) {
  EXPECT_EQ(hex(HmacKey{""}.sign("")), "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
  EXPECT_EQ(HmacKey{std::string_view{}}.sign(""), HmacKey{""}.sign(""));
}

TEST(HmacKey, SignsTheSameAgainAfterOtherTextsAndMoves) {
  HmacKey key{"key"};
  const Digest first = key.sign("a");
  EXPECT_NE(key.sign("b"), first);
  HmacKey moved = std::move(key);
  EXPECT_EQ(moved.sign("a"), first);
}

TEST(HmacKey, VerifiesItsOwnAndNothingElse) {
  const HmacKey key{"key"};
  const Digest mac = key.sign("text");
  EXPECT_TRUE(key.verify("text", bytes_of(mac)));
  EXPECT_FALSE(key.verify("texts", bytes_of(mac)));
  EXPECT_FALSE(key.verify("text", bytes_of(mac).substr(0, 31)));
  EXPECT_FALSE(key.verify("text", ""));
  EXPECT_FALSE(HmacKey{"kez"}.verify("text", bytes_of(mac)));
  for (std::size_t bit = 0; bit < 256; ++bit) {
    Digest changed = mac;
    changed[bit / 8] = static_cast<unsigned char>(changed[bit / 8] ^ (1U << bit % 8));
    EXPECT_FALSE(key.verify("text", bytes_of(changed))) << "bit " << bit;
  }
}

TEST(HmacKey, ServesManyThreadsAtOnce) {
  const HmacKey key{"key"};
  const Digest expected = key.sign("text");
  std::vector<std::jthread> threads;
  std::array<int, 4> wrong{};
  for (int& count : wrong) {
    threads.emplace_back([&] {
      for (int i = 0; i < 500; ++i) count += key.sign("text") != expected;
    });
  }
  threads.clear();
  EXPECT_THAT(wrong, testing::Each(0));
}

// RFC 5869, appendix A, cases 1 and 3: the first 32 of their 42 bytes (HKDF's output for less is its beginning).
TEST(Hkdf, DerivesAsTheRfcSays) {
  const std::string key(22, '\x0b');
  EXPECT_EQ(hex(hkdf_sha256(key, bytes("000102030405060708090a0b0c"), bytes("f0f1f2f3f4f5f6f7f8f9"))),
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf");
  EXPECT_EQ(hex(hkdf_sha256(key, "", "")), "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d");
}

TEST(Secrets, ComparesAllOfBothTexts) {
  EXPECT_TRUE(constant_time_equal("", ""));
  EXPECT_TRUE(constant_time_equal("abc", "abc"));
  EXPECT_FALSE(constant_time_equal("abc", "abd"));
  EXPECT_FALSE(constant_time_equal("abc", "ab"));
  EXPECT_FALSE(constant_time_equal("", "a"));
  EXPECT_FALSE(constant_time_equal(std::string_view{"a\0b", 3}, std::string_view{"a\0c", 3}));
}

TEST(Secrets, NamesAreOfSafeLettersAndNeverMeet) {
  std::set<std::string> seen;
  std::set<char> letters;
  for (int i = 0; i < 2'000; ++i) {
    const std::string id = random_id("u_");
    ASSERT_EQ(id.size(), 2U + 20U);
    ASSERT_EQ(id.substr(2).find_first_not_of("0123456789abcdefghjkmnpqrstvwxyz"), std::string::npos) << id;
    ASSERT_TRUE(id.starts_with("u_"));
    ASSERT_TRUE(seen.insert(id).second);
    letters.insert(id.begin() + 2, id.end());
  }
  EXPECT_EQ(letters.size(), 32U);
  EXPECT_EQ(random_id("", 32).size(), 52U);  // 256 bits in fives
}

TEST(Secrets, RandomBytesFillAllTheRoom) {
  std::array<unsigned char, 64> sum{};
  for (int i = 0; i < 64; ++i) {
    std::array<unsigned char, 64> bytes{};
    random_bytes(bytes);
    for (std::size_t at = 0; at < sum.size(); ++at) sum[at] |= bytes[at];
  }
  EXPECT_THAT(sum, testing::Each(testing::Gt(0)));  // else a byte was zero 64 times
}

TEST(Secrets, WipesWithZeros) {
  std::array<unsigned char, 4> bytes{1, 2, 3, 4};
  wipe(bytes);
  EXPECT_THAT(bytes, testing::Each(0));
  std::string text = "secret";
  wipe(text);
  EXPECT_EQ(text, "");
}

}  // namespace
}  // namespace cw::accounts
