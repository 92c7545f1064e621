// The desk's live expressions over a real store and a real pool of workers, in the clock of a simulation.
#include "app/serve/live_values.h"

#include <memory>
#include <set>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "app/serve/testing.h"
#include "candle_store/store_story.h"
#include "net/sim_runtime.h"

namespace cw::app {
namespace {

using candle_store::kMinute;
using candle_store::kStart;
using Json = nlohmann::json;
using market::Timeframe;
using ::testing::HasSubstr;

constexpr std::size_t kStored = 5;  // bars of each instrument at the start

class Client final : public realtime::Connection {
 public:
  void deliver(const realtime::MessagePtr& message) override { frames.push_back(Json::parse(message->text)); }
  void forget(std::string_view) override {}
  std::vector<Json> frames;
};

Timestamp opens(std::size_t bar) { return from_ms(kStart + static_cast<std::int64_t>(bar) * kMinute); }
market::Candle bar(std::size_t at, double price) { return {opens(at), price, price, price, price, 1}; }

/// Bar n of BTCUSDT closes at n + 1, of ETHUSDT at 100 (n + 1).
class LiveValuesTest : public ::testing::Test {
 protected:
  LiveValuesTest() {
    channels.attach(hub);
    channels.set_expressions(values);
    hub.add(client);
    hub.add(other_client);
    btc = put("BTCUSDT", 1);
    eth = put("ETHUSDT", 100);
  }
  ~LiveValuesTest() override {
    hub.remove(client);
    hub.remove(other_client);
  }

  realtime::BoardIndex put(const std::string& symbol, double price) {
    const market::InstrumentId id{"binance", symbol};
    market::CandleColumns rows;
    for (std::size_t i = 0; i < kStored; ++i) rows.push_back(bar(i, price * static_cast<double>(i + 1)));
    EXPECT_TRUE(store->put_history({id, Timeframe::m1}, rows.view()));
    return channels.put({id, symbol.substr(0, 3), "USDT"}, true);
  }
  /// A bar closes: stored first, as the desk does it.
  void close(realtime::BoardIndex instrument, std::size_t at, double price) {
    const candle_store::SeriesId id{channels.board().instrument(instrument).id, Timeframe::m1};
    ASSERT_TRUE(store->append(id, std::vector{bar(at, price)}));
    values.closed(instrument, Timeframe::m1, bar(at, price));
  }

  Json ask(Client& who, const Json& message) {
    hub.handle(who, realtime::parse_request(message.dump(), hub.limits()), runtime.now());
    return who.frames.back();
  }
  Json watch(const std::string& expr, const Json& more = Json::object(), Client* who = nullptr) {
    Json params{{"symbol", "BTCUSDT"}, {"timeframe", "1m"}, {"expr", expr}};
    params.update(more);
    return ask(who ? *who : client, {{"type", "subscribe"}, {"id", 1}, {"channel", "market_data"}, {"params", params}});
  }
  void leave(const Json& subscribed, Client* who = nullptr) {
    ask(who ? *who : client, {{"type", "unsubscribe"}, {"id", 2}, {"key", subscribed["key"]}});
  }

  std::uint64_t plans_made() const { return made.value(); }
  void drain() { testing::drain(pool, runtime); }
  /// Every plan that is wanted now is prepared; so many were in all.
  void wait_for_plans(std::uint64_t count) {
    // A plan may want another one when it comes.
    for (int i = 0; i < 3 && plans_made() < count; ++i) drain();
    ASSERT_EQ(plans_made(), count);
  }
  /// What was pushed since the last call: the values, with `~` before those that are provisional.
  std::vector<std::string> pushed(Client& who) {
    std::vector<std::string> found;
    for (const Json& frame : who.frames) {
      if (frame["type"] != "data") continue;
      const Json& data = frame["data"];
      found.push_back((data["provisional"].get<bool>() ? "~" : "") + data["values"].dump());
    }
    who.frames.clear();
    return found;
  }
  std::vector<std::string> pushed() { return pushed(client); }

  /// While it lives the only worker is busy.
  class Busy {
   public:
    explicit Busy(LiveValuesTest& test) {
      auto begun = std::make_shared<std::promise<void>>();
      auto has_begun = begun->get_future();
      test.runtime.spawn("busy", occupy(test.pool, test.runtime, std::move(begun), gate_.get_future().share()));
      test.runtime.run_ready();
      has_begun.wait();  // it waits no more, and leaves its place in the queue to others
    }
    ~Busy() { gate_.set_value(); }
    Busy(const Busy&) = delete;
    Busy& operator=(const Busy&) = delete;

   private:
    static net::Task<void> occupy(api::WorkerPool& pool, net::Runtime& runtime,
                                  std::shared_ptr<std::promise<void>> begun, std::shared_future<void> opened) {
      const auto done = co_await pool.run<int>(runtime, [begun, opened]() -> Result<int> {
        begun->set_value();
        opened.wait();
        return 0;
      });
      EXPECT_TRUE(done);
    }
    std::promise<void> gate_;
  };

