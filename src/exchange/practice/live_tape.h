#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "exchange/practice/history.h"
#include "exchange/practice/market_source.h"
#include "exchange/practice/stream_name.h"
#include "market/feed_events.h"

namespace cw::exchange::practice {

/// What happens on the exchange, as it happens. Times are the exchange's own.
class TapeSink {
 public:
  virtual ~TapeSink() = default;
  virtual void on_trade(std::size_t instrument, const market::Trade& trade, Timestamp event_time) = 0;
  virtual void on_quote(std::size_t instrument, std::int64_t update_id, const market::Quote& quote) = 0;
  virtual void on_kline(const StreamId& stream, const Bar& bar, bool closed, Timestamp event_time) = 0;
  virtual void on_mini_ticker(std::size_t instrument, const Bar& day, Timestamp event_time) = 0;
};

/// Plays the market forward for the streams that somebody listens to; the others cost nothing.
///
/// For each instrument, in its own time order: each trade with the quote after it; at most every `kline_every` the
/// forming bars that changed; at the end of each minute, after its last trade, the closed bars. When it is called after
/// a pause of more than `kLeapAfter` times the speed (the machine slept), what was missed is left out, as on an
/// exchange that was away: it goes on with the current minute and counts a leap. Pure: time comes as an argument. Not
/// thread-safe.
class LiveTape {
 public:
  static constexpr Millis kLeapAfter{120'000};

  /// `speed`: exchange seconds a second; it stretches `kline_every` and the leap so that a fast exchange is not a
  /// flood.
  LiveTape(MarketSource& source, double speed);

  /// One more, or one less, listener of a stream. What was traded before the first one came is in the forming bar, but
  /// is not told.
  Result<void> follow(const StreamId& stream, Timestamp now);
  void unfollow(const StreamId& stream);

  /// Tells what happened up to and including `now`. Errors: those of the source; the instrument at fault is left out
  /// until somebody follows it anew.
  Result<void> advance(Timestamp now, TapeSink& sink);

  /// When something happens next; none when nobody listens or the record is over.
  std::optional<Timestamp> next() const;

  std::uint64_t leaps() const { return leaps_; }

 private:
  struct Forming {
    int listeners = 0;
    Bar closed_part;  // the minutes of the bar that are over
    bool changed = false;
  };
  struct Line {  // of one instrument
    int listeners = 0;
    int mini_tickers = 0;
    Timestamp minute{};
    std::optional<Bar> whole;  // the minute as it will have been; none where it does not exist
    std::vector<market::Trade> trades;
    std::size_t next_trade = 0;
    Bar so_far;
    Timestamp told_at{};  // when forming bars were told last
    bool changed = false;
    std::map<market::Timeframe, Forming> forming;
  };

  Result<void> place(std::size_t instrument, Timestamp now);
  Result<void> load_minute(std::size_t instrument, Timestamp minute);
  Result<void> start_forming(std::size_t instrument, market::Timeframe timeframe, Forming& forming);
  Result<void> advance_line(std::size_t instrument, Timestamp now, TapeSink& sink);
  void tell_trade(std::size_t instrument, Timestamp now, TapeSink& sink);
  void tell_forming(std::size_t instrument, Timestamp now, TapeSink& sink);
  void close_minute(std::size_t instrument, Timestamp now, TapeSink& sink);
  Result<void> tell_mini_ticker(std::size_t instrument, Timestamp now, TapeSink& sink);
  Timestamp next_of(const Line& line) const;

  MarketSource& source_;
  History history_;
  Millis kline_every_;
  Millis leap_after_;
  std::vector<Line> lines_;
  std::vector<double> ticks_;
  std::vector<double> lots_;
  std::uint64_t leaps_ = 0;
};

}  // namespace cw::exchange::practice
