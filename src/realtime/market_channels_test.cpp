#include "realtime/market_channels.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace cw::realtime {
namespace {

using Json = nlohmann::json;
using market::Timeframe;

class Client final : public Connection {
 public:
  void deliver(const MessagePtr& message) override { frames.push_back(Json::parse(message->text)); }
  void forget(std::string_view) override {}
  std::vector<Json> data() const {
    std::vector<Json> found;
    for (const Json& frame : frames) {
      if (frame["type"] == "data") found.push_back(frame["data"]);
    }
    return found;
  }
  std::vector<Json> frames;
};

class MarketChannelsTest : public testing::Test {
 protected:
  MarketChannelsTest() {
    channels.attach(hub);
    btc = channels.put({{"practice", "BTCUSDT"}, "BTC", "USDT"}, true);
    eth = channels.put({{"practice", "ETHUSDT"}, "ETH", "USDT"}, true);
    stored = channels.put({{"binance", "LTCUSDT"}, "LTC", "USDT"}, false);
    hub.add(client);
  }
  Json ask(Json message) {
    hub.handle(client, parse_request(message.dump(), hub.limits()), from_ms(0));
    return client.frames.back();
  }
  Json subscribe_bars(std::string symbol, std::string timeframe) {
    return ask({{"type", "subscribe"},
                {"id", 1},
                {"channel", "market_data"},
                {"params", {{"symbol", symbol}, {"timeframe", timeframe}}}});
  }
  static market::FormingCandle forming_at(std::int64_t ms, double close) {
    return {from_ms(ms), 1, 2, 0.5, close, 3, from_ms(ms + 1)};
  }

