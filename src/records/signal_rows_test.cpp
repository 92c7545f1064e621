#include "records/signal_rows.h"

#include <cmath>

#include <gtest/gtest.h>

#include "db/testing.h"
#include "db/transaction.h"
#include "records/record_schema.h"

namespace cw::records {
namespace {

using market::Timeframe;
using signals::Horizon;

const market::InstrumentId kBtc{"binance", "BTCUSDT"};

struct SignalRows : testing::Test {
  SignalRows() {
    EXPECT_TRUE(db::migrate(*connection, record_schema()));
    run.instrument = kBtc;
    run.started_at = from_ms(1'700'000'000'000);
    run.document = "{}";
    run.digest = std::string(31, 'd') + '\0';
    run.round_trip_cost = 0.002;
    run.first_bars[3] = from_ms(1'600'000'000'000);
    run.id = add_signal_run(*connection, run).value();
  }
  SignalRow row(int hour, double score = 70) const {
    SignalRow made;
    made.instrument = kBtc;
    made.run = run.id;
    made.timeframe = Timeframe::h1;
    made.bar_time = from_ms(1'700'002'800'000 + hour * std::int64_t{3'600'000});
    made.emitted_at = made.bar_time + market::duration(Timeframe::h1);
    made.score = score;
    made.confidence = 0.7;
    made.trending = true;
    made.price = 100.25;
    made.probability[1] = 0.61;
    made.inputs = std::string(15, 'i') + '\0';
    return made;
  }
  std::vector<SignalRow> all() {
    SignalQuery query{.instrument = kBtc};
    return signals_of(*connection, query).value();
  }

  db::testing::TemporaryFolder folder;
  std::unique_ptr<db::Connection> connection = db::Connection::open(folder / "record.db").value();
  SignalRun run;
};

TEST_F(SignalRows, AreReadBackAsTheyWereKept) {
  EXPECT_EQ(signal_runs(*connection, kBtc).value(), std::vector{run});
  EXPECT_EQ(signal_runs(*connection, std::nullopt).value(), std::vector{run});
  EXPECT_TRUE(signal_runs(*connection, market::InstrumentId{"kraken", "BTCUSDT"}).value().empty());
  ASSERT_TRUE(keep_signal(*connection, row(0)));
  ASSERT_TRUE(keep_signal(*connection, row(1, 30.5)));
  EXPECT_EQ(all(), (std::vector{row(0), row(1, 30.5)}));
  EXPECT_TRUE(signals_of(*connection, {.instrument = kBtc, .timeframe = Timeframe::h4}).value().empty());
}

TEST_F(SignalRows, WhatWasEmittedFirstStands) {
  ASSERT_TRUE(keep_signal(*connection, row(0, 70)));
  ASSERT_TRUE(keep_signal(*connection, row(0, 20)));
  EXPECT_EQ(all(), std::vector{row(0, 70)});
  const auto changed = connection->run("UPDATE signals SET score = 20");
  ASSERT_FALSE(changed);
  EXPECT_EQ(changed.error().code, Errc::unsupported);
  EXPECT_EQ(all(), std::vector{row(0, 70)});
}

TEST_F(SignalRows, OutcomesAreWrittenBesideTheirSignalsOnce) {
  ASSERT_TRUE(keep_signal(*connection, row(0)));
  const auto keep = [&](int hour, Horizon horizon, double change) {
    return keep_outcome(*connection, kBtc, {Timeframe::h1, row(hour).bar_time, horizon, 70, change}).has_value();
  };
  EXPECT_TRUE(keep(0, Horizon::h4, 0.01));
  EXPECT_TRUE(keep(0, Horizon::h4, 0.5)) << "the first stands";
  EXPECT_TRUE(keep(0, Horizon::h1, std::nan("")));
  EXPECT_TRUE(keep(7, Horizon::h1, 0.01)) << "of no kept signal";
  const auto rows = all();
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].change, (decltype(rows[0].change){std::nullopt, 0.01, std::nullopt}));
  EXPECT_EQ(connection->first<std::int64_t>("SELECT count(*) FROM outcomes").value(), 2);
  EXPECT_FALSE(connection->run("UPDATE outcomes SET change = 1"));
}

