#pragma once

#include <bit>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"

namespace cw {

/// A whole number of 128 bits: about 1.7e38 either way. Clang's own type under a name that pedantic mode allows.
__extension__ using Int128 = __int128;

/// Decimal places of prices, quantities and rates, and how many steps of that size make one.
inline constexpr int kStepPlaces = 8;
inline constexpr std::int64_t kStepsPerOne = 100'000'000;

/// Decimal places that are read and printed at most: more would not fit beside a whole part of 128 bits.
inline constexpr int kPlacesMost = 30;

/// Reads all of `text` as a plain decimal number and gives it in steps of 10^-places, exactly: `12`, `-0.07`, `1.50`.
/// `places` is 0 to kPlacesMost.
///
/// Errors  Errc::bad_input, quoting the text: not digits with at most one point between them and a leading '-' (no blanks,
///         '+' or exponent); more places than `places` that are not 0; too large for 128 bits
Result<Int128> parse_decimal(std::string_view text, int places);

/// The same in steps of 1e-8, for prices, quantities and rates. Errors: also where it is beyond 64 bits (9.2e10).
Result<std::int64_t> parse_steps(std::string_view text);

/// A number of steps of 10^-places as the shortest decimal text that reads back as the same: no exponent, no zeros at the
/// end, no `-0`. `places` is 0 to kPlacesMost.
std::string format_decimal(Int128 steps, int places);

/// The same of steps of 1e-8.
std::string format_steps(std::int64_t steps);

/// The number of steps of 1e-8 nearest to the exact value of `value`, a tie to the even one. Nothing where `value` is NaN
/// or infinite, or the answer is beyond 64 bits.
///
/// Cost    a few ns; the product is exact in 128 bits, so there is no second rounding
std::optional<std::int64_t> nearest_steps(double value);

/// The double nearest to a number of steps of 1e-8 (|steps| < 2^53), the same that its text reads as. Up to 6.7e7 (2^26)
/// doubles tell all steps apart, so nearest_steps gives the same steps back.
inline double steps_value(std::int64_t steps) { return static_cast<double>(steps) / static_cast<double>(kStepsPerOne); }

/// The double nearest to a whole number, a tie to the even one: what a conversion gives, in a few ns.
inline double nearest_double(Int128 value) {
  const auto small = static_cast<std::int64_t>(value);
  if (small == value) return static_cast<double>(small);
  const auto size = static_cast<unsigned __int128>(value < 0 ? -static_cast<unsigned __int128>(value) : value);
  // Its first 63 bits, the last of them telling whether any after them is set: ten more than a double keeps, so the
  // conversion rounds as it would if it saw them all.
  const int shift = 65 - std::countl_zero(static_cast<std::uint64_t>(size >> 64));
  const auto first = static_cast<std::int64_t>(size >> shift);
  const bool more = (static_cast<unsigned __int128>(first) << shift) != size;
  const double scale = std::bit_cast<double>(static_cast<std::uint64_t>(1023 + shift) << 52);
  const double nearest = static_cast<double>(first | (more ? 1 : 0)) * scale;
  return value < 0 ? -nearest : nearest;
}

/// a / b rounded to the nearest whole number, a tie to the even one. `b` is not 0, and the answer fits: not the least
/// number of 128 bits divided by -1.
Int128 divide_half_even(Int128 a, Int128 b);

/// a * b / c rounded as above, exact for |b| <= c < 2^63, c > 0: a share of an amount that itself takes all 128 bits.
Int128 share_half_even(Int128 a, std::int64_t b, std::int64_t c);

}  // namespace cw
