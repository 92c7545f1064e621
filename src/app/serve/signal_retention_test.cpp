#include "app/serve/signal_retention.h"

#include <gtest/gtest.h>

#include "candle_store/store_story.h"
#include "records/record_schema.h"
#include "records/signal_pruning.h"
#include "records/signal_rows.h"

namespace cw::app {
namespace {

using market::Timeframe;
using std::chrono::days;

const market::InstrumentId kBtc{"binance", "BTCUSDT"};
constexpr Timestamp kFirst = from_ms(1'700'006'400'000);  // a midnight
constexpr int kDays = 4;

struct Retention : testing::Test {
  /// Signals of 5m and 1h over kDays, all judged.
  Retention() {
    EXPECT_TRUE(records->write([](db::Connection& connection) -> Result<void> {
      records::SignalRun run;
      run.instrument = kBtc;
      run.document = "{}";
      run.digest = std::string(32, 'd');
      const auto id = records::add_signal_run(connection, run).value();
      for (const auto timeframe : {Timeframe::m5, Timeframe::h1}) {
        for (Timestamp at = kFirst; at < kFirst + days{kDays}; at += market::duration(timeframe)) {
          records::SignalRow row;
          row.instrument = kBtc;
          row.run = id;
          row.timeframe = timeframe;
          row.bar_time = at;
          row.emitted_at = at + market::duration(timeframe);
          row.score = 70;
          row.price = 1;
          row.inputs = std::string(16, 'i');
          if (auto kept = records::keep_signal(connection, row); !kept) return kept;
          for (const auto horizon : signals::kHorizons) {
            if (auto kept = records::keep_outcome(connection, kBtc, {timeframe, at, horizon, 70, 0.01}); !kept)
              return kept;
          }
        }
      }
      return {};
    }));
  }
  std::size_t count(Timeframe timeframe) {
    return records
        ->read([&](db::Connection& connection) {
          return records::signals_of(connection, {.instrument = kBtc, .timeframe = timeframe, .limit = 10'000});
        })
        .value()
        .size();
  }
  std::uint64_t apply(const SignalRetention& retention, Timestamp now, const std::function<bool()>& cancelled) {
    return apply_signal_retention(*records, retention, now, cancelled).value();
  }

  candle_store::TestFolder folder;
  NullLogger logger;
  Metrics metrics;
  std::unique_ptr<db::Database> records =
      db::Database::open(folder.path() / "record.db", records::record_schema(), logger, metrics).value();
};

constexpr auto kNever = [] { return false; };

TEST_F(Retention, TakesWholeDaysOfEachClass) {
  const Timestamp now = kFirst + days{kDays} + std::chrono::hours{7};
  EXPECT_EQ(apply({}, now, kNever), 0U) << "for ever";
  EXPECT_EQ(apply({days{2}, {}}, now, kNever), 2 * 288U) << "more than a batch";
  EXPECT_EQ(count(Timeframe::m5), 2 * 288U);
  EXPECT_EQ(count(Timeframe::h1), 4 * 24U);
  EXPECT_EQ(apply({days{2}, days{3}}, now, kNever), 24U);
  EXPECT_EQ(count(Timeframe::h1), 3 * 24U);
  EXPECT_EQ(apply({days{2}, days{3}}, now, kNever), 0U);
}

TEST_F(Retention, EndsBetweenTwoBatches) {
  int asked = 0;
  EXPECT_EQ(apply({days{2}, {}}, kFirst + days{kDays}, [&] { return ++asked > 3; }), 2 * records::kPruneBatch);
  EXPECT_EQ(count(Timeframe::m5), kDays * 288U - 2 * records::kPruneBatch);
}

TEST_F(Retention, KeepsWhatIsNotJudgedYetHoweverOld) {
  EXPECT_EQ(apply({days{1}, days{1}}, kFirst + days{400}, kNever), 3 * 288U - 1 + 3 * 24U - 1)
      << "the newest judged bar leaves a day open before it";
}

}  // namespace
}  // namespace cw::app