  Metrics metrics;
  MarketChannels channels{"practice"};
  Hub hub{{"0.1.0", "practice", "practice", "e"}, SocketLimits{}, channels, metrics};
  Client client;
  BoardIndex btc{}, eth{}, stored{};
};

TEST_F(MarketChannelsTest, TheSnapshotHoldsTheNewestClosedAndTheFormingBar) {
  channels.closed(btc, Timeframe::m1, {from_ms(60'000), 1, 2, 0.5, 1.5, 3}, false);
  channels.forming(btc, Timeframe::m1, forming_at(120'000, 1.75));
  EXPECT_EQ(subscribe_bars("btcusdt", "1m")["snapshot"], Json::parse(R"({"symbol":"BTCUSDT","venue":"practice",
      "timeframe":"1m","closed":[60000,1,2,0.5,1.5,3],"forming":[120000,1,2,0.5,1.75,3]})"));
  EXPECT_EQ(client.frames.back()["key"], "market_data:practice:BTCUSDT:1m");
}

TEST_F(MarketChannelsTest, ClosedBarsGoAtOnceAndFormingOnesNewestOnlyWithTheTick) {
  subscribe_bars("BTCUSDT", "1m");
  channels.forming(btc, Timeframe::m1, forming_at(60'000, 1.1));
  channels.forming(btc, Timeframe::m1, forming_at(60'000, 1.2));
  EXPECT_TRUE(client.data().empty());
  channels.tick();
  ASSERT_EQ(client.data().size(), 1U);
  EXPECT_EQ(client.data()[0]["candle"][4], 1.2);
  channels.closed(btc, Timeframe::m1, {from_ms(60'000), 1, 2, 0.5, 1.5, 3}, true);
  ASSERT_EQ(client.data().size(), 2U);
  EXPECT_EQ(client.data()[1], Json::parse(R"({"kind":"closed","symbol":"BTCUSDT","venue":"practice","timeframe":"1m",
      "candle":[60000,1,2,0.5,1.5,3],"gapped":true})"));
}

TEST_F(MarketChannelsTest, AFormingBarThatIsOverIsNeitherSentNorShown) {
  subscribe_bars("BTCUSDT", "1m");
  channels.forming(btc, Timeframe::m1, forming_at(60'000, 1.1));
  channels.closed(btc, Timeframe::m1, {from_ms(60'000), 1, 2, 0.5, 1.5, 3}, false);
  channels.forming(btc, Timeframe::m1, forming_at(60'000, 1.4));
  channels.tick();
  EXPECT_EQ(client.data().size(), 1U);
  EXPECT_EQ(subscribe_bars("BTCUSDT", "1m")["snapshot"]["forming"], nullptr);
}

TEST_F(MarketChannelsTest, ARevisedBarReplacesTheNewestOnTheBoardOnlyWhereItIsTheNewest) {
  subscribe_bars("BTCUSDT", "1m");
  channels.closed(btc, Timeframe::m1, {from_ms(120'000), 1, 2, 0.5, 1.5, 3}, false);
  channels.revised(btc, Timeframe::m1, {from_ms(60'000), 9, 9, 9, 9, 9}, false);
  EXPECT_EQ(client.data().back()["kind"], "revised");
  EXPECT_EQ(channels.board().closed(btc, Timeframe::m1)->close, 1.5);
  channels.revised(btc, Timeframe::m1, {from_ms(120'000), 1, 2, 0.5, 1.6, 3}, false);
  EXPECT_EQ(channels.board().closed(btc, Timeframe::m1)->close, 1.6);
}

TEST_F(MarketChannelsTest, TickersWithoutSymbolsAreThoseThatAreFollowed) {
  const Json answer = ask({{"type", "subscribe"}, {"id", 1}, {"channel", "tickers"}});
  EXPECT_EQ(answer["key"], "tickers:practice:BTCUSDT,practice:ETHUSDT");
  EXPECT_EQ(answer["snapshot"]["tickers"].size(), 2U);
  EXPECT_EQ(answer["snapshot"]["tickers"][0]["price"], nullptr);
}

TEST_F(MarketChannelsTest, OneTickerGoesOnceATickHoweverOftenItChanged) {
  ask({{"type", "subscribe"}, {"id", 1}, {"channel", "tickers"}, {"params", {{"symbols", {"ETHUSDT", "ethusdt"}}}}});
  channels.ticker(eth, {.price = 1.0});
  channels.ticker(eth, {.price = 2.0});
  channels.ticker(btc, {.price = 3.0});
  channels.tick();
  channels.tick();
  ASSERT_EQ(client.data().size(), 1U);
  EXPECT_EQ(client.data()[0]["price"], 2.0);
}

TEST_F(MarketChannelsTest, TheFeedsStateGoesAtMostWithEveryFourthTick) {
  int made = 0;
  channels.set_status([&] { return fmt::format(R"({{"made":{}}})", ++made); });
  EXPECT_EQ(ask({{"type", "subscribe"}, {"id", 1}, {"channel", "feed_status"}})["snapshot"]["made"], 1);
  for (int i = 0; i < 8; ++i) {
    channels.status_changed();
    channels.tick();
  }
  EXPECT_EQ(client.data().size(), 2U);
}

TEST_F(MarketChannelsTest, RefusesByFieldWithTheNearestName) {
  const Json symbol = subscribe_bars("BTCUSD", "1m");
  EXPECT_EQ(symbol["code"], "unknown_symbol");
  EXPECT_EQ(symbol["field"], "symbol");
  EXPECT_THAT(symbol["suggestions"].dump(), testing::HasSubstr("BTCUSDT"));
  const Json timeframe = subscribe_bars("BTCUSDT", "90m");
  EXPECT_EQ(timeframe["code"], "unknown_timeframe");
  EXPECT_EQ(timeframe["field"], "timeframe");
}

/// Answers every expression with one topic, and remembers which topics were left.
class FakeExpressions final : public ExpressionTopics {
 public:
  explicit FakeExpressions(SourceId source) : source_(source) {}
  Result<Topic> open(BoardIndex, Timeframe, const Subscribe& subscribe) override {
    if (*subscribe.expr == "wrong")
      return std::unexpected(Error{Errc::bad_expression, "1:1: there is no 'wrong'", {}, "expr"});
    return Topic{Channel::market_data, "market_data:x:" + *subscribe.expr, {source_}, R"({"values":null})"};
  }
  void left(const std::string& key) override { left_.push_back(key); }
  std::vector<std::string> left_;

 private:
  SourceId source_;
};

TEST_F(MarketChannelsTest, AnExpressionIsATopicThatIsLeftWithItsLastSubscriber) {
  const auto expression = [](std::string text) {
    return Json{{"type", "subscribe"},
                {"id", 1},
                {"channel", "market_data"},
                {"params", {{"symbol", "BTCUSDT"}, {"timeframe", "1m"}, {"expr", text}}}};
  };
  EXPECT_EQ(ask(expression("close"))["code"], "unsupported") << "nobody evaluates here yet";
  FakeExpressions expressions(hub.add_source());
  channels.set_expressions(expressions);
  const auto wrong = ask(expression("wrong"));
  EXPECT_EQ(wrong["code"], "bad_expression");
  EXPECT_EQ(wrong["field"], "expr");
  const auto opened = ask(expression("close"));
  EXPECT_EQ(opened["type"], "subscribed");
  Client second;
  hub.add(second);
  hub.handle(second, parse_request(expression("close").dump(), hub.limits()), from_ms(0));
  hub.remove(second);
  EXPECT_THAT(expressions.left_, testing::IsEmpty()) << "one still listens";
  ask({{"type", "unsubscribe"}, {"id", 2}, {"key", opened["key"]}});
  EXPECT_THAT(expressions.left_, testing::ElementsAre("market_data:x:close"));
}

TEST_F(MarketChannelsTest, AnExpressionThatIsOneKeyTooManyIsLeftAtOnce) {
  FakeExpressions expressions(hub.add_source());
  channels.set_expressions(expressions);
  for (std::size_t i = 0; i <= hub.limits().subscriptions; ++i) {
    ask({{"type", "subscribe"},
         {"id", 1},
         {"channel", "market_data"},
         {"params", {{"symbol", "BTCUSDT"}, {"timeframe", "1m"}, {"expr", fmt::format("close + {}", i)}}}});
  }
  EXPECT_EQ(client.frames.back()["code"], "too_many_subscriptions");
  EXPECT_THAT(expressions.left_,
              testing::ElementsAre(fmt::format("market_data:x:close + {}", hub.limits().subscriptions)));
}

}  // namespace
}  // namespace cw::realtime
