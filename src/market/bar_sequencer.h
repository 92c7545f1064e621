#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "base/time.h"
#include "market/candle.h"
#include "market/timeframe.h"

namespace cw::market {

/// What happened to one instrument's series of base (1m) bars. This is what the journal keeps and the desk consumes.
struct BarEvent {
  enum class Kind : std::uint8_t {
    closed,   // the next bar in time order; `bar` is it
    gap,      // bars of [gap_from, gap_to) did not come in time and are given up; the series goes on after them
    revised,  // a bar came, or changed, after its place had passed: for the store and the record, never for the desk's past
  };
  Kind kind = Kind::closed;
  Candle bar{};
  Timestamp gap_from{};
  Timestamp gap_to{};

  friend bool operator==(const BarEvent&, const BarEvent&) = default;
};

/// Puts one instrument's closed base bars into strict time order, whatever order a feed and its back-fill bring them in.
///
/// Each arriving bar has one outcome, each with a counter:
///   in order        emitted as `closed`
///   ahead           after a hole: held (at most `kHeldMost`), a fill of the hole is asked for, and emitted once the hole is
///                   filled or its time is up
///   duplicate       equal to what was emitted or is held: dropped
///   late            older than what was emitted and not equal to it (or inside a given-up gap): emitted as `revised`
/// A hole may stay open for `kHoleWait` of event-clock time since it was seen, then becomes a `gap`; a back-fill that
/// answers with certainty that the venue has no such bars closes it at once (`no_more`).
/// Pure: time comes as an argument. Bounded; no allocation for an in-order bar.
class BarSequencer {
 public:
  static constexpr Millis kHoleWait{30'000};
  static constexpr std::size_t kHeldMost = 4'096;

  struct Hole {
    Timestamp from;  // open time of the first missing bar
    Timestamp to;    // open time of the first bar after the hole
    friend bool operator==(const Hole&, const Hole&) = default;
  };
  struct Counters {
    std::uint64_t in_order = 0, ahead = 0, duplicate = 0, late = 0, gaps = 0, misaligned = 0, overflow = 0;
  };

  /// `last` is the open time of the newest bar that is stored already, none for a series that begins.
  BarSequencer(Timeframe base, std::optional<Timestamp> last);

  /// Takes a closed bar at time `now`; appends what is to be emitted to `out`.
  void on_bar(const Candle& bar, Timestamp now, std::vector<BarEvent>& out);

  /// Lets time pass: holes whose wait is over become gaps.
  void on_time(Timestamp now, std::vector<BarEvent>& out);

  /// The back-fill of `hole` is complete as far as the venue is concerned: what is still missing in it does not exist.
  void no_more(const Hole& hole, Timestamp now, std::vector<BarEvent>& out);

  /// The first hole that waits to be filled, if any.
  std::optional<Hole> open_hole() const;
  std::optional<Timestamp> last() const { return last_; }
  const Counters& counters() const { return counters_; }

 private:
  Timeframe base_;
  std::optional<Timestamp> last_;
  std::map<Timestamp, Candle> held_;
  std::optional<Timestamp> hole_seen_;
  std::optional<Candle> last_bar_;
  Counters counters_;
};

}  // namespace cw::market
