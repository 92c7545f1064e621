#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/metrics.h"
#include "base/time.h"
#include "market/candle.h"
#include "market/timeframe.h"
#include "realtime/market_board.h"
#include "realtime/outbox.h"
#include "realtime/protocol.h"

namespace cw::realtime {

/// One client as the hub sees it: where its frames go, and how to say that some came. Made by the connection, which
/// unsubscribes everything (`Hub::leave`) before it dies.
class Subscriber {
 public:
  explicit Subscriber(std::size_t budget_bytes) : outbox(budget_bytes) {}
  virtual ~Subscriber() = default;
  /// Something waits in `outbox`. Called often; must be cheap.
  virtual void wake() = 0;

  Outbox outbox;
};

/// Fan-out of market data: a topic a key, each message made once and shared by all who listen. Publishing into a topic
/// that nobody listens to costs a look-up. Forming bars and tickers are kept back and go out, newest only, with `tick`;
/// closed and revised bars go at once.
///
/// Also keeps the board: what is published here is what snapshots and the REST API show. Single-threaded, no clock, no
/// socket; the owner calls `tick` four times a second.
class Hub {
 public:
  /// `epoch_seed` must differ from one run of the server to the next.
  Hub(MarketBoard& board, std::uint64_t epoch_seed, Metrics& metrics);
  ~Hub();

  void publish_closed(BoardIndex instrument, market::Timeframe timeframe, const market::Candle& bar, bool gapped);
  void publish_revised(BoardIndex instrument, market::Timeframe timeframe, const market::Candle& bar, bool gapped);
  void publish_forming(BoardIndex instrument, market::Timeframe timeframe, const market::FormingCandle& bar);
  void publish_ticker(BoardIndex instrument, const Ticker& ticker);
  /// `json` is the document of GET /api/market/status. Equal to the last one: nothing is sent.
  void publish_status(std::string json);

  /// Sends what was kept back since the last call.
  void tick();

  /// Opens a topic for `who` and puts the answer, then nothing older, into its outbox. True where the topic is new to it.
  /// Errors are for the answer: unknown_symbol, ambiguous_symbol.
  std::optional<Refusal> subscribe(Subscriber& who, const Subscribe& request, std::size_t open_keys_most);
  /// False where `who` does not listen to `key`.
  bool unsubscribe(Subscriber& who, const std::string& key);
  void leave(Subscriber& who);

  std::size_t topics() const { return topics_.size(); }
  std::size_t keys_of(const Subscriber& who) const;
  const MarketBoard& board() const { return board_; }
  const std::string& status_json() const { return status_json_; }

 private:
  struct Topic;
  Topic& open(std::string key, Channel channel);
  void publish(Topic& topic, std::string_view data, Frame::Kind kind);
  Topic* bar_topic(BoardIndex instrument, market::Timeframe timeframe);
  void close_if_unused(Topic& topic);
  std::string snapshot(const Topic& topic) const;
  void flush(Topic& topic);

  MarketBoard& board_;
  std::uint64_t epoch_state_;
  std::string status_json_ = "null";
  std::unordered_map<std::string, std::unique_ptr<Topic>> topics_;
  std::unordered_map<std::uint64_t, Topic*> bar_topics_;       // by instrument and timeframe
  std::unordered_map<Subscriber*, std::vector<Topic*>> open_;  // what each client listens to
  std::vector<Topic*> ticker_topics_;
  Counter& published_;
  Counter& delivered_;
};

}  // namespace cw::realtime
