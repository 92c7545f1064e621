#include "accounts/sealed_box.h"

#include <set>

#include <gtest/gtest.h>

#include "accounts/encoding.h"

namespace cw::accounts {
namespace {

const MasterKey kKey{Digest{1, 2, 3}};

void expect_closed(const Result<std::string>& opened, std::string_view what) {
  ASSERT_FALSE(opened) << what;
  EXPECT_EQ(opened.error().code, Errc::corrupt);
}

TEST(SealedBox, OpensWhatItSealed) {
  const SealedBox box{kKey};
  for (const std::string& plain :
       {std::string{}, std::string{"JBSWY3DP"}, std::string("a\0b\xff", 4), std::string(SealedBox::kPlainMost, 'x')}) {
    const auto opened = box.open(box.seal(plain, "totp u_1"), "totp u_1");
    ASSERT_TRUE(opened) << opened.error().message;
    EXPECT_EQ(*opened, plain);
  }
}

TEST(SealedBox, OpensForAnotherObjectOfTheSameKey) {
  EXPECT_EQ(*SealedBox{kKey}.open(SealedBox{kKey}.seal("secret", ""), ""), "secret");
}

TEST(SealedBox, SealsTheSameSecretDifferentlyEachTimeAndShowsNothingOfIt) {
  const SealedBox box{kKey};
  std::set<std::string> seen;
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(seen.insert(box.seal("secret secret secret", "c")).second);
  for (const std::string& sealed : seen) EXPECT_EQ(from_base64url(sealed)->find("secret"), std::string::npos);
}

TEST(SealedBox, StaysClosedForAnotherContext) {
  const SealedBox box{kKey};
  const std::string sealed = box.seal("secret", "totp u_1");
  for (const std::string_view context : {"totp u_2", "totp u_", "totp u_1 ", ""}) {
    expect_closed(box.open(sealed, context), context);
  }
}

TEST(SealedBox, StaysClosedForAnotherKey) {
  expect_closed(SealedBox{MasterKey{Digest{1, 2, 4}}}.open(SealedBox{kKey}.seal("secret", "c"), "c"), "another key");
}

TEST(SealedBox, StaysClosedWhenAnyBitWasChanged) {
  const SealedBox box{kKey};
  const std::string sealed = box.seal("secret", "c");
  const std::string bytes = *from_base64url(sealed);
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    std::string changed = bytes;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << bit % 8));
    expect_closed(box.open(to_base64url(changed), "c"), "bit " + std::to_string(bit));
  }
}

TEST(SealedBox, StaysClosedWhenItWasCutOrGrew) {
  const SealedBox box{kKey};
  const std::string sealed = box.seal("secret", "c");
  for (std::size_t size = 0; size < sealed.size(); ++size) expect_closed(box.open(sealed.substr(0, size), "c"), "cut");
  expect_closed(box.open(sealed + "A", "c"), "one more");
  expect_closed(box.open(sealed + "AAAA", "c"), "four more");
  expect_closed(box.open(std::string(1'000'000, 'A'), "c"), "giant");
}

TEST(SealedBox, SaysThatAForeignTextIsNone) {
  const SealedBox box{kKey};
  for (const std::string_view text : {"", "secret", "=", "AQ", "not base64 at all !"})
    expect_closed(box.open(text, ""), text);
}

TEST(SealedBox, HasTheShapeThatItsHeaderSays) {
  const std::string bytes = *from_base64url(SealedBox{kKey}.seal("secret", "c"));
  EXPECT_EQ(bytes.size(), 1U + 24U + 6U + 16U);
  EXPECT_EQ(bytes[0], 1);
}

}  // namespace
}  // namespace cw::accounts
