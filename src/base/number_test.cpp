#include "base/number.h"

#include <cmath>
#include <cstdlib>
#include <limits>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/random.h"

namespace cw {
namespace {

TEST(ParseDouble, AgreesWithStrtodOnEveryShapeOfNumber) {
  Random random{1};
  for (int i = 0; i < 200'000; ++i) {
    const auto digits = random.next() >> random.below(64);
    std::string text = fmt::format("{}", digits);
    if (random.chance(0.8)) text.insert(1 + random.below(text.size()), ".");
    if (text.back() == '.') text += '0';
    if (random.chance(0.2)) text += fmt::format("e{}", static_cast<int>(random.below(40)) - 20);
    if (random.chance(0.2)) text.insert(0, "-");
    const auto value = parse_double(text);
    ASSERT_TRUE(value) << text;
    ASSERT_EQ(*value, std::strtod(text.c_str(), nullptr)) << text;
  }
}

TEST(ParseDouble, RefusesWhatIsNotANumber) {
  for (const char* text : {"",    " ",    "-",    ".",     "1.", ".5",   "+1",  "1 ",   " 1",  "1,5",  "nan",
                           "inf", "-inf", "0x10", "1e999", "1e", "1.e5", "abc", "1..2", "--1", "1.2.3"}) {
    EXPECT_FALSE(parse_double(text)) << text;
  }
}

TEST(FormatDouble, IsTheShortestTextThatReadsBack) {
  EXPECT_EQ(format_double(12), "12");
  EXPECT_EQ(format_double(67042.5), "67042.5");
  EXPECT_EQ(format_double(1e-8), "0.00000001");
  EXPECT_EQ(format_double(0.1 + 0.2), "0.30000000000000004");
  EXPECT_EQ(format_double(1e21), "1000000000000000000000");
}

TEST(FormatDouble, RoundTripsRandomBits) {
  Random random{2};
  for (int i = 0; i < 100'000; ++i) {
    const auto value = std::bit_cast<double>(random.next());
    if (!std::isfinite(value)) continue;
    const auto back = parse_double(format_double(value));
    ASSERT_TRUE(back) << format_double(value);
    ASSERT_EQ(*back, value);
  }
}

TEST(ParseInt, TakesAllOfTheTextOrNothing) {
  EXPECT_EQ(parse_int("-42"), -42);
  EXPECT_EQ(parse_int("9223372036854775807"), std::numeric_limits<std::int64_t>::max());
  for (const char* text : {"", "1.0", "9223372036854775808", "1 ", "+1", "abc"}) EXPECT_FALSE(parse_int(text)) << text;
}

TEST(WhyNoDouble, TellsTooSmallAndTooLargeFromNoNumber) {
  for (const std::string& text : {std::string{"1e-400"}, std::string{"-1e-400"}, "0." + std::string(400, '0') + "1"}) {
    EXPECT_FALSE(parse_double(text));
    EXPECT_EQ(why_no_double(text), "is too small") << text;
  }
  for (const std::string& text : {std::string{"1e999"}, "1" + std::string(400, '0')}) {
    EXPECT_FALSE(parse_double(text));
    EXPECT_EQ(why_no_double(text), "is too large") << text;
  }
  for (const char* text : {"", "-", "abc", "1e-400x", ".5", "inf", "1e", "1 e-400"})
    EXPECT_EQ(why_no_double(text), "is not a number") << text;
}

}  // namespace
}  // namespace cw
