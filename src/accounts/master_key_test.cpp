#include "accounts/master_key.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "accounts/encoding.h"

namespace cw::accounts {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class KeyFile : public testing::Test {
 public:
  KeyFile() : folder_(fs::temp_directory_path() / ("master-key-" + std::to_string(::getpid()))) {
    fs::create_directories(folder_);
  }
  ~KeyFile() override { fs::remove_all(folder_); }

 protected:
  fs::path path() const { return folder_ / "secret.key"; }
  std::string text() const {
    std::ifstream in{path()};
    return {std::istreambuf_iterator<char>{in}, {}};
  }
  void write(std::string_view text, mode_t mode = 0600) const {
    std::ofstream{path()} << text;
    ASSERT_EQ(::chmod(path().c_str(), mode), 0);
  }
  Error load_error() const {
    auto loaded = MasterKey::load(path());
    EXPECT_FALSE(loaded);
    return loaded ? Error{} : loaded.error();
  }

 private:
  fs::path folder_;
};

const std::string kDigits(64, 'a');

TEST_F(KeyFile, IsMadeForItsOwnerAloneAndReadAgain) {
  for (const mode_t mask : {0U, 022U, 0777U}) {  // the mode does not lean on the umask
    const mode_t before = ::umask(mask);
    const auto made = MasterKey::create(path());
    ::umask(before);
    ASSERT_TRUE(made) << made.error().message;
    struct stat facts{};
    ASSERT_EQ(::stat(path().c_str(), &facts), 0);
    EXPECT_EQ(facts.st_mode & 07777, 0600U);
    EXPECT_THAT(text(), testing::MatchesRegex("[0-9a-f]{64}\n"));
    const auto loaded = MasterKey::load(path());
    ASSERT_TRUE(loaded) << loaded.error().message;
    EXPECT_EQ(loaded->derive("x"), made->derive("x"));
    fs::remove(path());
  }
}

TEST_F(KeyFile, IsNeverWrittenOver) {
  write("precious");
  const auto made = MasterKey::create(path());
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, Errc::conflict);
  EXPECT_EQ(text(), "precious");
}

TEST_F(KeyFile, IsLoadedWhereItIsAndMadeWhereItIsNot) {
  const auto first = MasterKey::load_or_create(path());
  const auto second = MasterKey::load_or_create(path());
  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->fingerprint(), second->fingerprint());
  write("broken");
  EXPECT_FALSE(MasterKey::load_or_create(path()));  // what is there is never replaced, however bad
  EXPECT_EQ(text(), "broken");
}

TEST_F(KeyFile, SaysThatItIsMissing) {
  const Error error = load_error();
  EXPECT_EQ(error.code, Errc::not_found);
  EXPECT_THAT(error.message, HasSubstr(path().string() + " is missing"));
}

TEST_F(KeyFile, IsRefusedWhenOthersMayUseIt) {
  for (const mode_t mode : {0640U, 0604U, 0644U, 0620U, 0602U, 0610U, 0601U, 0777U}) {
    write(kDigits, mode);
    const Error error = load_error();
    EXPECT_EQ(error.code, Errc::bad_input);
    EXPECT_THAT(error.message, HasSubstr("run: chmod 600 " + path().string()));
  }
  for (const mode_t mode : {0600U, 0400U}) {
    write(kDigits, mode);
    EXPECT_TRUE(MasterKey::load(path())) << mode;
  }
}

TEST_F(KeyFile, IsRefusedWhenItHoldsNoKey) {
  const std::string inside_out = kDigits.substr(0, 32) + "g" + kDigits.substr(33);
  for (const std::string& text : {std::string{}, std::string{"\n"}, kDigits.substr(1), kDigits + "a", kDigits + "\n\n",
                                  " " + kDigits.substr(1), inside_out, kDigits + std::string(10'000, 'a')}) {
    write(text);
    const Error error = load_error();
    EXPECT_EQ(error.code, Errc::corrupt) << text;
    EXPECT_THAT(error.message, HasSubstr("64 hexadecimal digits"));
    EXPECT_THAT(error.message, testing::Not(HasSubstr("aaaa")));  // what may be most of a key is not shown
  }
}

TEST_F(KeyFile, MayEndWithoutALineEndAndBeInUpperCase) {
  write(kDigits + "\n");
  const Digest expected = MasterKey::load(path())->derive("x");
  for (const std::string& text : {kDigits, kDigits + "\r\n", std::string(64, 'A')}) {
    write(text);
    EXPECT_EQ(MasterKey::load(path())->derive("x"), expected);
  }
}

TEST_F(KeyFile, ThatIsAFolderOrAPipeIsAnErrorInWords) {
  fs::create_directory(path());
  EXPECT_EQ(load_error().code, Errc::io_error);
  fs::remove(path());
  ASSERT_EQ(::mkfifo(path().c_str(), 0600), 0);
  EXPECT_EQ(load_error().code, Errc::io_error);
}

TEST_F(KeyFile, ThatMayNotBeReadIsAnErrorInWords) {
  if (::geteuid() == 0) GTEST_SKIP() << "the administrator may read every file";
  write(kDigits, 0);
  const Error error = load_error();
  EXPECT_EQ(error.code, Errc::io_error);
  EXPECT_THAT(error.message, HasSubstr("Permission denied"));
}

TEST_F(KeyFile, InAFolderThatIsNotThereIsAnErrorInWords) {
  const auto made = MasterKey::create(path() / "deeper" / "key");
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, Errc::io_error);
}

// HKDF by its definition, from HMAC: extract with the salt, expand once (RFC 5869, section 2).
TEST(MasterKey, DerivesByHkdfFromTheKeyAndThePurpose) {
  Digest bytes{};
  bytes.fill(7);
  const Digest extracted = HmacKey{"candlewick master key"}.sign(bytes_of(bytes));
  EXPECT_EQ(MasterKey{bytes}.derive("purpose"), HmacKey{bytes_of(extracted)}.sign("purpose\x01"));
}

TEST(MasterKey, GivesEachPurposeItsOwnKey) {
  const MasterKey key{Digest{1}};
  EXPECT_EQ(key.derive("a"), key.derive("a"));
  EXPECT_NE(key.derive("a"), key.derive("b"));
  EXPECT_NE(key.derive("a"), MasterKey{Digest{2}}.derive("a"));
  EXPECT_EQ(key.fingerprint().size(), 16U);
  EXPECT_NE(key.fingerprint(), MasterKey{Digest{2}}.fingerprint());
}

TEST(MasterKey, LeavesNothingBehindWhereItWasMovedFrom) {
  MasterKey first{Digest{1}};
  const MasterKey second = std::move(first);
  EXPECT_EQ(second.derive("a"), MasterKey{Digest{1}}.derive("a"));
  EXPECT_EQ(first.derive("a"), MasterKey{Digest{}}.derive("a"));  // NOLINT(bugprone-use-after-move): what it is about
}

}  // namespace
}  // namespace cw::accounts
