#include "accounts/passwords.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "accounts/common_passwords.h"

namespace cw::accounts {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

const PasswordCost kCheap{.memory_kib = 64, .passes = 1};

TEST(PasswordHasher, MakesATextThatSaysItsCost) {
  const auto hash = PasswordHasher{}.hash("correct horse");
  ASSERT_TRUE(hash) << hash.error().message;
  EXPECT_THAT(*hash, StartsWith("$argon2id$v=19$m=49152,t=1,p=1$"));  // 48 MiB
  EXPECT_LE(hash->size(), 127U);
  EXPECT_TRUE(*PasswordHasher{}.verify(*hash, "correct horse"));
  EXPECT_FALSE(*PasswordHasher{}.verify(*hash, "correct horsf"));
}

TEST(PasswordHasher, TellsPasswordsApartToTheLastByte) {
  const PasswordHasher hasher{kCheap};
  const std::string whole = std::string(500, 'x') + '\0' + "tail";
  const std::string hash = *hasher.hash(whole);
  EXPECT_TRUE(*hasher.verify(hash, whole));
  EXPECT_FALSE(*hasher.verify(hash, whole.substr(0, whole.size() - 1)));
  EXPECT_FALSE(*hasher.verify(hash, std::string(500, 'x')));
  EXPECT_FALSE(*hasher.verify(hash, whole + " "));
  EXPECT_FALSE(*hasher.verify(hash, ""));
}

TEST(PasswordHasher, SaltsEachHash) {
  const PasswordHasher hasher{kCheap};
  EXPECT_NE(*hasher.hash("same"), *hasher.hash("same"));
}

// Made by the reference implementation's tool: echo -n password | argon2 somesalt -id -t 2 -k 65536 -p 1 (its test values).
TEST(PasswordHasher, VerifiesAHashOfTheReferenceImplementation) {
  const std::string hash = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
  EXPECT_TRUE(*PasswordHasher{}.verify(hash, "password"));
  EXPECT_FALSE(*PasswordHasher{}.verify(hash, "Password"));
  EXPECT_TRUE(PasswordHasher{}.needs_rehash(hash));
}

TEST(PasswordHasher, SaysWhenAStoredHashIsNone) {
  const PasswordHasher hasher{kCheap};
  const std::string good = *hasher.hash("x");
  for (const std::string& bad : {std::string{}, std::string{"x"}, std::string{"$2b$10$abcdefghijklmnopqrstuv"},
                                 "$argon2i" + good.substr(9), good.substr(0, 20), std::string(200, '$')}) {
    const auto verified = hasher.verify(bad, "x");
    ASSERT_FALSE(verified) << bad;
    EXPECT_EQ(verified.error().code, Errc::corrupt);
    EXPECT_TRUE(hasher.needs_rehash(bad)) << bad;
  }
}

TEST(PasswordHasher, AsksForANewHashWhenTheCostChanged) {
  const std::string hash = *PasswordHasher{kCheap}.hash("x");
  EXPECT_FALSE(PasswordHasher{kCheap}.needs_rehash(hash));
  EXPECT_TRUE((PasswordHasher{{.memory_kib = 128, .passes = 1}}.needs_rehash(hash)));
  EXPECT_TRUE((PasswordHasher{{.memory_kib = 64, .passes = 2}}.needs_rehash(hash)));
  EXPECT_TRUE(*(PasswordHasher{{.memory_kib = 128, .passes = 1}}.verify(hash, "x")));  // and still lets it in
}

TEST(PasswordHasher, LetsNobodyInWhoIsNotThere) {
  const PasswordHasher hasher;
  for (const std::string& password : {std::string{}, std::string{"password"}, std::string(1'000, 'x')}) {
    const auto verified = hasher.verify_nobody(password);
    ASSERT_TRUE(verified) << verified.error().message;  // it was computed: a malformed hash would have been an error
    EXPECT_FALSE(*verified);
  }
}

// In a process that may map 16 MiB more and not 48.
TEST(PasswordHasher, SaysBusyWhenThereIsNoMemory) {
  const auto starved = [] {
    const PasswordHasher hasher;
    const std::string hash = *hasher.hash("password");
    std::size_t pages = 0;
    std::ifstream{"/proc/self/statm"} >> pages;
    const rlim_t limit = pages * static_cast<rlim_t>(::sysconf(_SC_PAGESIZE)) + (16U << 20);
    const rlimit both{limit, limit};
    if (pages == 0 || ::setrlimit(RLIMIT_AS, &both) != 0) ::_exit(2);
    const auto hashed = hasher.hash("password");
    const auto verified = hasher.verify(hash, "password");
    const auto nobody = hasher.verify_nobody("password");
    const bool busy = !hashed && hashed.error().code == Errc::busy && !verified &&
                      verified.error().code == Errc::busy && !nobody && nobody.error().code == Errc::busy;
    ::_exit(busy ? 0 : 1);
  };
  EXPECT_EXIT(starved(), testing::ExitedWithCode(0), "");
}

TEST(PasswordHasher, LetsTwoRunAtATimeInAllOfTheProcess) {
  std::vector<std::jthread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([] { EXPECT_TRUE(PasswordHasher{}.hash("password")); });
  }
  threads.clear();
  const HashingLoad load = PasswordHasher::load();
  EXPECT_LE(load.most_running, 2);
  EXPECT_GE(load.most_running, 1);
  EXPECT_EQ(load.running, 0);
  EXPECT_EQ(load.waiting, 0);
}

TEST(ThreadPriority, IsLoweredForThatThreadAlone) {
  const int before = ::getpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()));
  int lowered = 0;
  std::jthread{[&] {
    lower_this_threads_priority();
    lowered = ::getpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()));
  }}.join();
  EXPECT_EQ(lowered, 10);
  EXPECT_EQ(::getpriority(PRIO_PROCESS, static_cast<id_t>(::gettid())), before);
}

