#pragma once

#include <cstdint>

#include "base/error.h"
#include "trading/refusal.h"

namespace cw::trading {

/// fixed_amount       `value` of the quote currency
/// fixed_quantity     `value` of base
/// percent_of_equity  `value` percent of the account's equity, its own commission included, so that 100 can be paid for
/// risk_percent       what loses `value` percent of the equity at its stop, before costs
/// volatility_target  what gives the account a yearly volatility of `value` percent, if the instrument keeps its own
/// kelly              `value` times Kelly's fraction of the equity, W - (1 - W) / R of the account's closed positions
enum class SizingKind : std::uint8_t {
  fixed_amount,
  fixed_quantity,
  percent_of_equity,
  risk_percent,
  volatility_target,
  kelly
};

/// How large an entry is.
struct Sizing {
  SizingKind kind = SizingKind::percent_of_equity;
  double value = 100;

  // Of kelly alone.
  double cap_percent = 25;   // of equity, at most
  double start_percent = 5;  // of equity, until `trades_least` positions were closed
  int trades_least = 30;

  friend bool operator==(const Sizing&, const Sizing&) = default;
};

/// Errors  Errc::bad_parameter, field `sizing`, for a value that is not above zero or absurd: over 1e12 (fixed), 10000 percent
///         of equity, 100 percent at risk, 1000 percent of volatility, twice Kelly; a cap or start outside 0 to 100
Result<void> validate(const Sizing& sizing);

/// What the closed positions of an account earned, as fractions of what they cost, after slippage and commissions.
struct Tally {
  int wins = 0;
  int losses = 0;   // what earned nothing counts as neither
  double won = 0;   // sum
  double lost = 0;  // sum, without sign

  void add(double fraction);

  /// W - (1 - W) / R, W the share of wins, R the mean win over the mean loss; 1 without losses, and without wins below 0.
  /// Source  J. L. Kelly, A New Interpretation of Information Rate, 1956, for even bets of one size
  double kelly_fraction() const;
};

/// What is known when an entry is sized.
struct SizingInput {
  double price = 0;          // what a unit of base costs
  double equity = 0;         // of the account, marked at this price
  double fee_rate = 0;       // of the entry's value
  double stop_distance = 0;  // from the price, in the quote currency; 0: no stop
  double volatility = 0;     // yearly, as a fraction; 0 or NaN: not known
  Tally closed;
};

struct Sized {
  double quantity = 0;  // in units of base
  Refusal refusal = Refusal::none;
};

Sized size_of(const Sizing& sizing, const SizingInput& input);

/// What an account may hold.
struct Limits {
  double exposure_percent = 100;         // all positions' values without sign, of equity; over 100: borrowed money
  double symbol_exposure_percent = 100;  // of one instrument, of equity
  int positions_most = 0;                // open at once; 0: as many as there are instruments
  int pyramiding = 1;                    // entries that one position may be made of

  friend bool operator==(const Limits&, const Limits&) = default;
};

/// Errors  Errc::bad_parameter, field `limits.exposure_percent` …: exposure outside (0, 10000], counts that are negative or over
///         1000, no entry at all
Result<void> validate(const Limits& limits);

/// The worth of what may still be added, in the quote currency, before the entry's own commission; 0 where there is no room.
double room_of(const Limits& limits, double equity, double held_here, double held_elsewhere);

}  // namespace cw::trading
