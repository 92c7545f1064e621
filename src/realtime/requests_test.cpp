#include "realtime/requests.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cw::realtime {
namespace {

Request parse(std::string_view text) { return parse_request(text, SocketLimits{}); }

void expect_refused(std::string_view text, std::string_view code, std::string_view field) {
  const Request request = parse(text);
  ASSERT_TRUE(std::holds_alternative<Refusal>(request)) << text;
  EXPECT_EQ(std::get<Refusal>(request).code, code) << text;
  EXPECT_EQ(std::get<Refusal>(request).field, field) << text;
  EXPECT_FALSE(std::get<Refusal>(request).retryable);
}

TEST(Requests, ReadsASubscriptionToCandles) {
  const auto request =
      parse(R"({"type":"subscribe","id":1,"channel":"market_data","params":{"symbol":"BTCUSDT","timeframe":"1m"}})");
  const auto& subscribe = std::get<Subscribe>(request);
  EXPECT_EQ(subscribe.id, 1);
  EXPECT_EQ(subscribe.channel, Channel::market_data);
  EXPECT_EQ(subscribe.symbol, "BTCUSDT");
  EXPECT_EQ(subscribe.timeframe, "1m");
}

TEST(Requests, ReadsASubscriptionToAnExpression) {
  const auto request = parse(
      R"json({"type":"subscribe","id":1,"channel":"market_data","params":{"symbol":"BTCUSDT","timeframe":"1h","expr":"ta.rsi(close, 14)","inputs":{"length":9,"on":true,"src":"hl2"},"seed":"pine"}})json");
  const auto& subscribe = std::get<Subscribe>(request);
  EXPECT_EQ(subscribe.expr, "ta.rsi(close, 14)");
  EXPECT_EQ(std::get<double>(subscribe.inputs.at("length")), 9);
  EXPECT_EQ(std::get<double>(subscribe.inputs.at("on")), 1);
  EXPECT_EQ(std::get<std::string>(subscribe.inputs.at("src")), "hl2");
  EXPECT_EQ(subscribe.seed, "pine");
}

TEST(Requests, RefusesAnExpressionThatIsNoneAndWhatGoesWithoutOne) {
  const auto with = [](std::string_view members) {
    return std::string{
               R"({"type":"subscribe","id":1,"channel":"market_data","params":{"symbol":"A","timeframe":"1m",)"} +
           std::string{members} + "}}";
  };
  expect_refused(with(R"("expr":7)"), "bad_parameter", "expr");
  expect_refused(with(R"("expr":")" + std::string(16'385, 'x') + '"'), "bad_parameter", "expr");
  expect_refused(with(R"("expr":"close","inputs":[1])"), "bad_parameter", "inputs");
  expect_refused(with(R"("expr":"close","inputs":{"a":null})"), "bad_parameter", "inputs");
  expect_refused(with(R"("expr":"close","seed":"wilder")"), "bad_parameter", "seed");
  expect_refused(with(R"("seed":"pine")"), "bad_parameter", "seed");
  expect_refused(with(R"("expression":"close")"), "bad_parameter", "expression");
}

TEST(Requests, ReadsTickersWithAndWithoutSymbols) {
  EXPECT_FALSE(std::get<Subscribe>(parse(R"({"type":"subscribe","id":1,"channel":"tickers"})")).symbols);
  const auto some =
      std::get<Subscribe>(parse(R"({"type":"subscribe","id":1,"channel":"tickers","params":{"symbols":["A","B"]}})"));
  EXPECT_THAT(*some.symbols, testing::ElementsAre("A", "B"));
}

TEST(Requests, ReadsUnsubscribeAndPing) {
  EXPECT_EQ(std::get<Unsubscribe>(parse(R"({"type":"unsubscribe","id":5,"key":"k"})")).key, "k");
  EXPECT_EQ(std::get<Ping>(parse(R"({"type":"ping","id":9})")).id, 9);
  EXPECT_FALSE(std::get<Ping>(parse(R"({"type":"ping"})")).id);
}

TEST(Requests, ReadsAuthAndNeverRepeatsTheTokenInARefusal) {
  const auto auth = std::get<Auth>(parse(R"({"type":"auth","token":"eyJ"})"));
  EXPECT_EQ(auth.token, "eyJ");
  EXPECT_FALSE(auth.id);
  EXPECT_EQ(std::get<Auth>(parse(R"({"type":"auth","id":7,"token":""})")).id, 7);
  expect_refused(R"({"type":"auth"})", "bad_message", "token");
  expect_refused(R"({"type":"auth","token":7})", "bad_message", "token");
  const std::string secret(1'025, 's');
  const std::string message = R"({"type":"auth","token":")" + secret + R"("})";
  const auto refused = std::get<Refusal>(parse(message));
  EXPECT_EQ(refused.field, "token");
  EXPECT_EQ(refused.message.find("sss"), std::string::npos);
}

TEST(Requests, EveryChannelHasARuleOfWhoMaySubscribe) {
  for (const Channel channel :
       {Channel::market_data, Channel::tickers, Channel::feed_status, Channel::signals, Channel::backtests})
    EXPECT_EQ(access_of(channel), accounts::Access::read) << name(channel);
}

TEST(Requests, SignalsAreOfASymbolOrOfAllAndOfATimeframeOrOfAll) {
  const auto all =
      std::get<Subscribe>(parse(R"({"type":"subscribe","id":1,"channel":"signals","params":{"symbol":"*"}})"));
  EXPECT_EQ(all.symbol, "*");
  EXPECT_EQ(all.timeframe, "");
  expect_refused(R"({"type":"subscribe","id":1,"channel":"signals"})", "bad_parameter", "symbol");
  EXPECT_FALSE(all.provisional);
  EXPECT_TRUE(
      std::get<Subscribe>(
          parse(R"({"type":"subscribe","id":1,"channel":"signals","params":{"symbol":"A","provisional":true}})"))
          .provisional);
  expect_refused(R"({"type":"subscribe","id":1,"channel":"signals","params":{"symbol":"A","provisional":"yes"}})",
                 "bad_parameter", "provisional");
  expect_refused(R"({"type":"subscribe","id":1,"channel":"signals","params":{"symbol":"*","provisional":true}})",
                 "bad_parameter", "provisional");
  expect_refused(R"({"type":"subscribe","id":1,"channel":"signals","params":{"symbol":"A","timeframe":1}})",
                 "bad_parameter", "timeframe");
  expect_refused(R"({"type":"subscribe","id":1,"channel":"signals","params":{"symbol":"A","horizon":"4h"}})",
                 "bad_parameter", "horizon");
}

TEST(Requests, IgnoresMembersItDoesNotKnow) {
  EXPECT_TRUE(std::holds_alternative<Ping>(parse(R"({"type":"ping","colour":"blue"})")));
}

TEST(Requests, RefusesWhatIsNoMessageAndNamesTheField) {
  expect_refused("", "bad_message", "");
  expect_refused("[1]", "bad_message", "");
  expect_refused("{", "bad_message", "");
  expect_refused(std::string(16'000, '['), "bad_message", "");
  expect_refused("{}", "bad_message", "type");
  expect_refused(R"({"type":7})", "bad_message", "type");
  expect_refused(R"({"type":"subscribe","channel":"tickers"})", "bad_message", "id");
  expect_refused(R"({"type":"ping","id":-1})", "bad_message", "id");
  expect_refused(R"({"type":"ping","id":1.5})", "bad_message", "id");
  expect_refused(R"({"type":"ping","id":9007199254740992})", "bad_message", "id");
  expect_refused(R"({"type":"subscribe","id":1})", "bad_message", "channel");
  expect_refused(R"({"type":"unsubscribe","id":1})", "bad_message", "key");
  expect_refused(R"({"type":"subscribe","id":1,"channel":"market_data","params":[]})", "bad_message", "params");
  expect_refused(R"({"type":"subscribe","id":1,"channel":"market_data"})", "bad_parameter", "symbol");
  expect_refused(R"({"type":"subscribe","id":1,"channel":"market_data","params":{"symbol":"A"}})", "bad_parameter",
                 "timeframe");
  expect_refused(R"({"type":"subscribe","id":1,"channel":"tickers","params":{"symbols":[]}})", "bad_parameter",
                 "symbols");
  expect_refused(R"({"type":"subscribe","id":1,"channel":"tickers","params":{"symbols":[1]}})", "bad_parameter",
                 "symbols");
  expect_refused(R"({"type":"subscribe","id":1,"channel":"feed_status","params":{"x":1}})", "bad_parameter", "x");
}

TEST(Requests, NamesTheNearestTypeAndChannel) {
  const auto type = std::get<Refusal>(parse(R"({"type":"subscrbe","id":3})"));
  EXPECT_EQ(type.code, "unknown_type");
  EXPECT_EQ(type.id, 3);
  EXPECT_THAT(type.suggestions, testing::Contains("subscribe"));
  const auto channel = std::get<Refusal>(parse(R"({"type":"subscribe","id":3,"channel":"ticker"})"));
  EXPECT_EQ(channel.code, "unknown_channel");
  EXPECT_THAT(channel.suggestions, testing::ElementsAre("tickers"));
}

}  // namespace
}  // namespace cw::realtime
