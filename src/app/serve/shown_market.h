#pragma once

#include <array>
#include <optional>
#include <vector>

#include "candle_store/candle_store.h"
#include "exchange/feed.h"
#include "market/candle.h"
#include "market/feed_events.h"
#include "market/instrument.h"
#include "market/timeframe.h"
#include "realtime/market_board.h"

namespace cw::app {

/// What is displayed of an instrument: its ticker and the bar under way at each timeframe.
struct ShownInstrument {
  realtime::Ticker ticker;
  std::array<std::optional<market::FormingCandle>, market::kTimeframes.size()> forming;
};

/// Keeps what is displayed of the followed instruments: closed bars as the store has them, plus the newest trade, quote and
/// forming minute. So it is right from the first moment on, before the desk has seen a whole day. Of one thread.
class ShownMarket {
 public:
  ShownMarket(const candle_store::CandleStore& store, std::vector<market::InstrumentId> followed);

  /// Reads anew what the store has of an instrument: older bars came, or one was revised.
  /// Cost    one pass over the 1m bars of the running week
  void refresh(exchange::FollowedIndex instrument);
  /// A 1m bar was stored behind all others. As refresh(); where it is the next minute, for the cost of a pass over a day.
  void closed(exchange::FollowedIndex instrument, const market::Candle& bar);

  void on_trade(exchange::FollowedIndex instrument, const market::Trade& trade);
  void on_quote(exchange::FollowedIndex instrument, const market::Quote& quote);
  void on_forming(exchange::FollowedIndex instrument, const market::FormingCandle& bar);

  ShownInstrument shown(exchange::FollowedIndex instrument) const;

 private:
  struct Row {
    market::InstrumentId id;
    std::optional<market::Candle> newest;  // the newest closed 1m bar
    std::optional<Timestamp> first;        // open time of the oldest
    std::array<std::optional<market::Candle>, market::kTimeframes.size()>
        under_way;                   // closed minutes of the running bar
    std::optional<double> day_open;  // of the bar 24 hours before the end of the newest
    double day_volume = 0;
    bool has_day = false;
    std::optional<market::FormingCandle> forming;
    std::optional<market::Trade> trade;
    std::optional<market::Quote> quote;
  };
  static void go_on(Row& row, const market::Candle& minute);
  void read_day(Row& row) const;
  void read_under_way(Row& row) const;

  const candle_store::CandleStore& store_;
  std::vector<Row> rows_;
};

}  // namespace cw::app
