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
