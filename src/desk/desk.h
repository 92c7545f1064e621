#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "desk/day_window.h"
#include "desk/event.h"
#include "market/candle.h"
#include "market/fold_ladder.h"
#include "market/provisional.h"
#include "market/timeframe.h"

namespace cw::desk {

/// An instrument at a glance, from closed one-minute bars.
struct Ticker {
  double price = std::numeric_limits<double>::quiet_NaN();  // the newest close; NaN before the first bar
  double change_24h =
      std::numeric_limits<double>::quiet_NaN();  // (price - o) / o, o the open of the oldest bar of the window
  double volume_24h = 0;                         // units of base, summed over the window
  Timestamp time{};                              // event time: when the newest bar closed
  Timestamp window_from{};                       // open time of the oldest bar in the trailing 24 hours
  bool whole_day = false;  // the series began at least 24 hours before `time`; else the figures cover what there is

  friend bool operator==(const Ticker&, const Ticker&) = default;
};

/// A bar was closed, of the base or of a higher timeframe.
struct BarClosed {
  InstrumentNumber instrument = 0;
  market::Timeframe timeframe{};
  market::FoldedCandle candle;
  friend bool operator==(const BarClosed&, const BarClosed&) = default;
};

struct TickerChanged {
  InstrumentNumber instrument = 0;
  Ticker ticker;
  friend bool operator==(const TickerChanged&, const TickerChanged&) = default;
};

/// Base bars of [from, to) were given up.
struct GapPassed {
  InstrumentNumber instrument = 0;
  Timestamp from{};
  Timestamp to{};
  friend bool operator==(const GapPassed&, const GapPassed&) = default;
};

using Output = std::variant<BarClosed, TickerChanged, GapPassed>;

/// Appends the output's bytes: equal outputs, and only they, give equal bytes. To compare and to hash streams of them.
void append_bytes(const Output& output, std::string& out);

/// What a series has been through.
struct SeriesRecord {
  std::optional<Timestamp> first_bar;  // open time; recursive averages remember it
  std::optional<Timestamp> last_bar;
  std::uint64_t bars = 0;
  std::uint64_t gaps = 0;
  std::uint64_t revised = 0;
  friend bool operator==(const SeriesRecord&, const SeriesRecord&) = default;
};

/// What is shown of an instrument while its base bar forms: a bar under way for each timeframe, and the ticker with it.
struct Preview {
  std::array<market::FormingCandle, market::kTimeframes.size()> bars;
  Ticker ticker;
};

/// The deterministic engine: events in, outputs out, nothing else. It reads no clock, draws no random number, opens no
/// file; the same events give the same outputs, bit for bit, live and replayed.
///
/// A closed base bar gives, in this order: higher bars whose span was over before it, the base bar, the higher bars
/// that it completes (finest first in each group), the ticker. A gap gives GapPassed. A revised bar changes nothing
/// here. Events that break the order of things are left out and counted, never fatal: a journal may be long and old.
/// Not thread-safe: one owner.
class Desk {
 public:
  static constexpr std::size_t kInstrumentsMost = 10'000;  // ever followed; one more is left out and counted

  struct Counters {
    std::uint64_t unknown_instrument = 0;  // a number that was never given, or is not followed now
    std::uint64_t out_of_order = 0;        // a closed bar not newer than the last, or a gap that ends before it begins
    std::uint64_t unsound = 0;   // off the minute, outside 2000..2099, a price not above zero, a number not finite
    std::uint64_t too_many = 0;  // Followed beyond kInstrumentsMost
    friend bool operator==(const Counters&, const Counters&) = default;
  };

  /// Consumes one event; appends what follows from it to `out`.
  void on(const Event& event, std::vector<Output>& out);

  /// The number of an instrument, if it was ever followed.
  std::optional<InstrumentNumber> number_of(const market::InstrumentId& instrument) const;
  /// All instruments ever followed, by number.
  std::size_t instruments() const { return entries_.size(); }
  const market::InstrumentId& instrument(InstrumentNumber number) const;
  bool is_followed(InstrumentNumber number) const;

  /// Both for a followed instrument (contract).
  const SeriesRecord& series(InstrumentNumber number) const;
  Ticker ticker(InstrumentNumber number) const;

  /// What to show while `forming`, the instrument's unfinished base bar, is under way. None where the instrument is not
  /// followed or the bar is not newer than its newest closed one.
  /// Cost    about 2 us
  std::optional<market::Provisional<Preview>> peek(InstrumentNumber number, const market::FormingCandle& forming) const;

  const Counters& counters() const { return counters_; }

  /// The whole state as bytes, with version and checksum. A desk restored from them goes on exactly as this one would.
  std::string save() const;
  /// Errors  Errc::corrupt for bytes that are damaged or no snapshot, Errc::unsupported for another version's
  static Result<Desk> restore(std::string_view bytes);

 private:
  struct Series {
    SeriesRecord record;
    market::FoldLadder ladder;
    DayWindow day;
    double price = std::numeric_limits<double>::quiet_NaN();
  };
  struct Entry {
    market::InstrumentId instrument;
    std::optional<Series> series;  // none while not followed
  };

  void follow(const Followed& followed);
  void unfollow(const Unfollowed& unfollowed);
  void arrive(const BarArrived& arrived, std::vector<Output>& out);
  void close(InstrumentNumber number, Series& series, const market::Candle& bar, std::vector<Output>& out);
  Series* find(InstrumentNumber number);
  static Ticker ticker_of(const Series& series);
  static void save(const Series& series, ByteWriter& writer);
  static Series restore_series(ByteReader& reader);

  std::vector<Entry> entries_;
  Counters counters_;
};

}  // namespace cw::desk
