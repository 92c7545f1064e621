#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "market/candle.h"
#include "market/feed_events.h"
#include "market/instrument.h"

namespace cw::exchange::practice {

inline constexpr Millis kMinute{60'000};
inline constexpr Millis kDay{86'400'000};
inline constexpr int kMinutesADay = 1'440;

/// Days since 1970-01-01 of a point in time.
constexpr std::int64_t day_of(Timestamp t) {
  return std::chrono::floor<std::chrono::days>(t).time_since_epoch().count();
}
constexpr Timestamp start_of_day(std::int64_t day) { return Timestamp{std::chrono::days{day}}; }

/// The double nearest to the multiple of `step` (a decimal: 0.01, 1, 0.00000001) that is nearest to `value`: the number
/// one gets by reading its decimal text.
double on_grid(double value, double step);

/// What the exchange knows of a stretch of time: the candle and what else its klines tell. For one minute it is the
/// fold of that minute's trades in their order; for a longer bar the fold of its minutes in theirs, in double.
struct Bar {
  market::Candle candle{};
  double quote_volume = 0;      // sum of price x quantity
  double taker_buy_volume = 0;  // of it bought by the taker, units of base
  double taker_buy_quote_volume = 0;
  std::int64_t trades = 0;
  std::int64_t first_trade_id = -1;  // -1 where nothing traded
  std::int64_t last_trade_id = -1;

  /// Starts a bar at `open_time` that holds nothing yet.
  static Bar empty_at(Timestamp open_time);
  bool is_empty() const { return candle.open == 0; }
  void add(const market::Trade& trade) {
    if (is_empty()) candle = {candle.open_time, trade.price, trade.price, trade.price, trade.price, 0};
    if (trades == 0) first_trade_id = trade.trade_id;
    candle.high = std::max(candle.high, trade.price);
    candle.low = std::min(candle.low, trade.price);
    candle.close = trade.price;
    candle.volume += trade.quantity;
    quote_volume += trade.price * trade.quantity;
    const double bought = trade.taker_sold ? 0.0 : trade.quantity;  // no branch: sides are coin tosses
    taker_buy_volume += bought;
    taker_buy_quote_volume += trade.price * bought;
    last_trade_id = trade.trade_id;
    ++trades;
  }
  /// Appends the next minute.
  void add(const Bar& later);

  friend bool operator==(const Bar&, const Bar&) = default;
};

/// The minutes of one UTC day that exist, in time order.
using DayBars = std::vector<Bar>;
using DayBarsPtr = std::shared_ptr<const DayBars>;

/// Where the practice exchange's market comes from: invented or replayed. A record of minutes, each of them a known
/// sequence of trades; nothing here depends on the clock, so the same question always has the same answer.
/// Not thread-safe.
class MarketSource {
 public:
  virtual ~MarketSource() = default;

  /// What is traded, in order of listing. Never changes.
  virtual std::span<const market::Instrument> instruments() const = 0;

  /// Open time of the first minute of an instrument.
  virtual Timestamp first(std::size_t instrument) const = 0;

  /// End of the record, for a source that has one: no minute opens at or after it.
  virtual std::optional<Timestamp> end() const { return std::nullopt; }

  /// The minutes of a day; empty before `first`, after `end`, and where the record has none.
  /// Errors  what the record's store says (corrupt, io_error)
  virtual Result<DayBarsPtr> day(std::size_t instrument, std::int64_t day) = 0;

  /// Appends the trades of the minute that opens at `minute`, in order; they fold to exactly the bar that `day` gives.
  /// A minute that exists may have none: its bar then stands on its own.
  virtual Result<void> trades(std::size_t instrument, Timestamp minute, std::vector<market::Trade>& out) = 0;
};

}  // namespace cw::exchange::practice
