#pragma once

#include <optional>
#include <vector>

#include "market/bar_sequencer.h"
#include "market/candle.h"
#include "market/feed_events.h"
#include "market/fold_ladder.h"
#include "market/trade_candles.h"

namespace cw::market {

/// The whole way of one instrument's market data in a single pass: trades make the forming candle, the venue's closed
/// candles are put in order, and closed bars are folded to all thirteen timeframes.
///
/// The parts stand alone too (a feed sequences at the edge, the desk folds); here they are one, for whoever has an
/// instrument's raw events and wants its bars. Outcomes and counters are those of the parts.
/// Cost    no allocation an event once it runs (a hole in the bars allocates while it is open)
class Pipeline {
 public:
  /// `last`: open time of the newest bar that is known already, see BarSequencer.
  explicit Pipeline(std::optional<Timestamp> last) : trades_(Timeframe::m1), sequencer_(Timeframe::m1, last) {
    events_.reserve(8);
  }

  TradeOutcome on_trade(const Trade& trade) { return trades_.on_trade(trade); }

  /// The venue's own one-minute candle at event-clock time `now`. When it is closed, calls
  /// `emit(Timeframe, const FoldedCandle&)` for every bar that follows from it and `on_event(const BarEvent&)` for each
  /// event of the base series, the event first.
  template <class OnEvent, class Emit>
  void on_venue_candle(const VenueCandle& candle, Timestamp now, OnEvent&& on_event, Emit&& emit) {
    trades_.on_venue_candle(candle);
    if (!candle.closed) return;
    const auto& bar = candle.bar;
    sequencer_.on_bar({bar.open_time, bar.open, bar.high, bar.low, bar.close, bar.volume}, now, events_);
    pass_on(on_event, emit);
  }

  /// Lets time pass, see BarSequencer::on_time.
  template <class OnEvent, class Emit>
  void on_time(Timestamp now, OnEvent&& on_event, Emit&& emit) {
    sequencer_.on_time(now, events_);
    pass_on(on_event, emit);
  }

  /// The bar under way at any timeframe: closed bars and the trades since. For display alone; none before a trade.
  std::optional<FormingCandle> forming(Timeframe timeframe) const {
    const auto base = trades_.forming();
    return base ? ladder_.peek(timeframe, *base) : std::nullopt;
  }

  const TradeCandles& trades() const { return trades_; }
  BarSequencer& sequencer() { return sequencer_; }
  const FoldLadder& ladder() const { return ladder_; }

 private:
  template <class OnEvent, class Emit>
  void pass_on(OnEvent&& on_event, Emit&& emit) {
    for (const auto& event : events_) {
      on_event(event);
      if (event.kind == BarEvent::Kind::closed) ladder_.step(event.bar, emit);
    }
    events_.clear();
  }

  TradeCandles trades_;
  BarSequencer sequencer_;
  FoldLadder ladder_;
  std::vector<BarEvent> events_;
};

}  // namespace cw::market
