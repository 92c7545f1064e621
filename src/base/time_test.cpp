#include "base/time.h"

#include <gtest/gtest.h>

namespace cw {
namespace {

TEST(ParseTime, ReadsTheFormsPeopleWrite) {
  const Timestamp midnight = from_ms(1'722'816'000'000);  // 2024-08-05T00:00:00Z
  EXPECT_EQ(parse_time("2024-08-05").value(), midnight);
  EXPECT_EQ(parse_time("2024-08-05T00:00Z").value(), midnight);
  EXPECT_EQ(parse_time("1722816000000").value(), midnight);
  EXPECT_EQ(parse_time("2024-08-05 14:22:07.123").value(), midnight + Millis{51'727'123});
}

TEST(ParseTime, NamesTheTextThatIsNotATime) {
  for (const char* text : {"", "yesterday", "2024-13-01", "2024-02-30", "2024-08-05T25:00", "2024-08-05T10", "12",
                           "1722816000", "1722816000000000", "2024-08-05T10:00+02:00"}) {
    const auto parsed = parse_time(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_NE(parsed.error().message.find(text), std::string::npos);
  }
}

TEST(FormatTime, ReadsBack) {
  for (const std::int64_t ms : {946'684'800'000, 1'709'164'800'001, 1'722'816'000'999, 4'102'444'799'999}) {
    EXPECT_EQ(parse_time(format_time(from_ms(ms))).value(), from_ms(ms));
  }
  EXPECT_EQ(format_time(from_ms(1'709'164'800'000)), "2024-02-29T00:00:00Z");
}

TEST(FormatDuration, UsesAtMostTwoUnits) {
  EXPECT_EQ(format_duration(Millis{0}), "0 s");
  EXPECT_EQ(format_duration(Millis{250}), "250 ms");
  EXPECT_EQ(format_duration(Millis{310'000}), "5 m 10 s");
  EXPECT_EQ(format_duration(Millis{183'600'000}), "2 d 3 h");
  EXPECT_EQ(format_duration(Millis{3'600'500}), "1 h");
}

}  // namespace
}  // namespace cw
