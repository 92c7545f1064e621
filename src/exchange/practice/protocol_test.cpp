// The small texts of the exchange: stream names, commands, misbehaviours, weights, numbers, options.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/number.h"
#include "base/random.h"
#include "exchange/practice/generated_market.h"
#include "exchange/practice/misbehaviour.h"
#include "exchange/practice/practice_command.h"
#include "exchange/practice/request_weight.h"
#include "exchange/practice/stream_name.h"
#include "exchange/practice/testing.h"
#include "exchange/practice/wire.h"
#include "exchange/practice/ws_command.h"

namespace cw::exchange::practice {
namespace {

using Json = nlohmann::json;

TEST(StreamName, ReadsBackWhatItWrites) {
  const GeneratedMarket market(1, start_of_day(20'000));
  const auto instruments = market.instruments();
  EXPECT_EQ(stream_name({0, StreamKind::kline, market::Timeframe::h4}, instruments), "btcusdt@kline_4h");
  for (std::size_t i = 0; i < instruments.size(); ++i) {
    for (const StreamKind kind : {StreamKind::trade, StreamKind::agg_trade, StreamKind::book_ticker,
                                  StreamKind::mini_ticker, StreamKind::kline}) {
      for (const market::Timeframe timeframe : market::kTimeframes) {
        if (kind != StreamKind::kline && timeframe != market::Timeframe::m1) continue;
        const StreamId id{i, kind, timeframe};
        EXPECT_EQ(parse_stream(stream_name(id, instruments), instruments), id);
      }
    }
  }
}

TEST(StreamName, KnowsNothingElse) {
  const GeneratedMarket market(1, start_of_day(20'000));
  for (const std::string_view text :
       {"", "@", "btcusdt", "BTCUSDT@trade", "btcusdt@", "btcusdt@trades", "xyzusdt@trade", "btcusdt@kline_",
        "btcusdt@kline_1M", "btcusdt@kline_1s", "btcusdt@depth", "btcusdt@trade@trade", "!bookTicker"}) {
    EXPECT_EQ(parse_stream(text, market.instruments()), std::nullopt) << text;
  }
}

TEST(WsCommand, ReadsTheFiveRequests) {
  const auto subscribe = parse_command(R"({"method":"SUBSCRIBE","params":["btcusdt@trade","a@b"],"id":1})");
  ASSERT_TRUE(subscribe);
  EXPECT_EQ(subscribe->method, WsCommand::Method::subscribe);
  EXPECT_EQ(subscribe->streams, (std::vector<std::string>{"btcusdt@trade", "a@b"}));
  EXPECT_EQ(subscribe->id, "1");
  EXPECT_EQ(parse_command(R"({"method":"UNSUBSCRIBE","params":[],"id":"a1"})")->id, R"("a1")");
  EXPECT_EQ(parse_command(R"({"method":"LIST_SUBSCRIPTIONS","id":null})")->id, "null");
  EXPECT_TRUE(parse_command(R"({"method":"SET_PROPERTY","params":["combined",true],"id":-5})")->combined);
  EXPECT_EQ(parse_command(R"({"method":"GET_PROPERTY","params":["combined"],"id":2})")->method,
            WsCommand::Method::get_combined);
}

TEST(WsCommand, RefusesWithTheExchangesCodes) {
  const std::string too_long = R"({"method":"SUBSCRIBE","params":[")" + std::string(101, 'x') + R"("],"id":7})";
  const std::vector<std::tuple<std::string_view, int, std::string_view>> cases{
      {"", 3, "null"},
      {"{", 3, "null"},
      {"[1,2]", 2, "null"},
      {R"({"method":"SUBSCRIBE","params":["a@b"]})", 2, "null"},
      {R"({"method":"SUBSCRIBE","params":["a@b"],"id":1.5})", 2, "null"},
      {R"({"method":"SUBSCRIBE","params":["a@b"],"id":"not-alnum"})", 2, "null"},
      {R"({"method":"SUBSCRIBE","params":["a@b"],"id":"0123456789012345678901234567890123456"})", 2, "null"},
      {R"({"params":["a@b"],"id":7})", 2, "7"},
      {R"({"method":"BUY","id":7})", 2, "7"},
      {R"({"method":"SUBSCRIBE","id":7})", 2, "7"},
      {R"({"method":"SUBSCRIBE","params":"btcusdt@trade","id":7})", 2, "7"},
      {R"({"method":"SUBSCRIBE","params":[1],"id":7})", 2, "7"},
      {too_long, 2, "7"},
      {R"({"method":"SET_PROPERTY","params":["other",true],"id":7})", 0, "7"},
      {R"({"method":"SET_PROPERTY","params":["combined",1],"id":7})", 1, "7"},
      {R"({"method":"SET_PROPERTY","params":["combined"],"id":7})", 1, "7"},
      {R"({"method":"SET_PROPERTY","params":["combined",true,1],"id":7})", 2, "7"},
      {R"({"method":"SET_PROPERTY","params":[1],"id":7})", 2, "7"},
      {R"({"method":"GET_PROPERTY","params":["combined",true],"id":7})", 2, "7"},
  };
  for (const auto& [text, code, id] : cases) {
    const auto command = parse_command(text);
    ASSERT_FALSE(command) << text;
    EXPECT_EQ(command.error().code, code) << text;
    EXPECT_EQ(command.error().id, id) << text;
    const Json answer = Json::parse(ws_answer(command.error()));
    EXPECT_EQ(answer["error"]["code"], code) << text;
  }
  EXPECT_FALSE(parse_command(std::string(10'000, '['))) << "a bottomless list is refused, not followed";
}

TEST(WsAnswer, IsJsonWhateverTheStreamsAreCalled) {
  EXPECT_EQ(ws_answer("null", "1"), R"({"result":null,"id":1})");
  const std::vector<std::string> odd{"btcusdt@trade", "a\"b\\c", "\xff"};
  const Json answer = Json::parse(ws_answer(odd, R"("x")"));
  EXPECT_EQ(answer["result"][1], "a\"b\\c");
  EXPECT_EQ(answer["result"].size(), 3U);
}

TEST(Misbehaviour, ReadsAListWithAndWithoutAmounts) {
  const auto asked = parse_misbehaviour("drop, hole=0.25,429");
  ASSERT_TRUE(asked);
  EXPECT_EQ(asked->drop, 6);
  EXPECT_EQ(asked->hole, 0.25);
  EXPECT_EQ(asked->refuse, 0.05);
  EXPECT_EQ(asked->garbage, 0);
  EXPECT_EQ(parse_misbehaviour("none"), Misbehaviour{});
  EXPECT_EQ(parse_misbehaviour(" "), Misbehaviour{});
  EXPECT_EQ(parse_misbehaviour(to_text(*asked)), *asked);
  EXPECT_EQ(to_text(Misbehaviour{}), "none");
  EXPECT_EQ(to_text(*parse_misbehaviour("drop,hole,duplicate,disorder,slow,429,garbage,cut,outage")),
            "drop=6,hole=0.01,duplicate=0.02,disorder=0.02,slow=6,429=0.05,garbage=0.005,cut=0.05,outage=0.2");
}

TEST(Misbehaviour, RefusesWhatItDoesNotKnowByName) {
  const auto misspelt = parse_misbehaviour("drop,hoel");
  ASSERT_FALSE(misspelt);
  EXPECT_EQ(misspelt.error().code, Errc::bad_parameter);
  EXPECT_EQ(misspelt.error().field, "misbehave");
  ASSERT_FALSE(misspelt.error().suggestions.empty());
  EXPECT_EQ(misspelt.error().suggestions[0], "hole");
  for (const std::string_view text : {"drop,", ",", "hole=2", "hole=-1", "hole=", "hole=x", "drop=nan", "drop=99999",
                                      "outage=11", "hole,hole", "drop=1=2"}) {
    EXPECT_FALSE(parse_misbehaviour(text)) << text;
  }
}

TEST(RequestWeights, RefusesOverTheLimitUntilTheMinuteEndsAndBansWhoGoesOn) {
  RequestWeights weights(100);
  Millis now{60'000 * 5 + 10'000};
  EXPECT_EQ(weights.charge("1.2.3.4:1", 60, now).used, 60);
  EXPECT_EQ(weights.charge("1.2.3.4:2", 40, now).status, 200) << "the port is not the peer";
  const auto over = weights.charge("1.2.3.4:1", 1, now);
  EXPECT_EQ(over.status, 429);
  EXPECT_EQ(over.retry_after, Millis{50'000});
  EXPECT_EQ(weights.charge("5.6.7.8:1", 1, now).status, 200) << "others are not refused";
  EXPECT_EQ(weights.charge("1.2.3.4:1", 1, now + Millis{49'999}).status, 429);
  EXPECT_EQ(weights.charge("1.2.3.4:1", 1, now + Millis{50'000}).status, 200) << "a new minute";

  now += Millis{60'000};
  weights.charge("1.2.3.4:1", 200, now);
  for (int i = 1; i < RequestWeights::kPatience; ++i) EXPECT_EQ(weights.charge("1.2.3.4:1", 1, now).status, 429) << i;
  const auto banned = weights.charge("1.2.3.4:1", 1, now);
  EXPECT_EQ(banned.status, 418);
  EXPECT_EQ(banned.retry_after, Millis{120'000});
  EXPECT_EQ(weights.charge("1.2.3.4:1", 1, now + Millis{119'999}).status, 418);
  EXPECT_EQ(weights.charge("1.2.3.4:1", 1, now + Millis{120'000}).status, 200);
}

TEST(RequestWeights, ForgetsThePeerThatAskedLongestAgoWhenItKnowsTooMany) {
  RequestWeights weights(10);
  weights.charge("0.0.0.0:1", 10, Millis{0});
  for (std::size_t i = 0; i < RequestWeights::kPeersMost; ++i) {
    weights.charge("10.0." + std::to_string(i / 256) + "." + std::to_string(i % 256) + ":9", 1, Millis{1});
  }
  EXPECT_EQ(weights.charge("0.0.0.0:1", 10, Millis{2}).status, 200);
  EXPECT_TRUE(is_local("127.0.0.1:80"));
  EXPECT_TRUE(is_local("[::1]:80"));
  EXPECT_TRUE(is_local("pipe:4"));
  EXPECT_FALSE(is_local("12.7.0.1:80"));
}

TEST(WireDecimal, HasEightPlacesOrAsManyAsReadBackTheSame) {
  const auto text = [](double value) {
    std::string out;
    wire::append_decimal(out, value);
    return out;
  };
  EXPECT_EQ(text(104'000.01), "104000.01000000");
  EXPECT_EQ(text(0), "0.00000000");
  EXPECT_EQ(text(0.1 + 0.2), "0.30000000000000004");
  EXPECT_EQ(text(1e-9), "0.000000001");
  Random random(3);
  for (int i = 0; i < 20'000; ++i) {
    const double value = std::pow(10.0, -12 + 30 * random.uniform());
    EXPECT_EQ(parse_double(text(value)), value);
  }
}

TEST(PracticeOptions, AreCheckedOneByOne) {
  EXPECT_TRUE(validate(PracticeOptions{}));
  const auto field_of = [](auto change) {
    PracticeOptions options;
    change(options);
    const auto checked = validate(options);
    return checked ? std::string("fine") : checked.error().field;
  };
  EXPECT_EQ(field_of([](auto& o) { o.speed = 0; }), "speed");
  EXPECT_EQ(field_of([](auto& o) { o.speed = std::nan(""); }), "speed");
  EXPECT_EQ(field_of([](auto& o) { o.certificate = "a.pem"; }), "tls-key");
  EXPECT_EQ(field_of([](auto& o) { o.key = "a.pem"; }), "tls-cert");
  EXPECT_EQ(field_of([](auto& o) { o.misbehave = "sulk"; }), "misbehave");
  EXPECT_EQ(field_of([](auto& o) { o.lifetime = Millis{1}; }), "lifetime");
  EXPECT_EQ(field_of([](auto& o) { o.weight_a_minute = 0; }), "weight-a-minute");
  EXPECT_EQ(field_of([](auto& o) { o.from = from_ms(5); }), "from");
  EXPECT_EQ(field_of([](auto& o) { o.speed = 60; }), "fine");
}

TEST(PracticeMarket, BeginsWhereTheOptionsSay) {
  const Timestamp now = start_of_day(20'300) + kMinute * 700;
  PracticeOptions options;
  const auto invented = make_practice_market(options, nullptr, now);
  ASSERT_TRUE(invented);
  EXPECT_EQ(invented->start, now);
  EXPECT_EQ(invented->source->first(0), start_of_day(20'300 - 730)) << "two years of past";

  options.replay = "BTCUSDT";
  EXPECT_EQ(make_practice_market(options, nullptr, now).error().code, Errc::not_found);
  market::CandleColumns rows;
  const Timestamp first = start_of_day(20'000);
  for (int m = 0; m < 100; ++m) rows.push_back({first + kMinute * m, 10, 11, 9, 10, 5});
  const auto stored = [&] { return std::make_unique<MemoryCandles>("BTCUSDT", rows); };
  EXPECT_EQ(make_practice_market(options, stored(), now)->start, first + kMinute * 50) << "halfway into a short one";
  options.from = first + kMinute * 7;
  EXPECT_EQ(make_practice_market(options, stored(), now)->start, first + kMinute * 7);
  options.from = first - kMinute;
  EXPECT_EQ(make_practice_market(options, stored(), now).error().field, "from");
}

}  // namespace
}  // namespace cw::exchange::practice
