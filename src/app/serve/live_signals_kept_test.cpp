// What is emitted live, and stays as it was said: over holes, restarts, revisions and what comes later.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/serve/live_signals_story.h"

namespace cw::app {
namespace {

using namespace testing;  // NOLINT: the story is these tests' own
using LiveSignalsKept = LiveSignalsStory;

// The newest page of history ends before the first live bar begins; what is missing between them comes a moment later.
TEST_F(LiveSignalsKept, WhileMinutesAreMissingBeforeTheFirstLiveOnesNothingIsNews) {
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

TEST_F(LiveSignalsKept, AHoleThatStaysIsTheMarketsOwn) {
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

TEST_F(LiveSignalsKept, ABurstIsToldBeforeItsRowsAreWrittenAndNoneIsLostAtTheEnd) {
  std::size_t at = kStored;
  {
    LiveSignals ended{{runtime, pool, hub, channels.board(),
                       [this](const market::InstrumentId&) -> const candle_store::CandleStore& { return *store; },
                       rules(), records.get(), logger, metrics}};
    ended.put(btc);
    ended.tick();
    drain();
    for (; at < kStored + 5; ++at) {
      for (const auto& [timeframe, bar] : fold(bars[at])) ended.closed(btc, timeframe, bar);
    }
    ASSERT_TRUE(ended.symbol(btc)->reading(kM1).signal);
    EXPECT_TRUE(written().empty());
    runtime.run_for(LiveSignals::kKeepAfter);
    EXPECT_EQ(written().size(), 5U);
    for (const auto& [timeframe, bar] : fold(bars[at++])) ended.closed(btc, timeframe, bar);
    EXPECT_EQ(written().size(), 5U);
  }
  EXPECT_EQ(written().size(), 6U);
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

TEST_F(LiveSignalsKept, AModelIsAskedAtEachCloseAndWhatItSaidMakesTheSignalsAnew) {
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

TEST_F(LiveSignalsKept, ARevisedBarRunsTheHistoryAnew) {
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

TEST_F(LiveSignalsKept, WhatIsEmittedIsKeptWithItsOutcomesAcrossARestart) {
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
TEST_F(LiveSignalsKept, WhatIsFetchedLaterHasNoSayInWhatWasEmittedBefore) {
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

}  // namespace
}  // namespace cw::app
