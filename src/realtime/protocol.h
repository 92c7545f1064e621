#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "market/candle.h"
#include "market/timeframe.h"
#include "realtime/market_board.h"

// The texts of the WebSocket, both ways, as docs/asyncapi.yaml states them. No state here.
namespace cw::realtime {

enum class Channel { market_data, tickers, feed_status };
std::string_view name(Channel channel);

struct MarketDataRequest {
  std::string symbol;
  market::Timeframe timeframe{};
};
struct TickersRequest {
  std::vector<std::string> symbols;  // empty: all
};
struct FeedStatusRequest {};

struct Subscribe {
  std::int64_t id = 0;
  std::variant<MarketDataRequest, TickersRequest, FeedStatusRequest> params;
};
struct Unsubscribe {
  std::int64_t id = 0;
  std::string key;
};
struct Ping {
  std::optional<std::int64_t> id;
};
using ClientMessage = std::variant<Subscribe, Unsubscribe, Ping>;

/// Why a request was refused; `code` is one of openapi.yaml's problem codes or of asyncapi.yaml's own.
struct Refusal {
  std::optional<std::int64_t> id;
  std::string code;
  std::string message;
  bool retryable = false;
  std::string field{};
  std::vector<std::string> suggestions{};
};

/// Reads one text frame of a client.
std::variant<ClientMessage, Refusal> parse_client_message(std::string_view text);

/// The refusal that says what an Error says.
Refusal refusal_of(std::optional<std::int64_t> id, const Error& error, std::string_view field);

struct WelcomeFacts {
  std::string version;
  std::string market;  // live, practice, replay
  std::string venue;
  Millis heartbeat{15'000};
  std::size_t subscriptions = 64;
  std::size_t message_bytes = 16'384;
  std::size_t messages_per_second = 50;
  std::size_t symbols = 100;
  std::size_t queue_bytes = std::size_t{1} << 20;
};

std::string welcome_text(const WelcomeFacts& facts, Timestamp now);
std::string pong_text(std::optional<std::int64_t> id, Timestamp now);
std::string error_text(const Refusal& refusal);
/// `snapshot` is a JSON text.
std::string subscribed_text(std::int64_t id, Channel channel, std::string_view key, std::string_view epoch,
                            std::uint64_t offset, std::string_view snapshot);
std::string unsubscribed_text(std::int64_t id, std::string_view key);
/// `data` is a JSON text.
std::string data_text(Channel channel, std::string_view key, std::uint64_t offset, std::string_view data);
std::string gap_text(Channel channel, std::string_view key, std::uint64_t missed, std::uint64_t offset, bool closed);

/// The payloads of market data, tickers and their snapshots.
enum class BarKind { forming, closed, revised };
std::string bar_json(BarKind kind, const market::Instrument& instrument, market::Timeframe timeframe,
                     const market::Candle& bar, bool gapped);
std::string bar_snapshot_json(const market::Instrument& instrument, market::Timeframe timeframe,
                              const std::optional<market::Candle>& closed,
                              const std::optional<market::FormingCandle>& forming);
std::string ticker_json(const market::Instrument& instrument, const Ticker& ticker);

/// `[open time in ms,open,high,low,close,volume]`, appended.
void append_candle_json(std::string& out, const market::Candle& bar);

/// The values of a forming bar in the shape of a candle, for the wire only.
market::Candle shown_as_candle(const market::FormingCandle& bar);

}  // namespace cw::realtime
