#include "accounts/sign_in_throttle.h"

#include <map>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/random.h"

namespace cw::accounts {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr Timestamp kStart = from_ms(1'700'000'000'000);

TEST(SignInThrottle, SlowsAnAccountFromTheFifthFailureOn) {
  SignInThrottle throttle;
  const int expected_s[] = {0, 0, 0, 0, 1, 2, 4, 8, 16, 30, 30, 30};
  int address = 0;
  for (const int expected : expected_s) {
    throttle.failed("alice", fmt::format("address {}", address++), kStart);
    EXPECT_EQ(throttle.wait("alice", "anywhere", false, kStart), seconds{expected}) << address;
  }
  EXPECT_EQ(throttle.wait("bob", "anywhere", false, kStart), Millis{0});
}

TEST(SignInThrottle, SlowsAnAddressFromTheTenthFailureOn) {
  SignInThrottle throttle;
  const int expected_s[] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900};
  int account = 0;
  for (const int expected : expected_s) {
    throttle.failed(fmt::format("account {}", account++), "here", kStart);
    EXPECT_EQ(throttle.wait("anybody", "here", false, kStart), seconds{expected}) << account;
  }
  EXPECT_EQ(throttle.wait("anybody", "there", false, kStart), Millis{0});
}

TEST(SignInThrottle, LetsAKnownAddressWaitForItsOwnFailuresAlone) {
  SignInThrottle throttle;
  for (int i = 0; i < 100; ++i) throttle.failed("alice", "far away", kStart);
  for (int i = 0; i < 100; ++i) throttle.failed(fmt::format("account {}", i), "home", kStart);
  EXPECT_EQ(throttle.wait("alice", "home", true, kStart), Millis{0});
  EXPECT_EQ(throttle.wait("alice", "home", false, kStart), minutes{15});
  const int expected_s[] = {0, 0, 0, 0, 1, 2, 4, 8, 16, 30, 30};
  for (const int expected : expected_s) {
    throttle.failed("alice", "home", kStart);
    EXPECT_EQ(throttle.wait("alice", "home", true, kStart), seconds{expected});
  }
}

TEST(SignInThrottle, ForgetsAnAccountAndAPairWithTheRightPasswordButNoAddress) {
  SignInThrottle throttle;
  for (int i = 0; i < 12; ++i) throttle.failed("alice", "home", kStart);
  throttle.succeeded("alice", "home", kStart);
  EXPECT_EQ(throttle.wait("alice", "elsewhere", false, kStart), Millis{0});
  EXPECT_EQ(throttle.wait("alice", "home", true, kStart), Millis{0});
  EXPECT_EQ(throttle.wait("alice", "home", false, kStart), seconds{4});
}

TEST(SignInThrottle, KeepsPairsApartHoweverTheyAreWritten) {
  SignInThrottle throttle;
  for (int i = 0; i < 9; ++i) throttle.failed("a\nb", "c", kStart);
  EXPECT_EQ(throttle.wait("a", "b\nc", true, kStart), Millis{0});
}

TEST(SignInThrottle, ForgetsAfterAQuarterOfAnHourOfQuiet) {
  SignInThrottle throttle;
  for (int i = 0; i < 30; ++i) throttle.failed("alice", "home", kStart);
  const Timestamp account_quiet = kStart + seconds{30} + minutes{15};
  throttle.failed("alice", "elsewhere", account_quiet);
  EXPECT_EQ(throttle.wait("alice", "anywhere", false, account_quiet), Millis{0});
  const Timestamp address_quiet = kStart + minutes{15} + minutes{15};
  throttle.failed("bob", "home", address_quiet);
  EXPECT_EQ(throttle.wait("bob", "home", false, address_quiet), Millis{0});
}

// An hour of attackers on a thousand addresses who try as often as they may, while Alice has a session at home.
TEST(SignInThrottle, NeverKeepsAKnownAddressOut) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    SignInThrottle throttle;
    Random random{seed};
    std::int64_t guesses = 0;
    for (Timestamp now = kStart; now < kStart + hours{1}; now += Millis{static_cast<std::int64_t>(random.below(500))}) {
      const std::string address = fmt::format("attacker {}", random.below(1'000));
      const std::string account = random.chance(0.8) ? "alice" : fmt::format("account {}", random.below(100'000));
      if (throttle.wait(account, address, false, now) == Millis{0}) {
        throttle.failed(account, address, now);
        guesses += account == "alice";
      }
      ASSERT_EQ(throttle.wait("alice", "home", true, now), Millis{0}) << "seed " << seed;
    }
    // At the cap there is one in 30 s; before it, the first nine; once more where the account was quiet: never in an hour.
    EXPECT_LE(guesses, 3'600 / 30 + 10) << "seed " << seed;
    EXPECT_GE(guesses, 50) << "seed " << seed;  // the story did attack
  }
}

TEST(SignInThrottle, GivesOneAttackerNoMoreThanItsPace) {
  SignInThrottle throttle;
  std::int64_t guesses = 0;
  for (Timestamp now = kStart; now < kStart + hours{24}; now += seconds{1}) {
    const std::string account = fmt::format("account {}", guesses);  // a new one each time: only the address counts
    if (throttle.wait(account, "attacker", false, now) > Millis{0}) continue;
    throttle.failed(account, "attacker", now);
    ++guesses;
  }
  EXPECT_LE(guesses, 10 + 10 + 24 * 4);  // free ones, the doublings, then four an hour
}

TEST(SignInThrottle, NeverAsksForMoreThanItsMostAndEveryWaitEnds) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SignInThrottle throttle;
    Random random{seed};
    Timestamp now = kStart;
    for (int i = 0; i < 5'000; ++i) {
      now += Millis{static_cast<std::int64_t>(random.below(60'000)) - (random.chance(0.01) ? 100'000'000 : 0)};
      const std::string account = fmt::format("{}", random.below(4));
      const std::string address = fmt::format("{}", random.below(4));
      const bool known = random.chance(0.3);
      const Millis wait = throttle.wait(account, address, known, now);
      ASSERT_GE(wait, Millis{0});
      ASSERT_LE(wait, known ? Millis{seconds{30}} : Millis{minutes{15}}) << "seed " << seed;
      ASSERT_EQ(throttle.wait(account, address, known, now + wait), Millis{0}) << "seed " << seed;
      if (random.chance(0.05)) {
        throttle.succeeded(account, address, now);
      } else {
        throttle.failed(account, address, now);
      }
    }
  }
}

TEST(SignInThrottle, ForgetsRatherThanGrowsWithoutEnd) {
  SignInThrottle throttle;
  for (std::size_t i = 0; i < 3 * SignInThrottle::kEntriesMost; ++i) {
    throttle.failed(fmt::format("account {}", i), fmt::format("address {}", i), kStart);
    ASSERT_LE(throttle.size(), 3 * SignInThrottle::kEntriesMost);
  }
  EXPECT_EQ(throttle.size(), 3 * SignInThrottle::kEntriesMost);
}

}  // namespace
}  // namespace cw::accounts
