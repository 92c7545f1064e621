#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/metrics.h"
#include "exchange/binance/rest_client.h"
#include "exchange/feed.h"
#include "net/runtime.h"

namespace cw::exchange::binance {

/// How far back one timeframe is fetched.
struct HistoryGoal {
  market::Timeframe timeframe;
  std::optional<Millis> reach;  // none: all that the venue has
};

/// What is stored of a series already, taken as whole in between: open times of its first and last bar.
struct HistoryCoverage {
  Timestamp first;
  Timestamp last;
};

struct HistoryOptions {
  std::string rest_url = "https://api.binance.com";
  std::vector<std::string> symbols{};  // in the order of FollowedIndex
  std::vector<HistoryGoal> goals{{market::Timeframe::m1, std::chrono::days{30}},
                                 {market::Timeframe::m15, std::chrono::days{730}},
                                 {market::Timeframe::h1, std::chrono::days{730}},
                                 {market::Timeframe::d1, std::nullopt}};
  /// Asked once a series at the start; without it nothing is stored.
  std::function<std::optional<HistoryCoverage>(FollowedIndex, market::Timeframe)> coverage{};
  /// Asked before each page; while it answers false nothing is fetched, and it is asked again every 5 s. Without it
  /// there is always room.
  std::function<bool()> has_room{};
};

/// Fetches the venue's own candles of the past, in the background, within half of the weight limit.
///
/// Order     the newest missing page (1,000 bars) of every series first, then the next older one of each, so that every
///           chart soon has something; what a chart asks for (`request_older`) goes before all of it
/// Skips     what is stored; only closed bars are passed on, never the one under way
/// Failures  tried again after a full jitter wait (1 s doubling to 60 s); when the venue refuses, after 5 minutes
/// Bounds    one request at a time; `kRequestsMost` requests of charts wait, one a series
class HistoryLoader {
 public:
  static constexpr std::size_t kRequestsMost = 64;

  /// The sink, the shared state and the metrics outlive it. Errors: bad_input for an address that is none
  static Result<std::unique_ptr<HistoryLoader>> make(net::Runtime& runtime, HistoryOptions options, HistorySink& sink,
                                                     RestShared& shared, Metrics& metrics, std::uint64_t seed);
  ~HistoryLoader();

  /// Works until `stop`, then answers once its work has ended. Call once; destroy only after its answer.
  net::Task<void> run();
  void stop();

  /// Asks for a page of bars that open before `before`; they come by on_history, and on_history_progress says `done`
  /// where the venue has none. A request for a series that waits already is merged with it: the older time counts.
  /// False where `kRequestsMost` wait.
  bool request_older(FollowedIndex instrument, market::Timeframe timeframe, Timestamp before);

  /// Nothing is left to fetch of the goals.
  bool is_complete() const;

 private:
  struct Impl;
  explicit HistoryLoader(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace cw::exchange::binance
