#include "api/language_desk.h"

#include <boost/asio/executor_work_guard.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include <future>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "api/access_story.h"
#include "api/api_handler.h"
#include "candle_store/store_story.h"
#include "expr/function.h"
#include "expr/vocabulary.h"
#include "net/system_runtime.h"

namespace cw::api {
namespace {

using candle_store::kMinute;
using candle_store::kStart;
using Json = nlohmann::json;

class StoredMarket final : public MarketView {
 public:
  const realtime::MarketBoard& board() const override { return board_; }
  std::vector<SymbolView> symbols() override { return {}; }
  net::Task<Result<net::HttpResponse>> candles(CandleRequest, CandleAnswer) override {
    co_return fail(Errc::not_found, "no pages here");
  }
  std::string status_json() override { return "{}"; }
  std::vector<Check> checks() override { return {}; }
  bool is_serving() const override { return serving; }
  void put(const market::InstrumentId& id) { board_.put({id, {}, {}}, false); }

  bool serving = true;

 private:
  realtime::MarketBoard board_{"binance"};
};

class NoSocket final : public SocketDoor {
 public:
  bool is_full(bool) const override { return true; }
  net::Task<void> serve(net::HttpRequest, net::StreamPtr, std::string, std::optional<accounts::Principal>) override {
    co_return;
  }
};

std::vector<std::string> texts(const Json& list) { return list.get<std::vector<std::string>>(); }

std::string encoded(std::string_view text) {
  std::string out;
  for (const char c : text) out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  return out;
}

/// The routes over a real store and a pool of one thread.
class LanguageRoutes : public testing::Test {
 protected:
  void put(const std::string& symbol, const std::vector<double>& prices, std::int64_t start = kStart) {
    const market::InstrumentId id{"binance", symbol};
    market::CandleColumns rows;
    for (std::size_t i = 0; i < prices.size(); ++i) {
      rows.push_back(
          {from_ms(start + static_cast<std::int64_t>(i) * kMinute), prices[i], prices[i], prices[i], prices[i], 1});
    }
    ASSERT_TRUE(store->put_history({id, market::Timeframe::m1}, rows.view()));
    market.put(id);
  }

  net::HttpRequest request(const std::string& target, const std::string& bearer) const {
    return access.request(target, bearer);
  }
  /// Begins to answer; the answer is in `answers` once the loop has run.
  void begin(net::HttpRequest wanted) {
    const std::size_t slot = answers.size();
    answers.emplace_back();
    ++open;
    runtime.spawn("request", keep(std::move(wanted), slot));
  }
  net::Task<void> keep(net::HttpRequest wanted, std::size_t slot) {
    answers[slot] = co_await handler.handle(std::move(wanted));
    if (--open == 0) runtime.stop();
  }
  net::HttpResponse answer(net::HttpRequest wanted) {
    begin(std::move(wanted));
    runtime.loop().restart();
    runtime.run();
    return *answers.back();
  }
  net::HttpResponse get(const std::string& target) { return answer(request(target, access.ada.access_token)); }
  Json json(const std::string& target) {
    const auto got = get(target);
    EXPECT_EQ(got.status, 200) << got.body;
    return Json::parse(got.body);
  }
  /// `status code field`.
  std::string refused(const std::string& target) {
    const auto got = get(target);
    const Json body = Json::parse(got.body);
    return fmt::format("{} {} {}", got.status, body.value("code", ""), body.value("field", ""));
  }
  Json check(const std::string& body) {
    auto wanted = request("/api/language/check", access.ada.access_token);
    wanted.method = "POST";
    wanted.fields.add("Content-Type", "application/json");
    wanted.body = body;
    const auto got = answer(std::move(wanted));
    return Json::parse(got.body);
  }
  static std::string eval(const std::string& symbol, const std::string& expr, const std::string& more = {}) {
    return fmt::format("/api/market/eval/{}?timeframe=1m&expr={}{}", symbol, encoded(expr), more);
  }
  static std::string screen(std::initializer_list<std::string> texts, const std::string& more = {}) {
    std::string target = "/api/market/screen?timeframe=1m" + more;
    for (const std::string& text : texts) target += "&expr=" + encoded(text);
    return target;
  }

