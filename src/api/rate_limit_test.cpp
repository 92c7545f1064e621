#include "api/rate_limit.h"

#include <gtest/gtest.h>

#include <fmt/format.h>

namespace cw::api {
namespace {

// Two a second after a burst of three: a token comes back every 500 ms.
TEST(RateLimit, LetsABurstPassAndThenTheRate) {
  RateLimit limit{2, 3};
  const Timestamp start = from_ms(1'000'000);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(limit.take("a", start), Millis{0});
  EXPECT_EQ(limit.take("a", start), Millis{500});
  EXPECT_EQ(limit.take("a", start + Millis{499}), Millis{1});
  EXPECT_EQ(limit.take("a", start + Millis{500}), Millis{0});
  EXPECT_EQ(limit.take("a", start + Millis{500}), Millis{500});
}

TEST(RateLimit, CountsEachAddressAlone) {
  RateLimit limit{1, 1};
  EXPECT_EQ(limit.take("a", from_ms(0)), Millis{0});
  EXPECT_EQ(limit.take("b", from_ms(0)), Millis{0});
  EXPECT_GT(limit.take("a", from_ms(0)), Millis{0});
}

TEST(RateLimit, WinsNothingWhenTheClockIsSetBack) {
  RateLimit limit{1, 1};
  EXPECT_EQ(limit.take("a", from_ms(10'000)), Millis{0});
  EXPECT_GT(limit.take("a", from_ms(0)), Millis{0});
}

TEST(RateLimit, ForgetsAddressesRatherThanGrowWithoutEnd) {
  RateLimit limit{1, 1};
  for (std::size_t i = 0; i <= 2 * RateLimit::kAddressesMost; ++i) {
    EXPECT_EQ(limit.take(fmt::format("address {}", i), from_ms(static_cast<std::int64_t>(i))), Millis{0});
  }
}

}  // namespace
}  // namespace cw::api
