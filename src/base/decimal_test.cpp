#include "base/decimal.h"

#include <cmath>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/number.h"
#include "base/random.h"

namespace cw {
namespace {

using ::testing::HasSubstr;

constexpr Int128 kLeast = std::numeric_limits<Int128>::min();
constexpr Int128 kMost = std::numeric_limits<Int128>::max();

/// Numbers of every size, not mostly the large ones.
Int128 any_size(Random& random) {
  const auto bits = static_cast<Int128>(random.next()) << 64 | random.next();
  return bits >> random.below(128);
}

TEST(ParseSteps, ReadsDecimalsExactly) {
  EXPECT_EQ(parse_steps("0").value(), 0);
  EXPECT_EQ(parse_steps("12").value(), 1'200'000'000);
  EXPECT_EQ(parse_steps("0.00000001").value(), 1);
  EXPECT_EQ(parse_steps("-0.07").value(), -7'000'000);
  EXPECT_EQ(parse_steps("0067042.5").value(), 6'704'250'000'000);
  EXPECT_EQ(parse_steps("0.0100000000000").value(), 1'000'000) << "zeros beyond the last place say nothing";
  EXPECT_EQ(parse_steps("92233720368.54775807").value(), std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(parse_steps("-92233720368.54775808").value(), std::numeric_limits<std::int64_t>::min());
}

TEST(ParseSteps, RefusesWhatIsNoDecimalOfEightPlaces) {
  for (const char* text : {"", "-", ".", "1.", ".5", "+1", " 1", "1 ", "1e3", "1,5", "1.2.3", "--1", "0x1", "nan"}) {
    const auto steps = parse_steps(text);
    ASSERT_FALSE(steps) << text;
    EXPECT_EQ(steps.error().code, Errc::bad_input);
    EXPECT_THAT(steps.error().message, HasSubstr("is not a decimal number")) << text;
  }
  EXPECT_THAT(parse_steps("0.000000001").error().message, HasSubstr("more than 8 decimal places"));
  for (const char* text : {"92233720368.54775808", "-92233720368.54775809", "1000000000000000000000000000000000000000"})
    EXPECT_THAT(parse_steps(text).error().message, HasSubstr("is too large")) << text;
  EXPECT_THAT(parse_steps("\x1b[31m").error().message, HasSubstr("'\\x1b[31m'")) << "what disturbs a terminal is shown";
}

TEST(ParseDecimal, ReachesBothEndsOf128Bits) {
  EXPECT_EQ(parse_decimal("170141183460469231731687303715884105727", 0).value(), kMost);
  EXPECT_EQ(parse_decimal("-170141183460469231731687303715884105728", 0).value(), kLeast);
  EXPECT_FALSE(parse_decimal("170141183460469231731687303715884105728", 0));
  EXPECT_FALSE(parse_decimal("-170141183460469231731687303715884105729", 0));
  EXPECT_FALSE(parse_decimal("17014118346046923173168730371588410572.8", 0)) << "a place too many";
}

TEST(FormatDecimal, IsTheShortestPlainText) {
  EXPECT_EQ(format_steps(0), "0");
  EXPECT_EQ(format_steps(1), "0.00000001");
  EXPECT_EQ(format_steps(-50'000'000), "-0.5");
  EXPECT_EQ(format_steps(120'000'000'000), "1200");
  EXPECT_EQ(format_steps(std::numeric_limits<std::int64_t>::min()), "-92233720368.54775808");
  EXPECT_EQ(format_decimal(Int128{123} * 10'000'000'000'000'000 + 1, 16), "123.0000000000000001");
  EXPECT_EQ(format_decimal(kLeast, 16), "-17014118346046923173168.7303715884105728");
  EXPECT_EQ(format_decimal(kMost, 0), "170141183460469231731687303715884105727");
  EXPECT_EQ(format_decimal(-5, 30), "-0.000000000000000000000000000005");
}

TEST(FormatDecimal, ReadsBackAsTheSame) {
  Random random{11};
  for (int i = 0; i < 20'000; ++i) {
    const Int128 steps = any_size(random);
    const int places = static_cast<int>(random.below(kPlacesMost + 1));
    const auto text = format_decimal(steps, places);
    const auto back = parse_decimal(text, places);
    ASSERT_TRUE(back) << text;
    ASSERT_TRUE(*back == steps) << text;
  }
}

TEST(NearestSteps, RoundsTheExactBinaryValueToTheEvenStepAtATie) {
  // Ties that a double can hold: halves of steps are multiples of 5e-9 = 5^-8 * 2^-9 * …, so take whole numbers of
  // 2^-9 with an odd count of half steps: 1/512 is 195312.5 steps.
  EXPECT_EQ(nearest_steps(1.0 / 512), 195'312);
  EXPECT_EQ(nearest_steps(3.0 / 512), 585'938);
  EXPECT_EQ(nearest_steps(-1.0 / 512), -195'312);
  EXPECT_EQ(nearest_steps(-3.0 / 512), -585'938);
  EXPECT_EQ(nearest_steps(std::nextafter(1.0 / 512, 1)), 195'313);
  EXPECT_EQ(nearest_steps(std::nextafter(3.0 / 512, 0)), 585'937);
  EXPECT_EQ(nearest_steps(0.0), 0);
  EXPECT_EQ(nearest_steps(-0.0), 0);
  EXPECT_EQ(nearest_steps(4e-9), 0);
  EXPECT_EQ(nearest_steps(6e-9), 1);
  EXPECT_EQ(nearest_steps(std::numeric_limits<double>::denorm_min()), 0);
  EXPECT_EQ(nearest_steps(std::numeric_limits<double>::min()), 0);
}

TEST(NearestSteps, HasNoAnswerBeyond64Bits) {
  EXPECT_EQ(nearest_steps(92'233'720'368.0), 9'223'372'036'800'000'000);
  EXPECT_EQ(nearest_steps(-92'233'720'368.0), -9'223'372'036'800'000'000);
  for (const double value : {92'233'720'368.6, -92'233'720'368.6, 92'233'720'369.0, 1e300, -1e300,
                             std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN()})
    EXPECT_EQ(nearest_steps(value), std::nullopt) << value;
}

TEST(NearestSteps, GivesBackWhatADecimalTextMeant) {
  Random random{12};
  constexpr std::int64_t kToldApart = (std::int64_t{1} << 26) * kStepsPerOne;
  for (int i = 0; i < 100'000; ++i) {
    const auto size = static_cast<std::int64_t>(random.below(kToldApart) >> random.below(53));
    const auto steps = random.chance(0.5) ? size : -size;
    const auto value = parse_double(format_steps(steps));
    ASSERT_TRUE(value);
    ASSERT_EQ(nearest_steps(*value), steps) << format_steps(steps);
    ASSERT_EQ(steps_value(steps), *value);
  }
}

TEST(NearestSteps, IsWithinHalfAStepOfRandomDoubles) {
  Random random{13};
  for (int i = 0; i < 100'000; ++i) {
    const double value = std::ldexp(random.uniform() - 0.5, static_cast<int>(random.below(57)) - 30);
    const auto steps = nearest_steps(value);
    ASSERT_TRUE(steps);
    // The product of 53 and 27 bits is exact as a sum of two doubles: |value * 1e8 - steps| without rounding.
    const double product = value * 1e8;
    const double lost = std::fma(value, 1e8, -product);
    const double distance = (product - static_cast<double>(*steps)) + lost;
    ASSERT_LE(std::fabs(distance), 0.5) << value;
  }
}

TEST(NearestDouble, IsTheLanguagesOwnConversion) {
  std::vector<Int128> values{0, 1, kMost, -kMost, -kMost - 1};
  for (int bit = 0; bit < 127; ++bit) {
    // Around each power of two, and around ties at the double's last place.
    const Int128 power = Int128{1} << bit;
    for (const Int128 around : {power, power + (power >> 53), power + (power >> 52) + (power >> 53)}) {
      for (int off = -1; off <= 1; ++off) values.insert(values.end(), {around + off, -(around + off)});
    }
  }
  Random random{5};
  for (int i = 0; i < 100'000; ++i) {
    const auto high = static_cast<std::int64_t>(random.next());
    values.push_back(((Int128{high} << 64) | random.next()) >> random.below(127));
  }
  for (const Int128 value : values) ASSERT_EQ(nearest_double(value), static_cast<double>(value));
}

TEST(DivideHalfEven, RoundsAsTheHandWorkedCases) {
  for (const auto& [a, b, want] : {std::tuple{7, 2, 4},
                                   {5, 2, 2},
                                   {-5, 2, -2},
                                   {-7, 2, -4},
                                   {5, -2, -2},
                                   {-7, -2, 4},
                                   {1, 2, 0},
                                   {3, 2, 2},
                                   {-1, 2, 0},
                                   {-3, 2, -2},
                                   {1, 3, 0},
                                   {2, 3, 1},
                                   {-2, 3, -1}})
    EXPECT_EQ(static_cast<int>(divide_half_even(a, b)), want) << a << " / " << b;
  EXPECT_TRUE(divide_half_even(kLeast, 1) == kLeast);
  EXPECT_TRUE(divide_half_even(kMost, kLeast) == -1);
  EXPECT_TRUE(divide_half_even(kLeast, kMost) == -1);
  EXPECT_TRUE(divide_half_even(kLeast / 2, kLeast) == 0) << "a tie";
}

TEST(DivideHalfEven, LeavesAtMostHalfTheDivisor) {
  Random random{14};
  for (int i = 0; i < 100'000; ++i) {
    // Halved, so that the check itself stays within 128 bits.
    const Int128 a = any_size(random) / 4;
    const Int128 b = any_size(random) / 4;
    if (b == 0) continue;
    const Int128 quotient = divide_half_even(a, b);
    const Int128 left = a - quotient * b;
    const Int128 twice = 2 * (left < 0 ? -left : left);
    const Int128 size = b < 0 ? -b : b;
    ASSERT_TRUE(twice <= size);
    if (twice == size) ASSERT_TRUE(quotient % 2 == 0);
  }
}

TEST(ShareHalfEven, IsTheExactShareOfAmountsThatFill128Bits) {
  EXPECT_TRUE(share_half_even(kMost, 7, 7) == kMost);
  EXPECT_TRUE(share_half_even(kMost, 1, 2) == kMost / 2 + 1) << "a tie: 2^126 is the even one";
  EXPECT_TRUE(share_half_even(kLeast, 1, 2) == kLeast / 2);
  EXPECT_TRUE(share_half_even(10, -1, 4) == -2) << "-2.5";
  Random random{15};
  for (int i = 0; i < 100'000; ++i) {
    // Small enough for the product to be taken at once.
    const Int128 a = any_size(random) >> 64;
    const auto c = static_cast<std::int64_t>(random.next() >> 2 >> random.below(62)) + 1;
    const auto b =
        static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(c) + 1)) * (random.chance(0.5) ? 1 : -1);
    ASSERT_TRUE(share_half_even(a, b, c) == divide_half_even(a * b, c));
  }
}

}  // namespace
}  // namespace cw
