#pragma once

#include <cstdint>

#include "base/time.h"
#include "market/candle.h"

namespace cw::market {

/// One trade of the venue's tape.
struct Trade {
  std::int64_t trade_id;  // rises by one a trade on a venue that numbers them; else 0
  Timestamp time;         // event time
  double price;
  double quantity;  // units of base
  bool taker_sold;
};

/// The best bid and ask.
struct Quote {
  Timestamp time;  // event time where the venue sends one, else when it was received
  double bid;
  double bid_size;
  double ask;
  double ask_size;
};

/// A venue's own candle of a base (1m) bar, still forming or closed. Only `closed` ones become a `Candle`.
struct VenueCandle {
  FormingCandle bar;
  std::int64_t trades;
  bool closed;
};

}  // namespace cw::market
