// The fault test once more over real sockets: half a minute of a practice exchange at sixty times its speed.
#include <gtest/gtest.h>

#include <chrono>
#include <map>

#include "exchange/binance/connector.h"
#include "exchange/practice/generated_market.h"
#include "exchange/practice/practice_exchange.h"
#include "net/system_runtime.h"

namespace cw {
namespace {

using exchange::binance::BinanceFeed;
using exchange::practice::Misbehaviour;
using exchange::practice::PracticeExchange;
using std::chrono::minutes;
using std::chrono::seconds;

struct Store final : exchange::FeedSink {
  std::map<Timestamp, market::Candle> bars;
  std::optional<Timestamp> newest;
  int trades = 0;
  void on_bar(exchange::FollowedIndex, const market::BarEvent& event) override {
    if (event.kind == market::BarEvent::Kind::gap) return;
    if (event.kind == market::BarEvent::Kind::closed) {
      EXPECT_TRUE(!newest || event.bar.open_time > *newest);
      EXPECT_TRUE(bars.emplace(event.bar.open_time, event.bar).second) << "a bar came twice";
      newest = event.bar.open_time;
    }
    bars[event.bar.open_time] = event.bar;
  }
  void on_trade(exchange::FollowedIndex, const market::Trade&) override { ++trades; }
  void on_forming(exchange::FollowedIndex, const market::FormingCandle&) override {}
  void on_quote(exchange::FollowedIndex, const market::Quote&) override {}
  void on_state(const exchange::FeedStatus&) override {}
};

net::Task<void> live_through(net::SystemRuntime& runtime, PracticeExchange& exchange, BinanceFeed& feed) {
  co_await runtime.sleep_for(seconds{20});
  exchange.set_misbehaviour({});
  co_await runtime.sleep_for(seconds{15});
  feed.stop();
  co_await runtime.sleep_for(seconds{1});
  co_await exchange.stop();
  runtime.stop();
}

TEST(FeedOverSockets, EndsWithTheExchangesOwnCandles) {
  NullLogger logger;
  Metrics metrics;
  net::SystemRuntime runtime(logger);
  exchange::practice::PracticeSettings settings;
  settings.speed = 60;
  settings.start = from_ms(1'760'000'000'000);
  settings.misbehaviour =
      Misbehaviour{.drop = 720, .hole = 0.05, .duplicate = 0.05, .disorder = 0.05, .garbage = 0.001};
  PracticeExchange exchange(runtime, settings,
                            std::make_unique<exchange::practice::GeneratedMarket>(42, from_ms(1'750'000'000'000)),
                            metrics);
  auto listener = runtime.listen("127.0.0.1", 0);
  ASSERT_TRUE(listener) << listener.error().message;
  const std::string address = "://127.0.0.1:" + std::to_string((*listener)->port());
  runtime.spawn("exchange", exchange.serve(std::move(*listener)));

  Store store;
  exchange::binance::RestShared shared;
  exchange::binance::FeedOptions options{.ws_url = "ws" + address, .rest_url = "http" + address};
  options.followed = {{"BTCUSDT", {}}};
  auto feed = BinanceFeed::make(runtime, options, store, shared, metrics, 7);
  ASSERT_TRUE(feed) << feed.error().message;
  runtime.spawn("feed", (*feed)->run());
  runtime.spawn("story", live_through(runtime, exchange, **feed));
  runtime.run();

  EXPECT_GT(store.trades, 100);
  ASSERT_FALSE(store.bars.empty());
  // A minute passes in a second: up to some seconds before the feed was stopped.
  const Timestamp to = std::chrono::floor<minutes>(exchange.now() - minutes{5});
  const auto truth = exchange.truth("BTCUSDT", store.bars.begin()->first, to);
  ASSERT_TRUE(truth) << truth.error().message;
  EXPECT_GT(truth->size(), 20u);
  for (const market::Candle& bar : *truth) {
    const auto found = store.bars.find(bar.open_time);
    ASSERT_NE(found, store.bars.end()) << "no bar of " << format_time(bar.open_time);
    EXPECT_EQ(found->second, bar);
  }
}

}  // namespace
}  // namespace cw
