#pragma once

// What a broker keeps of one instrument. Of broker*.cpp alone.

#include <algorithm>
#include <limits>
#include <vector>

#include "market/candle.h"
#include "trading/fill.h"
#include "trading/sizing.h"
#include "trading/slippage.h"

namespace cw::trading {

/// An order that waits. What is looked at in every bar comes first, in one line of the cache.
struct Resting {
  OrderType type =
      OrderType::market;  // what it is now: a stop_limit becomes a limit, a stop without volume a market order
  Side side = Side::buy;
  bool rested = false;         // a limit that has waited through the end of a bar
  bool triggered = false;      // a stop_limit whose stop was reached
  bool counted = false;        // a part of it was filled: it is one entry, not two
  bool at_close_only = false;  // its bar may have been at its price before it existed: only the close is sure
  int bars_left = 0;           // 0: no end
  double limit = 0;            // quote currency
  double stop = 0;             // of trailing stops: where it is now; NaN until there is a price
  double extreme = std::numeric_limits<double>::quiet_NaN();  // of trailing stops: the best price since it rests
  std::int64_t not_before = 0;  // bar number in which it may fill again, where a bar's volume was used up
  Lots lots{};                  // what is left of it; none: known only when it fills
  std::uint32_t bracket = 0;    // whose exit it is; 0: nobody's
  std::uint64_t id = 0;
  std::uint64_t entry = 0;  // of a bracket's exit: the order that opened
  OrderRequest request;

  bool buys() const { return side == Side::buy; }
};

/// What is left of what one fill opened, and its exits' life.
struct OpenBracket {
  std::uint32_t number = 0;
  std::uint64_t entry = 0;
  Lots open{};
  int bars_left = 0;  // until its time stop; 0: none
};

struct Book {
  std::uint32_t index = 0;
  InstrumentRules rules;
  Sizing sizing;
  std::vector<Resting> orders;  // in order of age
  std::vector<OpenBracket> brackets;
  Lots held{};
  double mark =
      std::numeric_limits<double>::quiet_NaN();  // the newest close; of bars taken together their open while they go on
  MeanRange range;
  std::int64_t bar_number = 0;  // of the bar under way, counted from 1
  std::int64_t liquidated_bar = 0;
  std::uint32_t bracket_numbers = 0;

  // Of the position.
  std::uint64_t position = 0;
  int entries = 0;
  Money profit{};    // realised less commissions
  Money invested{};  // value of all that was opened

  // Of the bar that is walked.
  market::Candle bar{};
  bool inside = false;    // past its open
  bool at_close = false;  // over
  bool ambiguous = false;
  bool quiet = false;  // its open meant nothing to what waits and what is held
  bool opens = false;  // of bars that are taken together: an order waits that may open
  Lots volume_left{};  // what orders may still fill in it, where participation is limited

  bool is_long() const { return held.count > 0; }
};

/// Where a trailing stop is after its best price, at the tick; NaN where that is no price above zero.
inline double trailed_stop(const Book& book, const Resting& order) {
  const auto ticks = book.rules.nearest_ticks(order.request.trail.level(order.extreme, order.buys()));
  return ticks ? book.rules.price(*ticks) : std::numeric_limits<double>::quiet_NaN();
}

/// Where an order's moment comes as the price goes from `from` to `to` in one line (both the same: at that price itself);
/// NaN where it does not. Never a worse price than the order's own for a limit, never a better one than there was for a stop.
inline double reached(const Resting& order, double from, double to) {
  const double least = std::min(from, to);
  const double most = std::max(from, to);
  switch (order.type) {
    case OrderType::market: return from;
    case OrderType::limit:
      if (order.buys())
        return least <= order.limit ? std::min(from, order.limit) : std::numeric_limits<double>::quiet_NaN();
      return most >= order.limit ? std::max(from, order.limit) : std::numeric_limits<double>::quiet_NaN();
    case OrderType::stop:
    case OrderType::stop_limit:
    case OrderType::trailing_stop:
      if (order.buys())
        return most >= order.stop ? std::max(from, order.stop) : std::numeric_limits<double>::quiet_NaN();
      return least <= order.stop ? std::min(from, order.stop) : std::numeric_limits<double>::quiet_NaN();
  }
  return std::numeric_limits<double>::quiet_NaN();
}

}  // namespace cw::trading
