#pragma once

#include <cstddef>
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
    revised,  // a bar came, or changed, after its place had passed: for the store and the record, never for the desk's
              // past
  };
  Kind kind = Kind::closed;
  Candle bar{};
  Timestamp gap_from{};
  Timestamp gap_to{};

  friend bool operator==(const BarEvent&, const BarEvent&) = default;
};

/// Puts one instrument's closed base bars into strict time order, whatever order a feed and its
/// back-fill bring them in.
///
/// Each arriving bar has one outcome, each with a counter:
///   in_order     emitted as `closed`
///   ahead        after a hole: held (at most `kHeldMost`), and emitted as `closed` once the hole is filled or given up
///   replaced     came ahead once more with other values: takes the place of the held one
///   duplicate    equal to a held bar or to one of the newest `kRemembered` emitted ones: dropped
///   late         older than what was emitted and not known to be equal to it (or inside a given-up gap): emitted as
///                `revised`
///   misaligned   does not open on the grid of the base timeframe: dropped
///   from_future  closes more than `kFutureMost` after `now`: dropped, since one such bar would make all later ones late
/// A hole may stay open for `kHoleWait` of event-clock time since the first bar behind it came, then it becomes a
/// `gap`; a back-fill that answers with certainty that the venue has no such bars closes it at once (`no_more`). When
/// the held bars reach `kHeldMost` (counted as `overflow`) the first hole is given up at once. Pure: time comes as an
/// argument. Bounded; no allocation for an in-order bar.
class BarSequencer {
 public:
  static constexpr Millis kHoleWait{30'000};
  static constexpr Millis kFutureMost{86'400'000};
  static constexpr std::size_t kHeldMost = 4'096;
  static constexpr std::size_t kRemembered = 256;

  struct Hole {
    Timestamp from;  // open time of the first missing bar
    Timestamp to;    // open time of the first bar after the hole
    friend bool operator==(const Hole&, const Hole&) = default;
  };
  struct Counters {
    std::uint64_t in_order = 0, ahead = 0, replaced = 0, duplicate = 0, late = 0, misaligned = 0, from_future = 0;
    std::uint64_t gaps = 0, overflow = 0;  // what happened to holes, beside the outcomes of bars above
    friend bool operator==(const Counters&, const Counters&) = default;
  };

  /// `last` is the open time of the newest bar that is stored already, none for a series that begins: then the first
  /// bar to come is the series' first.
  BarSequencer(Timeframe base, std::optional<Timestamp> last);

  /// Takes a closed bar at time `now`; appends what is to be emitted to `out`.
  void on_bar(const Candle& bar, Timestamp now, std::vector<BarEvent>& out);

  /// Lets time pass: holes whose wait is over become gaps.
  void on_time(Timestamp now, std::vector<BarEvent>& out);

  /// The back-fill of `hole` is complete as far as the venue is concerned: what is still missing in it does not exist.
  /// Without effect where `hole` does not reach over the beginning of the hole that is open now.
  void no_more(const Hole& hole, Timestamp now, std::vector<BarEvent>& out);

  /// The first hole that waits to be filled, if any.
  std::optional<Hole> open_hole() const;
  /// Open time of the newest bar emitted or given up.
  std::optional<Timestamp> last() const { return last_; }
  std::size_t held() const { return held_.size(); }
  const Counters& counters() const { return counters_; }

 private:
  struct Held {
    Candle bar;
    Timestamp arrived;
  };

  void emit(const Candle& bar, std::vector<BarEvent>& out);
  void revise(const Candle& bar, std::vector<BarEvent>& out);
  void hold(const Candle& bar, Timestamp now);
  void give_up(Timestamp from, Timestamp to, std::vector<BarEvent>& out);
  void drain(std::vector<BarEvent>& out);
  std::vector<Candle>::iterator remembered(Timestamp open_time);

  Timeframe base_;
  Millis length_;
  std::optional<Timestamp> last_;
  std::map<Timestamp, Held> held_;  // all of them behind a hole
  Timestamp hole_seen_{};           // when the first of them came; means something while there are any
  std::vector<Candle> recent_;      // in time order, the newest at the end
  Counters counters_;
};

}  // namespace cw::market
