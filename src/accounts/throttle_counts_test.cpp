#include "accounts/throttle_counts.h"

#include <string>

#include <gtest/gtest.h>

namespace cw::accounts {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr ThrottleCurve kCurve{.free = 2, .most = seconds{10}};
constexpr Timestamp kStart = from_ms(1'700'000'000'000);

TEST(ThrottleCurve, DoublesAfterItsFreeFailuresUpToItsMost) {
  const Millis expected[] = {seconds{0}, seconds{0}, seconds{0},  seconds{1}, seconds{2},
                             seconds{4}, seconds{8}, seconds{10}, seconds{10}};
  for (std::uint32_t failures = 0; failures < 9; ++failures) EXPECT_EQ(kCurve.after(failures), expected[failures]);
  EXPECT_EQ(kCurve.after(0xffffffff), seconds{10});
  EXPECT_EQ((ThrottleCurve{.free = 0, .most = minutes{15}}.after(11)), minutes{15});  // 1024 s are more
}

TEST(ThrottleCounts, CountsDownTheWaitOfTheLastFailure) {
  ThrottleCounts counts{kCurve, minutes{1}, 10};
  for (int i = 0; i < 4; ++i) counts.failed("a", kStart);
  EXPECT_EQ(counts.wait("a", kStart), seconds{2});
  EXPECT_EQ(counts.wait("a", kStart + Millis{1'999}), Millis{1});
  EXPECT_EQ(counts.wait("a", kStart + seconds{2}), Millis{0});
  EXPECT_EQ(counts.wait("b", kStart), Millis{0});
}

TEST(ThrottleCounts, ForgetsAfterQuietFromTheEndOfTheWait) {
  ThrottleCounts counts{kCurve, minutes{1}, 10};
  for (int i = 0; i < 4; ++i) counts.failed("a", kStart);
  const Timestamp quiet = kStart + seconds{2} + minutes{1};
  EXPECT_EQ(counts.wait("a", quiet - Millis{1}), Millis{0});
  EXPECT_EQ(counts.size(), 1U);
  counts.failed("a", quiet - Millis{1});  // the fifth
  EXPECT_EQ(counts.wait("a", quiet - Millis{1}), seconds{4});
  const Timestamp long_after = quiet + seconds{4} + minutes{1};
  counts.failed("a", long_after);  // the first again
  EXPECT_EQ(counts.wait("a", long_after), Millis{0});
}

TEST(ThrottleCounts, MakesNoWaitLongerWhenTheClockIsSetBack) {
  ThrottleCounts counts{kCurve, minutes{1}, 10};
  for (int i = 0; i < 9; ++i) counts.failed("a", kStart);
  const Timestamp back = kStart - std::chrono::hours{24 * 365};
  EXPECT_EQ(counts.wait("a", back), seconds{10});
  EXPECT_EQ(counts.wait("a", back + seconds{9}), seconds{1});
  EXPECT_EQ(counts.wait("a", back + seconds{10}), Millis{0});
}

TEST(ThrottleCounts, DropsTheLongestQuietWhenItIsFull) {
  ThrottleCounts counts{kCurve, minutes{1}, 3};
  for (int i = 0; i < 5; ++i) {
    for (const char* name : {"a", "b", "c"}) counts.failed(name, kStart);
  }
  counts.failed("a", kStart);  // now b is the longest quiet
  counts.failed("d", kStart);
  EXPECT_EQ(counts.size(), 3U);
  EXPECT_EQ(counts.wait("b", kStart), Millis{0});
  EXPECT_EQ(counts.wait("a", kStart), seconds{8});
  EXPECT_EQ(counts.wait("c", kStart), seconds{4});
}

TEST(ThrottleCounts, ForgetsWhatItIsTold) {
  ThrottleCounts counts{kCurve, minutes{1}, 3};
  for (int i = 0; i < 5; ++i) counts.failed("a", kStart);
  counts.forget("a");
  counts.forget("never seen");
  EXPECT_EQ(counts.wait("a", kStart), Millis{0});
  EXPECT_EQ(counts.size(), 0U);
}

}  // namespace
}  // namespace cw::accounts