  NullLogger logger;
  Metrics metrics;
  candle_store::StoreStory store;
  net::SystemRuntime runtime{logger};
  boost::asio::executor_work_guard<net::Executor> guard = boost::asio::make_work_guard(runtime.loop());
  StoredMarket market;
  NoSocket socket;
  AccessStory access;
  Door door{{}};
  WorkerPool pool{"test", 1, 8, metrics};
  signals::SignalRules rules =
      signals::make_rules(std::make_shared<const signals::ComponentDocument>(
                              signals::parse_components(signals::default_components()).value()))
          .value();
  evaluation::SignalLibrary library{
      [this](const market::InstrumentId&) -> const candle_store::CandleStore& { return *store; }, rules};
  LanguageDesk desk{
      .view = market,
      .runtime = runtime,
      .workers = pool,
      .quick = pool,
      .store_of = [this](const market::InstrumentId&) -> const candle_store::CandleStore& { return *store; },
      .stored_series = [this] { return store->list(); },
      .signals = library};
  ApiHandler handler{runtime, door, access.gate, language_routes(desk), {}, socket, {}, metrics};
  std::vector<std::optional<net::HttpResponse>> answers = [] {
    std::vector<std::optional<net::HttpResponse>> none;
    none.reserve(64);  // a coroutine writes into its own
    return none;
  }();
  std::size_t open = 0;
};

TEST_F(LanguageRoutes, TellEveryFunctionOfTheTable) {
  const Json told = json("/api/language/functions");
  ASSERT_EQ(told["functions"].size(), expr::functions().size() + expr::outside_series().size());
  std::size_t ema = 0;
  while (told["functions"][ema]["name"] != "ta.ema") ++ema;
  const Json& function = told["functions"][ema];
  EXPECT_EQ(function["parameters"][0]["qualifier"], "series");
  EXPECT_TRUE(function["parameters"][0]["default"].is_null());
  EXPECT_TRUE(function["parameters"][0]["min"].is_null()) << "the table's 'no bound' is none";
  EXPECT_EQ(function["parameters"][1]["name"], "length");
  EXPECT_EQ(function["parameters"][1]["type"], "int");
  EXPECT_EQ(function["parameters"][1]["min"], 1);
  EXPECT_EQ(function["parameters"][1]["max"], 5'000);
  EXPECT_EQ(function["lookback"], "length - 1");
  EXPECT_EQ(function["overlay"], true);
  EXPECT_EQ(function["outputs"][0]["type"], "float");
  EXPECT_EQ(told["timeframes"].size(), 13U);
  EXPECT_THAT(texts(told["keywords"]), testing::Contains("request.security"));
  for (const Json& variable : told["variables"]) EXPECT_FALSE(variable["summary"].get<std::string>().empty());
}

TEST_F(LanguageRoutes, AnOverloadHasANumberAmongThoseOfItsName) {
  std::map<std::string, std::size_t> seen;
  for (const Json& function : json("/api/language/functions")["functions"]) {
    const auto name = function["name"].get<std::string>();
    EXPECT_EQ(function["overload"].get<std::size_t>(), seen[name]++) << name;
  }
  EXPECT_GT(seen["math.abs"], 1U);
}

TEST_F(LanguageRoutes, TheTableIsNotSentTwice) {
  const std::string tag{get("/api/language/functions").fields.get("ETag")};
  auto again = request("/api/language/functions", access.ada.access_token);
  again.fields.set("If-None-Match", tag);
  EXPECT_EQ(answer(std::move(again)).status, 304);
}

TEST_F(LanguageRoutes, CheckAnswersWhatATextIs) {
  const Json told = check(
      R"json({"text":"n = input.int(14, \"Length\", minval=1, maxval=50)\nplot(ta.ema(close,n), \"E\")\nplot(close>open,\"Up\")"})json");
  ASSERT_EQ(told["ok"], true) << told;
  EXPECT_EQ(told["lookback"], 13);
  EXPECT_EQ(told["plots"][0]["title"], "E");
  EXPECT_EQ(told["plots"][0]["overlay"], true);
  EXPECT_EQ(told["plots"][0]["qualifier"], "series");
  EXPECT_EQ(told["plots"][0]["lookback"], 13);
  EXPECT_EQ(told["plots"][1]["type"], "bool");
  EXPECT_EQ(told["plots"][1]["lookback"], 0);
  EXPECT_EQ(told["notes"], Json::array());
  EXPECT_EQ(told["inputs"][0]["title"], "Length");
  EXPECT_EQ(told["inputs"][0]["value"], 14);
  EXPECT_EQ(told["inputs"][0]["max"], 50);
  EXPECT_EQ(check(R"json({"text":" ta.ema( close ,9)"})json")["canonical"], "ta.ema(close, 9)");
}

TEST_F(LanguageRoutes, CheckNotesWhatIsNotDrawn) {
  const Json told = check(R"json({"text":"plot(close)\nhline(70)\nbgcolor(color.red)"})json");
  EXPECT_EQ(told["notes"], Json::parse(R"([{"message":"'hline' is not drawn here","line":2,"column":1},
      {"message":"'bgcolor' is not drawn here","line":3,"column":1}])"));
}

TEST_F(LanguageRoutes, CheckTakesValuesForInputs) {
  const Json told = check(R"json({"text":"ta.ema(close, input.int(14, \"Length\"))","inputs":{"Length":21}})json");
  EXPECT_EQ(told["lookback"], 20) << told;
  EXPECT_EQ(told["inputs"][0]["value"], 21);
  EXPECT_EQ(told["inputs"][0]["default"], 14);
}

TEST_F(LanguageRoutes, CheckAnswersWhatIsWrongAndWhere) {
  const Json told = check(R"json({"text":"x = close\nx + ta.emaa(close, 9)"})json");
  ASSERT_EQ(told["ok"], false);
  ASSERT_EQ(told["errors"].size(), 1U);
  const Json& error = told["errors"][0];
  EXPECT_EQ(error["line"], 2);
  EXPECT_EQ(error["column"], 5);
  EXPECT_EQ(error["length"], 7);
  EXPECT_EQ(error["line_text"], "x + ta.emaa(close, 9)");
  EXPECT_THAT(texts(error["suggestions"]), testing::Contains("ta.ema"));
}

TEST_F(LanguageRoutes, CheckKnowsTheChartsTimeframe) {
  const std::string text = R"json("text":"request.security(\"1h\", close)")json";
  EXPECT_EQ(check("{" + text + "}")["ok"], true);
  EXPECT_EQ(check("{" + text + R"json(,"timeframe":"1h"})json")["ok"], true);
  EXPECT_EQ(check("{" + text + R"json(,"timeframe":"4h"})json")["ok"], false) << "below the chart's";
}

TEST_F(LanguageRoutes, CheckRefusesARequestThatIsNone) {
  EXPECT_EQ(check(R"json({"text":"close","timeframe":"90m"})json")["code"], "unknown_timeframe");
  EXPECT_EQ(check(R"json({"text":"close","symbol":"NOPE"})json")["code"], "unknown_symbol");
  EXPECT_EQ(check(R"json({"text":"close","seed":"tv"})json")["field"], "seed");
  EXPECT_EQ(check(R"json({"text":"close","inputs":{"a":[1]}})json")["field"], "inputs");
  EXPECT_EQ(check(R"json({"text":7})json")["field"], "text");
  EXPECT_EQ(check(R"json({})json")["field"], "text");
}

// Closes 1 2 4 8: means of two 1.5 3 6.
TEST_F(LanguageRoutes, EvalAnswersColumns) {
  put("BTCUSDT", {1, 2, 4, 8});
  const Json told = json(eval("btcusdt", "ta.sma(close, 2)", "&expr=" + encoded("close > 2")));
  EXPECT_EQ(told["symbol"], "BTCUSDT");
  EXPECT_EQ(told["venue"], "binance");
  EXPECT_EQ(told["first_bar"], kStart);
  EXPECT_EQ(told["times"], Json({kStart, kStart + kMinute, kStart + 2 * kMinute, kStart + 3 * kMinute}));
  ASSERT_EQ(told["plots"].size(), 2U);
  EXPECT_EQ(told["plots"][0]["values"], Json({nullptr, 1.5, 3, 6}));
  EXPECT_EQ(told["plots"][0]["title"], "ta.sma(close, 2)");
  EXPECT_EQ(told["plots"][1]["values"], Json({0, 0, 1, 1}));
  EXPECT_EQ(told["plots"][1]["type"], "bool");
}

TEST_F(LanguageRoutes, EvalTakesFirstRowsFromATimeElseTheNewest) {
  std::vector<double> prices;
  for (int i = 0; i < 30'000; ++i) prices.push_back(100 + i % 7);
  put("BTCUSDT", prices);
  const Json newest = json(eval("BTCUSDT", "ta.ema(close, 5)", "&limit=5000"));
  ASSERT_EQ(newest["times"].size(), 5'000U);
  EXPECT_EQ(newest["times"].back(), kStart + 29'999 * kMinute);
  EXPECT_EQ(newest["times"][0], kStart + 25'000 * kMinute);
  const Json first =
      json(eval("BTCUSDT", "ta.ema(close, 5)", fmt::format("&limit=3&from={}", kStart + 25'000 * kMinute)));
  ASSERT_EQ(first["times"].size(), 3U);
  EXPECT_EQ(first["times"][0], kStart + 25'000 * kMinute);
  for (std::size_t i = 0; i < 3; ++i)
    EXPECT_EQ(first["plots"][0]["values"][i], newest["plots"][0]["values"][i]) << "the same wherever an answer begins";
  EXPECT_EQ(first["first_bar"], kStart);
  EXPECT_EQ(json(eval("BTCUSDT", "close", fmt::format("&to={}", kStart + 2 * kMinute)))["times"].size(), 2U);
  EXPECT_EQ(json(eval("BTCUSDT", "close"))["times"].size(), 500U);
  EXPECT_EQ(json(eval("BTCUSDT", "close", fmt::format("&from={}", kStart + 40'000 * kMinute)))["times"].size(), 0U);
}

TEST_F(LanguageRoutes, EvalTakesInputsAndASeed) {
  put("BTCUSDT", {1, 2, 4, 8});
  const std::string text = "ta.sma(close, input.int(2, \"Length\"))";
  const Json told = json(eval("BTCUSDT", text, "&seed=pine&inputs=" + encoded(R"json({"Length":3})json")));
  EXPECT_TRUE(told["plots"][0]["values"][1].is_null());
  EXPECT_NEAR(told["plots"][0]["values"][2].get<double>(), 7.0 / 3, 1e-12);
  EXPECT_EQ(refused(eval("BTCUSDT", text, "&inputs=" + encoded("[1]"))), "400 bad_parameter inputs");
  EXPECT_EQ(refused(eval("BTCUSDT", text, "&inputs=")), "400 bad_parameter inputs");
  EXPECT_EQ(refused(eval("BTCUSDT", text, "&seed=tv")), "400 bad_parameter seed");
}

TEST_F(LanguageRoutes, EvalRefusesATextWithItsPlace) {
  put("BTCUSDT", {1, 2});
  const auto got = get(eval("BTCUSDT", "close", "&expr=" + encoded("clsoe + 1")));
  EXPECT_EQ(got.status, 400);
  EXPECT_EQ(got.fields.get("Content-Type"), "application/problem+json");
  const Json problem = Json::parse(got.body);
  EXPECT_EQ(problem["code"], "bad_expression");
  EXPECT_EQ(problem["field"], "expr");
  EXPECT_THAT(texts(problem["suggestions"]), testing::Contains("close"));
  EXPECT_EQ(problem["diagnostic"]["expression"], 1);
  EXPECT_EQ(problem["diagnostic"]["line"], 1);
  EXPECT_EQ(problem["diagnostic"]["column"], 1);
  EXPECT_EQ(problem["diagnostic"]["length"], 5);
  EXPECT_EQ(problem["diagnostic"]["line_text"], "clsoe + 1");
}

TEST_F(LanguageRoutes, ALongTextIsEvaluatedFromTheBody) {
  put("BTCUSDT", {1, 2, 3, 4});
  const std::string text = "// " + std::string(16'000, '-') + "\nn = input.int(3)\nplot(ta.sma(close, n), \"S\")";
  const auto asked = [&](const Json& body) {
    auto wanted = request("/api/market/eval/BTCUSDT", access.ada.access_token);
    wanted.method = "POST";
    wanted.fields.add("Content-Type", "application/json");
    wanted.body = body.dump();
    return answer(std::move(wanted));
  };
  const auto got =
      asked({{"timeframe", "1m"}, {"expr", {text}}, {"limit", 2}, {"inputs", {{"n", 2}}}, {"seed", "pine"}});
  ASSERT_EQ(got.status, 200) << got.body;
  EXPECT_EQ(Json::parse(got.body)["plots"][0]["values"], Json({2.5, 3.5}));
  const auto refused_field = [&](const Json& body) {
    const auto refused = asked(body);
    const Json told = Json::parse(refused.body);
    return fmt::format("{} {} {}", refused.status, told.value("code", ""), told.value("field", ""));
  };
  EXPECT_EQ(refused_field({{"timeframe", "1m"}}), "400 bad_parameter expr");
  EXPECT_EQ(refused_field({{"expr", {"close"}}}), "400 bad_parameter timeframe");
  EXPECT_EQ(refused_field({{"timeframe", "1m"}, {"expr", {"close"}}, {"limit", 0}}), "400 bad_parameter limit");
  EXPECT_EQ(refused_field({{"timeframe", "1m"}, {"expr", {"close"}}, {"until", 1}}), "400 bad_parameter until");
  EXPECT_EQ(refused_field({{"timeframe", "1m"}, {"expr", {"clsoe"}}}), "400 bad_expression expr");
}

TEST_F(LanguageRoutes, EvalRefusesWhatIsNoRequest) {
  put("BTCUSDT", {1, 2});
  EXPECT_EQ(refused("/api/market/eval/BTCUSDT?timeframe=1m"), "400 bad_parameter expr");
  EXPECT_EQ(refused("/api/market/eval/BTCUSDT?expr=close"), "400 bad_parameter timeframe");
  EXPECT_EQ(refused("/api/market/eval/BTCUSDT?timeframe=2m&expr=close"), "400 unknown_timeframe timeframe");
  EXPECT_EQ(refused("/api/market/eval/NOPE?timeframe=1m&expr=close"), "404 unknown_symbol symbol");
  EXPECT_EQ(refused(eval("BTCUSDT", "close", "&limit=5001")), "400 bad_parameter limit");
  std::string many = "/api/market/eval/BTCUSDT?timeframe=1m";
  for (int i = 0; i < 33; ++i) many += "&expr=close";
  EXPECT_EQ(refused(many), "400 bad_parameter expr");
}

TEST_F(LanguageRoutes, EvalRefusesTooMuchWorkAndSaysTheLimit) {
  put("BTCUSDT", {1}, kEarliestMs);
  put("BTCUSDT", {1, 2});  // 24 years later: holes count
  std::string text = "close";
  for (int i = 0; i < 50; ++i) text += fmt::format(" + ta.sma(close, {})", i + 2);
  EXPECT_EQ(refused(eval("BTCUSDT", text)), "400 limit_exceeded expr");
  EXPECT_THAT(get(eval("BTCUSDT", text)).body, testing::HasSubstr("1000000000"));
  EXPECT_EQ(refused(screen({text})), "200  ") << "a screen looks at the newest bars alone";
}

TEST_F(LanguageRoutes, ScreenFiltersSortsAndCuts) {
  put("AAA", {1, 2});
  put("BBB", {1, 4});
  put("CCC", {5, 3});
  put("DDD", {1, 3});
  const Json told = json(screen({"close > open[1]", "close"}, "&sort=1%20desc&limit=2"));
  ASSERT_EQ(told["rows"].size(), 2U);
  EXPECT_EQ(told["rows"][0]["symbol"], "BBB");
  EXPECT_EQ(told["rows"][0]["values"], Json({4}));
  EXPECT_EQ(told["rows"][0]["price"], 4);
  EXPECT_EQ(told["rows"][0]["time"], kStart + kMinute);
  EXPECT_EQ(told["rows"][1]["symbol"], "DDD");
  EXPECT_EQ(told["matched"], 3);
  EXPECT_EQ(told["screened"], 4);
  EXPECT_EQ(told["newest_bar"], kStart + kMinute);
  EXPECT_EQ(json(screen({"close > 100"}))["newest_bar"], kStart + kMinute) << "whether or not it passes";
  EXPECT_EQ(told["columns"][0]["expr"], "close");
  EXPECT_EQ(told["filters"][0]["title"], "close > open[1]");
  EXPECT_EQ(told["skipped"], Json::array());
}

TEST_F(LanguageRoutes, ScreenAnswersTheSameUntilANewerBarComes) {
  put("AAA", {1, 2});
  const Json first = json(screen({"close"}));
  EXPECT_EQ(json(screen({"close"})), first) << "as of the same moment";
  EXPECT_NE(json(screen({"open"}))["columns"], first["columns"]);
  ASSERT_TRUE(store->append({{"binance", "AAA"}, market::Timeframe::m1},
                            std::vector<market::Candle>{{from_ms(kStart + 2 * kMinute), 9, 9, 9, 9, 1}}));
  EXPECT_EQ(json(screen({"close"}))["rows"][0]["values"], Json({9}));
}

TEST_F(LanguageRoutes, ScreenRefusesWithThePlaceAndWhatItCannotSortBy) {
  put("AAA", {1, 2});
  EXPECT_EQ(refused(screen({"close", "clsoe"})), "400 bad_expression expr");
  EXPECT_EQ(Json::parse(get(screen({"close", "clsoe"})).body)["diagnostic"]["expression"], 1);
  EXPECT_EQ(refused(screen({"close"}, "&sort=2")), "400 bad_parameter sort");
  EXPECT_EQ(refused(screen({})), "400 bad_parameter expr");
  EXPECT_EQ(refused(screen({"close"}, "&limit=0")), "400 bad_parameter limit");
}

TEST_F(LanguageRoutes, OneAccountHasTwoAtWork) {
  put("BTCUSDT", {1, 2});
  std::promise<void> gate;
  const auto opened = gate.get_future().share();
  const auto occupy = [&]() -> net::Task<void> {
    const auto done = co_await pool.run<int>(runtime, [opened]() -> Result<int> {
      opened.wait();
      return 0;
    });
    EXPECT_TRUE(done);
  };
  runtime.spawn("occupied", occupy());
  for (int i = 0; i < 3; ++i) begin(request(eval("BTCUSDT", "close"), access.ada.access_token));
  begin(request(screen({"close"}), access.boss.access_token));
  runtime.loop().poll();
  ASSERT_TRUE(answers[2]);
  EXPECT_EQ(answers[2]->status, 429);
  EXPECT_EQ(answers[2]->fields.get("Retry-After"), "1");
  EXPECT_THAT(answers[2]->body, testing::HasSubstr("2 evaluations or screens of yours"));
  EXPECT_FALSE(answers[3]) << "another account has its own";
  gate.set_value();
  runtime.loop().restart();
  runtime.run();
  for (const std::size_t i : {0U, 1U, 3U}) EXPECT_EQ(answers[i]->status, 200) << i;
  EXPECT_EQ(get(eval("BTCUSDT", "close")).status, 200) << "and again, once they are through";
}

TEST_F(LanguageRoutes, WorkEndsWhenItsCallerIsGone) {
  put("BTCUSDT", {1, 2});
  std::promise<void> gate;
  bool was_asked = false;
  const auto occupy = [&, opened = gate.get_future().share()]() -> net::Task<void> {
    const auto done = co_await pool.run<int>(runtime, [opened]() -> Result<int> {
      opened.wait();
      return 0;
    });
    EXPECT_TRUE(done);
  };
  // The work begins only once it is known that nobody waits for it.
  const auto let_it_begin = [&]() -> net::Task<void> {
    while (!was_asked) co_await runtime.sleep_for(Millis{1});
    gate.set_value();
  };
  auto wanted = request(eval("BTCUSDT", "close"), access.ada.access_token);
  wanted.is_gone = [&was_asked] { return was_asked = true; };
  runtime.spawn("occupied", occupy());
  runtime.spawn("later", let_it_begin());
  const auto got = answer(std::move(wanted));
  EXPECT_EQ(got.status, 503) << got.body;
  EXPECT_THAT(got.body, testing::HasSubstr("ended"));
}

TEST_F(LanguageRoutes, AreForWhoMayRead) {
  put("BTCUSDT", {1, 2});
  const std::string reader = access.key_of(access.ada, {.read = true});
  const std::string writer = access.key_of(access.ada, {.write = true});
  for (const std::string& target :
       {std::string{"/api/language/functions"}, eval("BTCUSDT", "close"), screen({"close"})}) {
    EXPECT_EQ(answer(request(target, {})).status, 401) << target;
    EXPECT_EQ(answer(request(target, reader)).status, 200) << target;
    EXPECT_EQ(answer(request(target, writer)).status, 403) << target;
  }
}

TEST_F(LanguageRoutes, MarketPathsWaitUntilTheServerServes) {
  put("BTCUSDT", {1, 2});
  market.serving = false;
  EXPECT_EQ(refused(eval("BTCUSDT", "close")), "503 not_ready ");
  EXPECT_EQ(refused(screen({"close"})), "503 not_ready ");
}

}  // namespace
}  // namespace cw::api
