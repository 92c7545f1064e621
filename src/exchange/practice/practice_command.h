#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/error.h"
#include "base/metrics.h"
#include "exchange/practice/practice_exchange.h"
#include "exchange/practice/replay_market.h"
#include "net/system_runtime.h"

namespace cw::exchange::practice {

/// What a person asks of `candlewick practice`, flag by flag.
struct PracticeOptions {
  std::string address = "127.0.0.1";  // a literal address of this machine
  std::uint16_t port = 8'090;         // 0: a free one
  std::uint64_t seed = 1;             // of the invented market and of the misbehaviour
  double speed = 1;                   // exchange seconds a second, 0.01 to 10,000
  std::string replay;                 // a symbol whose stored candles are replayed; empty: an invented market
  std::optional<Timestamp> from;      // where the exchange's clock begins; default: now, or a week into the replay
  std::string misbehave;              // as parse_misbehaviour reads it
  std::string certificate;            // PEM chain: with it and the key, connections must speak TLS
  std::string key;
  int weight_a_minute = 6'000;
  Millis lifetime = std::chrono::hours{24};  // of a WebSocket connection, of real time; 1 s to 30 days
};

/// The options as they are, where they make sense together.
/// Errors  Errc::bad_parameter with `field` the flag's name and a sentence on what is allowed
Result<PracticeOptions> validate(PracticeOptions options);

/// How far back an invented market reaches from the exchange's first moment.
inline constexpr Millis kPast = std::chrono::days{730};

/// The market that the options ask for, and where the exchange's clock begins. `stored` gives the candles of `replay`,
/// and nothing but them; it is not asked for otherwise. Errors  not_found where the series is empty; bad_parameter
/// where `from` lies outside of it
struct PracticeMarket {
  std::unique_ptr<MarketSource> source;
  Timestamp start;
};
Result<PracticeMarket> make_practice_market(const PracticeOptions& options, std::unique_ptr<CandleSource> stored,
                                            Timestamp now);

/// Behind `candlewick practice`: listens and serves until `PracticeExchange::stop` is called on what `started` was
/// given (valid until run_practice answers; the port is the one that was taken). `options` are validated ones. Errors
/// those of make_practice_market, SystemRuntime::listen and TlsContext::for_server
net::Task<Result<void>> run_practice(net::SystemRuntime& runtime, PracticeOptions options,
                                     std::unique_ptr<CandleSource> stored, Metrics& metrics,
                                     std::function<void(PracticeExchange&, std::uint16_t port)> started);

}  // namespace cw::exchange::practice
