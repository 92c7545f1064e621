#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/log.h"
#include "base/metrics.h"
#include "candle_store/candle_store.h"
#include "exchange/binance/connector.h"
#include "exchange/binance/history_loader.h"
#include "net/system_runtime.h"

namespace cw::app {

/// The feed's thread: a loop of its own with the connector, the history loader and what they share.
class FeedHost {
 public:
  struct Settings {
    std::string venue;
    std::string rest_url;
    std::string ws_url;
    std::vector<exchange::binance::FollowedSymbol> followed;
    std::vector<exchange::binance::HistoryGoal> goals;  // none: no history is fetched
    std::uint64_t seed = 0;
  };
  struct Owners {
    exchange::FeedSink& feed;
    exchange::HistorySink& history;
    candle_store::CandleStore& store;
    Logger& logger;
    Metrics& metrics;
    /// What the venue says of the followed instruments; on the feed's thread.
    std::function<void(const std::vector<market::Instrument>&)> instruments_known;
  };

  /// Errors  bad_input, bad_parameter: an address or a symbol that is none
  static Result<std::unique_ptr<FeedHost>> make(Settings settings, Owners owners, std::optional<net::TlsContext> tls);
  ~FeedHost();

  void start();
  /// Ends both and the thread.
  void stop();

  /// Asks for older bars of a series. Any thread.
  void request_older(exchange::FollowedIndex instrument, market::Timeframe timeframe, Timestamp before);

 private:
  FeedHost(Settings settings, Owners owners, std::optional<net::TlsContext> tls);
  Result<void> build();
  net::Task<void> learn_instruments();

  Settings settings_;
  Owners owners_;
  net::SystemRuntime runtime_;
  exchange::binance::RestShared shared_;
  std::unique_ptr<exchange::binance::RestClient> rest_;
  std::unique_ptr<exchange::binance::BinanceFeed> feed_;
  std::unique_ptr<exchange::binance::HistoryLoader> history_;
  std::unique_ptr<net::TaskGroup> tasks_;
  std::thread thread_;
};

/// Asks a venue's REST interface for its time, for at most `patience`: whether a real exchange can be reached from here.
Result<void> ask_exchange(const std::string& rest_url, Millis patience, std::optional<net::TlsContext> tls,
                          Logger& logger, Metrics& metrics);

}  // namespace cw::app
