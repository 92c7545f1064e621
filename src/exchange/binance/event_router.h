#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/log.h"
#include "base/metrics.h"
#include "exchange/binance/messages.h"
#include "exchange/binance/symbol_table.h"
#include "exchange/binance/venue_clock.h"
#include "exchange/feed.h"

namespace cw::exchange::binance {

/// What a message means for the connection that brought it.
enum class Signal { none, acknowledged, refused, shutting_down };

/// From raw texts to the sink: decodes, finds the instrument, drops what is older than what was shown already (two
/// connections overlap at every planned change, and a path may reorder), counts everything by kind.
///
/// Outcomes  trade     with an id above the newest one: shown; else left out (`stale`)
///           quote     with an update id above the newest one: shown; else left out
///           candle    forming and not older than the newest update: shown, else left out; closed: to `on_closed`
///           others    unknown, malformed, another instrument's, another timeframe's: counted, the first of each kind
///           in a
///                     minute is logged
/// Cost      no allocation per message
class EventRouter {
 public:
  using OnClosed = std::function<void(FollowedIndex, const market::Candle&)>;
  EventRouter(std::span<const std::string> symbols, FeedSink& sink, VenueClock& clock, Logger& logger, Metrics& metrics,
              OnClosed on_closed);

  /// Takes one text that arrived at `now` (this machine's clock).
  Signal take(std::string_view text, Timestamp now);

  /// The next event of an instrument is shown whatever its id: after a break the venue may count anew.
  void forget(FollowedIndex instrument) { shown_[instrument] = {.heard = shown_[instrument].heard}; }

  /// When the instrument was last heard of (this machine's clock); the epoch for never.
  Timestamp heard(FollowedIndex instrument) const { return shown_[instrument].heard; }
  /// The venue's words for the last `Signal::refused`.
  const std::string& refusal() const { return refusal_; }

 private:
  struct Shown {
    Timestamp heard{};
    std::int64_t trade_id = -1;
    std::int64_t update_id = -1;
    Timestamp forming_at{};
    Timestamp forming_open{};
  };
  struct Counters {
    Counter &trades, &quotes, &candles, &answers, &others, &unknown, &malformed, &stale;
    explicit Counters(Metrics& metrics);
  };

  Signal on(const TradeMessage& message, Timestamp now);
  Signal on(const QuoteMessage& message, Timestamp now);
  Signal on(const KlineMessage& message, Timestamp now);
  Signal on(const AckMessage& message, Timestamp now);
  Signal on(const RefusalMessage& message, Timestamp now);
  Signal on(const ShutdownMessage& message, Timestamp now);
  Signal on(const TickerMessage& message, Timestamp now);
  Signal on(const BookMessage& message, Timestamp now);
  Signal on(const UnknownMessage& message, Timestamp now);
  Signal on(const MalformedMessage& message, Timestamp now);
  void warn(std::string_view event, std::string_view what, Timestamp& last, Timestamp now);

  MessageDecoder decoder_;
  SymbolTable table_;
  std::vector<Shown> shown_;
  FeedSink& sink_;
  VenueClock& clock_;
  Logger& logger_;
  Counters counters_;
  OnClosed on_closed_;
  std::string refusal_;
  Timestamp unknown_logged_{};
  Timestamp malformed_logged_{};
};

}  // namespace cw::exchange::binance
