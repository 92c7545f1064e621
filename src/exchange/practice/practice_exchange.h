#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "base/metrics.h"
#include "base/time.h"
#include "exchange/practice/market_source.h"
#include "exchange/practice/misbehaviour.h"
#include "exchange/practice/session.h"
#include "market/candle.h"
#include "net/runtime.h"
#include "net/stream.h"

namespace cw::exchange::practice {

struct PracticeSettings {
  std::uint64_t seed = 1;  // of the misbehaviour; a generated market has its own
  double speed = 1;        // exchange seconds a second
  Timestamp start{};       // what the exchange's clock shows when it begins
  Misbehaviour misbehaviour{};
  int weight_a_minute = 6'000;  // REST limit of a peer, by the machine's minutes
  SessionLimits session{};
  Millis restart_notice{10'000};  // between the notice of a planned restart and the end of all connections
};

/// A local exchange that speaks Binance's spot wire formats over any listener.
///
/// REST    `/api/v3/ping`, `time`, `exchangeInfo`, `klines`, with used-weight headers, 429 and 418 with Retry-After
/// Streams `/ws/…` and `/stream?streams=…`: trade, aggTrade, kline_…, bookTicker, miniTicker; SUBSCRIBE and its kin;
///         pings every 20 s and the end after 60 s of silence; limits of streams, messages, age and unsent bytes
///         (SessionLimits)
/// Clock   the exchange's own: `start` plus the runtime's time since the beginning, times `speed`
/// Orders  on loopback alone: GET and POST `/practice/misbehave` (a list as parse_misbehaviour reads it),
///         GET `/practice/status`, POST `/practice/restart` (a serverShutdown event, then all connections end)
///
/// Bounded: 1,000 connections; each one's queue; a request's work is done a few days of minutes at a time, so that a
/// long one holds up nobody. Lives on the runtime's loop; the runtime, its logger and the metrics outlive it.
class PracticeExchange {
 public:
  PracticeExchange(net::Runtime& runtime, PracticeSettings settings, std::unique_ptr<MarketSource> source,
                   Metrics& metrics);
  ~PracticeExchange();

  /// Serves one listener until `stop`; may be spawned for several.
  net::Task<void> serve(std::unique_ptr<net::Listener> listener);

  /// Tells every client that the exchange is about to go (serverShutdown), waits for `notice`, ends all connections.
  net::Task<void> stop(Millis notice = Millis{0});
  /// The same, but goes on taking connections.
  net::Task<void> restart(Millis notice);

  /// What its clock shows.
  Timestamp now() const;

  void set_misbehaviour(const Misbehaviour& misbehaviour);

  /// What really happened: the closed minutes of a symbol that open in [from, to), whatever was told to whom.
  /// Errors  unknown_symbol; those of the source
  Result<std::vector<market::Candle>> truth(std::string_view symbol, Timestamp from, Timestamp to);

  std::size_t sessions() const;

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace cw::exchange::practice
