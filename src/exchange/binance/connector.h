#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/metrics.h"
#include "exchange/binance/rest_client.h"
#include "exchange/feed.h"
#include "net/runtime.h"

namespace cw::exchange::binance {

struct FollowedSymbol {
  std::string symbol;                   // upper case: `BTCUSDT`
  std::optional<Timestamp> last_bar{};  // open time of the newest stored 1m bar
};

struct FeedOptions {
  std::string ws_url = "wss://stream.binance.com:9443";
  std::string rest_url = "https://api.binance.com";
  std::vector<FollowedSymbol> followed{};
  Millis catch_up_most = std::chrono::days{30};              // older missing bars are left to history
  std::size_t streams_a_connection = 1'000;                  // the venue allows 1,024
  std::size_t fetchers = 3;                                  // back-fill requests at the same time
  Millis connection_life = std::chrono::minutes{1'410};      // 23 h 30 m; the venue cuts at 24 h
  Millis connection_life_spread = std::chrono::minutes{15};  // a random part of it is taken off
  Millis silent_most{30'000};                                // a connection that says nothing for so long is replaced
  Millis instrument_silent_most{180'000};                    // an instrument that does, while others speak: stale
};

/// Binance's spot market, live: trades, quotes and forming candles as they come, closed 1m candles in strict order.
///
/// Connections  Instruments are shared out over sockets by `streams_a_connection`. A lost socket is made again after a
///              full jitter wait (1 s doubling to 60 s, back to 1 s after 30 s of quiet). Before the venue's daily cut,
///              at its `serverShutdown`, and when a socket or an instrument falls silent, a successor is made first and
///              the old one dropped once the new one is subscribed, so that nothing is lost; what comes twice is left
///              out.
/// Candles      One BarKeeper an instrument. What is missing, whatever the cause, is fetched by REST, `fetchers`
///              requests at a time, within the weight limit; also while no socket is up.
/// States       see docs/feeds.md. `refused` (403, 451) keeps trying, every 5 minutes.
/// Never blocks; single-threaded on the runtime's loop. The sink, the shared state and the metrics outlive it.
class BinanceFeed {
 public:
  /// Errors  bad_input: an address that is none; bad_parameter: no symbol, or one twice
  static Result<std::unique_ptr<BinanceFeed>> make(net::Runtime& runtime, FeedOptions options, FeedSink& sink,
                                                   RestShared& shared, Metrics& metrics, std::uint64_t seed);
  ~BinanceFeed();

  /// Works until `stop`, then answers once everything of it has ended. Call once; destroy only after its answer.
  net::Task<void> run();
  void stop();

  const FeedStatus& status() const;

 private:
  struct Impl;
  explicit BinanceFeed(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace cw::exchange::binance
