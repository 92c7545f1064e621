#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <vector>

#include "base/time.h"
#include "market/bar_sequencer.h"
#include "market/candle.h"

namespace cw::exchange::binance {

/// Open times [from, to) of one-minute bars.
struct BarRange {
  Timestamp from;
  Timestamp to;
  friend bool operator==(const BarRange&, const BarRange&) = default;
};

/// One instrument's closed one-minute bars: what the socket brings and what REST brings go in; what is to be emitted
/// comes out in time order (BarSequencer), and the range that REST should fetch now.
///
/// A bar is missing when it is older than one that came, or when the venue's clock says that it closed `kOverdue` ago
/// and it is not here: one rule for the start, a reconnect, a hole and a lost message. While bars are fetched after a
/// start or a reconnect (`catch_up`), bars from the socket wait behind them, as long as the fetching makes progress;
/// without any for BarSequencer::kHoleWait they go on and what is missing becomes a gap. What was given up for lack of
/// time is still fetched afterwards and comes out as `revised`; what the venue itself does not have is not asked for
/// again. Pure: time (the venue's) comes as an argument. Bounded: `kWaitingMost` bars wait, `kOwedMost` gaps are
/// remembered; over it the oldest goes, counted in `dropped`. No allocation for a bar in order.
class BarKeeper {
 public:
  static constexpr Millis kOverdue{5'000};
  static constexpr Millis kRange = Millis{60'000} * 1'000;  // the longest range asked for at once: one answer of REST
  static constexpr std::size_t kWaitingMost = market::BarSequencer::kHeldMost;
  static constexpr std::size_t kOwedMost = 64;

  /// `last`: open time of the newest stored bar. Bars older than `now` - `reach` are not caught up with: they become a
  /// gap, and history (HistoryLoader) fills them in the store. Without `last` the series begins two minutes before
  /// `now`.
  BarKeeper(std::optional<Timestamp> last, Timestamp now, Millis reach);

  /// A closed bar from the socket.
  void on_live(const market::Candle& bar, Timestamp now, std::vector<market::BarEvent>& out);

  /// The socket was (re)connected: nothing it brings is in order before what was missed is here.
  void catch_up(Timestamp now);

  /// Lets time pass; call it about once a second.
  void on_time(Timestamp now, std::vector<market::BarEvent>& out);

  /// What to fetch now; none where nothing is missing or the last try failed a moment ago.
  std::optional<BarRange> wanted(Timestamp now) const;

  /// REST's whole answer for `range`: `bars` is all that the venue has of it, in time order.
  void fetched(const BarRange& range, std::span<const market::Candle> bars, Timestamp now,
               std::vector<market::BarEvent>& out);

  /// The fetch failed: nothing is wanted before `retry_at`.
  void fetch_failed(Timestamp retry_at) { retry_at_ = retry_at; }

  bool is_behind() const { return catching_up_ || sequencer_.open_hole().has_value(); }
  std::optional<Timestamp> last() const { return sequencer_.last(); }
  const market::BarSequencer::Counters& counters() const { return sequencer_.counters(); }
  std::uint64_t dropped() const { return dropped_; }

 private:
  struct Waiting {
    market::Candle bar;
    Timestamp arrived;
  };
  Timestamp due(Timestamp now) const;  // open time after the newest bar that must be closed by `now`
  void release(Timestamp now, std::vector<market::BarEvent>& out);
  void remember_gaps(std::span<const market::BarEvent> events);
  void settle(const BarRange& range);

  market::BarSequencer sequencer_;
  std::optional<BarRange> out_of_reach_;  // to be emitted as a gap, once
  bool catching_up_ = true;
  std::deque<Waiting> waiting_;
  Timestamp progress_at_;
  Timestamp retry_at_{};
  Millis empty_wait_{0};
  std::deque<BarRange> owed_;
  std::uint64_t dropped_ = 0;
};

}  // namespace cw::exchange::binance
