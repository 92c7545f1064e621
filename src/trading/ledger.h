#pragma once

#include <cstddef>
#include <vector>

#include "trading/instrument_rules.h"

namespace cw::trading {

/// What is held of one instrument, at average cost.
struct Position {
  Lots lots{};   // negative: short
  Money cost{};  // what the lots held were bought for, without fees; of a short what they were sold for, negative

  /// The average price of what is held, in the quote currency; NaN where nothing is.
  double average_price(const InstrumentRules& rules) const;

  friend bool operator==(const Position&, const Position&) = default;
};

/// A commission as it is booked. What rounding took off or put on is kept beside it, to the last digit.
struct Charge {
  Money charged{};           // a whole number of 1e-8; negative: a rebate
  Int128 remainder_e24 = 0;  // the exact commission less what is charged, in 1e-24 of the quote currency
};

/// A trade, or a part of one, as the ledger takes it.
struct Execution {
  Side side = Side::buy;
  Lots lots{};        // above zero
  Ticks price{};      // what was paid or got
  Ticks reference{};  // the price before slippage
  Charge commission;
};

/// What a trade did to a position.
struct Booked {
  Lots closed{};     // of the position that was there, without sign
  Lots opened{};     // added, or opened on the other side
  Money realised{};  // profit of what was closed: its price against its average cost, without fees
};

/// Cash and positions of one account in one quote currency, exact to the last unit of 1e-16.
///
/// After every trade and payment, whatever their order:
///
///     cash + cost of all positions + fees + funding = start + realised profit
///
/// Slippage is inside the prices, so it is part of the realised profit; its sum is kept for the report. Where the cost of
/// a part of a position is no whole unit it is rounded half-even, and what is left stays with what is still held: closing all
/// of it releases all of its cost.
///
/// Not thread-safe. Cost: no allocation but in `add`, a few tens of ns a trade.
class Ledger {
 public:
  explicit Ledger(Money start) : start_(start), cash_(start) {}

  /// An instrument more; the answer is its number, counted from 0.
  std::size_t add(const InstrumentRules& rules);

  /// Books a trade. One that is larger than the position it is against closes all of it and opens the rest.
  ///
  /// Errors  Errc::limit_exceeded, nothing booked: it is worth more than kMoneyMost, the position would not fit 64 bits, or
  ///         the account would hold more than a million times kMoneyMost either way
  Result<Booked> book(std::size_t instrument, const Execution& trade);

  /// Books what holding a position costs; negative: what it earns. Errors: as `book`.
  Result<void> pay_funding(Money amount);

  const Position& position(std::size_t instrument) const { return holdings_[instrument].position; }
  const InstrumentRules& rules(std::size_t instrument) const { return holdings_[instrument].rules; }
  std::size_t size() const { return holdings_.size(); }

  Money start() const { return start_; }
  Money cash() const { return cash_; }
  Money fees() const { return fees_; }
  Money slippage() const { return slippage_; }
  Money funding() const { return funding_; }
  Money realised() const { return realised_; }
  Int128 commission_remainder_e24() const { return remainder_e24_; }

  /// The cost of all positions. O(instruments).
  Money cost() const;

  /// Whether the equation above holds.
  bool is_balanced() const { return cash_ + cost() + fees_ + funding_ == start_ + realised_; }

 private:
  struct Holding {
    InstrumentRules rules;
    Position position;
  };

  Money start_;
  Money cash_;
  Money fees_{};
  Money slippage_{};
  Money funding_{};
  Money realised_{};
  Int128 remainder_e24_ = 0;
  std::vector<Holding> holdings_;
};

}  // namespace cw::trading
