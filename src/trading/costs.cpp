#include "trading/costs.h"

#include <fmt/format.h>

#include "base/number.h"
#include "base/printable.h"

namespace cw::trading {
namespace {

constexpr std::int64_t kSettlementsPerYear = 3 * 365;

std::unexpected<Error> wrong(std::string_view text, std::string_view why) {
  auto message = fmt::format("funding: '{}' {}", printable(text, 60), why);
  return std::unexpected(Error{Errc::bad_parameter, std::move(message), {}, "funding"});
}

std::int64_t floor_divide(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

}  // namespace

std::int64_t Funding::settlements(Timestamp after, Timestamp upto) const {
  return floor_divide(to_ms(upto), interval_ms) - floor_divide(to_ms(after), interval_ms);
}

Money Funding::payment(Money value) const {
  const Int128 exact_e24 = (value.units < 0 ? -value.units : value.units) * (value.units < 0 ? short_e8 : long_e8);
  return {divide_half_even(exact_e24, Int128{kStepsPerOne} * kStepsPerOne * rated) * kStepsPerOne};
}

Result<Funding> parse_funding(std::string_view text) {
  if (text == "none") return Funding{};
  const auto colon = text.find(':');
  const std::string_view kind = text.substr(0, colon);
  const auto percent = colon == text.npos ? std::nullopt : parse_double(text.substr(colon + 1));
  if (!percent || (kind != "perpetual" && kind != "borrow"))
    return wrong(text, "is none of none, perpetual:N, borrow:N");
  if (kind == "perpetual") {
    if (*percent < -5 || *percent > 5) return wrong(text, "is absurd: -5 to 5 percent a settlement");
    const auto rate = nearest_steps(*percent / 100).value_or(0);
    return Funding{rate, -rate, 1};
  }
  if (*percent < 0 || *percent > 1'000) return wrong(text, "is absurd: 0 to 1000 percent a year");
  return Funding{0, nearest_steps(*percent / 100).value_or(0), kSettlementsPerYear};
}

}  // namespace cw::trading
