#include "records/signal_pruning.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "base/random.h"
#include "db/testing.h"
#include "db/transaction.h"
#include "records/record_schema.h"
#include "records/signal_rows.h"

namespace cw::records {
namespace {

using market::Timeframe;
using signals::Horizon;

const market::InstrumentId kBtc{"binance", "BTCUSDT"};
const market::InstrumentId kEth{"binance", "ETHUSDT"};
constexpr std::int64_t kHour = 3'600'000;
constexpr Timestamp kFirst = from_ms(1'700'002'800'000);

struct SignalPrune : testing::Test {
  SignalPrune() {
    EXPECT_TRUE(db::migrate(*connection, record_schema().first(3)));
    for (const auto& id : {kBtc, kEth}) {
      SignalRun run;
      run.instrument = id;
      run.document = "{}";
      run.digest = std::string(32, 'd');
      runs.push_back(add_signal_run(*connection, run).value());
    }
  }
  static Timestamp bar(int hour) { return kFirst + Millis{hour * kHour}; }
  void keep(const market::InstrumentId& id, int hour, bool with_model = false) {
    SignalRow row;
    row.instrument = id;
    row.run = runs[id == kBtc ? 0 : 1];
    row.timeframe = Timeframe::h1;
    row.bar_time = bar(hour);
    row.emitted_at = bar(hour + 1);
    row.score = 70;
    row.price = 1;
    row.inputs = std::string(16, 'i');
    if (with_model) row.probability_up = 0.5, row.model_id = "m";
    ASSERT_TRUE(keep_signal(*connection, row));
  }
  /// All outcomes that are known at the close of the bar of `hour`.
  void judge(const market::InstrumentId& id, int hour) {
    for (const auto horizon : signals::kHorizons) {
      const int earlier = hour - static_cast<int>(signals::duration(horizon).count() / kHour);
      if (earlier >= 0) ASSERT_TRUE(keep_outcome(*connection, id, {Timeframe::h1, bar(earlier), horizon, 70, 0.01}));
    }
  }
  void run(const market::InstrumentId& id, int hours) {
    auto together = db::Transaction::begin(*connection).value();
    for (int hour = 0; hour < hours; ++hour) {
      keep(id, hour);
      judge(id, hour);
    }
    ASSERT_TRUE(together.commit());
  }
  std::vector<int> hours(const market::InstrumentId& id) {
    std::vector<int> found;
    for (const auto& row : signals_of(*connection, {.instrument = id, .limit = 10'000}).value())
      found.push_back(static_cast<int>((row.bar_time - kFirst).count() / kHour));
    return found;
  }
  std::size_t prune(int before_hour, std::size_t most = 1'000) {
    return prune_signals(*connection, {kBtc, Timeframe::h1}, bar(before_hour), most).value();
  }
  std::int64_t count(const char* sql) { return connection->first<std::int64_t>(sql).value().value_or(-1); }

  db::testing::TemporaryFolder folder;
  std::unique_ptr<db::Connection> connection = db::Connection::open(folder / "record.db").value();
  std::vector<std::int64_t> runs;
};

TEST_F(SignalPrune, TakesTheOldestWithTheirOutcomesAndSaysSo) {
  run(kBtc, 100);
  run(kEth, 100);
  EXPECT_EQ(signal_pruning(*connection, kBtc, Timeframe::h1).value(), std::nullopt);
  EXPECT_EQ(prune(30), 30U);
  EXPECT_EQ(hours(kBtc).front(), 30);
  EXPECT_EQ(hours(kBtc).size(), 70U);
  EXPECT_EQ(hours(kEth).size(), 100U) << "of another symbol";
  EXPECT_EQ(signal_pruning(*connection, kBtc, Timeframe::h1).value(), (SignalPruning{bar(30), false}));
  EXPECT_EQ(signal_pruning(*connection, kEth, Timeframe::h1).value(), std::nullopt);
  EXPECT_EQ(count("SELECT count(*) FROM outcomes o WHERE NOT EXISTS (SELECT 1 FROM signals s WHERE s.venue = o.venue"
                  " AND s.symbol = o.symbol AND s.timeframe = o.timeframe AND s.bar_time = o.bar_time)"),
            0);
  EXPECT_EQ(prune(30), 0U);
}

// Whatever is kept and judged, pruning takes a beginning: nothing that is young enough, and nothing that is still judged.
TEST_F(SignalPrune, LeavesWhatIsYoungAndWhatIsOpen) {
  Random random{17};
  for (int story = 0; story < 40; ++story) {
    ASSERT_TRUE(connection->script(
        "DROP TRIGGER signals_stay_kept; DROP TRIGGER outcomes_stay_kept; DROP TRIGGER prunings_stay;"
        "DELETE FROM outcomes; DELETE FROM signals; DELETE FROM signal_prunings; PRAGMA user_version = 2;"
        "DROP TABLE signal_prunings;"));
    ASSERT_TRUE(db::migrate(*connection, record_schema().first(3)));
    const int kept = 1 + static_cast<int>(random.below(120));
    run(kBtc, kept);
    const int before = static_cast<int>(random.below(140));
    const std::size_t most = 1 + random.below(60);
    std::vector<int> wanted = hours(kBtc);
    // The outcomes of the newest `24` hours are open: at the close of `kept` - 1 the bar 24 hours earlier was judged.
    const int open = std::max(0, kept - 1 - 1 - 24);
    const auto gone = std::min({static_cast<std::size_t>(std::min(before, open)), most, wanted.size()});
    ASSERT_EQ(prune(before, most), gone) << story;
    wanted.erase(wanted.begin(), wanted.begin() + static_cast<std::ptrdiff_t>(gone));
    ASSERT_EQ(hours(kBtc), wanted) << story;
    for (const auto& row : signals_of(*connection, {.instrument = kBtc}).value()) {
      const auto age = bar(kept - 1) - row.bar_time;
      for (std::size_t h = 0; h < signals::kHorizons.size(); ++h)
        ASSERT_EQ(row.change[h].has_value(), age >= signals::duration(signals::kHorizons[h]));
    }
  }
}

TEST_F(SignalPrune, NothingElseMayDelete) {
  run(kBtc, 60);
  const auto refused = [&](const char* sql) {
    const auto done = connection->run(sql);
    return !done && done.error().code == Errc::unsupported;
  };
  EXPECT_TRUE(refused("DELETE FROM outcomes"));
  EXPECT_TRUE(refused("DELETE FROM signals"));
  EXPECT_EQ(prune(10), 10U);
  EXPECT_TRUE(refused("DELETE FROM outcomes"));
  EXPECT_TRUE(refused("DELETE FROM signals"));
  EXPECT_TRUE(refused("DELETE FROM signal_prunings"));
  EXPECT_TRUE(refused("UPDATE signal_prunings SET kept_from = kept_from - 1"));
  EXPECT_TRUE(refused("UPDATE signal_prunings SET symbol = 'ETHUSDT'"));
  EXPECT_EQ(hours(kBtc).size(), 50U);
}

TEST_F(SignalPrune, RemembersThatAModelWasInWhatIsGone) {
  for (int hour = 0; hour < 80; ++hour) {
    keep(kBtc, hour, hour == 12);
    judge(kBtc, hour);
  }
  EXPECT_EQ(prune(10), 10U);
  EXPECT_FALSE(signal_pruning(*connection, kBtc, Timeframe::h1).value()->with_model);
  EXPECT_EQ(prune(20), 10U);
  EXPECT_TRUE(signal_pruning(*connection, kBtc, Timeframe::h1).value()->with_model);
  EXPECT_EQ(prune(30), 10U);
  EXPECT_EQ(signal_pruning(*connection, kBtc, Timeframe::h1).value(), (SignalPruning{bar(30), true}));
}

TEST_F(SignalPrune, KnowsEverySeries) {
  const auto all = signal_series(*connection).value();
  EXPECT_EQ(all.size(), 2 * signals::kTimeframes);
  EXPECT_EQ(std::ranges::count(all, kEth, &SignalSeries::instrument), 6);
}

}  // namespace
}  // namespace cw::records
