#include "realtime/hub.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/require.h"

namespace cw::realtime {

Hub::Hub(ServerFacts facts, SocketLimits limits, TopicSource& topics, Metrics& metrics)
    : facts_(std::move(facts)),
      limits_(limits),
      topics_(topics),
      published_(metrics.counter("candlewick_realtime_published_total", "Messages published to WebSocket topics.")),
      delivered_(metrics.counter("candlewick_realtime_delivered_total", "Messages handed to WebSocket connections.")),
      refused_(metrics.counter("candlewick_realtime_refused_total", "WebSocket requests answered with an error.")),
      connections_gauge_(metrics.gauge("candlewick_realtime_connections", "Open WebSocket connections.")),
      subscriptions_gauge_(metrics.gauge("candlewick_realtime_subscriptions", "Open WebSocket subscriptions.")) {}

SourceId Hub::add_source() {
  sources_.emplace_back();
  return static_cast<SourceId>(sources_.size() - 1);
}

void Hub::publish(SourceId id, Delivery delivery, const std::function<void(std::string&)>& write_data) {
  CW_REQUIRE(id < sources_.size());
  Source& source = sources_[id];
  ++source.count;
  published_.add();
  if (source.topics.empty()) return;
  std::string data;
  write_data(data);
  for (Live* topic : source.topics) {
    auto message = std::make_shared<Message>();
    message->delivery = delivery;
    message->channel = name(topic->channel);
    message->key = topic->key;
    message->offset = offset_of(topic->sources);
    message->text = data_frame(message->channel, topic->key, message->offset, data);
    const MessagePtr shared = std::move(message);
    for (Connection* connection : topic->subscribers) connection->deliver(shared);
    delivered_.add(topic->subscribers.size());
  }
}

void Hub::add(Connection& connection) {
  subscriptions_.try_emplace(&connection);
  connections_gauge_.set(static_cast<double>(subscriptions_.size()));
}

void Hub::remove(Connection& connection) {
  const auto found = subscriptions_.find(&connection);
  if (found == subscriptions_.end()) return;
  const std::vector<Live*> held = std::move(found->second);
  subscriptions_.erase(found);
  for (Live* topic : held) leave(connection, *topic);
  connections_gauge_.set(static_cast<double>(subscriptions_.size()));
}

bool Hub::handle(Connection& connection, const Request& request, Timestamp now) {
  const auto found = subscriptions_.find(&connection);
  CW_REQUIRE(found != subscriptions_.end());
  bool good = true;
  if (const auto* ping = std::get_if<Ping>(&request)) {
    answer(connection, pong_frame(ping->id, now));
  } else if (const auto* wanted = std::get_if<Subscribe>(&request)) {
    subscribe(connection, *wanted, found->second, good);
  } else if (const auto* unwanted = std::get_if<Unsubscribe>(&request)) {
    unsubscribe(connection, *unwanted, found->second, good);
  } else {
    CW_REQUIRE(std::holds_alternative<Refusal>(request));
    answer(connection, error_frame(std::get<Refusal>(request)));
    good = false;
  }
  if (!good) refused_.add();
  return good;
}

void Hub::subscribe(Connection& connection, const Subscribe& request, std::vector<Live*>& held, bool& good) {
  auto topic = topics_.open(request);
  if (!topic) {
    good = false;
    answer(connection, error_frame(refusal_of(request.id, topic.error())));
    return;
  }
  const bool is_held = std::ranges::any_of(held, [&](const Live* live) { return live->key == topic->key; });
  if (!is_held && held.size() >= limits_.subscriptions) {
    good = false;
    if (!live_.contains(topic->key)) topics_.left(topic->key);
    answer(
        connection,
        error_frame({request.id, "too_many_subscriptions",
                     fmt::format("{} keys are open on this connection, which is the limit. Unsubscribe from one first.",
                                 held.size()),
                     false}));
    return;
  }
  const std::string snapshot = std::move(topic->snapshot_json);
  Live& live = live_topic(*topic);
  // The answer goes first: no data of the key may come before it.
  answer(connection,
         subscribed_frame(request.id, name(live.channel), live.key, facts_.epoch, offset_of(live.sources), snapshot));
  if (is_held) return;
  live.subscribers.push_back(&connection);
  held.push_back(&live);
  subscriptions_gauge_.add(1);
}

void Hub::unsubscribe(Connection& connection, const Unsubscribe& request, std::vector<Live*>& held, bool& good) {
  const auto found = std::ranges::find_if(held, [&](const Live* live) { return live->key == request.key; });
  if (found == held.end()) {
    good = false;
    answer(connection,
           error_frame({request.id, "unknown_key",
                        fmt::format("'{}' is not subscribed to on this connection.", request.key), false, "key"}));
    return;
  }
  Live& topic = **found;
  held.erase(found);
  connection.forget(request.key);
  leave(connection, topic);
  answer(connection, unsubscribed_frame(request.id, request.key));
}

Hub::Live& Hub::live_topic(Topic& topic) {
  const auto found = live_.find(topic.key);
  if (found != live_.end()) return *found->second;
  auto live = std::make_unique<Live>(Live{topic.channel, topic.key, std::move(topic.sources), {}});
  for (const SourceId source : live->sources) sources_[source].topics.push_back(live.get());
  return *live_.emplace(topic.key, std::move(live)).first->second;
}

void Hub::leave(Connection& connection, Live& topic) {
  std::erase(topic.subscribers, &connection);
  subscriptions_gauge_.add(-1);
  if (!topic.subscribers.empty()) return;
  for (const SourceId source : topic.sources) std::erase(sources_[source].topics, &topic);
  const std::string key = topic.key;
  live_.erase(key);
  topics_.left(key);
}

std::uint64_t Hub::offset_of(const std::vector<SourceId>& sources) const {
  std::uint64_t offset = 0;
  for (const SourceId source : sources) offset += sources_[source].count;
  return offset;
}

void Hub::answer(Connection& connection, std::string text) {
  auto message = std::make_shared<Message>();
  message->text = std::move(text);
  connection.deliver(message);
}

}  // namespace cw::realtime
