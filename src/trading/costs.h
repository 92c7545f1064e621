#pragma once

#include <cstdint>
#include <string_view>

#include "trading/commission.h"
#include "trading/slippage.h"

namespace cw::trading {

/// What holding a position costs over `rated` settlements, as a fraction of its value in steps of 1e-8. Positive pays, negative
/// earns: a perpetual contract with a rate of 0.01 % is {10000, -10000}, coins borrowed at 7.5 % a year are {0, 7500000, 1095}.
struct Funding {
  std::int64_t long_e8 = 0;
  std::int64_t short_e8 = 0;
  std::int64_t rated = 1;
  std::int64_t interval_ms = 8 * 3'600'000;  // settlements at its whole multiples since 1970 UTC

  bool any() const { return long_e8 != 0 || short_e8 != 0; }

  /// How many settlements lie in (after, upto].
  std::int64_t settlements(Timestamp after, Timestamp upto) const;

  /// What one settlement takes of a position of this value (negative: a short), rounded half-even to 1e-8.
  Money payment(Money value) const;

  friend bool operator==(const Funding&, const Funding&) = default;
};

/// Reads `none`, `perpetual:0.01` (percent at each settlement: longs pay it, shorts get it; negative the other way), `borrow:7.5`
/// (percent a year, of shorts).
///
/// Errors  Errc::bad_parameter, field `funding`: none of these; over 5 percent a settlement either way, over 1000 a year
Result<Funding> parse_funding(std::string_view text);

/// Everything that a fill or a position costs.
struct Costs {
  Commission commission;
  Slippage slippage;
  Funding funding;
};

}  // namespace cw::trading
