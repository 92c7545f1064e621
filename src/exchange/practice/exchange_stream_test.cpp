#include <gtest/gtest.h>

#include <map>
#include <set>

#include "exchange/practice/exchange_world.h"

namespace cw::exchange::practice {
namespace {

constexpr std::string_view kThree = "btcusdt@trade/btcusdt@kline_1m/btcusdt@bookTicker";

TEST(PracticeStreams, TellTradesThatFoldToTheClosedKlineThatTheHistoryKeeps) {
  World world;
  Listener listener(world, "/stream?streams=" + std::string(kThree) + "/solusdt@trade/solusdt@kline_1m");
  world.runtime.run_for(Millis{5 * 60'000 + 500});
  for (const std::string symbol : {"btc", "sol"}) {
    const std::string big = symbol == "btc" ? "BTCUSDT" : "SOLUSDT";
    std::map<std::int64_t, market::Candle> folded;
    std::map<std::int64_t, int> count;
    std::int64_t last_id = 0;
    for (const Json& trade : listener.events(symbol + "usdt@trade")) {
      EXPECT_EQ(trade["e"], "trade");
      EXPECT_EQ(trade["s"], big);
      EXPECT_GE(trade["E"], trade["T"]);
      if (last_id > 0) EXPECT_EQ(trade["t"], last_id + 1);
      last_id = trade["t"];
      const std::int64_t minute = trade["T"].get<std::int64_t>() / 60'000 * 60'000;
      const double price = number(trade["p"]);
      auto& candle =
          folded.try_emplace(minute, market::Candle{from_ms(minute), price, price, price, price, 0}).first->second;
      candle.high = std::max(candle.high, price);
      candle.low = std::min(candle.low, price);
      candle.close = price;
      candle.volume += number(trade["q"]);
      ++count[minute];
    }
    std::map<std::int64_t, market::Candle> closed;
    for (const Json& event : listener.events(symbol + "usdt@kline_1m")) {
      if (!event["k"]["x"].get<bool>()) continue;
      const market::Candle candle = candle_of_event(event);
      EXPECT_TRUE(closed.emplace(to_ms(candle.open_time), candle).second) << "closed once";
      EXPECT_GE(event["E"], event["k"]["T"]);
      EXPECT_LE(event["E"].get<std::int64_t>() - event["k"]["T"].get<std::int64_t>(), 100) << "right after the end";
      EXPECT_EQ(event["k"]["n"], count[to_ms(candle.open_time)]);
    }
    ASSERT_EQ(closed.size(), 5U);
    const Timestamp start = world.settings.start;
    const Json rows =
        world.get_json("/api/v3/klines?interval=1m&symbol=" + big + "&startTime=" + std::to_string(to_ms(start)));
    const auto truth = *world.exchange->truth(big, start, start + kMinute * 5);
    ASSERT_EQ(truth.size(), 5U);
    for (std::size_t i = 0; i < 5; ++i) {
      const std::int64_t minute = to_ms(truth[i].open_time);
      EXPECT_EQ(closed[minute], truth[i]);
      EXPECT_EQ(candle_of_row(rows[i]), truth[i]);
      EXPECT_EQ(folded[minute], truth[i]) << "listened to from its first trade";
    }
  }
}

TEST(PracticeStreams, UpdateFormingBarsAtMostOnceASecondAndEndWithTheWholeBar) {
  World world;
  Listener listener(world, "/stream?streams=btcusdt@kline_1m/btcusdt@kline_5m/btcusdt@kline_1h");
  world.runtime.run_for(Millis{20 * 60'000 + 300});
  for (const std::string timeframe : {"1m", "5m", "1h"}) {
    std::int64_t told = 0;
    int closed = 0;
    for (const Json& event : listener.events("btcusdt@kline_" + timeframe)) {
      EXPECT_EQ(event["k"]["i"], timeframe);
      const bool is_closed = event["k"]["x"];
      closed += is_closed;
      if (!is_closed) EXPECT_GE(event["E"].get<std::int64_t>() - told, 1'000);
      told = event["E"];
      if (is_closed && timeframe == "5m") {
        const Json row = world.get_json("/api/v3/klines?symbol=BTCUSDT&interval=5m&limit=1&startTime=" +
                                        std::to_string(event["k"]["t"].get<std::int64_t>()));
        EXPECT_EQ(candle_of_event(event), candle_of_row(row[0]));
        EXPECT_EQ(event["k"]["n"], row[0][8]);
      }
    }
    EXPECT_EQ(closed, timeframe == "1m" ? 20 : timeframe == "5m" ? 4 : 0);
  }
  // The hour under way holds the ten hours' minutes before anybody listened.
  const auto hour = listener.events("btcusdt@kline_1h").back();
  EXPECT_EQ(hour["k"]["t"], to_ms(world.settings.start));
}

TEST(PracticeStreams, KeepTheBookAroundTheTrades) {
  World world;
  Listener listener(world, "/stream?streams=" + std::string(kThree));
  world.runtime.run_for(Millis{60'000});
  const auto quotes = listener.events("btcusdt@bookTicker");
  ASSERT_GT(quotes.size(), 20U);
  for (const Json& quote : quotes) {
    EXPECT_NEAR(number(quote["a"]) - number(quote["b"]), 0.01, 1e-9);
    EXPECT_GT(number(quote["B"]), 0);
    EXPECT_EQ(quote["a"].get<std::string>().size(), quote["b"].get<std::string>().size());
  }
}

TEST(PracticeStreams, ServeTheRawFormAndTheTickers) {
  World world;
  Listener raw(world, "/ws/ethusdt@aggTrade/ethusdt@miniTicker");
  world.runtime.run_for(Millis{30'000});
  std::set<std::string> kinds;
  for (const Json& message : raw.messages()) {
    kinds.insert(message["e"]);
    EXPECT_EQ(message["s"], "ETHUSDT");
    if (message["e"] == "24hrMiniTicker") {
      const auto day = *world.exchange->truth("ETHUSDT", world.settings.start - kDay, world.settings.start);
      EXPECT_GE(number(message["h"]), number(message["l"]));
      EXPECT_EQ(number(message["o"]), day.front().open + (day[1].open - day.front().open)) << "its first whole minute";
    }
  }
  EXPECT_EQ(kinds, (std::set<std::string>{"24hrMiniTicker", "aggTrade"}));
}

TEST(PracticeCommands, SubscribeUnsubscribeAndListOnALiveConnection) {
  World world;
  Listener listener(world, "/ws");
  listener.say(R"({"method":"SUBSCRIBE","params":["btcusdt@trade","nosuch@trade"],"id":1})");
  world.runtime.run_for(Millis{20'000});
  auto messages = listener.messages();
  ASSERT_GT(messages.size(), 3U);
  EXPECT_EQ(messages[0], Json::parse(R"({"result":null,"id":1})"));
  EXPECT_EQ(messages[1]["e"], "trade");

  listener.say(R"({"method":"LIST_SUBSCRIPTIONS","id":2})");
  listener.say(R"({"method":"UNSUBSCRIBE","params":["btcusdt@trade"],"id":3})");
  world.runtime.run_for(Millis{1'000});
  const std::size_t before = listener.heard().texts.size();
  world.runtime.run_for(Millis{20'000});
  EXPECT_EQ(listener.heard().texts.size(), before) << "silent after the unsubscription";
  std::map<int, Json> answers;
  for (const Json& message : listener.messages()) {
    if (message.contains("id")) answers[message["id"]] = message["result"];
  }
  EXPECT_EQ(answers[2], Json::parse(R"(["btcusdt@trade","nosuch@trade"])"));
  EXPECT_EQ(answers[3], nullptr);

  listener.say(R"({"method":"SET_PROPERTY","params":["combined",true],"id":4})");
  listener.say(R"({"method":"SUBSCRIBE","params":["btcusdt@trade"],"id":5})");
  world.runtime.run_for(Millis{20'000});
  EXPECT_FALSE(listener.events("btcusdt@trade").empty());
  listener.say("hello?");
  world.runtime.run_for(Millis{100});
  bool refused = false;
  for (const Json& message : listener.messages()) refused |= message.contains("error") && message["error"]["code"] == 3;
  EXPECT_TRUE(refused);
}

TEST(PracticeLimits, RefuseTheStreamThatIsOneTooMany) {
  PracticeSettings settings = settings_at(start_of_day(kToday));
  settings.session.streams = 3;
  World world(settings);
  Listener listener(world, "/stream?streams=a@trade/b@trade");
  listener.say(R"({"method":"SUBSCRIBE","params":["c@trade","d@trade"],"id":1})");
  listener.say(R"({"method":"SUBSCRIBE","params":["c@trade","a@trade"],"id":2})");
  world.runtime.run_for(Millis{100});
  const auto messages = listener.messages();
  ASSERT_EQ(messages.size(), 2U);
  EXPECT_EQ(messages[0]["error"]["code"], 2);
  EXPECT_EQ(messages[1]["result"], nullptr);
  EXPECT_EQ(world.get("/stream?streams=a@b/c@d/e@f/g@h").status, 400);
}

TEST(PracticeLimits, DisconnectAClientThatTalksTooMuch) {
  World world;
  Listener polite(world, "/ws");
  for (int i = 0; i < 12; ++i) {
    polite.say(R"({"method":"LIST_SUBSCRIPTIONS","id":1})");
    world.runtime.run_for(Millis{201});
  }
  EXPECT_FALSE(polite.heard().ended) << "five a second are fine";
  Listener rude(world, "/ws");
  for (int i = 0; i < 6; ++i) rude.say(R"({"method":"LIST_SUBSCRIPTIONS","id":1})");
  world.runtime.run_for(Millis{3'000});
  EXPECT_TRUE(rude.heard().ended);
  EXPECT_EQ(rude.heard().close_code, 1008);
  EXPECT_EQ(world.mischief("cut_flood"), 1U);
  EXPECT_EQ(world.exchange->sessions(), 1U);
}

TEST(PracticeLimits, EndAConnectionAt24Hours) {
  World world;
  Listener listener(world, "/ws/trxusdt@kline_1d");
  world.runtime.run_for(std::chrono::hours{24} - Millis{1'000});
  EXPECT_FALSE(listener.heard().ended);
  world.runtime.run_for(Millis{2'000});
  EXPECT_TRUE(listener.heard().ended);
  EXPECT_EQ(listener.heard().close_code, 1001);
  EXPECT_EQ(world.exchange->sessions(), 0U);
}

TEST(PracticeLimits, DropAClientThatDoesNotAnswerPings) {
  World world;
  Listener silent(world, "/ws", false);  // reads nothing, so it answers no ping
  world.runtime.run_for(Millis{59'000});
  EXPECT_EQ(world.exchange->sessions(), 1U);
  world.runtime.run_for(Millis{12'000});
  EXPECT_EQ(world.exchange->sessions(), 0U);

  Listener attentive(world, "/ws");
  world.runtime.run_for(std::chrono::hours{1});
  EXPECT_EQ(world.exchange->sessions(), 1U);
  EXPECT_FALSE(attentive.heard().ended);
}

TEST(PracticeLimits, CutASlowReaderInsteadOfKeepingEverythingForIt) {
  PracticeSettings settings = settings_at(start_of_day(kToday) + kMinute * 800);
  settings.session.queue_bytes = 20'000;
  settings.speed = 60;
  World world(settings);
  Listener slow(world, "/stream?streams=" + std::string(kThree));
  world.runtime.links("exchange", 80).back()->stall(net::SimSide::client, true);
  world.runtime.run_for(Millis{50'000});
  EXPECT_EQ(world.exchange->sessions(), 0U);
  EXPECT_EQ(world.mischief("cut_slow"), 1U);
}

TEST(PracticeClock, RunsAsFastAsItIsTold) {
  PracticeSettings settings = settings_at(start_of_day(kToday));
  settings.speed = 60;
  World world(settings);
  Listener listener(world, "/stream?streams=btcusdt@kline_1m");
  const Timestamp before = world.exchange->now();
  world.runtime.run_for(Millis{60'000});
  EXPECT_EQ(world.exchange->now(), before + std::chrono::hours{1});
  std::vector<market::Candle> closed;
  std::size_t forming = 0;
  for (const Json& event : listener.events("btcusdt@kline_1m")) {
    if (event["k"]["x"].get<bool>()) {
      closed.push_back(candle_of_event(event));
    } else {
      ++forming;
    }
  }
  const auto truth = *world.exchange->truth("BTCUSDT", settings.start, settings.start + kMinute * 60);
  closed.resize(std::min<std::size_t>(closed.size(), 60));
  EXPECT_GE(closed.size(), 59U);
  EXPECT_TRUE(std::equal(closed.begin(), closed.end(), truth.begin()));
  EXPECT_LT(forming, 250U) << "a fast exchange is no flood: four updates a second of ours";
}

TEST(PracticeRestart, IsAnnouncedAndThenEndsEveryConnection) {
  World world;
  Listener listener(world, "/ws");
  EXPECT_EQ(world.order("POST", "/practice/restart").status, 200);
  world.runtime.run_for(Millis{9'000});
  ASSERT_EQ(listener.messages().size(), 1U);
  EXPECT_EQ(listener.messages()[0]["e"], "serverShutdown");
  EXPECT_FALSE(listener.heard().ended);
  world.runtime.run_for(Millis{2'000});
  EXPECT_TRUE(listener.heard().ended);
  Listener again(world, "/ws");
  world.runtime.run_for(Millis{1'000});
  EXPECT_EQ(world.exchange->sessions(), 1U) << "it is back";
}

TEST(PracticeRestart, StopsInGoodOrder) {
  World world;
  Listener listener(world, "/ws");
  world.runtime.spawn("stop", world.exchange->stop(Millis{1'000}));
  world.runtime.run_for(Millis{10'000});
  EXPECT_TRUE(listener.heard().ended);
  EXPECT_EQ(listener.heard().close_code, 1001);
  auto refused =
      world.run(net::connect_websocket(world.runtime, "ws://exchange:80/ws", Millis{1'000}, net::WebSocketLimits{}));
  EXPECT_TRUE(refused && !*refused);
}

/// What one client hears of ten minutes with a misbehaviour.
std::vector<std::string> transcript(const std::string& misbehave, std::uint64_t seed, World** out = nullptr) {
  PracticeSettings settings = settings_at(start_of_day(kToday) + kMinute * 840);
  settings.misbehaviour = *parse_misbehaviour(misbehave);
  settings.seed = seed;
  static std::vector<std::unique_ptr<World>> worlds;
  worlds.clear();
  worlds.push_back(std::make_unique<World>(settings));
  World& world = *worlds.back();
  if (out != nullptr) *out = &world;
  Listener listener(world, "/stream?streams=btcusdt@trade/btcusdt@kline_1m");
  world.runtime.run_for(Millis{10 * 60'000});
  return listener.heard().texts;
}

TEST(PracticeMisbehaviour, IsTheSameForTheSameSeedAndAnotherForAnother) {
  for (const std::string what : {"hole=0.1", "duplicate=0.1", "disorder=0.1", "garbage=0.1", "slow=60"}) {
    const auto one = transcript(what, 1);
    EXPECT_EQ(one, transcript(what, 1)) << what;
    if (what != "slow=60") EXPECT_NE(one, transcript(what, 2)) << what;
  }
}

std::vector<std::int64_t> trade_ids(const std::vector<std::string>& texts) {
  std::vector<std::int64_t> ids;
  for (const std::string& text : texts) {
    const Json message = Json::parse(text, nullptr, false);
    if (message.is_object() && message["data"].is_object() && message["data"].contains("t")) {
      ids.push_back(message["data"]["t"]);
    }
  }
  return ids;
}

TEST(PracticeMisbehaviour, LeavesOutRepeatsAndReorders) {
  World* world = nullptr;
  const auto good = trade_ids(transcript("none", 1));
  ASSERT_GT(good.size(), 300U);
  EXPECT_TRUE(std::ranges::is_sorted(good));

  const auto holed = trade_ids(transcript("hole=0.2", 1, &world));
  EXPECT_TRUE(std::ranges::is_sorted(holed));
  EXPECT_LT(holed.size(), good.size() * 9 / 10);
  EXPECT_GE(world->mischief("left_out"), good.size() - holed.size());

  const auto repeated = trade_ids(transcript("duplicate=0.2", 1, &world));
  EXPECT_GT(repeated.size(), good.size() * 11 / 10);
  EXPECT_EQ(std::set<std::int64_t>(repeated.begin(), repeated.end()).size(), good.size());

  auto disordered = trade_ids(transcript("disorder=0.2", 1, &world));
  EXPECT_FALSE(std::ranges::is_sorted(disordered));
  std::ranges::sort(disordered);
  EXPECT_TRUE(std::ranges::includes(good, disordered)) << "nothing is invented";
  EXPECT_GE(disordered.size() + 64, good.size()) << "and little is still held back";
}

TEST(PracticeMisbehaviour, CutsStallsAndTalksNonsense) {
  World* world = nullptr;
  transcript("drop=3600", 1, &world);
  EXPECT_EQ(world->mischief("dropped"), 1U);
  EXPECT_EQ(world->exchange->sessions(), 0U);
  transcript("slow=3600", 1, &world);
  EXPECT_GT(world->mischief("stalled"), 10U);

  const auto texts = transcript("garbage=0.05", 1, &world);
  EXPECT_GT(world->mischief("garbage"), 0U);
  std::size_t broken = 0;
  for (const std::string& text : texts) {
    const Json message = Json::parse(text, nullptr, false);
    const bool fine = message.is_object() && message.contains("stream") && message["data"].contains("s");
    broken += !fine;
  }
  EXPECT_GT(broken, 0U);
}

TEST(PracticeMisbehaviour, CanBeChangedWhileClientsAreConnected) {
  World world;
  Listener listener(world, "/stream?streams=btcusdt@trade");
  world.runtime.run_for(Millis{10'000});
  world.exchange->set_misbehaviour(*parse_misbehaviour("drop=3600"));
  world.runtime.run_for(Millis{60'000});
  EXPECT_TRUE(listener.heard().ended);
  EXPECT_EQ(listener.heard().close_code, 1006);
}

}  // namespace
}  // namespace cw::exchange::practice
