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
#include "exchange/binance/listing_check.h"
#include "net/system_runtime.h"
#include "net/wakeup.h"

namespace cw::app {

/// The feed's thread: a loop of its own with the connector, the history loader and what they share.
///
/// Before it connects it asks the venue, for at most `kLearnFirst`, whether it lists every followed name. One that it does
/// not list is left out, said once (`names_unknown`), and looked for again at the next start; all others are followed. Where
/// the venue answers only later, the feed begins with all names and, should one be unknown, begins anew without it.
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
    /// Followed names that the venue does not list; likewise.
    std::function<void(const std::vector<exchange::binance::ListingCheck::Unknown>&)> names_unknown;
  };
  static constexpr Millis kLearnFirst{5'000};

  /// Errors  bad_input, bad_parameter: an address or a symbol that is none
  static Result<std::unique_ptr<FeedHost>> make(Settings settings, Owners owners, std::optional<net::TlsContext> tls);
  ~FeedHost();

  void start();
  /// Ends both and the thread.
  void stop();

  /// Asks for older bars of a series. Any thread.
  void request_older(exchange::FollowedIndex instrument, market::Timeframe timeframe, Timestamp before);

 private:
  class Renumbered;
  FeedHost(Settings settings, Owners owners, std::optional<net::TlsContext> tls);
  Result<void> build();
  Result<void> build_history();
  net::Task<void> work();
  net::Task<void> follow_listed();
  net::Task<void> learn_instruments();
  void take_listings(const exchange::binance::ListingCheck& check);
  void end_feed();

  Settings settings_;
  Owners owners_;
  net::SystemRuntime runtime_;
  exchange::binance::RestShared shared_;
  // Which of `settings_.followed` the feed was built for: its own index to ours.
  std::vector<exchange::FollowedIndex> listed_;
  std::vector<std::string> unlisted_;  // names that the next feed goes without
  std::unique_ptr<Renumbered> sinks_;
  std::unique_ptr<exchange::binance::RestClient> rest_;
  std::unique_ptr<exchange::binance::BinanceFeed> feed_;
  std::unique_ptr<exchange::binance::HistoryLoader> history_;
  std::unique_ptr<net::TaskGroup> tasks_;
  net::Wakeup changed_;
  bool asked_ = false;  // the venue was asked once, whatever came of it
  bool stopping_ = false;
  std::thread thread_;
};

/// Asks a venue's REST interface for its time until it answers, for at most `patience`: whether a real exchange can be
/// reached from here. A failure is tried again after a short wait, or the one that the venue asks for (Retry-After).
/// Errors  the newest reason other than that the time was over; at once where the venue refuses this address (403, 451)
Result<void> ask_exchange(const std::string& rest_url, Millis patience, std::optional<net::TlsContext> tls,
                          Logger& logger, Metrics& metrics);

}  // namespace cw::app
