#pragma once

#include <optional>
#include <string_view>

#include "market/instrument.h"
#include "trading/units.h"

namespace cw::trading {

/// How prices and quantities of one instrument are counted, and the least that may be traded.
///
/// Everything between a double of a candle or a sizing rule and the ledger goes through here: prices are rounded to the
/// tick half-even, quantities down to the lot, and values are exact.
struct InstrumentRules {
  std::int64_t tick_steps = 1;  // the tick in steps of 1e-8, at least 1
  std::int64_t lot_steps = 1;   // the lot in steps of 1e-8, at least 1
  Money min_notional{};         // an order that opens must be worth at least this; zero: no such rule

  /// The price nearest to `price`. First to the step of 1e-8, which is what the double stands for, then to the tick, both
  /// half-even: 100.015 with a tick of 0.01 is the tie that it is in decimal, whatever the double below it.
  /// Nothing for NaN, a price that is not above zero once rounded, or one beyond 9.2e10.
  std::optional<Ticks> nearest_ticks(double price) const;

  /// The most lots that `quantity` holds. What comes within one part in 10^12 (and a thousandth of a lot) below
  /// a whole lot is that lot: it came out of a division of doubles. Zero for NaN and what is not above zero; at most 4.6e10 units.
  Lots lots_within(double quantity) const;

  double price(Ticks ticks) const { return steps_value(ticks.count * tick_steps); }
  double quantity(Lots lots) const { return static_cast<double>(Int128{lots.count} * lot_steps) / 1e8; }

  /// ticks * lots, exactly. Nothing where it is over kMoneyMost either way.
  std::optional<Money> value(Ticks ticks, Lots lots) const;

  friend bool operator==(const InstrumentRules&, const InstrumentRules&) = default;
};

/// The least worth of an order at a venue for pairs of this quote currency; zero where none is known.
///
/// Source  binance: filter NOTIONAL of GET /api/v3/exchangeInfo; coinbase: quote_min_size of GET
///         /api/v3/brokerage/market/products, recorded 2026-08-09; kraken: costmin of GET /0/public/AssetPairs. Of each
///         quote the commonest; an exchange may ask for more at single pairs.
Money preset_min_notional(std::string_view venue, std::string_view quote);

/// The rules of an instrument: its own tick and lot, the venue's least worth.
///
/// Errors  Errc::bad_input with field `tick_size` or `lot_size`: no decimal above zero of at most eight places
Result<InstrumentRules> rules_of(const market::Instrument& instrument);

}  // namespace cw::trading