TEST_F(SignalRows, WhatAModelSaidIsKeptAndGivesTheSameForecast) {
  auto made = row(0);
  made.probability_up = 0.62;
  made.model_id = "gbt-7";
  ASSERT_TRUE(keep_signal(*connection, made));
  ASSERT_EQ(all(), std::vector{made});
  const auto forecast = forecast_of(all()[0]);
  ASSERT_EQ(forecast.status, signals::ForecastStatus::used);
  EXPECT_EQ(forecast.prediction->probability_up, 0.62);
  EXPECT_EQ(forecast.prediction->model_id, "gbt-7");
  EXPECT_EQ(forecast.prediction->horizon, Horizon::h4);
  EXPECT_EQ(forecast_of(row(1)).status, signals::ForecastStatus::no_model);
  auto half = row(2);
  half.model_id = "gbt-7";
  ASSERT_TRUE(keep_signal(*connection, half));
  EXPECT_EQ(all(), std::vector{made}) << "a model without what it said is none to keep";
}

template <class T>
concept Keepable = requires(const T& one) { row_of(one, market::InstrumentId{}, 1, std::string{}); };
static_assert(Keepable<signals::Signal>);
static_assert(!Keepable<market::Provisional<signals::Signal>>);

// As a folder of the first layout stands: its rows are read as they were, and new ones go beside them.
TEST(SignalSchema, AnOlderFolderIsBroughtUpWithWhatItHolds) {
  db::testing::TemporaryFolder folder;
  const auto connection = db::Connection::open(folder / "record.db").value();
  ASSERT_EQ(db::migrate(*connection, record_schema().first(1)).value(), 1);
  ASSERT_TRUE(connection->script(R"sql(
    INSERT INTO component_documents VALUES (zeroblob(32), '{}');
    INSERT INTO signal_runs VALUES (7, 'binance', 'BTCUSDT', 1700000000000, zeroblob(32), 0.002, ',,,,,');
    INSERT INTO signals VALUES ('binance', 'BTCUSDT', 3600000, 1700002800000, 7, 1700006400000, 70.5, 0.7, 1, 100.25, NULL,
      NULL, 0.61, NULL, zeroblob(16));
    INSERT INTO outcomes VALUES ('binance', 'BTCUSDT', 3600000, 1700002800000, 14400000, 0.01);
  )sql"));
  ASSERT_EQ(db::migrate(*connection, record_schema()).value(), static_cast<int>(record_schema().size()) - 1);
  const auto runs = signal_runs(*connection, kBtc).value();
  ASSERT_EQ(runs.size(), 1U);
  EXPECT_EQ(runs[0].model_weight, signals::kModelWeightDefault);
  SignalRow wanted;
  wanted.instrument = kBtc;
  wanted.run = 7;
  wanted.timeframe = Timeframe::h1;
  wanted.bar_time = from_ms(1'700'002'800'000);
  wanted.emitted_at = from_ms(1'700'006'400'000);
  wanted.score = 70.5;
  wanted.confidence = 0.7;
  wanted.trending = true;
  wanted.price = 100.25;
  wanted.probability[1] = 0.61;
  wanted.inputs = std::string(16, '\0');
  wanted.change[1] = 0.01;
  EXPECT_EQ(signals_of(*connection, {.instrument = kBtc}).value(), std::vector{wanted});
  auto next = wanted;
  next.bar_time += market::duration(Timeframe::h1);
  next.probability_up = 0.4;
  next.model_id = "m";
  next.change = {};
  ASSERT_TRUE(keep_signal(*connection, next));
  EXPECT_EQ(signals_of(*connection, {.instrument = kBtc}).value(), (std::vector{wanted, next}));
  EXPECT_FALSE(connection->run("UPDATE signals SET score = 1"));
  EXPECT_FALSE(connection->run("DELETE FROM outcomes"));
}

TEST_F(SignalRows, AreAskedForByRangeRunAndCount) {
  SignalRun later = run;
  later.id = add_signal_run(*connection, later).value();
  for (int hour = 0; hour < 10; ++hour) {
    auto made = row(hour);
    if (hour >= 6) made.run = later.id;
    ASSERT_TRUE(keep_signal(*connection, made));
  }
  const auto hours = [&](SignalQuery query) {
    query.instrument = kBtc;
    std::vector<int> found;
    for (const auto& one : signals_of(*connection, query).value())
      found.push_back(static_cast<int>((one.bar_time - row(0).bar_time) / std::chrono::hours{1}));
    return found;
  };
  EXPECT_EQ(hours({.limit = 3}), (std::vector{7, 8, 9}));
  EXPECT_EQ(hours({.limit = 3, .newest = false}), (std::vector{0, 1, 2}));
  EXPECT_EQ(hours({.from = row(4).bar_time, .to = row(7).bar_time}), (std::vector{4, 5, 6}));
  EXPECT_EQ(hours({.run = later.id}), (std::vector{6, 7, 8, 9}));
}

}  // namespace
}  // namespace cw::records
