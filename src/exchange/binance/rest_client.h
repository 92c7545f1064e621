#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/metrics.h"
#include "exchange/binance/rest_messages.h"
#include "exchange/binance/venue_clock.h"
#include "exchange/binance/weight_limiter.h"
#include "market/timeframe.h"
#include "net/http.h"
#include "net/runtime.h"

namespace cw::exchange::binance {

/// What all REST clients of one address share: the weight they have used, the venue's clock.
struct RestShared {
  WeightLimiter limiter{};
  VenueClock clock{};
};

/// Which share of the weight limit a request may fill: history leaves half of it to what is live.
inline constexpr double kLiveShare = 0.9;
inline constexpr double kHistoryShare = 0.5;

/// Binance's public REST interface, one request at a time on one kept connection.
///
/// Every call first waits until the weight limiter lets it go; a cancelled caller leaves that wait.
/// Errors  rate_limited (429, 418: the limiter holds everybody back from then on), refused (403, 451: the message says
///         what to do), bad_parameter (another 4xx, with the venue's own code and words), disconnected (no connection,
///         5xx), timed_out, bad_input (an answer that cannot be read)
class RestClient {
 public:
  static constexpr std::size_t kKlinesMost = 1'000;  // rows of one answer

  /// `base_url`: `https://api.binance.com`, another address that serves the same, with or without a path in front.
  /// Errors  bad_input for an address that is none
  static Result<std::unique_ptr<RestClient>> make(net::Runtime& runtime, std::string_view base_url, RestShared& shared,
                                                  Metrics& metrics, double share);

  /// Measures the venue's clock (`shared.clock`).
  net::Task<Result<Timestamp>> time();

  /// What is known of `symbols` (upper case), of all where empty. Learns the weight limit.
  net::Task<Result<ExchangeInfo>> exchange_info(std::string venue, std::vector<std::string> symbols);

  /// Closed bars that open in [from, to), oldest first, at most `kKlinesMost`; a bar counts as closed `kSettle` after
  /// its end by the venue's clock.
  net::Task<Result<std::vector<market::Candle>>> klines(std::string symbol, market::Timeframe timeframe, Timestamp from,
                                                        Timestamp to);

  /// The newest such bars that open before `before`, oldest first.
  net::Task<Result<std::vector<market::Candle>>> klines_before(std::string symbol, market::Timeframe timeframe,
                                                               Timestamp before);

  /// So long after its end a bar may still change in the venue's database.
  static constexpr Millis kSettle{2'000};

 private:
  RestClient(net::Runtime& runtime, net::Url base, RestShared& shared, Metrics& metrics, double share);
  net::Task<Result<std::string>> get(std::string target, std::int64_t weight);
  net::Task<Result<std::vector<market::Candle>>> klines_at(std::string target);
  Result<std::string> taken(net::HttpResponse response);
  Timestamp venue_now() { return shared_.clock.at(runtime_.now()); }

  net::Runtime& runtime_;
  RestShared& shared_;
  net::HttpClient http_;
  std::string path_;
  double share_;
  Timestamp sent_at_{};  // of the newest request
  Counter& requests_;
  Counter& failures_;
  Counter& limited_;
  Gauge& used_weight_;
};

/// The sentence for an HTTP status by which the venue says that it does not serve us.
std::string explain_refusal(int status);

}  // namespace cw::exchange::binance
