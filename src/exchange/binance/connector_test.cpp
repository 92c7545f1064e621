#include "exchange/binance/connector.h"

#include <gtest/gtest.h>

#include <chrono>

#include "base/number.h"
#include "exchange/binance/stub_exchange.h"

namespace cw::exchange::binance {
namespace {

using market::BarEvent;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr Timestamp kMinute0 = from_ms(1'700'000'040'000);
constexpr Timestamp kStart = kMinute0 + seconds{10};

struct Heard final : FeedSink {
  std::vector<std::string> bars;
  std::vector<std::int64_t> trades;
  std::vector<market::Quote> quotes;
  std::vector<market::FormingCandle> forming;
  std::vector<FeedStatus> states;
  void on_bar(FollowedIndex, const BarEvent& event) override {
    const auto index = [](Timestamp t) { return std::to_string((t - kMinute0) / minutes{1}); };
    if (event.kind == BarEvent::Kind::closed) bars.push_back(index(event.bar.open_time));
    if (event.kind == BarEvent::Kind::revised) bars.push_back("revised " + index(event.bar.open_time));
    if (event.kind == BarEvent::Kind::gap) bars.push_back("gap " + index(event.gap_from) + "-" + index(event.gap_to));
  }
  void on_trade(FollowedIndex, const market::Trade& trade) override { trades.push_back(trade.trade_id); }
  void on_forming(FollowedIndex, const market::FormingCandle& bar) override { forming.push_back(bar); }
  void on_quote(FollowedIndex, const market::Quote& quote) override { quotes.push_back(quote); }
  void on_state(const FeedStatus& status) override { states.push_back(status); }
};

// The feed of one instrument, minute -1 stored, against the stub.
struct Story {
  NullLogger logger;
  net::SimRuntime runtime{logger, {.start = kStart}};
  Metrics metrics;
  Heard heard;
  RestShared shared;
  std::unique_ptr<StubExchange> exchange;
  std::unique_ptr<BinanceFeed> feed;

  explicit Story(std::function<void(FeedOptions&)> change = {}) {
    exchange = std::make_unique<StubExchange>(runtime);
    exchange->answer = [](const net::HttpRequest&) { return net::HttpResponse{.body = "[]"}; };
    FeedOptions options{.ws_url = "ws://exchange:80", .rest_url = "http://exchange:80"};
    options.followed = {{"BTCUSDT", kMinute0 - minutes{1}}};
    if (change) change(options);
    auto made = BinanceFeed::make(runtime, options, heard, shared, metrics, 7);
    EXPECT_TRUE(made);
    feed = std::move(*made);
  }
  ~Story() {
    feed->stop();
    runtime.run_for(seconds{5});
  }
  void begin() {
    runtime.spawn("feed", feed->run());
    pass(seconds{2});
  }
  void pass(Millis time) { runtime.run_for(time); }

  // Lets time pass while the exchange keeps trading.
  void talk(Millis time) {
    for (const Timestamp end = runtime.now() + time; runtime.now() < end;) {
      trade(exchange->clients.size() - 1, ++next_id);
      pass(std::min<Millis>(seconds{10}, end - runtime.now()));
    }
  }
  int next_id = 100;

