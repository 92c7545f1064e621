#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/error.h"
#include "base/metrics.h"
#include "realtime/out_queue.h"
#include "realtime/requests.h"

namespace cw::realtime {

/// One client's way out. What stands behind it (a queue and a coroutine over a WebSocket today) may be replaced without
/// the hub knowing. Calls come on the hub's loop and never block.
class Connection {
 public:
  virtual ~Connection() = default;
  virtual void deliver(const MessagePtr& message) = 0;
  /// Nothing that waits of this key is sent any more.
  virtual void forget(std::string_view key) = 0;
};

/// What messages come from: one instrument's bars of one timeframe, one instrument's ticker, the feed's state. The owner
/// publishes to sources; clients subscribe to topics, each made of one source or several.
using SourceId = std::uint32_t;

/// What a subscription is about, as the owner of the data resolves it.
struct Topic {
  Channel channel{};
  std::string key;                // `market_data:binance:BTCUSDT:1m`
  std::vector<SourceId> sources;  // no source twice
  std::string snapshot_json;      // the state now
};

/// Knows what can be subscribed to.
class TopicSource {
 public:
  virtual ~TopicSource() = default;
  /// Errors  unknown_symbol, unknown_timeframe, ambiguous_symbol (with suggestions), bad_parameter
  virtual Result<Topic> open(const Subscribe& subscribe) = 0;
  /// A topic that was opened has no subscriber any more, or got none.
  virtual void left(const std::string& key) { (void)key; }
};

/// Who subscribed to what, and the fan-out. Single-threaded: everything happens on one loop.
///
/// A source counts what is published to it; a topic's offset is the sum of its sources' counts. So an offset goes up by
/// exactly one a message, also while nobody listens, and a topic without subscribers costs nothing.
class Hub {
 public:
  Hub(ServerFacts facts, SocketLimits limits, TopicSource& topics, Metrics& metrics);

  const ServerFacts& facts() const { return facts_; }
  const SocketLimits& limits() const { return limits_; }

  /// A new source. The owner keeps the id.
  SourceId add_source();

  /// Publishes one message: `write_data` is called once, and only when somebody listens; it appends the JSON of `data`.
  void publish(SourceId source, Delivery delivery, const std::function<void(std::string&)>& write_data);

  void add(Connection& connection);
  void remove(Connection& connection);

  /// Answers one request of a client, which is no Auth; true unless it was refused.
  bool handle(Connection& connection, const Request& request, Timestamp now);

  std::size_t connections() const { return subscriptions_.size(); }

 private:
  struct Live {  // a topic with subscribers
    Channel channel;
    std::string key;
    std::vector<SourceId> sources;
    std::vector<Connection*> subscribers;
  };
  struct Source {
    std::uint64_t count = 0;
    std::vector<Live*> topics;
  };
  void answer(Connection& connection, std::string text);
  void subscribe(Connection& connection, const Subscribe& request, std::vector<Live*>& held, bool& good);
  void unsubscribe(Connection& connection, const Unsubscribe& request, std::vector<Live*>& held, bool& good);
  Live& live_topic(Topic& topic);
  void leave(Connection& connection, Live& topic);
  std::uint64_t offset_of(const std::vector<SourceId>& sources) const;

  ServerFacts facts_;
  SocketLimits limits_;
  TopicSource& topics_;
  std::vector<Source> sources_;
  std::unordered_map<std::string, std::unique_ptr<Live>> live_;
  std::unordered_map<Connection*, std::vector<Live*>> subscriptions_;
  Counter& published_;
  Counter& delivered_;
  Counter& refused_;
  Gauge& connections_gauge_;
  Gauge& subscriptions_gauge_;
};

}  // namespace cw::realtime
