#include "realtime/hub.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace cw::realtime {
namespace {

using Json = nlohmann::json;

class Client final : public Connection {
 public:
  void deliver(const MessagePtr& message) override { frames.push_back(Json::parse(message->text)); }
  void forget(std::string_view key) override { forgotten.emplace_back(key); }
  const Json& last() const { return frames.back(); }
  std::vector<Json> frames;
  std::vector<std::string> forgotten;
};

/// Two instruments: bars of each, and their tickers together.
class Desk final : public TopicSource {
 public:
  Result<Topic> open(const Subscribe& subscribe) override {
    if (subscribe.channel == Channel::tickers)
      return Topic{Channel::tickers, "tickers:all", {ticker_a, ticker_b}, "{}"};
    if (subscribe.symbol == "A") return Topic{Channel::market_data, "market_data:A", {bars_a}, R"({"symbol":"A"})"};
    Error error{Errc::unknown_symbol, "'" + subscribe.symbol + "' is not known.", {"A"}, "symbol"};
    return std::unexpected(std::move(error));
  }
  SourceId bars_a{}, ticker_a{}, ticker_b{};
};

class HubTest : public testing::Test {
 protected:
  HubTest() {
    desk.bars_a = hub.add_source();
    desk.ticker_a = hub.add_source();
    desk.ticker_b = hub.add_source();
    hub.add(client);
    hub.add(other);
  }
  bool send(Client& from, const Json& message) {
    return hub.handle(from, parse_request(message.dump(), hub.limits()), from_ms(1'000));
  }
  bool subscribe(Client& from, std::string symbol, int id = 1) {
    return send(from, {{"type", "subscribe"},
                       {"id", id},
                       {"channel", "market_data"},
                       {"params", {{"symbol", symbol}, {"timeframe", "1m"}}}});
  }
  void publish(SourceId source, std::string text = "1") {
    hub.publish(source, Delivery::durable, [&](std::string& out) { out += text; });
  }

  Metrics metrics;
  Desk desk;
  Hub hub{{"0.1.0", "practice", "practice", "abc"}, SocketLimits{.subscriptions = 2}, desk, metrics};
  Client client, other;
};

TEST_F(HubTest, AnswersASubscriptionBeforeItsFirstData) {
  publish(desk.bars_a);
  ASSERT_TRUE(subscribe(client, "A", 7));
  EXPECT_EQ(client.last(), Json::parse(R"({"type":"subscribed","id":7,"channel":"market_data","key":"market_data:A",
                                           "epoch":"abc","offset":1,"snapshot":{"symbol":"A"}})"));
  publish(desk.bars_a, R"({"kind":"closed"})");
  EXPECT_EQ(client.last(), Json::parse(R"({"type":"data","channel":"market_data","key":"market_data:A","offset":2,
                                           "data":{"kind":"closed"}})"));
}

TEST_F(HubTest, CountsWhatIsPublishedWhileNobodyListens) {
  subscribe(client, "A");
  publish(desk.bars_a);
  send(client, {{"type", "unsubscribe"}, {"id", 2}, {"key", "market_data:A"}});
  publish(desk.bars_a);
  subscribe(client, "A");
  EXPECT_EQ(client.last()["offset"], 2);
}

TEST_F(HubTest, ATopicOfSeveralSourcesRisesByOneAMessage) {
  publish(desk.ticker_a);
  publish(desk.ticker_b);
  send(client, {{"type", "subscribe"}, {"id", 1}, {"channel", "tickers"}});
  EXPECT_EQ(client.last()["offset"], 2);
  publish(desk.ticker_b);
  EXPECT_EQ(client.last()["offset"], 3);
  publish(desk.ticker_a);
  EXPECT_EQ(client.last()["offset"], 4);
}

TEST_F(HubTest, WritesDataOnlyWhenSomebodyListensAndOnceForAll) {
  int written = 0;
  const auto count = [&](std::string& out) { ++written, out += "1"; };
  hub.publish(desk.bars_a, Delivery::conflatable, count);
  EXPECT_EQ(written, 0);
  subscribe(client, "A");
  subscribe(other, "A");
  hub.publish(desk.bars_a, Delivery::conflatable, count);
  EXPECT_EQ(written, 1);
  EXPECT_EQ(client.last(), other.last());
}

TEST_F(HubTest, SubscribingTwiceAnswersTwiceAndSendsOnce) {
  subscribe(client, "A", 1);
  subscribe(client, "A", 2);
  EXPECT_EQ(client.last()["id"], 2);
  const auto before = client.frames.size();
  publish(desk.bars_a);
  EXPECT_EQ(client.frames.size(), before + 1);
}

TEST_F(HubTest, RefusesWhatIsUnknownAndKeepsTheConnection) {
  EXPECT_FALSE(subscribe(client, "B", 4));
  EXPECT_EQ(client.last(), Json::parse(R"({"type":"error","id":4,"code":"unknown_symbol","message":"'B' is not known.",
                                           "retryable":false,"field":"symbol","suggestions":["A"]})"));
  EXPECT_FALSE(send(client, {{"type", "unsubscribe"}, {"id", 5}, {"key", "market_data:A"}}));
  EXPECT_EQ(client.last()["code"], "unknown_key");
  EXPECT_TRUE(subscribe(client, "A"));
}

TEST_F(HubTest, HoldsTheLimitOfSubscriptions) {
  Hub small{{"0.1.0", "practice", "practice", "abc"}, SocketLimits{.subscriptions = 1}, desk, metrics};
  desk.bars_a = small.add_source();
  desk.ticker_a = small.add_source();
  desk.ticker_b = small.add_source();
  small.add(client);
  const auto ask = [&](const char* text) {
    return small.handle(client, parse_request(text, small.limits()), from_ms(0));
  };
  EXPECT_TRUE(ask(R"({"type":"subscribe","id":1,"channel":"tickers"})"));
  EXPECT_FALSE(ask(R"({"type":"subscribe","id":2,"channel":"market_data","params":{"symbol":"A","timeframe":"1m"}})"));
  EXPECT_EQ(client.last()["code"], "too_many_subscriptions");
  EXPECT_TRUE(ask(R"({"type":"subscribe","id":3,"channel":"tickers"})"));
  small.remove(client);
}

TEST_F(HubTest, AfterUnsubscribingNothingOfTheKeyFollows) {
  subscribe(client, "A");
  EXPECT_TRUE(send(client, {{"type", "unsubscribe"}, {"id", 2}, {"key", "market_data:A"}}));
  EXPECT_THAT(client.forgotten, testing::ElementsAre("market_data:A"));
  EXPECT_EQ(client.last()["type"], "unsubscribed");
  publish(desk.bars_a);
  EXPECT_EQ(client.last()["type"], "unsubscribed");
}

TEST_F(HubTest, AClientThatIsGoneGetsNothingMore) {
  subscribe(client, "A");
  subscribe(other, "A");
  hub.remove(client);
  const auto before = client.frames.size();
  publish(desk.bars_a);
  EXPECT_EQ(client.frames.size(), before);
  EXPECT_EQ(other.last()["type"], "data");
}

TEST_F(HubTest, AnswersPingWithTheServersTime) {
  send(client, {{"type", "ping"}, {"id", 9}});
  EXPECT_EQ(client.last(), Json::parse(R"({"type":"pong","id":9,"server_time":1000})"));
}

TEST_F(HubTest, WelcomeIsWhatTheContractSays) {
  const Json welcome = Json::parse(welcome_frame(hub.facts(), SocketLimits{}, from_ms(5), from_ms(9)));
  EXPECT_EQ(welcome,
            Json::parse(R"({"type":"welcome","protocol":1,"server_time":5,"version":"0.1.0","market":"practice",
      "venue":"practice","heartbeat_ms":15000,"expires_at":9,"limits":{"subscriptions":64,"message_bytes":49152,"messages_per_second":50,
      "symbols":100,"queue_bytes":1048576}})"));
  // An API key that never ends.
  EXPECT_EQ(Json::parse(welcome_frame(hub.facts(), SocketLimits{}, from_ms(5), {}))["expires_at"], nullptr);
}

}  // namespace
}  // namespace cw::realtime
