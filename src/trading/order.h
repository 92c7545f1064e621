#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "trading/instrument_rules.h"

namespace cw::trading {

/// market         fills at the next price there is
/// limit          fills at its limit or better
/// stop           becomes a market order once the price reaches its stop
/// stop_limit     becomes a limit order once the price reaches its stop
/// trailing_stop  a stop that follows the price at a distance, never backwards
enum class OrderType : std::uint8_t { market, limit, stop, stop_limit, trailing_stop };

/// Why a fill happened. `open` is of no fill: a trade that the data's end leaves open has it.
enum class Reason : std::uint8_t {
  entry,          // it opens or adds
  signal,         // the strategy's exit
  stop,           // a bracket's stop
  target,         // a bracket's target
  trailing_stop,  // a bracket's trailing stop
  time_stop,      // a bracket's count of bars
  reversal,       // an entry of the other side
  protection,     // a halt that closes positions
  liquidation,    // equity no longer carried the position
  end,            // closed at the end of the data, as asked
  open            // still open there
};

/// The snake_case words of requests and reports: `stop_limit`, `trailing_stop`.
std::string_view name(OrderType type);
std::string_view name(Reason reason);

/// How far from a price, or where.
enum class DistanceKind : std::uint8_t {
  none,
  percent,  // `value` percent of the price
  amount,   // `value` of the quote currency
  atr,      // `value` times `atr`, the average true range of the bar that the order was made of
  level     // at the price `value` itself, as of that bar
};

struct Distance {
  DistanceKind kind = DistanceKind::none;
  double value = 0;
  double atr = 0;  // of kind atr alone

  bool set() const { return kind != DistanceKind::none; }

  /// The distance from `price`, in the quote currency, of every kind but level (where `value` is no distance).
  double from(double price) const;

  /// The level that lies below `price` by the distance, or above where `above`; of kind level the level itself.
  double level(double price, bool above) const;

  friend bool operator==(const Distance&, const Distance&) = default;
};

/// A rung of a ladder: where, and which share of what the entry filled is closed there.
struct Target {
  Distance distance;
  double share = 1;  // above 0, all of a ladder's at most 1

  friend bool operator==(const Target&, const Target&) = default;
};

inline constexpr int kTargetsMost = 8;

/// The exits that rest from an entry's fill on, for what that fill opened and no more; each part of an entry that fills in parts
/// has its own. Their places are fixed by the price of the fill. What one of them closes is no longer there for the others.
struct Bracket {
  Distance stop;
  Distance trailing;
  std::array<Target, kTargetsMost> ladder{};
  int targets = 0;         // rungs of the ladder that are used
  int time_stop_bars = 0;  // closed once this many bars have closed since the fill, the entry's own counted; 0: never

  std::span<const Target> rungs() const { return {ladder.data(), static_cast<std::size_t>(targets)}; }
  bool any() const { return stop.set() || trailing.set() || targets > 0 || time_stop_bars > 0; }
};

inline constexpr int kBarsMost = 1'000'000;  // of good_for_bars and time stops

/// An order as it is asked for.
struct OrderRequest {
  Side side = Side::buy;
  OrderType type = OrderType::market;
  Lots quantity{};           // none: an entry is sized by the instrument's sizing when it fills, an exit takes `share`
  double share = 1;          // of a reduce-only order without quantity: this share of the position, above 0, at most 1
  Ticks limit{};             // of limit and stop_limit
  Ticks stop{};              // of stop and stop_limit
  Distance trail;            // of trailing_stop; not by level
  Bracket bracket;           // of entries
  std::uint32_t oco = 0;     // orders of one number cancel one another; 0: of no group
  int good_for_bars = 0;     // it may fill in this many bars, then it is taken back; 0: until it is cancelled
  bool reduce_only = false;  // never opens, adds or reverses: what is over is left
  double volatility = 0;     // yearly, as a fraction, of the bar it was made of: for sizing by volatility
  Reason reason = Reason::signal;  // of a reduce-only order's fills
};

/// Whether an order says one thing and nothing that contradicts it, by itself: what it means for the position is known only
/// when it fills.
///
/// Errors  Errc::bad_parameter with the field (`limit`, `stop`, `trail`, `quantity`, `share`, `bracket.stop`,
///         `bracket.target`, `bracket.target[1]`, …): a price that the type needs and has not or has and needs not;
///         a distance that is no positive number, or an ATR that has no value yet; a stop or target on the wrong side of a
///         limit or stop entry; shares that add up to more than 1; a reduce-only order with exits of its own; a market
///         order in a group or with an expiry; an order worth more than kMoneyMost
Result<void> validate(const OrderRequest& order, const InstrumentRules& rules);

}  // namespace cw::trading
