#include "market/timeframe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.h"

namespace cw::market {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

Timestamp at(std::string_view text) { return parse_time(text).value(); }

TEST(Timeframe, ReadsBackEveryNameItWrites) {
  for (const auto timeframe : kTimeframes) EXPECT_EQ(parse_timeframe(name(timeframe)).value(), timeframe);
  EXPECT_EQ(kTimeframes.size(), 13u);
}

TEST(Timeframe, RefusesSecondsThreeDaysAndMonthsByName) {
  for (const char* text : {"1s", "3d", "1mo", "1M"}) {
    const auto result = parse_timeframe(text);
    ASSERT_FALSE(result) << text;
    EXPECT_EQ(result.error().code, Errc::unknown_timeframe);
    EXPECT_THAT(result.error().message, HasSubstr(text));
    EXPECT_THAT(result.error().message, HasSubstr("not offered"));
    EXPECT_THAT(result.error().suggestions, Not(IsEmpty()));
  }
}

TEST(Timeframe, NamesTheNearestForAMisspeltOne) {
  const auto result = parse_timeframe("4hr");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().suggestions.at(0), "4h");
  EXPECT_EQ(result.error().field, "timeframe");
  for (const char* text : {"", " 1m", "1H", "1m ", "60", "m1"}) EXPECT_FALSE(parse_timeframe(text)) << text;
}

TEST(Timeframe, NamesTheNearestByDurationWhereItSaysOne) {
  const auto nearest = [](std::string_view text) {
    const auto result = parse_timeframe(text);
    return result ? std::vector<std::string>{"taken"} : result.error().suggestions;
  };
  using ::testing::ElementsAre;
  EXPECT_THAT(nearest("60m"), ElementsAre("1h"));
  EXPECT_THAT(nearest("90m"), ElementsAre("1h", "2h"));
  EXPECT_THAT(nearest("1.5h"), ElementsAre("1h", "2h"));
  EXPECT_THAT(nearest("45m"), ElementsAre("30m", "1h"));
  EXPECT_THAT(nearest("240"), ElementsAre("4h"));
  EXPECT_THAT(nearest("1D"), ElementsAre("1d"));
  EXPECT_THAT(nearest("D"), ElementsAre("1d"));
  EXPECT_THAT(nearest("W"), ElementsAre("1w"));
  EXPECT_THAT(nearest("24h"), ElementsAre("1d"));
  EXPECT_THAT(nearest("7 days"), ElementsAre("1w"));
  EXPECT_THAT(nearest("3600s"), ElementsAre("1h"));
  EXPECT_THAT(nearest("10s"), ElementsAre("1m"));
  EXPECT_THAT(nearest("2w"), ElementsAre("1w"));
  EXPECT_THAT(nearest("1y"), ElementsAre("1w"));
  EXPECT_EQ(nearest("m1").front(), "1m") << "no duration: by spelling";
  EXPECT_EQ(nearest("0m").size(), 3u);
}

// 2024-08-05 was a Monday.
TEST(Timeframe, BarsBeginOnWholeMultiplesAndWeeksOnMonday) {
  const auto t = at("2024-08-07T14:22:07.123");
  EXPECT_EQ(open_of(Timeframe::m1, t), at("2024-08-07T14:22"));
  EXPECT_EQ(open_of(Timeframe::m15, t), at("2024-08-07T14:15"));
  EXPECT_EQ(open_of(Timeframe::h4, t), at("2024-08-07T12:00"));
  EXPECT_EQ(open_of(Timeframe::h8, t), at("2024-08-07T08:00"));
  EXPECT_EQ(open_of(Timeframe::d1, t), at("2024-08-07"));
  EXPECT_EQ(open_of(Timeframe::w1, t), at("2024-08-05"));
  EXPECT_EQ(open_of(Timeframe::w1, at("2024-08-05")), at("2024-08-05"));
  EXPECT_EQ(open_of(Timeframe::w1, at("2024-08-04T23:59:59.999")), at("2024-07-29"));
  EXPECT_TRUE(is_open_time(Timeframe::w1, at("2024-08-05")));
  EXPECT_FALSE(is_open_time(Timeframe::w1, at("2024-08-08")));
}

TEST(Timeframe, TheOpenOfABarHoldsForEveryTimeEvenBefore1970) {
  Random random{7};
  for (int i = 0; i < 20'000; ++i) {
    const auto t = from_ms(static_cast<std::int64_t>(random.below(8'000'000'000'000)) - 4'000'000'000'000);
    for (const auto timeframe : kTimeframes) {
      const auto open = open_of(timeframe, t);
      ASSERT_LE(open, t);
      ASSERT_LT(t, open + duration(timeframe));
      ASSERT_TRUE(is_open_time(timeframe, open));
      ASSERT_EQ(is_open_time(timeframe, t), open == t);
    }
  }
}

// Where bars of the finer begin and end inside one bar of the coarser, everywhere.
TEST(Timeframe, FoldsOnlyIntoBarsOfWholeBars) {
  for (const auto fine : kTimeframes) {
    for (const auto coarse : kTimeframes) {
      bool whole = duration(fine) < duration(coarse);
      for (auto t = at("2024-01-01"); whole && t < at("2024-02-01"); t += duration(coarse)) {
        const auto open = open_of(coarse, t);
        whole = is_open_time(fine, open) && is_open_time(fine, open + duration(coarse));
      }
      EXPECT_EQ(folds_into(fine, coarse), whole) << name(fine) << " into " << name(coarse);
    }
  }
}

}  // namespace
}  // namespace cw::market
