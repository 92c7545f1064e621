#include "desk/event.h"

#include <gtest/gtest.h>

#include "desk/testing.h"

namespace cw::desk {
namespace {

std::string encoded(const Event& event) {
  std::string bytes;
  encode(event, bytes);
  return bytes;
}

TEST(Event, ReadsBackEveryEventItWrites) {
  for (const auto& event : testing::random_market(1, 3, 3'000)) EXPECT_EQ(decode_event(encoded(event)).value(), event);
}

TEST(Event, RefusesBytesThatAreNoEvent) {
  const auto bar = encoded(testing::closed(1, testing::bar(0)));
  for (std::size_t n = 0; n < bar.size(); ++n) EXPECT_FALSE(decode_event(bar.substr(0, n))) << n << " bytes";
  EXPECT_FALSE(decode_event(bar + '\0'));
  EXPECT_FALSE(decode_event("\x09")) << "a kind that is not";
  EXPECT_EQ(decode_event("").error().code, Errc::corrupt);

  auto name = encoded(testing::followed("BTCUSDT"));
  name.back() = 't';
  EXPECT_FALSE(decode_event(name)) << "a symbol in lower case is no symbol";
}

}  // namespace
}  // namespace cw::desk
