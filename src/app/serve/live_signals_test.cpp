// The desk's live signals over a real store and a real pool of workers, in the clock of a simulation.
#include "app/serve/live_signals.h"

#include <algorithm>
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "accounts/secrets.h"
#include "api/signal_json.h"
#include "app/serve/testing.h"
#include "base/random.h"
#include "candle_store/store_story.h"
#include "evaluation/signal_history.h"
#include "market/fold_ladder.h"
#include "net/sim_runtime.h"
#include "records/record_schema.h"
#include "records/signal_rows.h"

namespace cw::app {
namespace {

using candle_store::kMinute;
using candle_store::kStart;
using Json = nlohmann::json;
using market::Candle;
using market::Timeframe;

constexpr std::size_t kStored = 1'200;  // minutes at the start
constexpr std::size_t kM1 = 0;
constexpr std::size_t kM5 = 1;

const signals::SignalRules& rules() {
  static const signals::SignalRules made = [] {
    auto document = signals::parse_components(signals::default_components()).value();
    return signals::make_rules(std::make_shared<const signals::ComponentDocument>(std::move(document))).value();
  }();
  return made;
}

class Client final : public realtime::Connection {
 public:
  void deliver(const realtime::MessagePtr& message) override { frames.push_back(Json::parse(message->text)); }
  void forget(std::string_view) override {}
  std::vector<Json> frames;
};

std::vector<Candle> walk(std::size_t count) {
  Random random{3};
  std::vector<Candle> bars;
  double price = 100;
  for (std::size_t i = 0; i < count; ++i) {
    const double open = price;
    price *= 1 + 0.002 * (static_cast<double>(random.below(2'001)) / 1'000 - 1);
    bars.push_back({from_ms(kStart + static_cast<std::int64_t>(i) * kMinute), open, std::max(open, price),
                    std::min(open, price), price, 1 + static_cast<double>(random.below(9))});
  }
  return bars;
}

class LiveSignalsTest : public ::testing::Test {
 protected:
  LiveSignalsTest() {
    channels.attach(hub);
    channels.set_signals(live);
    hub.add(client);
    btc = channels.put({{"binance", "BTCUSDT"}, "BTC", "USDT"}, true);
    market::CandleColumns rows;
    for (std::size_t i = 0; i < kStored; ++i) {
      rows.push_back(bars[i]);
      fold(bars[i]);
    }
    EXPECT_TRUE(store->put_history({{"binance", "BTCUSDT"}, Timeframe::m1}, rows.view()));
  }
  ~LiveSignalsTest() override { hub.remove(client); }

  std::vector<std::pair<Timeframe, Candle>> fold(const Candle& bar) {
    std::vector<std::pair<Timeframe, Candle>> closed;
    ladder.step(bar, [&](Timeframe timeframe, const market::FoldedCandle& folded) {
      closed.emplace_back(timeframe, folded.bar);
    });
    return closed;
  }
  /// A minute closes: stored first, then told, as the desk does it.
  void close(std::size_t at) {
    ASSERT_TRUE(store->append({{"binance", "BTCUSDT"}, Timeframe::m1}, std::vector{bars[at]}));
    for (const auto& [timeframe, bar] : fold(bars[at])) live.closed(btc, timeframe, bar);
  }
  void drain() { testing::drain(pool, runtime); }
  void prepare() {
    live.put(btc);
    live.tick();
    drain();
  }
  Json subscribe(const Json& params) {
    const Json message{{"type", "subscribe"}, {"id", 1}, {"channel", "signals"}, {"params", params}};
    hub.handle(client, realtime::parse_request(message.dump(), hub.limits()), runtime.now());
    return client.frames.back();
  }
  std::vector<records::SignalRow> kept() {
    EXPECT_TRUE(records->write([](db::Connection&) -> Result<void> { return {}; }));  // behind what was posted
    return records
        ->read([](db::Connection& connection) {
          return records::signals_of(connection, {.instrument = {"binance", "BTCUSDT"}, .timeframe = Timeframe::m1});
        })
        .value();
  }
  std::map<Timestamp, records::SignalRow> history_rows() {
    std::map<Timestamp, records::SignalRow> rows;
    signals::SymbolSignals made(rules());
    const signals::SymbolSignals::Sink sink{[&](const signals::Signal& signal) {
                                              if (signal.score.timeframe != Timeframe::m1) return;
                                              const auto digest = accounts::sha256(made.inputs_of(kM1));
                                              rows[signal.score.bar_time] =
                                                  records::row_of(signal, {"binance", "BTCUSDT"}, 1,
                                                                  std::string{digest.begin(), digest.begin() + 16});
                                            },
                                            {}};
    EXPECT_TRUE(evaluation::run_signal_history(*store, {"binance", "BTCUSDT"}, Timeframe::m1, made, sink));
    return rows;
  }
  /// What the same bars give as history.
  signals::SymbolSignals history() {
    signals::SymbolSignals made(rules());
    EXPECT_TRUE(evaluation::run_signal_history(*store, {"binance", "BTCUSDT"}, Timeframe::m1, made, {}));
    return made;
  }
  void expect_history() {
    const auto wanted = history();
    const auto* const symbol = live.symbol(btc);
    ASSERT_NE(symbol, nullptr);
    for (const std::size_t place : {kM1, kM5}) {
      const auto& got = *symbol->reading(place).signal;
      const auto& want = *wanted.reading(place).signal;
      EXPECT_EQ(got.score.bar_time, want.score.bar_time);
      EXPECT_EQ(got.score.score, want.score.score);
      EXPECT_EQ(got.emitted_at, want.emitted_at);
      EXPECT_EQ(symbol->reading(place).bars, wanted.reading(place).bars);
    }
  }

  candle_store::StoreStory store;
  NullLogger logger;
  Metrics metrics;
  candle_store::TestFolder folder;
  std::unique_ptr<db::Database> records =
      db::Database::open(folder.path() / "record.db", records::record_schema(), logger, metrics).value();
  net::SimRuntime runtime{logger, {.start = from_ms(kStart + static_cast<std::int64_t>(kStored) * kMinute)}};
  realtime::MarketChannels channels{"binance"};
  realtime::Hub hub{{"0", "live", "binance", "e"}, {}, channels, metrics};
  api::WorkerPool pool{"test", 1, 8, metrics};
  LiveSignals live{{runtime, pool, hub, channels.board(),
                    [this](const market::InstrumentId&) -> const candle_store::CandleStore& { return *store; }, rules(),
                    records.get(), logger, metrics}};
  Client client;
  realtime::BoardIndex btc = 0;
  market::FoldLadder ladder;
  std::vector<Candle> bars = walk(kStored + 200);
};

TEST_F(LiveSignalsTest, HistoryIsRunAndLiveBarsGoOnFromIt) {
  EXPECT_EQ(live.symbol(btc), nullptr);
  EXPECT_EQ(live.why_not(btc), "its history is being run");
  prepare();
  ASSERT_NE(live.symbol(btc), nullptr);
  EXPECT_EQ(live.symbol(btc)->reading(kM1).bars, kStored);
  EXPECT_FALSE(live.symbol(btc)->reading(3).signal) << "20 hours are not 200";
  expect_history();
  for (std::size_t i = kStored; i < kStored + 65; ++i) {
    const auto version = live.version(btc);
    close(i);
    EXPECT_GT(live.version(btc), version);
    expect_history();
  }
}

TEST_F(LiveSignalsTest, BarsThatCloseWhileHistoryIsRunAreNotLost) {
  live.put(btc);
  live.tick();
  runtime.run_ready();
  for (std::size_t i = kStored; i < kStored + 30; ++i) close(i);
  drain();
  for (std::size_t i = kStored + 30; i < kStored + 40; ++i) close(i);
  expect_history();
}

// The newest page of history ends before the first live bar begins; what is missing between them comes a moment later.
TEST_F(LiveSignalsTest, WhileMinutesAreMissingBeforeTheFirstLiveOnesNothingIsNews) {
  prepare();
  constexpr std::size_t kMissing = 10;
  std::size_t at = kStored;
  market::CandleColumns missing;
  for (; at < kStored + kMissing; ++at) {
    missing.push_back(bars[at]);
    fold(bars[at]);
  }
  for (; at < kStored + kMissing + 5; ++at) close(at);
  EXPECT_TRUE(kept().empty());
  ASSERT_TRUE(store->put_history({{"binance", "BTCUSDT"}, Timeframe::m1}, missing.view()));
  live.stored_changed(btc);
  runtime.run_for(LiveSignals::kRunAgainAfter);
  live.tick();
  drain();
  for (; at < kStored + kMissing + 25; ++at) close(at);
  const auto rows = kept();
  ASSERT_EQ(rows.size(), 20U);
  const auto wanted = history_rows();
  for (const auto& row : rows) EXPECT_EQ(row.inputs, wanted.at(row.bar_time).inputs);
  expect_history();
}

TEST_F(LiveSignalsTest, AHoleThatStaysIsTheMarketsOwn) {
  prepare();
  std::size_t at = kStored + 10;
  for (int run = 0; run <= LiveSignals::kJoins; ++run, ++at) {
    close(at);
    EXPECT_EQ(kept().empty(), run < LiveSignals::kJoins) << run;
    runtime.run_for(LiveSignals::kRunAgainAfter);
    live.tick();
    drain();
  }
  close(at);
  EXPECT_EQ(kept().size(), 2U);
}

TEST_F(LiveSignalsTest, EachSignalIsSentOnceAsItsBarCloses) {
  prepare();
  const Json opened = subscribe({{"symbol", "BTCUSDT"}});
  ASSERT_EQ(opened["type"], "subscribed") << opened;
  EXPECT_EQ(opened["key"], "signals:binance:BTCUSDT:*");
  ASSERT_EQ(opened["snapshot"]["signals"].size(), 2U) << "of 1m and 5m";
  EXPECT_EQ(opened["snapshot"]["signals"][0]["bar_time"], to_ms(bars[kStored - 1].open_time));
  client.frames.clear();
  for (std::size_t i = kStored; i < kStored + 10; ++i) close(i);
  std::vector<std::string> told;
  for (const Json& frame : client.frames) {
    ASSERT_EQ(frame["type"], "data");
    EXPECT_EQ(frame["data"]["provisional"], false);
    told.push_back(frame["data"]["timeframe"].get<std::string>() + "@" +
                   std::to_string((frame["data"]["bar_time"].get<std::int64_t>() - kStart) / kMinute));
  }
  EXPECT_EQ(told, (std::vector<std::string>{"1m@1200", "1m@1201", "1m@1202", "1m@1203", "5m@1200", "1m@1204", "1m@1205",
                                            "1m@1206", "1m@1207", "1m@1208", "5m@1205", "1m@1209"}));
}

market::FormingCandle forming_of(const Candle& bar) {
  return {bar.open_time, bar.open, bar.high, bar.low, bar.close, bar.volume, bar.open_time};
}

TEST_F(LiveSignalsTest, ABarUnderWaySaysOnRequestWhatItSaysWhenItClosesSo) {
  prepare();
  for (std::size_t i = kStored; i < kStored + 4; ++i) close(i);
  const Candle& next = bars[kStored + 4];  // the last minute of five
  channels.forming(btc, Timeframe::m1, forming_of(next));
  auto five = market::FoldLadder{ladder};
  five.step(next, [&](Timeframe timeframe, const market::FoldedCandle& folded) {
    if (timeframe == Timeframe::m5) channels.forming(btc, Timeframe::m5, forming_of(folded.bar));
  });
  const Json opened = subscribe({{"symbol", "BTCUSDT"}, {"provisional", true}});
  ASSERT_EQ(opened["type"], "subscribed") << opened;
  EXPECT_EQ(opened["key"], "signals:binance:BTCUSDT:*:provisional");
  std::map<std::string, Json> provisional;
  for (const Json& event : opened["snapshot"]["signals"]) {
    if (event["provisional"] == true) provisional[event["timeframe"]] = event;
  }
  ASSERT_EQ(provisional.size(), 2U);
  const auto version = live.version(btc);
  client.frames.clear();
  close(kStored + 4);
  ASSERT_EQ(client.frames.size(), 2U);
  for (const Json& frame : client.frames) {
    Json event = frame["data"];
    EXPECT_EQ(event["provisional"], false);
    event["provisional"] = true;
    EXPECT_EQ(event, provisional[event["timeframe"]]);
  }
  EXPECT_EQ(live.version(btc), version + 1) << "looking is no change";
  expect_history();
  EXPECT_EQ(kept().size(), 5U) << "what a bar under way would say is not kept";
}

TEST_F(LiveSignalsTest, BarsUnderWayAreLookedAtOnceASecondForThoseWhoWatch) {
  prepare();
  Candle bar = bars[kStored];
  const auto tick = [&](double price) {
    bar.close = price;
    bar.high = std::max(bar.high, price);
    bar.low = std::min(bar.low, price);
    channels.forming(btc, Timeframe::m1, forming_of(bar));
    client.frames.clear();
    live.tick();
    return client.frames.size();
  };
  subscribe({{"symbol", "BTCUSDT"}, {"timeframe", "1m"}});
  EXPECT_EQ(tick(bar.close * 1.01), 0U) << "nobody asked for it";
  subscribe({{"symbol", "BTCUSDT"}, {"timeframe", "1m"}, {"provisional", true}});
  (void)tick(bar.close);
  EXPECT_EQ(tick(bar.close * 1.01), 0U) << "not within a second";
  const auto& made = live.provisional(btc);
  EXPECT_EQ(&live.provisional(btc).peeked, &made.peeked);
  runtime.run_for(LiveSignals::kProvisionalFor);
  ASSERT_EQ(tick(bar.close * 1.01), 1U);
  EXPECT_EQ(client.frames[0]["data"]["provisional"], true);
  EXPECT_EQ(client.frames[0]["data"]["price"], bar.close);
  EXPECT_EQ(client.frames[0]["data"]["bar_time"], to_ms(bar.open_time));
  runtime.run_for(LiveSignals::kProvisionalFor);
  EXPECT_EQ(tick(bar.close), 0U) << "the same is not said again";
  const Json leave{{"type", "unsubscribe"}, {"id", 2}, {"key", "signals:binance:BTCUSDT:1m:provisional"}};
  hub.handle(client, realtime::parse_request(leave.dump(), hub.limits()), runtime.now());
  runtime.run_for(LiveSignals::kProvisionalFor);
  EXPECT_EQ(tick(bar.close * 1.02), 0U);
}

TEST_F(LiveSignalsTest, SubscribersAreToldOnceThatSignalsAreOldAndOnceThatTheyAreNot) {
  prepare();
  live.tick();
  const Json opened = subscribe({{"symbol", "BTCUSDT"}});
  ASSERT_EQ(opened["snapshot"]["states"].size(), 1U);
  EXPECT_EQ(opened["snapshot"]["states"][0]["stale"], false);
  client.frames.clear();
  const Timestamp last = bars[kStored - 1].open_time + Millis{kMinute};
  runtime.run_for(last + Millis{kMinute} + Millis{90'000} - runtime.now());
  live.tick();
  EXPECT_TRUE(client.frames.empty()) << "the next bar is late, not missing";
  runtime.run_for(Millis{1});
  for (int i = 0; i < 3; ++i) live.tick();
  ASSERT_EQ(client.frames.size(), 1U);
  const Json stale = client.frames[0]["data"];
  EXPECT_EQ(stale["kind"], "state");
  EXPECT_EQ(stale["stale"], true);
  EXPECT_EQ(stale["stale_since"], to_ms(last + Millis{kMinute}));
  const Json again = subscribe({{"symbol", "BTCUSDT"}});
  EXPECT_EQ(again["snapshot"]["states"][0], stale);
  client.frames.clear();
  for (std::size_t i = kStored; i < kStored + 3; ++i) close(i);
  live.tick();
  live.tick();
  ASSERT_EQ(client.frames.size(), 4U) << "three bars and a state";
  EXPECT_EQ(client.frames[3]["data"]["stale"], false);
  EXPECT_EQ(client.frames[3]["data"]["stale_since"], nullptr);
}

/// Says a chance that follows from the instant, as of a moment ago.
struct Oracle final : signals::PredictionSource {
  std::optional<signals::Prediction> predict(const market::InstrumentId&, signals::Horizon horizon,
                                             Timestamp now) override {
    ++asked;
    return signals::Prediction{0.5 + 0.4 * static_cast<double>(to_ms(now) / kMinute % 7) / 7, horizon, "oracle-1",
                               now - age};
  }
  Millis age{0};
  int asked = 0;
};

TEST_F(LiveSignalsTest, AModelIsAskedAtEachCloseAndWhatItSaidMakesTheSignalsAnew) {
  Oracle oracle;
  LiveSignals modelled{{runtime, pool, hub, channels.board(),
                        [this](const market::InstrumentId&) -> const candle_store::CandleStore& { return *store; },
                        rules(), records.get(), logger, metrics, nullptr, &oracle}};
  modelled.put(btc);
  modelled.tick();
  drain();
  EXPECT_EQ(modelled.symbol(btc)->reading(kM1).signal->forecast.status, signals::ForecastStatus::no_forecast)
      << "nobody said what it would have said";
  EXPECT_EQ(oracle.asked, 0);
  for (std::size_t i = kStored; i < kStored + 100; ++i) {
    oracle.age = i % 10 == 3 ? Millis{15 * kMinute + 1} : Millis{0};
    ASSERT_TRUE(store->append({{"binance", "BTCUSDT"}, Timeframe::m1}, std::vector{bars[i]}));
    for (const auto& [timeframe, bar] : fold(bars[i])) modelled.closed(btc, timeframe, bar);
    const auto& signal = *modelled.symbol(btc)->reading(kM1).signal;
    ASSERT_EQ(signal.forecast.status, i % 10 == 3 ? signals::ForecastStatus::stale : signals::ForecastStatus::used);
    const Json answer = Json::parse(
        api::signal_json(*modelled.symbol(btc), {.instrument = {"binance", "BTCUSDT"}, .places = {0, 1}}) + "}");
    double sum = 50;
    for (const Json& reason : answer["reasons"]) sum += reason["contribution"].get<double>();
    ASSERT_EQ(sum, answer["score"].get<double>());
  }
  const auto rows = kept();
  ASSERT_EQ(rows.size(), 100U);
  std::map<Timestamp, records::SignalRow> by_bar;
  for (const auto& row : rows) by_bar[row.bar_time] = row;
  EXPECT_EQ(std::ranges::count_if(rows, [](const auto& row) { return row.model_id.has_value(); }), 90);

  // As `signals verify` does it: the candles, and what the model said.
  signals::SymbolSignals made(rules());
  std::size_t same = 0;
  const signals::SymbolSignals::Sink sink{[&](const signals::Signal& signal) {
                                            const auto found = by_bar.find(signal.score.bar_time);
                                            if (signal.score.timeframe != Timeframe::m1 || found == by_bar.end())
                                              return;
                                            const auto digest = accounts::sha256(made.inputs_of(kM1));
                                            auto again =
                                                records::row_of(signal, {"binance", "BTCUSDT"}, found->second.run,
                                                                std::string{digest.begin(), digest.begin() + 16});
                                            again.change = found->second.change;
                                            same += again == found->second ? 1 : 0;
                                          },
                                          {}};
  const signals::SymbolSignals::Ask ask = [&](Timeframe timeframe, Timestamp bar_time) {
    const auto found = by_bar.find(bar_time);
    return timeframe == Timeframe::m1 && found != by_bar.end() ? records::forecast_of(found->second)
                                                               : signals::Forecast{};
  };
  ASSERT_TRUE(evaluation::run_signal_history(*store, {"binance", "BTCUSDT"}, Timeframe::m1, made, sink, {}, {}, ask));
  EXPECT_EQ(same, 100U);
}

TEST_F(LiveSignalsTest, SubscriptionsThatMeanNothingAreRefused) {
  EXPECT_EQ(subscribe({{"symbol", "NOPE"}})["code"], "unknown_symbol");
  const Json refused = subscribe({{"symbol", "BTCUSDT"}, {"timeframe", "30m"}});
  EXPECT_EQ(refused["code"], "unknown_timeframe");
  EXPECT_EQ(refused["suggestions"], Json({"15m", "1h"}));
  EXPECT_EQ(subscribe({{"symbol", "*"}, {"timeframe", "5m"}})["key"], "signals:*:5m");
}

TEST_F(LiveSignalsTest, ARevisedBarRunsTheHistoryAnew) {
  prepare();
  live.stored_changed(btc);
  live.tick();
  drain();
  EXPECT_EQ(live.version(btc), 1U) << "history arrives in many pages: not yet";
  runtime.run_for(LiveSignals::kRunAgainAfter);
  live.tick();
  drain();
  EXPECT_GT(live.version(btc), 1U);
  expect_history();
}

TEST_F(LiveSignalsTest, WhatIsEmittedIsKeptWithItsOutcomesAcrossARestart) {
  prepare();
  for (std::size_t i = kStored; i < kStored + 100; ++i) close(i);
  const auto rows = kept();
  ASSERT_EQ(rows.size(), 100U) << "of 1m, since the start";
  const auto wanted = history_rows();
  for (const auto& row : rows) {
    const auto& want = wanted.at(row.bar_time);
    EXPECT_EQ(row.score, want.score);
    EXPECT_EQ(row.inputs, want.inputs);
    EXPECT_EQ(row.probability, want.probability);
  }
  const auto judged = [](const std::vector<records::SignalRow>& all) {
    return std::ranges::count_if(all, [](const auto& row) { return row.change[0].has_value(); });
  };
  EXPECT_EQ(judged(rows), 40) << "the hour of the others is not over";

  // Another process goes on 30 minutes later: what became known meanwhile is written too.
  ASSERT_TRUE(store->append({{"binance", "BTCUSDT"}, Timeframe::m1},
                            std::vector<Candle>(bars.begin() + kStored + 100, bars.begin() + kStored + 130)));
  LiveSignals later{{runtime, pool, hub, channels.board(),
                     [this](const market::InstrumentId&) -> const candle_store::CandleStore& { return *store; },
                     rules(), records.get(), logger, metrics}};
  later.put(btc);
  later.tick();
  drain();
  EXPECT_EQ(kept().size(), 100U) << "a signal that nobody emitted is not kept";
  EXPECT_EQ(judged(kept()), 70);
}

// Of days nothing is stored when the first signals are emitted: that they had no say is so also when their history has come.
TEST_F(LiveSignalsTest, WhatIsFetchedLaterHasNoSayInWhatWasEmittedBefore) {
  prepare();
  ASSERT_FALSE(live.symbol(btc)->reading(5).first_bar);
  for (std::size_t i = kStored; i < kStored + 30; ++i) close(i);
  const auto rows = kept();
  ASSERT_EQ(rows.size(), 30U);
  market::CandleColumns days;
  for (std::int64_t day = 300; day > 0; --day) {
    Candle bar = bars[static_cast<std::size_t>(day)];
    bar.open_time = from_ms(kStart / 86'400'000 * 86'400'000 - day * 86'400'000);
    days.push_back(bar);
  }
  ASSERT_TRUE(store->put_history({{"binance", "BTCUSDT"}, Timeframe::d1}, days.view()));
  const auto runs = records->read([](db::Connection& connection) {
    return records::signal_runs(connection, market::InstrumentId{"binance", "BTCUSDT"});
  });
  ASSERT_EQ(runs->size(), 1U);
  signals::SymbolSignals made(rules());
  std::map<Timestamp, double> scores;
  const signals::SymbolSignals::Sink sink{[&](const signals::Signal& signal) {
                                            if (signal.score.timeframe == Timeframe::m1)
                                              scores[signal.score.bar_time] = signal.score.score;
                                          },
                                          {}};
  ASSERT_TRUE(evaluation::run_signal_history(*store, {"binance", "BTCUSDT"}, Timeframe::m1, made, sink, {},
                                             runs->front().first_bars));
  for (const auto& row : rows) EXPECT_EQ(scores.at(row.bar_time), row.score);
}

TEST_F(LiveSignalsTest, SaysWhatIsMissing) {
  const auto eth = channels.put({{"binance", "ETHUSDT"}, "ETH", "USDT"}, false);
  live.put(eth);
  live.tick();
  drain();
  EXPECT_EQ(live.symbol(eth), nullptr);
  EXPECT_EQ(live.why_not(eth), "nothing is stored of it");
}

}  // namespace
}  // namespace cw::app