  void trade(std::size_t client, int id) {
    exchange->say(client,
                  fmt::format(R"({{"stream":"btcusdt@trade","data":{{"e":"trade","E":{0},"s":"BTCUSDT","t":{1},)"
                              R"("p":"5","q":"1","T":{0},"m":true}}}})",
                              to_ms(runtime.now()), id));
    runtime.run_ready();
  }
  void kline(std::size_t client, int minute, bool closed) {
    const std::int64_t open = to_ms(kMinute0 + minutes{minute});
    exchange->say(
        client,
        fmt::format(R"({{"stream":"btcusdt@kline_1m","data":{{"e":"kline","E":{},"s":"BTCUSDT","k":{{"t":{},)"
                    R"("T":{},"s":"BTCUSDT","i":"1m","o":"5","c":"5","h":"5","l":"5","v":"1","n":1,"x":{}}}}}}})",
                    to_ms(runtime.now()), open, open + 59'999, closed));
    runtime.run_ready();
  }
  FeedState state() const { return feed->status().state; }
};

using Words = std::vector<std::string>;

TEST(BinanceFeed, SubscribesAndPassesOnWhatItHears) {
  Story story;
  story.begin();
  ASSERT_EQ(story.exchange->clients.size(), 1u);
  EXPECT_EQ(
      story.exchange->clients[0]->heard,
      (Words{R"({"method":"SUBSCRIBE","params":["btcusdt@trade","btcusdt@kline_1m","btcusdt@bookTicker"],"id":1})"}));
  EXPECT_EQ(story.state(), FeedState::live);
  story.trade(0, 10);
  story.trade(0, 11);
  story.trade(0, 11);
  story.kline(0, 0, false);
  story.exchange->say(
      0, R"({"stream":"btcusdt@bookTicker","data":{"u":9,"s":"BTCUSDT","b":"4","B":"1","a":"6","A":"1"}})");
  story.exchange->say(0, "nonsense");
  story.runtime.run_ready();
  EXPECT_EQ(story.heard.trades, (std::vector<std::int64_t>{10, 11}));
  story.talk(seconds{50});
  story.kline(0, 0, true);
  EXPECT_EQ(story.heard.forming.size(), 1u);
  EXPECT_EQ(story.heard.quotes.size(), 1u);
  EXPECT_EQ(story.heard.bars, (Words{"0"}));
}

TEST(BinanceFeed, FetchesWhatTheSocketLost) {
  Story story;
  std::vector<std::string> asked;
  story.exchange->answer = [&](const net::HttpRequest& request) {
    const std::int64_t from = *parse_int(*request.query("startTime"));
    asked.push_back(std::to_string((from - to_ms(kMinute0)) / 60'000));
    return net::HttpResponse{.body = "[" + kline_row(from_ms(from), 5) + "]"};
  };
  story.begin();
  story.talk(minutes{3} - seconds{12});
  EXPECT_EQ(story.heard.bars, (Words{"0", "1"})) << "the socket brought no candle: REST did, by the venue's clock";
  story.kline(0, 2, true);
  EXPECT_EQ(story.heard.bars, (Words{"0", "1", "2"}));
  story.talk(seconds{10});
  EXPECT_EQ(asked, (Words{"0", "1"}));
  EXPECT_EQ(story.state(), FeedState::live);
}

TEST(BinanceFeed, SaysThatAnInstrumentIsSilentWhileOthersSpeak) {
  Story story([](FeedOptions& options) { options.followed.push_back({"ETHUSDT", kMinute0 - minutes{1}}); });
  story.begin();
  story.talk(minutes{4});
  EXPECT_EQ(story.state(), FeedState::stale);
  EXPECT_EQ(story.feed->status().detail, "ETHUSDT has been silent for 3 m while others speak");
  EXPECT_EQ(story.exchange->clients.size(), 2u) << "a new connection was tried once";
  EXPECT_EQ(story.exchange->open_clients(), 1u);
}

TEST(BinanceFeed, MakesASuccessorBeforeItLeavesAnExchangeThatShutsDown) {
  Story story;
  story.begin();
  story.trade(0, 1);
  story.exchange->say(0, R"({"stream":"!serverShutdown","data":{"e":"serverShutdown","E":1700000050000}})");
  story.runtime.run_ready();
  story.pass(Millis{100});
  ASSERT_EQ(story.exchange->clients.size(), 2u);
  EXPECT_EQ(story.exchange->open_clients(), 1u);
  EXPECT_FALSE(story.exchange->clients[0]->open);
  story.trade(1, 2);
  EXPECT_EQ(story.heard.trades, (std::vector<std::int64_t>{1, 2}));
  for (const FeedStatus& status : story.heard.states) EXPECT_NE(status.state, FeedState::down);
}

TEST(BinanceFeed, LeavesBeforeTheDailyCut) {
  Story story([](FeedOptions& options) {
    options.connection_life = minutes{10};
    options.connection_life_spread = minutes{1};
  });
  story.begin();
  for (int i = 0; i < 60 * 9 - 10; ++i) {
    story.trade(0, i);
    story.pass(seconds{1});
  }
  EXPECT_EQ(story.exchange->clients.size(), 1u);
  for (int i = 0; i < 90; ++i) {
    for (std::size_t client = 0; client < story.exchange->clients.size(); ++client) story.trade(client, 1'000 + i);
    story.pass(seconds{1});
  }
  EXPECT_EQ(story.exchange->clients.size(), 2u);
  EXPECT_EQ(story.exchange->open_clients(), 1u);
  EXPECT_EQ(story.heard.trades.size(), 530u + 90u);
}

TEST(BinanceFeed, ConnectsAgainAfterALoss) {
  Story story;
  story.begin();
  story.trade(0, 1'000);
  story.runtime.links("exchange", 80).back()->cut();
  story.exchange->takes_sockets = false;
  story.exchange->answer = [](const net::HttpRequest&) { return net::HttpResponse{.status = 503}; };
  story.pass(seconds{20});
  EXPECT_EQ(story.state(), FeedState::down);
  EXPECT_NE(story.feed->status().detail.find("503"), std::string::npos) << story.feed->status().detail;
  EXPECT_NE(story.feed->status().detail.find("; the next try is at 20"), std::string::npos)
      << story.feed->status().detail;
  story.exchange->takes_sockets = true;
  story.exchange->answer = [](const net::HttpRequest&) { return net::HttpResponse{.body = "[]"}; };
  story.pass(minutes{2});
  EXPECT_NE(story.state(), FeedState::down);
  EXPECT_EQ(story.exchange->open_clients(), 1u);
  story.trade(story.exchange->clients.size() - 1, 5);
  EXPECT_EQ(story.heard.trades, (std::vector<std::int64_t>{1'000, 5})) << "after a break the venue may count anew";
}

TEST(BinanceFeed, ComesBackSoonWhereNobodyListenedForAMoment) {
  Story story;
  story.runtime.set_reach("exchange", 80, net::SimReach::refused);
  story.begin();
  story.pass(seconds{20});
  EXPECT_EQ(story.state(), FeedState::down);
  story.runtime.set_reach("exchange", 80, net::SimReach::open);
  story.pass(seconds{65});
  EXPECT_NE(story.state(), FeedState::down);
}

TEST(BinanceFeed, SaysWhatToDoWhereItIsRefused) {
  Story story;
  story.exchange->takes_sockets = false;
  story.exchange->answer = [](const net::HttpRequest&) { return net::HttpResponse{.status = 451}; };
  story.begin();
  EXPECT_EQ(story.state(), FeedState::refused);
  EXPECT_NE(story.feed->status().detail.find("binance.rest_url"), std::string::npos);
  const std::size_t asked = story.exchange->asked.size();
  story.pass(minutes{4});
  EXPECT_LE(story.exchange->asked.size(), asked + 30) << "only the clock is asked for now and then";
}

TEST(BinanceFeed, ReplacesAConnectionThatFallsSilent) {
  Story story;
  story.begin();
  story.trade(0, 1);
  story.pass(seconds{29});
  EXPECT_EQ(story.exchange->clients.size(), 1u);
  story.pass(seconds{3});
  EXPECT_EQ(story.exchange->clients.size(), 2u);
  EXPECT_EQ(story.exchange->open_clients(), 1u);
}

TEST(BinanceFeed, EndsAConnectionWhoseSubscriptionIsRefused) {
  Story story;
  story.exchange->acknowledge = [](int) { return R"({"code":2,"msg":"too many parameters","id":1})"; };
  story.begin();
  EXPECT_EQ(story.state(), FeedState::down);
  EXPECT_NE(story.feed->status().detail.find("too many parameters"), std::string::npos);
}

TEST(BinanceFeed, EndsAConnectionThatNeverAcknowledges) {
  Story story;
  story.exchange->acknowledge = [](int) { return std::string(); };
  story.begin();
  story.pass(seconds{16});
  EXPECT_EQ(story.state(), FeedState::down);
}

TEST(BinanceFeed, EndsWhenItIsStopped) {
  Story story;
  bool ended = false;
  story.runtime.spawn("feed", [](BinanceFeed& feed, bool& done) -> net::Task<void> {
    co_await feed.run();
    done = true;
  }(*story.feed, ended));
  story.pass(seconds{2});
  story.feed->stop();
  story.pass(seconds{1});
  EXPECT_TRUE(ended);
  EXPECT_EQ(story.heard.states.back().state, FeedState::stopped);
  EXPECT_EQ(story.exchange->open_clients(), 0u);
}

TEST(BinanceFeed, RefusesOptionsThatMakeNoSense) {
  Story story;
  const auto code = [&](FeedOptions options) {
    return BinanceFeed::make(story.runtime, options, story.heard, story.shared, story.metrics, 1).error().code;
  };
  EXPECT_EQ(code({}), Errc::bad_parameter);
  EXPECT_EQ(code({.followed = {{"A"}, {"A"}}}), Errc::bad_parameter);
  EXPECT_EQ(code({.ws_url = "nonsense", .followed = {{"A"}}}), Errc::bad_input);
  EXPECT_EQ(code({.rest_url = "nonsense", .followed = {{"A"}}}), Errc::bad_input);
}

// ---- REST

struct RestStory {
  NullLogger logger;
  net::SimRuntime runtime{logger, {.start = kStart}};
  Metrics metrics;
  RestShared shared;
  std::unique_ptr<StubExchange> exchange;
  std::unique_ptr<RestClient> client;
  RestStory() {
    exchange = std::make_unique<StubExchange>(runtime);
    client = std::move(*RestClient::make(runtime, "http://exchange:80/", shared, metrics, kLiveShare));
  }
  Result<std::vector<market::Candle>> klines() {
    auto work = client->klines("BTCUSDT", market::Timeframe::m1, kMinute0 - minutes{5}, kMinute0);
    auto answer = runtime.run(std::move(work));
    EXPECT_TRUE(answer);
    return *answer;
  }
};

TEST(RestClient, LeavesOutTheBarUnderWay) {
  RestStory story;
  story.exchange->answer = [](const net::HttpRequest& request) {
    EXPECT_EQ(request.target,
              fmt::format("/api/v3/klines?symbol=BTCUSDT&interval=1m&startTime={}&endTime={}&limit=1000",
                          to_ms(kMinute0 - minutes{5}), to_ms(kMinute0) - 1));
    return net::HttpResponse{.body = "[" + kline_row(kMinute0 - minutes{1}, 5) + "," + kline_row(kMinute0, 5) + "]"};
  };
  const auto bars = story.klines();
  ASSERT_TRUE(bars);
  ASSERT_EQ(bars->size(), 1u);
  EXPECT_EQ(bars->front().open_time, kMinute0 - minutes{1});
}

TEST(RestClient, AsksNothingBeforeRetryAfterHasPassed) {
  RestStory story;
  story.exchange->answer = [](const net::HttpRequest&) {
    net::HttpResponse response{.status = 429, .body = R"({"code":-1003,"msg":"Too much request weight used."})"};
    response.fields.set("Retry-After", "17");
    return response;
  };
  EXPECT_EQ(story.klines().error().code, Errc::rate_limited);
  story.exchange->answer = [](const net::HttpRequest&) { return net::HttpResponse{.body = "[]"}; };
  EXPECT_TRUE(story.klines());
  ASSERT_EQ(story.exchange->asked.size(), 2u);
  EXPECT_GE(story.exchange->asked[1].first - story.exchange->asked[0].first, seconds{17});
}

TEST(RestClient, BelievesTheUsedWeightOfTheHeader) {
  RestStory story;
  story.exchange->answer = [](const net::HttpRequest&) {
    net::HttpResponse response{.body = "[]"};
    response.fields.set("X-MBX-USED-WEIGHT-1M", "5399");
    return response;
  };
  EXPECT_TRUE(story.klines());
  EXPECT_TRUE(story.klines());  // 5,399 + 2 passes nine tenths of 6,000: in the next minute
  EXPECT_GE(story.exchange->asked[1].first, kMinute0 + minutes{1});
}

TEST(RestClient, GivesTheVenuesOwnWords) {
  RestStory story;
  story.exchange->answer = [](const net::HttpRequest&) {
    return net::HttpResponse{.status = 400, .body = R"({"code":-1121,"msg":"Invalid symbol."})"};
  };
  const auto bars = story.klines();
  EXPECT_EQ(bars.error().code, Errc::bad_parameter);
  EXPECT_EQ(bars.error().message, "the exchange answered HTTP 400, code -1121: Invalid symbol.");
  story.exchange->answer = [](const net::HttpRequest&) { return net::HttpResponse{.status = 403, .body = "<html>"}; };
  EXPECT_EQ(story.klines().error().message, explain_refusal(403));
  story.exchange->answer = [](const net::HttpRequest&) { return net::HttpResponse{.body = "<html>"}; };
  EXPECT_EQ(story.klines().error().code, Errc::bad_input);
}

}  // namespace
}  // namespace cw::exchange::binance
