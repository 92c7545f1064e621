#include "app/serve/bar_keeper.h"

#include <gtest/gtest.h>

#include "base/log.h"
#include "candle_store/store_story.h"
#include "records/testing.h"

namespace cw::app {
namespace {

using candle_store::bar_at;
using candle_store::bars;
using candle_store::kBtc1m;
using candle_store::kEth1m;

/// Journal, desk and store as the market thread holds them, on a disk whose fill the test sets.
class KeeperStory : public ::testing::Test {
 protected:
  KeeperStory() {
    candle_store::StoreOptions options;
    options.disk_used_share = [this](const std::filesystem::path&) { return used_; };
    store_ = candle_store::CandleStore::open(folder_.path() / "candles", options, logger_, metrics_).value();
    journal_ = records::Journal::open(folder_.path() / "journal", {}).value();
    for (const auto& series : {kBtc1m, kEth1m}) take(desk::Followed{series.instrument});
    keeper_.emplace(*store_, *journal_, desk_, metrics_);
  }

  std::uint64_t take(const desk::Event& event) {
    const auto offset = journal_->append(event).value();
    EXPECT_TRUE(journal_->sync());
    desk_.on(event, outputs_);
    return offset;
  }
  Result<void> arrive(desk::InstrumentNumber instrument, const market::Candle& bar) {
    const desk::BarArrived arrived{instrument, {market::BarEvent::Kind::closed, bar, {}, {}}};
    const BarKeeper::Record record{take(arrived), arrived};
    if (auto done = keeper_->store({&record, 1}); !done) return done;
    return keeper_->sync();
  }
  market::CandleColumns stored(const candle_store::SeriesId& series) const {
    return store_->read(series, from_ms(0), from_ms(kLatestMs)).value();
  }

  records::testing::TemporaryFolder folder_;
  NullLogger logger_;
  Metrics metrics_;
  double used_ = 0.5;
  std::unique_ptr<candle_store::CandleStore> store_;
  std::unique_ptr<records::Journal> journal_;
  desk::Desk desk_;
  std::vector<desk::Output> outputs_;
  std::optional<BarKeeper> keeper_;
};

TEST_F(KeeperStory, BarsOfAFullDiskAreStoredOnceThereIsRoom) {
  ASSERT_TRUE(arrive(0, bar_at(0)));
  used_ = 0.98;
  EXPECT_EQ(arrive(0, bar_at(1)).error().code, Errc::disk_full);
  EXPECT_EQ(arrive(1, bar_at(1, 7)).error().code, Errc::disk_full);
  EXPECT_FALSE(keeper_->catch_up().value());
  used_ = 0.5;
  // What comes before the catching up waits its turn: the store gets the bars in their order.
  EXPECT_EQ(arrive(0, bar_at(2)).error().code, Errc::disk_full);
  EXPECT_TRUE(keeper_->catch_up().value());
  EXPECT_FALSE(keeper_->behind_since());
  ASSERT_TRUE(arrive(0, bar_at(3)));
  EXPECT_EQ(stored(kBtc1m), bars(0, 4));
  EXPECT_EQ(stored(kEth1m), bars(1, 2, 7));
}

TEST_F(KeeperStory, ItSaysSinceWhichRecordTheStoreLacksBars) {
  ASSERT_TRUE(arrive(0, bar_at(0)));
  EXPECT_FALSE(keeper_->behind_since());
  used_ = 0.98;
  const auto next = journal_->next_offset();
  ASSERT_FALSE(arrive(0, bar_at(1)));
  ASSERT_FALSE(arrive(0, bar_at(2)));
  EXPECT_EQ(keeper_->behind_since(), next);
}

TEST_F(KeeperStory, AStartOnAFullDiskIsBehindAndNoFailure) {
  const auto first = take(desk::BarArrived{0, {market::BarEvent::Kind::closed, bar_at(0), {}, {}}});
  take(desk::BarArrived{0, {market::BarEvent::Kind::closed, bar_at(1), {}, {}}});
  used_ = 0.98;
  ASSERT_TRUE(keeper_->store_from(0));
  EXPECT_EQ(keeper_->behind_since(), first);
  used_ = 0.5;
  EXPECT_TRUE(keeper_->catch_up().value());
  EXPECT_EQ(stored(kBtc1m), bars(0, 2));
}

TEST_F(KeeperStory, ABarThatWaitsForAnImportIsStoredAfterIt) {
  auto import = store_->begin_import(kBtc1m, "file").value();
  // Live bars beside an import fill the write-ahead file: 32 times 1,024 records.
  for (std::int64_t from = 0; from < 32'768; from += 1'024) {
    std::vector<market::Candle> some;
    for (std::int64_t minute = from; minute < from + 1'024; ++minute) some.push_back(bar_at(minute));
    ASSERT_TRUE(store_->append(kBtc1m, some));
  }
  ASSERT_EQ(arrive(0, bar_at(32'768)).error().code, Errc::busy);
  import.reset();
  EXPECT_TRUE(keeper_->catch_up().value());
  EXPECT_EQ(stored(kBtc1m), bars(0, 32'769));
}

TEST_F(KeeperStory, AnUnsoundBarHoldsUpNoOther) {
  auto crooked = bar_at(0);
  crooked.open_time += Millis{1};
  EXPECT_EQ(arrive(0, crooked).error().code, Errc::bad_input);
  EXPECT_FALSE(keeper_->behind_since());
  ASSERT_TRUE(keeper_->store_from(0));
  ASSERT_TRUE(arrive(0, bar_at(1)));
  EXPECT_EQ(stored(kBtc1m), bars(1, 2));
}

}  // namespace
}  // namespace cw::app
