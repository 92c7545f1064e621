#pragma once

// The desk's live signals over a real store and a real pool of workers, in the clock of a simulation.
#include <algorithm>
#include <map>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "accounts/secrets.h"
#include "app/serve/live_signals.h"
#include "app/serve/testing.h"
#include "base/random.h"
#include "candle_store/store_story.h"
#include "evaluation/signal_history.h"
#include "market/fold_ladder.h"
#include "net/sim_runtime.h"
#include "records/record_schema.h"
#include "records/signal_rows.h"

namespace cw::app::testing {

using candle_store::kMinute;
using candle_store::kStart;
using Json = nlohmann::json;
using market::Candle;
using market::Timeframe;

inline constexpr std::size_t kStored = 1'200;  // minutes at the start
inline constexpr std::size_t kM1 = 0;
inline constexpr std::size_t kM5 = 1;

inline const signals::SignalRules& rules() {
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

inline std::vector<Candle> walk(std::size_t count) {
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

class LiveSignalsStory : public ::testing::Test {
 protected:
  LiveSignalsStory() {
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
  ~LiveSignalsStory() override { hub.remove(client); }

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
    runtime.run_for(LiveSignals::kKeepAfter);
    return written();
  }
  std::vector<records::SignalRow> written() {
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

}  // namespace cw::app::testing
