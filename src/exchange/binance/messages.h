#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <variant>

#include "base/time.h"
#include "market/feed_events.h"

namespace cw::exchange::binance {

// What a market-data message says, in the product's own terms. Texts point into the decoder and live until its next
// call. Times may come in milliseconds or microseconds (`timeUnit=MICROSECOND`); both end up in milliseconds.
// Source of every field: github.com/binance/binance-spot-api-docs, web-socket-streams.md.

/// `trade`, and `aggTrade` (several trades of one taker at one price, as one).
struct TradeMessage {
  std::string_view symbol;
  Timestamp sent_at;    // when the venue sent it; `trade.time` is when it happened
  market::Trade trade;  // of an aggregate: the id of its last trade
  bool aggregate;
};

/// `kline`: the venue's own candle.
struct KlineMessage {
  std::string_view symbol;
  std::string_view interval;  // `1m`, `8h`, `1M`: the venue's word, not checked against ours
  Timestamp close_time;       // the last instant that belongs to the bar
  market::VenueCandle candle;
};

/// `bookTicker`. A side without orders has price and size 0.
struct QuoteMessage {
  std::string_view symbol;
  std::int64_t update_id;
  bool has_time;  // the spot stream sends none as a rule; then `quote.time` is the `received_at` given to decode
  market::Quote quote;
};

/// `24hrTicker` and `24hrMiniTicker`: the day's figures.
struct TickerMessage {
  std::string_view symbol;
  Timestamp sent_at;
  double open, high, low, last;
  double volume, quote_volume;
};

struct BookLevel {
  double price;
  double quantity;  // 0 in a change: the level is gone
};

/// `depthUpdate`, or a snapshot of the book (a partial book stream, REST `depth`).
struct BookMessage {
  std::string_view symbol;  // of a snapshot: from the stream's name, empty where there is none
  std::optional<Timestamp> sent_at;
  std::optional<std::int64_t> first_id;  // changes only
  std::int64_t last_id;
  bool snapshot;
  std::span<const BookLevel> bids;
  std::span<const BookLevel> asks;
};

/// The answer to one of our requests on the socket that is no refusal.
struct AckMessage {
  std::optional<std::int64_t> id;
};

/// The venue says no: `{code, msg}` to a request on the socket, or as the body of a REST answer.
struct RefusalMessage {
  std::optional<std::int64_t> id;
  std::int64_t code;
  std::string_view message;
};

/// `serverShutdown`: the connection will end soon; a new one should be made now.
struct ShutdownMessage {
  Timestamp sent_at;
};

/// Well-formed, but nothing that the product reads. `name` is its event type, else its stream, else its shape.
struct UnknownMessage {
  std::string_view name;
};

/// Not what it claims to be. `reason` is a clause for people: "field 'p' ('abc') is not a number".
struct MalformedMessage {
  std::string_view reason;
};

using Message = std::variant<TradeMessage, KlineMessage, QuoteMessage, TickerMessage, BookMessage, AckMessage,
                             RefusalMessage, ShutdownMessage, UnknownMessage, MalformedMessage>;

/// Reads messages of Binance's spot market-data sockets: bare, or in the envelope of combined streams.
///
/// Fields may come in any order; fields that are not needed are not looked at. Prices, sizes and times are checked:
/// decimal text that is finite, prices above zero (quotes and book levels: not below), times in 2000..2099.
/// Bounds  a text over `kBytesMost` is malformed, and so is a book of over `kLevelsMost` levels a side
/// Errors  never fails: what cannot be read is an UnknownMessage or a MalformedMessage
/// Cost    one pass; no allocation once its buffers have grown to the longest text seen (`reserve` grows them at once)
class MessageDecoder {
 public:
  static constexpr std::size_t kBytesMost = 4 * 1024 * 1024;
  static constexpr std::size_t kLevelsMost = 5'000;  // the most that the venue gives

  MessageDecoder();
  ~MessageDecoder();

  /// Grows the buffers for texts of `bytes` and books of `levels` a side.
  void reserve(std::size_t bytes, std::size_t levels);

  Message decode(std::string_view text, Timestamp received_at);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// A time field of the venue, in milliseconds or microseconds (told apart by their size); none outside 2000..2099.
std::optional<Timestamp> time_of(std::int64_t number);

}  // namespace cw::exchange::binance
