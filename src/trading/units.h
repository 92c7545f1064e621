#pragma once

#include <compare>
#include <cstdint>
#include <string>

#include "base/decimal.h"

namespace cw::trading {

/// Which way an order trades.
enum class Side : std::uint8_t { buy, sell };

constexpr Side opposite(Side side) { return side == Side::buy ? Side::sell : Side::buy; }

/// +1 for buy, -1 for sell.
constexpr int sign(Side side) { return side == Side::buy ? 1 : -1; }

/// `buy`, `sell`.
constexpr std::string_view name(Side side) { return side == Side::buy ? "buy" : "sell"; }

/// A price as a whole number of the instrument's ticks.
struct Ticks {
  std::int64_t count = 0;

  friend constexpr auto operator<=>(Ticks, Ticks) = default;
};

/// A quantity as a whole number of the instrument's lots: of an order and a fill above zero, of a position negative where
/// it is short.
struct Lots {
  std::int64_t count = 0;

  friend constexpr auto operator<=>(Lots, Lots) = default;
  friend constexpr Lots operator+(Lots a, Lots b) { return {a.count + b.count}; }
  friend constexpr Lots operator-(Lots a, Lots b) { return {a.count - b.count}; }
  constexpr Lots operator-() const { return {-count}; }
  constexpr Lots& operator+=(Lots other) { return *this = *this + other; }
  constexpr Lots& operator-=(Lots other) { return *this = *this - other; }
  constexpr Lots size() const { return {count < 0 ? -count : count}; }
  constexpr bool none() const { return count == 0; }
};

/// Decimal places of money: the finest tick, 1e-8, times the finest lot, 1e-8, so that a price times a quantity is exact
/// for every instrument.
inline constexpr int kMoneyPlaces = 16;

/// An amount of the quote currency as a whole number of 1e-16, up to about 1.7e22 either way.
struct Money {
  Int128 units = 0;

  friend constexpr auto operator<=>(Money, Money) = default;
  friend constexpr Money operator+(Money a, Money b) { return {a.units + b.units}; }
  friend constexpr Money operator-(Money a, Money b) { return {a.units - b.units}; }
  constexpr Money operator-() const { return {-units}; }
  constexpr Money& operator+=(Money other) { return *this = *this + other; }
  constexpr Money& operator-=(Money other) { return *this = *this - other; }

  /// The nearest double, for marking, metrics and display.
  double value() const { return nearest_double(units) / 1e16; }

  /// The exact decimal text: `9999.9`, `-0.0000000000000001`.
  std::string text() const { return format_decimal(units, kMoneyPlaces); }
};

/// Money of a whole number of 1e-8, the places that commissions and funding are rounded to.
constexpr Money money_of_steps(std::int64_t steps) { return {Int128{steps} * kStepsPerOne}; }

/// The most that one order, one balance or one start may be worth, 1e12 of the quote currency: far above any account, and
/// low enough for amounts and rates to be multiplied within 128 bits.
inline constexpr Money kMoneyMost{Int128{1'000'000'000'000} * kStepsPerOne * kStepsPerOne};

}  // namespace cw::trading
