#include "app/serve/live_signals.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/signal_json.h"
#include "app/serve/live_signals_story.h"

namespace cw::app {
namespace {

using namespace testing;  // NOLINT: the story is these tests' own
using LiveSignalsTest = LiveSignalsStory;

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

TEST_F(LiveSignalsTest, SubscriptionsThatMeanNothingAreRefused) {
  EXPECT_EQ(subscribe({{"symbol", "NOPE"}})["code"], "unknown_symbol");
  const Json refused = subscribe({{"symbol", "BTCUSDT"}, {"timeframe", "30m"}});
  EXPECT_EQ(refused["code"], "unknown_timeframe");
  EXPECT_EQ(refused["suggestions"], Json({"15m", "1h"}));
  EXPECT_EQ(subscribe({{"symbol", "*"}, {"timeframe", "5m"}})["key"], "signals:*:5m");
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
