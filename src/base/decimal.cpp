#include "base/decimal.h"

#include <array>
#include <bit>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "base/printable.h"
#include "base/require.h"

namespace cw {
namespace {

constexpr std::size_t kShownMost = 60;

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::unexpected<Error> bad_decimal(std::string_view text, std::string_view why) {
  return fail(Errc::bad_input, fmt::format("'{}' {}", printable(text, kShownMost), why));
}

/// Digits with at most one point, which has digits on both sides.
bool is_plain_decimal(std::string_view digits) {
  const auto point = digits.find('.');
  const std::string_view whole = digits.substr(0, point);
  const std::string_view fraction = point == digits.npos ? "0" : digits.substr(point + 1);
  const auto all_digits = [](std::string_view part) {
    for (const char c : part) {
      if (!is_digit(c)) return false;
    }
    return !part.empty();
  };
  return all_digits(whole) && all_digits(fraction);
}

/// steps * 10 + digit, counted downwards: the negative side of 128 bits reaches one further than the positive.
bool append_digit(Int128& negative, int digit) {
  return !__builtin_mul_overflow(negative, Int128{10}, &negative) &&
         !__builtin_sub_overflow(negative, Int128{digit}, &negative);
}

}  // namespace

Result<Int128> parse_decimal(std::string_view text, int places) {
  CW_REQUIRE(places >= 0 && places <= kPlacesMost);
  const bool negative = text.starts_with('-');
  const std::string_view digits = text.substr(negative ? 1 : 0);
  if (!is_plain_decimal(digits)) return bad_decimal(text, "is not a decimal number, as 12 or 0.05");
  Int128 steps = 0;
  int decimals = 0;
  bool point = false;
  for (const char c : digits) {
    if (c == '.') {
      point = true;
    } else if (point && decimals == places) {
      if (c != '0') return bad_decimal(text, fmt::format("has more than {} decimal places", places));
    } else {
      decimals += point ? 1 : 0;
      if (!append_digit(steps, c - '0')) return bad_decimal(text, "is too large");
    }
  }
  for (; decimals < places; ++decimals) {
    if (!append_digit(steps, 0)) return bad_decimal(text, "is too large");
  }
  if (negative) return steps;
  if (steps == std::numeric_limits<Int128>::min()) return bad_decimal(text, "is too large");
  return -steps;
}

Result<std::int64_t> parse_steps(std::string_view text) {
  const auto steps = parse_decimal(text, kStepPlaces);
  if (!steps) return pass_on(steps);
  if (*steps < std::numeric_limits<std::int64_t>::min() || *steps > std::numeric_limits<std::int64_t>::max())
    return bad_decimal(text, "is too large: at most 92233720368.54775807");
  return static_cast<std::int64_t>(*steps);
}

std::string format_decimal(Int128 steps, int places) {
  CW_REQUIRE(places >= 0 && places <= kPlacesMost);
  // 39 digits, a point and a sign at most, written from the end.
  std::array<char, 48> text;
  std::size_t at = text.size();
  const bool negative = steps < 0;
  const auto take_digit = [&steps] {
    const int last = static_cast<int>(steps % 10);
    steps /= 10;
    return static_cast<char>('0' + (last < 0 ? -last : last));
  };
  for (int i = 0; i < places; ++i) {
    const char digit = take_digit();
    if (digit != '0' || at != text.size()) text[--at] = digit;
  }
  if (at != text.size()) text[--at] = '.';
  do {
    text[--at] = take_digit();
  } while (steps != 0);
  if (negative) text[--at] = '-';
  return {text.data() + at, text.size() - at};
}

std::string format_steps(std::int64_t steps) { return format_decimal(steps, kStepPlaces); }

namespace {

/// value / 2^bits for a value that is not negative and 1 to 100 bits.
Int128 shift_half_even(Int128 value, int bits) {
  const Int128 quotient = value >> bits;
  const Int128 rest = value - (quotient << bits);
  const Int128 half = Int128{1} << (bits - 1);
  const bool up = rest > half || (rest == half && (quotient & 1) != 0);
  return quotient + (up ? 1 : 0);
}

}  // namespace

std::optional<std::int64_t> nearest_steps(double value) {
  // 2^63 steps are 9.2e10; what is not below that (NaN too) has no answer, and below it the shifts stay in 128 bits.
  if (!(std::fabs(value) < 92'233'720'369.0)) return std::nullopt;
  // The product as its rounded value and what the rounding left: where their sum is well off a tie, that decides.
  const double scaled = value * static_cast<double>(kStepsPerOne);
  if (std::fabs(scaled) < 0x1p52) {
    const double left = std::fma(value, static_cast<double>(kStepsPerOne), -scaled);
    const double nearest = std::nearbyint(scaled);
    if (std::fabs((scaled - nearest) + left) < 0.499) return static_cast<std::int64_t>(nearest);
  }
  constexpr int kFractionBits = 52;
  const auto bits = std::bit_cast<std::uint64_t>(value);
  const int biased = static_cast<int>(bits >> kFractionBits) & 0x7ff;
  const std::uint64_t fraction = bits & ((std::uint64_t{1} << kFractionBits) - 1);
  if (biased == 0) return 0;  // subnormal: below 1e-307
  // value = mantissa * 2^exponent, exactly.
  const Int128 product = static_cast<Int128>(fraction | std::uint64_t{1} << kFractionBits) * kStepsPerOne;
  const int exponent = biased - 1075;
  if (exponent < -100) return 0;  // the product is below 2^80, so this is below a quarter of a step
  const Int128 size = exponent >= 0 ? product << exponent : shift_half_even(product, -exponent);
  const Int128 steps = value < 0 ? -size : size;
  if (steps > std::numeric_limits<std::int64_t>::max() || steps < std::numeric_limits<std::int64_t>::min())
    return std::nullopt;
  return static_cast<std::int64_t>(steps);
}

Int128 divide_half_even(Int128 a, Int128 b) {
  CW_REQUIRE(b != 0);
  const Int128 quotient = a / b;
  const Int128 rest = a % b;
  if (rest == 0) return quotient;
  // |rest| against |b| - |rest| is twice the rest against the divisor without leaving 128 bits. Negated numbers: the
  // least one has no positive counterpart.
  const Int128 rest_down = rest < 0 ? rest : -rest;
  const Int128 other_down = (b < 0 ? b : -b) - rest_down;
  const bool up = rest_down < other_down || (rest_down == other_down && (quotient & 1) != 0);
  if (!up) return quotient;
  return (a < 0) == (b < 0) ? quotient + 1 : quotient - 1;
}

Int128 share_half_even(Int128 a, std::int64_t b, std::int64_t c) {
  CW_REQUIRE(c > 0 && b <= c && b >= -c);
  if (b == c) return a;
  // a = whole * c + rest: whole * b fits because |b| <= c, and rest * b is below 2^126.
  const Int128 whole = a / c * b;
  const Int128 rest = a % c * b;
  const Int128 quotient = rest / c;
  const Int128 sum = whole + quotient;
  // The tie goes by the parity of the sum, not of the part: add the rounding of the rest alone, seen from the sum.
  const Int128 left = rest % c;
  if (left == 0) return sum;
  const Int128 left_size = left < 0 ? -left : left;
  const Int128 twice = left_size * 2;
  const bool up = twice > c || (twice == c && (sum & 1) != 0);
  return up ? (left < 0 ? sum - 1 : sum + 1) : sum;
}

}  // namespace cw
