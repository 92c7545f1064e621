// Live expressions that ask for signals: the live signals and the live values of a server together, over a real store.
#include <map>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "app/serve/live_signals.h"
#include "app/serve/live_values.h"
#include "app/serve/testing.h"
#include "evaluation/evaluate.h"
#include "evaluation/signal_story.h"
#include "market/fold_ladder.h"
#include "net/sim_runtime.h"

namespace cw::app {
namespace {

using candle_store::kMinute;
using candle_store::kStart;
using evaluation::testing::minutes;
using evaluation::testing::rules;
using Json = nlohmann::json;
using market::Candle;
using market::Timeframe;

constexpr std::int64_t kHour = 60 * kMinute;
constexpr std::size_t kStored = 1'300;  // minutes at the start
constexpr std::size_t kMidnight = 1'440;
constexpr std::size_t kAll = 1'510;

class Client final : public realtime::Connection {
 public:
  void deliver(const realtime::MessagePtr& message) override { frames.push_back(Json::parse(message->text)); }
  void forget(std::string_view) override {}
  std::vector<Json> frames;
};

class LiveSignalValues : public ::testing::Test {
 protected:
  LiveSignalValues() {
    channels.attach(hub);
    channels.set_expressions(values);
    hub.add(client);
    btc = channels.put({evaluation::testing::kSymbol, "BTC", "USDT"}, true);
    market::CandleColumns rows;
    for (int i = 0; i < 4'900; ++i) {  // so that there are signals of hours and days
      const double price = 100 + 10 * std::sin(0.02 * i) + std::sin(0.7 * i);
      rows.push_back({from_ms(kStart + (i - 4'900) * kHour), price, price + 1, price - 1, price + 0.3, 5.0 + i % 7});
    }
    EXPECT_TRUE(store->put_history({evaluation::testing::kSymbol, Timeframe::h1}, rows.view()));
    rows.clear();
    for (std::size_t i = 0; i < kStored; ++i) {
      rows.push_back(bars[i]);
      ladder.step(bars[i], [](Timeframe, const market::FoldedCandle&) {});
    }
    EXPECT_TRUE(store->put_history({evaluation::testing::kSymbol, Timeframe::m1}, rows.view()));
  }
  ~LiveSignalValues() override { hub.remove(client); }

  /// A minute closes: stored, then told as the server's loop tells it.
  void close(std::size_t at) {
    ASSERT_TRUE(store->append({evaluation::testing::kSymbol, Timeframe::m1}, std::vector{bars[at]}));
    ladder.step(bars[at], [&](Timeframe timeframe, const market::FoldedCandle& folded) {
      values.closed(btc, timeframe, folded.bar);
      signals.closed(btc, timeframe, folded.bar);
    });
  }
  void watch(Timeframe timeframe, const std::string& text) {
    const Json params{{"symbol", "BTCUSDT"}, {"timeframe", market::name(timeframe)}, {"expr", text}};
    const Json message{{"type", "subscribe"}, {"id", 1}, {"channel", "market_data"}, {"params", params}};
    hub.handle(client, realtime::parse_request(message.dump(), hub.limits()), runtime.now());
    ASSERT_EQ(client.frames.back()["type"], "subscribed") << client.frames.back();
    watched[client.frames.back()["key"]] = {timeframe, text};
  }
  /// What the worker's answers begin is finished as well.
  void drain() {
    for (int i = 0; i < 4; ++i) testing::drain(pool, runtime);
  }
  /// What history says of every bar of a chart, by signals that are run from its beginning.
  std::map<std::int64_t, double> history(Timeframe timeframe, const std::string& text) {
    evaluation::SignalLibrary anew{store_of, rules()};
    std::map<std::int64_t, double> rows;
    const auto program = evaluation::compile_program(std::vector{text}, timeframe,
                                                     {.symbol = evaluation::testing::kSymbol, .named = &anew.names()});
    EXPECT_TRUE(program);
    const auto series = anew.series(evaluation::testing::kSymbol, program->graph);
    EXPECT_TRUE(series);
    const auto stored =
        evaluation::stored_bars(*store, evaluation::testing::kSymbol, timeframe, Timestamp{}, from_ms(kLatestMs));
    EXPECT_TRUE(evaluation::evaluate(*program, *stored, Timestamp{},
                                     [&](const market::CandleSpan& span, std::span<const double* const> columns) {
                                       for (std::size_t row = 0; row < span.size(); ++row)
                                         rows[span.open_time_ms[row]] = columns[0][row];
                                       return true;
                                     },
                                     {.store_of = store_of, .named = series->get()}));
    return rows;
  }
  /// Every value that was pushed is that of history, to the bit; how many of a chart there were.
  std::map<Timeframe, std::size_t> expect_history() {
    std::map<Timeframe, std::size_t> count;
    for (const auto& [key, of] : watched) {
      const auto wanted = history(of.first, of.second);
      for (const Json& frame : client.frames) {
        if (frame["type"] != "data" || frame["key"] != key) continue;
        const Json& value = frame["data"]["values"][0];
        const std::int64_t time = frame["data"]["time"];
        const auto found = wanted.find(time);
        if (found == wanted.end()) {
          ADD_FAILURE() << "history has no bar at " << time;
        } else if (value.is_null()) {
          EXPECT_TRUE(std::isnan(found->second)) << of.second << " at " << time;
        } else {
          EXPECT_EQ(value.get<double>(), found->second)
              << of.second << " of " << market::name(of.first) << " at " << time;
        }
        ++count[of.first];
      }
    }
    return count;
  }

  NullLogger logger;
  Metrics metrics;
  candle_store::StoreStory store;
  evaluation::StoreOf store_of = [this](const market::InstrumentId&) -> const candle_store::CandleStore& {
    return *store;
  };
  net::SimRuntime runtime{logger, {.start = from_ms(kStart + static_cast<std::int64_t>(kStored) * kMinute)}};
  api::WorkerPool pool{"test", 1, 8, metrics};
  realtime::MarketChannels channels{"binance"};
  realtime::Hub hub{{"0", "live", "binance", "e"}, {}, channels, metrics};
  evaluation::SignalLibrary library{store_of, rules()};
  LiveValues values{{runtime, pool, hub, channels.board(), store_of, library, logger, metrics}};
  LiveSignals signals{{.runtime = runtime,
                       .workers = pool,
                       .hub = hub,
                       .board = channels.board(),
                       .store_of = store_of,
                       .rules = rules(),
                       .records = nullptr,
                       .logger = logger,
                       .metrics = metrics,
                       .listener = &values}};
  Client client;
  realtime::BoardIndex btc = 0;
  market::FoldLadder ladder;
  std::vector<Candle> bars = minutes(kAll, false);
  std::map<std::string, std::pair<Timeframe, std::string>> watched;
};

TEST_F(LiveSignalValues, AreThoseOfHistoryAtMinutesHoursAndMidnight) {
  signals.put(btc);
  signals.tick();
  drain();
  for (const auto timeframe : {Timeframe::m1, Timeframe::m5, Timeframe::h1, Timeframe::d1}) {
    watch(timeframe, "signal.score(\"1m\")");
    watch(timeframe, "ta.sma(signal.score(\"1h\"), 3) + signal.direction(\"1d\")");
  }
  drain();
  client.frames.clear();
  for (std::size_t i = kStored; i < kAll; ++i) close(i);
  const auto count = expect_history();
  EXPECT_EQ(count.at(Timeframe::m1), 2 * (kAll - kStored));
  EXPECT_EQ(count.at(Timeframe::m5), 2 * (kAll - kStored) / 5);
  EXPECT_EQ(count.at(Timeframe::h1), 2U * 4);
  EXPECT_EQ(count.at(Timeframe::d1), 2U) << "the day ended at " << kMidnight;
}

TEST_F(LiveSignalValues, WaitUntilThereAreSignals) {
  watch(Timeframe::m1, "signal.score(\"1m\")");
  drain();
  client.frames.clear();
  for (std::size_t i = kStored; i < kStored + 5; ++i) close(i);
  EXPECT_TRUE(client.frames.empty()) << "what these bars mean nobody has said";
  signals.tick();
  drain();
  EXPECT_FALSE(client.frames.empty());
  for (std::size_t i = kStored + 5; i < kStored + 9; ++i) close(i);
  expect_history();
  EXPECT_EQ(client.frames.back()["data"]["time"], to_ms(bars[kStored + 8].open_time));
}

TEST_F(LiveSignalValues, GoOnAfterHistoryWasRunAgain) {
  signals.put(btc);
  signals.tick();
  drain();
  watch(Timeframe::m1, "signal.score(\"5m\")");
  drain();
  for (std::size_t i = kStored; i < kStored + 20; ++i) close(i);
  // A stored bar is replaced: all that was made of it is made again.
  Candle revised = bars[kStored - 100];
  revised.high *= 1.01;
  ASSERT_TRUE(store->append({evaluation::testing::kSymbol, Timeframe::m1}, std::vector{revised}));
  library.forget(evaluation::testing::kSymbol);
  values.stored_changed(btc);
  signals.stored_changed(btc);
  runtime.run_for(LiveSignals::kRunAgainAfter);
  values.tick();
  signals.tick();
  runtime.run_ready();
  for (std::size_t i = kStored + 20; i < kStored + 40; ++i) close(i);  // while it is run
  drain();
  client.frames.clear();
  for (std::size_t i = kStored + 40; i < kStored + 60; ++i) close(i);
  EXPECT_EQ(expect_history().at(Timeframe::m1), 20U);
}

TEST_F(LiveSignalValues, ATextThatIsWrongIsRefusedWithThePlace) {
  const Json params{{"symbol", "BTCUSDT"}, {"timeframe", "1m"}, {"expr", "signal.score(\"30m\") > 60"}};
  const Json message{{"type", "subscribe"}, {"id", 1}, {"channel", "market_data"}, {"params", params}};
  hub.handle(client, realtime::parse_request(message.dump(), hub.limits()), runtime.now());
  const Json& refused = client.frames.back();
  EXPECT_EQ(refused["code"], "bad_expression");
  EXPECT_NE(refused["message"].get<std::string>().find("1:14: there are no signals of 30m"), std::string::npos)
      << refused;
}

}  // namespace
}  // namespace cw::app
