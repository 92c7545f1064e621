#include <gtest/gtest.h>

#include "exchange/practice/exchange_world.h"
#include "exchange/practice/request_weight.h"
#include "exchange/practice/testing.h"
#include "market/fold.h"

namespace cw::exchange::practice {
namespace {

TEST(PracticeRest, AnswersPingAndTime) {
  World world;
  EXPECT_EQ(world.get("/api/v3/ping").body, "{}");
  const Json time = world.get_json("/api/v3/time");
  EXPECT_EQ(time["serverTime"], to_ms(world.exchange->now()));
  EXPECT_EQ(world.get("/api/v3/ping").fields.get("Content-Type"), "application/json;charset=UTF-8");
}

TEST(PracticeRest, DescribesItsSymbolsAsTheExchangeDoes) {
  World world;
  const Json info = world.get_json("/api/v3/exchangeInfo");
  EXPECT_EQ(info["timezone"], "UTC");
  EXPECT_EQ(info["rateLimits"][0]["limit"], 6'000);
  ASSERT_EQ(info["symbols"].size(), 12U);
  const Json& btc = info["symbols"][0];
  EXPECT_EQ(btc["symbol"], "BTCUSDT");
  EXPECT_EQ(btc["status"], "TRADING");
  EXPECT_EQ(btc["baseAsset"], "BTC");
  EXPECT_EQ(btc["filters"][0]["filterType"], "PRICE_FILTER");
  EXPECT_EQ(btc["filters"][0]["tickSize"], "0.01000000");
  EXPECT_EQ(btc["filters"][1]["filterType"], "LOT_SIZE");
  EXPECT_EQ(btc["filters"][1]["stepSize"], "0.00001000");
  EXPECT_EQ(info["symbols"][5]["filters"][1]["stepSize"], "1.00000000");
  EXPECT_EQ(world.get_json("/api/v3/exchangeInfo?symbol=SOLUSDT")["symbols"].size(), 1U);
  const Json two = world.get_json("/api/v3/exchangeInfo?symbols=%5B%22SOLUSDT%22,%22BTCUSDT%22%5D");
  ASSERT_EQ(two["symbols"].size(), 2U);
  EXPECT_EQ(two["symbols"][0]["symbol"], "SOLUSDT");
  EXPECT_EQ(world.get_json("/api/v3/exchangeInfo?showPermissionSets=false")["symbols"].size(), 12U);
  EXPECT_EQ(world.get_json("/api/v3/exchangeInfo?symbol=NOPE")["code"], -1121);
  EXPECT_EQ(world.get_json("/api/v3/exchangeInfo?symbols=BTCUSDT")["code"], -1100);
  EXPECT_EQ(world.get_json("/api/v3/exchangeInfo?symbol=A&symbols=B")["code"], -1101);
}

TEST(PracticeRest, ServesTheTruthAsKlinesToTheLastBit) {
  World world;
  const Timestamp now = world.exchange->now();
  const auto truth = *world.exchange->truth("ETHUSDT", now - kMinute * 300, now);
  ASSERT_EQ(truth.size(), 300U);
  const Json rows = world.get_json("/api/v3/klines?symbol=ETHUSDT&interval=1m&limit=300&startTime=" +
                                   std::to_string(to_ms(now - kMinute * 300)));
  ASSERT_EQ(rows.size(), 300U);
  for (std::size_t i = 0; i < truth.size(); ++i) {
    ASSERT_EQ(rows[i].size(), 12U);
    ASSERT_EQ(candle_of_row(rows[i]), truth[i]);
    ASSERT_EQ(rows[i][6], rows[i][0].get<std::int64_t>() + 59'999);
  }
}

TEST(PracticeRest, FoldsItsHigherKlinesAsTheProductDoes) {
  World world;
  const Timestamp now = world.exchange->now();
  const auto minutes = *world.exchange->truth("XRPUSDT", start_of_day(kToday - 20), now);
  market::CandleColumns columns;
  for (const market::Candle& minute : minutes) columns.push_back(minute);
  for (const market::Timeframe timeframe : market::kTimeframes) {
    if (timeframe == market::Timeframe::m1) continue;
    const auto folded = market::fold(columns.view(), market::Timeframe::m1, timeframe);
    const Json rows =
        world.get_json("/api/v3/klines?symbol=XRPUSDT&limit=1000&interval=" + std::string(name(timeframe)));
    // The newest may hold what was traded in the minute that has just begun.
    const std::size_t whole = rows.size() - 1;
    ASSERT_GE(folded.size(), whole);
    for (std::size_t i = 0; i < whole; ++i) {
      const market::Candle row = candle_of_row(rows[i]);
      bool found = false;
      for (std::size_t f = 0; f < folded.size() && !found; ++f) found = folded.bars[f] == row;
      ASSERT_TRUE(found) << name(timeframe) << " row " << i;
    }
  }
}

TEST(PracticeRest, RefusesBadParametersWithTheExchangesCodes) {
  World world;
  const std::vector<std::pair<std::string, int>> cases{
      {"", -1102},
      {"interval=1m", -1102},
      {"symbol=BTCUSDT", -1102},
      {"symbol=&interval=1m", -1102},
      {"symbol=NOPEUSDT&interval=1m", -1121},
      {"symbol=btcusdt&interval=1m", -1100},
      {"symbol=BTCUSDT%22&interval=1m", -1100},
      {"symbol=BTCUSDT&interval=7m", -1120},
      {"symbol=BTCUSDT&interval=1M", -1120},
      {"symbol=BTCUSDT&interval=1m&startTime=abc", -1100},
      {"symbol=BTCUSDT&interval=1m&startTime=-5", -1100},
      {"symbol=BTCUSDT&interval=1m&endTime=1e3", -1100},
      {"symbol=BTCUSDT&interval=1m&limit=x", -1100},
      {"symbol=BTCUSDT&interval=1m&limit=0", -1130},
      {"symbol=BTCUSDT&interval=1m&timeZone=5", -1130},
      {"symbol=BTCUSDT&interval=1m&color=red", -1104},
      {"symbol=BTCUSDT&symbol=ETHUSDT&interval=1m", -1101},
  };
  for (const auto& [query, code] : cases) {
    const auto response = world.get("/api/v3/klines?" + query);
    EXPECT_EQ(response.status, 400) << query;
    const Json answer = Json::parse(response.body, nullptr, false);
    EXPECT_EQ(answer["code"], code) << query;
    EXPECT_TRUE(answer["msg"].is_string()) << query;
  }
  EXPECT_EQ(world.get("/api/v3/depth?symbol=BTCUSDT").status, 404);
  EXPECT_EQ(world.get("/").status, 404);
  EXPECT_EQ(world.get("/stream?streams=btcusdt@trade").status, 400) << "no upgrade asked for";
  EXPECT_EQ(world.send({.method = "POST", .target = "/api/v3/ping"}).status, 405);
}

TEST(PracticeRest, KeepsToTheLimitAndToTheTimes) {
  World world;
  const std::string base = "/api/v3/klines?symbol=BTCUSDT&interval=1h";
  EXPECT_EQ(world.get_json("/api/v3/klines?symbol=BTCUSDT&interval=1m").size(), 500U);
  EXPECT_EQ(world.get_json("/api/v3/klines?symbol=BTCUSDT&interval=1m&limit=5000").size(), 1'000U);
  const std::int64_t hour = to_ms(start_of_day(kToday - 3));
  const Json some = world.get_json(base + "&startTime=" + std::to_string(hour) + "&limit=4");
  ASSERT_EQ(some.size(), 4U);
  EXPECT_EQ(some[0][0], hour);
  const Json until = world.get_json(base + "&endTime=" + std::to_string(hour) + "&limit=4");
  ASSERT_EQ(until.size(), 4U);
  EXPECT_EQ(until[3][0], hour);
  EXPECT_TRUE(
      world.get_json(base + "&startTime=" + std::to_string(hour) + "&endTime=" + std::to_string(hour - 1)).empty());
  EXPECT_TRUE(world.get_json(base + "&startTime=99999999999999").empty());
  EXPECT_EQ(world.get_json(base + "&startTime=0&limit=1")[0][0], to_ms(start_of_day(kToday - 20))) << "its first bar";
}

TEST(PracticeRest, CountsWeightAndRefusesOverTheLimit) {
  PracticeSettings settings = settings_at(start_of_day(kToday));
  settings.weight_a_minute = 10;
  World world(settings);
  EXPECT_EQ(world.get("/api/v3/ping").fields.get("X-MBX-USED-WEIGHT-1M"), "1");
  EXPECT_EQ(world.get("/api/v3/klines?symbol=BTCUSDT&interval=1m").fields.get("X-MBX-USED-WEIGHT-1M"), "3");
  for (int i = 0; i < 7; ++i) EXPECT_EQ(world.get("/api/v3/ping").status, 200);
  const auto refused = world.get("/api/v3/ping");
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(Json::parse(refused.body)["code"], -1003);
  EXPECT_EQ(refused.fields.get("Retry-After"), "60") << "to the end of the minute";
  for (int i = 0; i < RequestWeights::kPatience - 1; ++i) EXPECT_EQ(world.get("/api/v3/ping").status, 429) << i;
  const auto banned = world.get("/api/v3/ping");
  EXPECT_EQ(banned.status, 418);
  EXPECT_EQ(banned.fields.get("Retry-After"), "120");
  world.runtime.run_for(Millis{120'000});
  EXPECT_EQ(world.get("/api/v3/ping").status, 200);
}

TEST(PracticeOrders, AreTakenFromThisMachineAndNotFromAPage) {
  World world;
  const auto misbehaves = [&] {
    return Json::parse(world.order("GET", "/practice/status").body)["misbehave"].get<std::string>();
  };
  const auto order = [&](std::string body) { return world.order("POST", "/practice/misbehave", std::move(body)); };
  EXPECT_EQ(misbehaves(), "none");
  EXPECT_EQ(order("hole=0.5,429").status, 200);
  EXPECT_EQ(misbehaves(), "hole=0.5,429=0.05");
  const auto bad = order("hoel");
  EXPECT_EQ(bad.status, 400);
  EXPECT_NE(bad.body.find("hoel"), std::string::npos);
  EXPECT_EQ(misbehaves(), "hole=0.5,429=0.05") << "a bad order changes nothing";
  for (const char* empty : {"", " ", "\n"}) EXPECT_EQ(order(empty).status, 400);
  EXPECT_EQ(misbehaves(), "hole=0.5,429=0.05") << "an order without a word clears nothing";
  EXPECT_EQ(order("none").status, 200);

  net::HttpRequest from_page{.method = "POST", .target = "/practice/misbehave", .body = "drop"};
  from_page.fields.set("Origin", "https://example.org");
  EXPECT_EQ(world.send_by(world.local, std::move(from_page)).status, 403);
  // A page whose own name was made to lead to this machine says no Origin for what it reads, but its own Host.
  for (const char* target : {"/practice/misbehave", "/practice/status", "/practice/restart"}) {
    EXPECT_EQ(world.send({.method = "POST", .target = target, .body = "drop"}).status, 403) << target;
    EXPECT_EQ(world.get(target).status, 403) << target;
  }
  EXPECT_EQ(misbehaves(), "none");
  EXPECT_EQ(world.order("GET", "/practice/nothing").status, 404);
}

TEST(PracticeRest, CutsAnswersBeforeTheirLastByteOnRequest) {
  PracticeSettings settings = settings_at(start_of_day(kToday));
  settings.misbehaviour.cut = 0.3;
  World world(settings);
  int whole = 0;
  for (int i = 0; i < 200; ++i) {
    net::HttpRequest request{.target = "/api/v3/klines?symbol=BTCUSDT&interval=1m&limit=50"};
    const auto answer = world.run(world.client.send(std::move(request)));
    ASSERT_TRUE(answer);
    if (*answer) {
      ++whole;
      EXPECT_EQ(Json::parse((*answer)->body).size(), 50U);
    } else {
      EXPECT_EQ(answer->error().code, Errc::disconnected) << answer->error().message;
    }
  }
  EXPECT_GT(world.mischief("cut"), 30U);
  EXPECT_GE(world.mischief("cut"), 200U - static_cast<unsigned>(whole));
  EXPECT_GT(whole, 100);
  EXPECT_LT(whole, 190);
}

TEST(PracticeRest, RefusesForAWhileOnRequest) {
  PracticeSettings settings = settings_at(start_of_day(kToday));
  settings.misbehaviour.refuse = 0.2;
  World world(settings);
  int refused = 0;
  for (int i = 0; i < 100; ++i) {
    const auto response = world.get("/api/v3/time");
    if (response.status != 200) {
      ++refused;
      EXPECT_EQ(response.status, 429);
      const auto wait = parse_int(response.fields.get("Retry-After"));
      ASSERT_TRUE(wait);
      EXPECT_GE(*wait, 1);
      EXPECT_LE(*wait, 15);
      world.runtime.run_for(Millis{*wait * 1'000});
    }
  }
  EXPECT_GT(refused, 5);
  EXPECT_LT(refused, 60);
}

TEST(PracticeReplay, ShowsStoredCandlesAndNothingElse) {
  market::CandleColumns rows;
  const Timestamp first = start_of_day(20'000);
  for (int m = 0; m < 200; ++m) {
    if (m >= 50 && m < 60) continue;
    rows.push_back({first + kMinute * m, 10.0 + m, 12.0 + m, 9.0 + m, 11.0 + m, m % 7 == 0 ? 0 : 1.1 * m});
  }
  World world(settings_at(first + kMinute * 100 + Millis{30'000}),
              std::make_unique<ReplayMarket>(std::make_unique<MemoryCandles>("ABCUSDT", rows)));
  const Json klines = world.get_json("/api/v3/klines?symbol=ABCUSDT&interval=1m&startTime=0");
  ASSERT_EQ(klines.size(), 91U) << "90 of the past and the one under way";
  for (std::size_t i = 0; i < 90; ++i) EXPECT_EQ(candle_of_row(klines[i]), rows[i]) << i;
  world.runtime.run_for(Millis{4 * 3'600'000});
  EXPECT_EQ(world.get_json("/api/v3/klines?symbol=ABCUSDT&interval=1m&startTime=0").size(), 190U)
      << "the end is the end";
}

}  // namespace
}  // namespace cw::exchange::practice
