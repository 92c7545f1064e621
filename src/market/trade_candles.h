#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "market/candle.h"
#include "market/feed_events.h"
#include "market/timeframe.h"

namespace cw::market {

/// What became of one trade.
enum class TradeOutcome : std::uint8_t {
  opened,     // the first trade of a newer bar: a new forming candle begins
  updated,    // counted in the forming candle
  reordered,  // counted in the forming candle though an earlier event time, or a smaller id, than what it holds
  waiting,    // counted in the bar before, which waits for the venue to close it
  late,       // its bar is closed, or older than the one that waits: dropped
  duplicate,  // an id that was seen already: dropped
  invalid,    // price or quantity not finite or not above zero, or a time outside 2000..2099: dropped
};

/// Builds the forming candle of one instrument's base bar from its trades, one at a time. It closes nothing: a trade of
/// the next bar begins a new forming candle, and the bar before waits until the venue's own closed candle (`close`) or
/// yet another newer bar ends it.
///
/// The candle does not depend on the order in which the trades of a bar come, but for the last bits of the volume,
/// which is added up in order of arrival: the open is the trade of the smallest (time, id), the close that of the
/// greatest. Trade ids that rise by one show repeats and holes. An id smaller than the newest is out of order where it
/// fills a known hole (at most `kHolesMost` are remembered, the oldest is forgotten), else a repeat. A smaller id at a
/// later time than everything so far means that the venue numbers anew. Id 0 is 'no number': such trades are all
/// counted. A trade stamped in the future would hide the present; the venue's own candle of an earlier bar undoes it
/// (`resync`). Equal to the venue's candle where the trades are complete and the sums of quantities are exact in
/// double; else the volume may differ in its last bits, since a venue adds decimals. Aggregated trades give the same
/// candle. Cost    O(1) a trade in order, O(kHolesMost) for one out of order; no allocation
class TradeCandles {
 public:
  static constexpr std::size_t kHolesMost = 64;

  struct Counters {
    std::uint64_t opened = 0, updated = 0, reordered = 0, waiting = 0, late = 0, duplicate = 0, invalid = 0;
    std::uint64_t holes = 0;            // times that ids jumped
    std::uint64_t missing_ids = 0;      // ids jumped over that have not come since
    std::uint64_t forgotten_holes = 0;  // holes that made room for newer ones
    std::uint64_t renumbered = 0;       // times that the venue began to number anew
    std::uint64_t from_future = 0;      // forming candles that a venue's candle of an earlier bar undid
    friend bool operator==(const Counters&, const Counters&) = default;
  };

  explicit TradeCandles(Timeframe base) : base_(base) {}

  TradeOutcome on_trade(const Trade& trade);

  /// The venue's own candle. A closed one ends its bar and all before it; a forming one two or more bars before ours
  /// shows that ours came from a wrong time stamp: it is dropped, as is what waits.
  void on_venue_candle(const VenueCandle& candle);

  /// The bar of `open_time` and all before it are closed. For back-fill, too.
  void close(Timestamp open_time);

  /// The bar under way; none before its first trade.
  std::optional<FormingCandle> forming() const;
  /// The bar before it, while it waits to be closed.
  std::optional<FormingCandle> waiting() const;

  const Counters& counters() const { return counters_; }

 private:
  struct Place {  // of a trade in the tape
    Timestamp time;
    std::int64_t id;
    friend auto operator<=>(const Place&, const Place&) = default;
  };
  struct Building {
    FormingCandle candle;
    Place first;
    Place last;
  };
  struct Hole {  // ids [from, to) have not come
    std::int64_t from;
    std::int64_t to;
  };

  bool seen_before(const Trade& trade);
  void open_hole(std::int64_t from, std::int64_t to);
  bool fill_hole(std::int64_t id);
  static void add(Building& building, const Trade& trade);

  Timeframe base_;
  std::optional<Building> forming_;
  std::optional<Building> waiting_;
  std::optional<Timestamp> closed_;  // open time of the newest closed bar
  std::int64_t newest_id_ = 0;
  Timestamp newest_time_{};
  std::array<Hole, kHolesMost> holes_{};  // the first `hole_count_` count, oldest first
  std::size_t hole_count_ = 0;
  Counters counters_;
};

}  // namespace cw::market
