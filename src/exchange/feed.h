#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "market/bar_sequencer.h"
#include "market/candle.h"
#include "market/feed_events.h"
#include "market/instrument.h"
#include "market/timeframe.h"

namespace cw::exchange {

enum class FeedState {
  connecting,   // first connection under way
  live,         // subscribed and hearing from the venue
  backfilling,  // live, and fetching bars that were missed
  stale,        // connected, but a stream that should speak is silent
  down,         // not connected; trying again
  refused,      // the venue does not serve us (403, 451): the detail says what to do
  stopped
};
std::string_view name(FeedState state);

/// The feed as it stands, for people: state, since when, why.
struct FeedStatus {
  FeedState state = FeedState::connecting;
  Timestamp since;
  std::string detail;
};

/// Index of a followed instrument in the list the feed was given; what the hot path uses instead of names.
using FollowedIndex = std::uint32_t;

/// What a feed tells its owner, on the feed's loop. Calls must not block. For each instrument `on_bar` comes strictly in
/// time order, each bar once (see BarSequencer); the rest is for display and comes as the venue sends it.
class FeedSink {
 public:
  virtual ~FeedSink() = default;
  virtual void on_bar(FollowedIndex instrument, const market::BarEvent& event) = 0;
  virtual void on_trade(FollowedIndex instrument, const market::Trade& trade) = 0;
  virtual void on_forming(FollowedIndex instrument, const market::FormingCandle& bar) = 0;
  virtual void on_quote(FollowedIndex instrument, const market::Quote& quote) = 0;
  virtual void on_state(const FeedStatus& status) = 0;
};

/// Where the fetching of one series' history stands.
struct HistoryStatus {
  enum class State {
    queued,   // nothing of what is wanted was asked for yet
    running,  // begun; its pages come in turns with those of other series
    done,     // all that is wanted, or all that the venue has, was passed on
    failed    // the newest request failed
  };
  State state = State::queued;
  std::string detail{};                 // of `failed`: why
  std::optional<Timestamp> next_try{};  // of `failed`: when it is asked for again; none: it was given up
  // Of a series that was stored in part when the fetching began: the share of what is wanted that is there, from 0 to 1.
  std::optional<double> stored_share{};
  friend bool operator==(const HistoryStatus&, const HistoryStatus&) = default;
};
std::string_view name(HistoryStatus::State state);

/// Bars of a venue's own history, newest first, for any of its timeframes. `rows` are closed, in time order.
class HistorySink {
 public:
  virtual ~HistorySink() = default;
  virtual void on_history(FollowedIndex instrument, market::Timeframe timeframe, const market::CandleSpan& rows) = 0;
  /// `oldest` is how far back it reaches now, `goal` how far it will; `done` when it got there or the venue has no more.
  virtual void on_history_progress(FollowedIndex instrument, market::Timeframe timeframe, Timestamp oldest,
                                   Timestamp goal, bool done) = 0;
  /// Each change of where a series stands, for those who show it.
  virtual void on_history_status(FollowedIndex, market::Timeframe, const HistoryStatus&) {}
};

}  // namespace cw::exchange