std::string refusal(std::string_view password, std::string_view email = "alice@example.org") {
  const auto checked = check_new_password(password, email);
  EXPECT_FALSE(checked) << password;
  if (checked) return {};
  EXPECT_EQ(checked.error().code, Errc::bad_parameter);
  EXPECT_EQ(checked.error().field, "password");
  return checked.error().message;
}

TEST(NewPassword, NeedsEightCharactersAndTakesUpTo128) {
  EXPECT_THAT(refusal(""), HasSubstr("too short"));
  EXPECT_THAT(refusal("zqxjkvb"), HasSubstr("too short"));
  EXPECT_TRUE(check_new_password("zqxjkvbw", ""));
  EXPECT_TRUE(check_new_password(std::string(127, 'q') + "z", ""));
  EXPECT_THAT(refusal(std::string(129, 'q')), HasSubstr("too long"));
  EXPECT_THAT(refusal(std::string(1'000'000, 'q')), HasSubstr("too long"));
}

TEST(NewPassword, CountsCharactersAndNotBytes) {
  EXPECT_THAT(refusal("日本語日本語日"), HasSubstr("too short"));  // 7 of 3 bytes
  EXPECT_TRUE(check_new_password("日本語日本語日本", ""));
  std::string keys;
  for (int i = 0; i < 128; ++i) keys += "🗝";
  EXPECT_TRUE(check_new_password(keys, ""));  // 512 bytes
  EXPECT_THAT(refusal(keys + "x"), HasSubstr("too long"));
}

TEST(NewPassword, IsValidUtf8) {
  for (const std::string_view text : {"zqxjkvbw\xff", "zqxjkvbw\xc3", "zqxjkvbw\xed\xa0\x80", "\x80zqxjkvbw"}) {
    EXPECT_THAT(refusal(text), HasSubstr("UTF-8"));
  }
}

TEST(NewPassword, HasNoRulesOfComposition) {
  for (const std::string_view text : {"qqqqzzzzq", "7391846205", "        x", "ZQXJKVBWM", "my dog ate it"}) {
    EXPECT_TRUE(check_new_password(text, "")) << text;
  }
}

TEST(NewPassword, IsNoneOfTheCommonOnesInAnyCase) {
  for (const std::string_view text : {"password", "Password", "PASSWORD1", "12345678", "Iloveyou", "trustno1"}) {
    EXPECT_THAT(refusal(text), HasSubstr("most common")) << text;
  }
  EXPECT_THAT(refusal("password"), testing::Not(HasSubstr("'password'")));
}

TEST(NewPassword, IsNotTheAddressItself) {
  EXPECT_THAT(refusal("ALICE@example.org"), HasSubstr("e-mail address"));
  EXPECT_THAT(refusal("alice@example.org", "Alice@Example.Org"), HasSubstr("e-mail address"));
  EXPECT_TRUE(check_new_password("alice@example.org!", "alice@example.org"));
}

TEST(CommonPasswords, AreManyAndInTheOrderThatIsSearched) {
  const auto all = common_passwords();
  EXPECT_GE(all.size(), 3'000U);
  EXPECT_EQ(std::ranges::adjacent_find(all, std::ranges::greater_equal{}), all.end());
  for (const std::string_view password : all) {
    ASSERT_GE(password.size(), 8U);
    ASSERT_EQ(std::ranges::find_if(password, [](char c) { return c >= 'A' && c <= 'Z'; }), password.end()) << password;
    ASSERT_FALSE(check_new_password(password, "")) << password;
  }
}

}  // namespace
}  // namespace cw::accounts