  candle_store::StoreStory store;
  Metrics metrics;
  NullLogger logger;
  net::SimRuntime runtime{logger, {.start = opens(kStored)}};
  api::WorkerPool pool{"evaluation", 1, 2, metrics};
  realtime::MarketChannels channels{"binance"};
  realtime::Hub hub{{"0.1.0", "binance", "binance", "e"}, realtime::SocketLimits{}, channels, metrics};
  signals::SignalRules rules;  // of texts that ask for no signals
  evaluation::SignalLibrary library{
      [this](const market::InstrumentId&) -> const candle_store::CandleStore& { return *store; }, rules};
  LiveValues values{
      {.runtime = runtime,
       .workers = pool,
       .hub = hub,
       .board = channels.board(),
       .store_of = [this](const market::InstrumentId&) -> const candle_store::CandleStore& { return *store; },
       .signals = library,
       .logger = logger,
       .metrics = metrics}};
  Counter& made = metrics.counter("candlewick_live_plans_total", "");
  Gauge& watched = metrics.gauge("candlewick_live_expressions", "");
  Client client, other_client;
  realtime::BoardIndex btc{}, eth{};
};

TEST_F(LiveValuesTest, AreThoseOfHistoryFirstAndOfEachClosedBarThen) {
  const Json answer = watch("ta.cum(close)");
  EXPECT_EQ(answer["snapshot"]["values"], nullptr) << "the plan is still prepared";
  EXPECT_EQ(answer["snapshot"]["titles"].size(), 1U);
  wait_for_plans(1);
  close(btc, 5, 6);
  EXPECT_EQ(pushed(), (std::vector<std::string>{"[15]", "[21]"}));
}

TEST_F(LiveValuesTest, OfBarsThatCloseWhileAPlanIsPreparedAreNotLost) {
  {
    const Busy busy{*this};
    watch("ta.cum(close)");
    runtime.run_ready();
    // Of these the plan may find some stored when it begins; none counts twice.
    close(btc, 5, 6);
    close(btc, 6, 7);
    EXPECT_TRUE(pushed().empty());
  }
  wait_for_plans(1);
  close(btc, 7, 8);
  EXPECT_EQ(pushed(), (std::vector<std::string>{"[28]", "[36]"}));
}

TEST_F(LiveValuesTest, OneTextInAnySpellingIsOneTopicWithOnePlan) {
  const Json first = watch("ta.sma(close,2)");
  wait_for_plans(1);
  const Json second = watch("ta.sma( source = close, length = 2 )", Json::object(), &other_client);
  EXPECT_EQ(first["key"], second["key"]);
  EXPECT_EQ(second["snapshot"]["values"], Json({4.5})) << "who comes later has the values at once";
  EXPECT_EQ(second["snapshot"]["time"], to_ms(opens(4)));
  EXPECT_EQ(watched.value(), 1);
  close(btc, 5, 6);
  EXPECT_EQ(pushed(other_client), (std::vector<std::string>{"[5.5]"}));
  leave(first);
  close(btc, 6, 7);
  EXPECT_EQ(pushed(other_client), (std::vector<std::string>{"[6.5]"})) << "one of two left";
  EXPECT_EQ(plans_made(), 1);
  leave(second, &other_client);
  EXPECT_EQ(watched.value(), 0);
}

TEST_F(LiveValuesTest, SeedAndInputsAreTopicsOfTheirOwn) {
  const std::string text = "n = input.int(2, \"Length\")\nta.sma(close, n)";
  std::set<std::string> keys{watch(text)["key"], watch(text, {{"inputs", {{"Length", 3}}}})["key"],
                             watch(text, {{"seed", "pine"}})["key"]};
  EXPECT_EQ(keys.size(), 3U);
  EXPECT_EQ(watched.value(), 3);
  drain();
  EXPECT_TRUE(pushed().size() >= 3) << "each has its values";
}

TEST_F(LiveValuesTest, ATextThatJoinsTakesNothingFromThoseThatAreThere) {
  watch("ta.cum(close)");
  wait_for_plans(1);
  pushed();
  {
    const Busy busy{*this};
    watch("close");
    runtime.run_ready();
    pushed();
    close(btc, 5, 6);
    EXPECT_EQ(pushed(), (std::vector<std::string>{"[21]"})) << "the old plan goes on";
  }
  wait_for_plans(2);
  EXPECT_THAT(pushed(), ::testing::UnorderedElementsAre("[21]", "[6]"));
}

TEST_F(LiveValuesTest, OfTheBarUnderWayAreProvisionalNewestOnlyAndSentOnce) {
  watch("ta.cum(close)");
  wait_for_plans(1);
  pushed();
  const auto forming = [&](std::size_t at, double price) {
    values.forming(btc, Timeframe::m1, {opens(at), price, price, price, price, 1, runtime.now()});
  };
  forming(5, 10);
  forming(5, 20);
  values.tick();
  EXPECT_EQ(pushed(), (std::vector<std::string>{"~[35]"}));
  forming(5, 20);
  values.tick();
  values.tick();
  EXPECT_TRUE(pushed().empty()) << "they are the same";
  forming(5, 30);
  close(btc, 5, 6);
  values.tick();
  EXPECT_EQ(pushed(), (std::vector<std::string>{"[21]"})) << "the bar is closed: nothing provisional of it";
  forming(5, 40);
  values.tick();
  EXPECT_TRUE(pushed().empty()) << "an older bar than the newest closed one";
  forming(6, 40);
  values.tick();
  EXPECT_EQ(pushed(), (std::vector<std::string>{"~[61]"})) << "the state did not move";
}

TEST_F(LiveValuesTest, FollowWhatChangedInHistory) {
  watch("ta.cum(close)");
  wait_for_plans(1);
  pushed();
  market::CandleColumns revised;
  revised.push_back(bar(0, 1'001));
  ASSERT_TRUE(store->put_history({{"binance", "BTCUSDT"}, Timeframe::m1}, revised.view()));
  values.stored_changed(btc);
  values.tick();
  runtime.run_for(LiveValues::kPrepareAgainAfter - Millis{1});
  values.tick();
  runtime.run_ready();
  EXPECT_EQ(plans_made(), 1) << "history comes in many pages: not with each of them";
  runtime.run_for(Millis{1});
  values.tick();
  wait_for_plans(2);
  EXPECT_EQ(pushed(), (std::vector<std::string>{"[1015]"}));
}

TEST_F(LiveValuesTest, HistoryThatChangesAllTheTimeIsNotGoneThroughAllTheTime) {
  {
    const Busy busy{*this};
    watch("ta.cum(close)");
    runtime.run_ready();
    values.stored_changed(btc);
  }
  wait_for_plans(1);
  drain();
  EXPECT_EQ(plans_made(), 1);
  runtime.run_for(LiveValues::kPrepareAgainAfter);
  values.tick();
  wait_for_plans(2);
}

TEST_F(LiveValuesTest, OfAnotherSymbolFollowItsBars) {
  watch("request.security(\"ETHUSDT\", \"1\", close) + close");
  wait_for_plans(1);
  EXPECT_EQ(pushed(), (std::vector<std::string>{"[405]"}));
  close(eth, 5, 600);
  close(btc, 5, 6);
  EXPECT_EQ(pushed(), (std::vector<std::string>{"[506]"})) << "another symbol's bar is seen by what opens at its close";
  market::CandleColumns revised;
  revised.push_back(bar(4, 7'000));
  ASSERT_TRUE(store->put_history({{"binance", "ETHUSDT"}, Timeframe::m1}, revised.view()));
  values.stored_changed(eth);
  runtime.run_for(LiveValues::kPrepareAgainAfter);
  values.tick();
  wait_for_plans(2);
  EXPECT_EQ(pushed(), (std::vector<std::string>{"[7006]"}));
}

TEST_F(LiveValuesTest, LeaveNothingWhereTheLastOneLeavesWhileThePlanIsPrepared) {
  {
    const Busy busy{*this};
    const Json answer = watch("ta.cum(close)");
    runtime.run_ready();
    leave(answer);
    EXPECT_EQ(watched.value(), 0);
    client.frames.clear();
  }
  wait_for_plans(1);
  close(btc, 5, 6);
  EXPECT_TRUE(pushed().empty());
  watch("ta.cum(close)");
  wait_for_plans(2);
  EXPECT_EQ(pushed(), (std::vector<std::string>{"[21]"}));
}

TEST_F(LiveValuesTest, RefuseWithThePlaceOrTheLimit) {
  const Json unknown = watch("close > ta.smaa(close, 2)");
  EXPECT_EQ(unknown["code"], "bad_expression");
  EXPECT_THAT(unknown["message"].get<std::string>(), HasSubstr("1:9:"));
  EXPECT_EQ(watched.value(), 0);
  for (std::size_t i = 0; i < LiveValues::kTextsOfSeriesMost; ++i) {
    // Straight at it: a connection has a limit of its own.
    realtime::Subscribe one{.symbol = "BTCUSDT", .timeframe = "1m", .expr = fmt::format("close + {}", i)};
    ASSERT_TRUE(values.open(btc, Timeframe::m1, one)) << i;
  }
  const Json full = watch("close + 0.5");
  EXPECT_EQ(full["code"], "limit_exceeded");
  EXPECT_THAT(full["message"].get<std::string>(), HasSubstr("200"));
  EXPECT_EQ(watch("close + 5")["type"], "subscribed") << "what is watched already takes no more room";
  runtime.run_ready();
}

}  // namespace
}  // namespace cw::app
