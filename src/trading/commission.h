#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "trading/ledger.h"

namespace cw::trading {

/// Whether an order waited in the book (maker) or took what waited there (taker).
enum class Liquidity : std::uint8_t { maker, taker };

/// A step of a fee schedule. Rates are fractions of the traded value in steps of 1e-8: 0.1 % is 100000.
struct FeeTier {
  Money volume_from{};  // traded in the last 30 days, at least
  std::int64_t maker_e8 = 0;
  std::int64_t taker_e8 = 0;

  friend bool operator==(const FeeTier&, const FeeTier&) = default;
};

inline constexpr std::size_t kTiersMost = 16;

/// What an exchange takes of each fill: a share of its value by a schedule, and a fixed amount.
struct Commission {
  std::array<FeeTier, kTiersMost> tiers{};  // in rising order of volume, the first from 0
  std::size_t tier_count = 1;
  Money fixed{};  // a fill, whatever its worth

  std::span<const FeeTier> schedule() const { return {tiers.data(), tier_count}; }

  /// The rate of a fill in steps of 1e-8, by what was traded in the 30 days before it.
  std::int64_t rate_e8(Liquidity liquidity, Money traded) const;

  /// The commission of a fill of this value (without sign, at most kMoneyMost): rounded half-even to 1e-8 of the quote
  /// currency, with what that left over.
  Charge charge(Money value, Liquidity liquidity, Money traded) const;

  friend bool operator==(const Commission&, const Commission&) = default;
};

/// Reads `none`, `bps:10`, `percent:0.1`, `percent:0.08/0.1` (maker/taker), `fixed:1.5` (of the quote currency, a fill), or a
/// preset: `binance`, `coinbase`, `kraken` (spot; docs/trading.md has their schedules and where they are from).
///
/// Errors  Errc::bad_parameter, field `commission`: none of these, with the nearest; a rate under -1 % or over 50 %; a
///         fixed amount that is negative or over a million
Result<Commission> parse_commission(std::string_view text);

/// The presets' names.
std::vector<std::string> commission_presets();

/// What was traded in the last 30 days, the day of the question counted: days begin at 00:00 UTC. The schedules of the
/// exchanges go by US dollars; here it is the quote currency, as it is.
class TradedVolume {
 public:
  /// Times must not fall.
  void add(Timestamp at, Money value);
  Money total(Timestamp at);

 private:
  static constexpr std::int64_t kDays = 30;

  void advance(Timestamp at);

  std::array<Money, kDays> of_day_{};
  std::int64_t day_ = 0;  // since 1970, of the newest entry
  Money total_{};
};

}  // namespace cw::trading
