#include "app/serve/market_writer.h"

#include <gtest/gtest.h>

#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "candle_store/store_story.h"

namespace cw::app {
namespace {

using candle_store::bar_at;
using candle_store::bars;
using candle_store::kBtc1m;
using market::BarEvent;
using market::Timeframe;

/// What happens on the market thread, for the test's thread to wait for.
class Witness final : public MarketOutput, public Logger {
 public:
  void bar(exchange::FollowedIndex, Timeframe timeframe, const market::Candle& bar, bool, bool) override {
    note([&] {
      if (timeframe == Timeframe::m1) minutes.push_back(bar);
    });
  }
  void shown(exchange::FollowedIndex, const ShownInstrument&) override {}
  void history_stored(exchange::FollowedIndex) override {
    note([&] { ++histories; });
  }
  void write(LogLevel level, std::string_view event, std::initializer_list<LogField>) override {
    note([&] {
      if (level == LogLevel::error) errors.emplace_back(event);
    });
  }

  /// Waits, for at most ten seconds, until what was seen is as wanted.
  template <class Wanted>
  bool until(Wanted wanted) {
    std::unique_lock lock{mutex_};
    return seen_.wait_for(lock, std::chrono::seconds{10}, wanted);
  }

  std::vector<market::Candle> minutes;
  std::size_t histories = 0;
  std::vector<std::string> errors;

 private:
  template <class Change>
  void note(Change change) {
    {
      const std::scoped_lock lock{mutex_};
      change();
    }
    seen_.notify_all();
  }
  std::mutex mutex_;
  std::condition_variable seen_;
};

class MarketWriterTest : public testing::Test {
 protected:
  void open() {
    auto opened = MarketWriter::open({*store, journal.path(), {kBtc1m.instrument}, witness, witness, metrics});
    ASSERT_TRUE(opened) << opened.error().message;
    writer = std::move(*opened);
    writer->start();
  }
  void hear(std::int64_t minute) { writer->on_bar(0, {.kind = BarEvent::Kind::closed, .bar = bar_at(minute)}); }
  double counted(std::string_view name) { return static_cast<double>(metrics.counter(name, "").value()); }

  candle_store::TestFolder journal;
  std::atomic<double> used_share = 0.5;
  candle_store::StoreStory store{{.disk_used_share = [this](const auto&) { return std::optional{used_share.load()}; }}};
  Metrics metrics;
  Witness witness;
  std::unique_ptr<MarketWriter> writer;
};

/// No file of the process grows beyond the largest one of a folder: what the journal meets on a full disk.
class NoRoom {
 public:
  explicit NoRoom(const std::filesystem::path& folder) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    rlimit tight = before_;
    tight.rlim_cur = 0;
    for (const auto& entry : std::filesystem::directory_iterator{folder}) {
      tight.rlim_cur = std::max<rlim_t>(tight.rlim_cur, entry.file_size());
    }
    old_handler_ = std::signal(SIGXFSZ, SIG_IGN);
    ::setrlimit(RLIMIT_FSIZE, &tight);
  }
  ~NoRoom() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, old_handler_);
  }
  NoRoom(const NoRoom&) = delete;
  NoRoom& operator=(const NoRoom&) = delete;

 private:
  rlimit before_{};
  void (*old_handler_)(int) = nullptr;
};

TEST_F(MarketWriterTest, ABarIsStoredBeforeItIsSaid) {
  open();
  hear(0);
  ASSERT_TRUE(witness.until([&] { return witness.minutes.size() == 1; }));
  EXPECT_EQ(witness.minutes[0], bar_at(0));
  EXPECT_EQ(store.all(kBtc1m), (std::vector{bar_at(0)}));
  writer->stop();
  const auto health = writer->health();
  EXPECT_FALSE(health.journal);
  EXPECT_FALSE(health.store);
  EXPECT_NE(health.journal_at, Timestamp{});
  EXPECT_TRUE(witness.errors.empty());
}

TEST_F(MarketWriterTest, GoesOnAfterTheLastBarWhenOpenedAgain) {
  open();
  hear(0);
  hear(1);
  writer->stop();
  open();
  EXPECT_EQ(writer->last_bar(kBtc1m.instrument), bar_at(1).open_time);
}

TEST_F(MarketWriterTest, RemembersAcrossStartsWhenTheFeedWasHeardLast) {
  open();
  EXPECT_EQ(writer->last_heard(), std::nullopt) << "never";
  hear(0);
  writer->stop();
  open();
  EXPECT_EQ(writer->last_heard(), bar_at(1).open_time) << "no more is known than that the bar had ended";
  const Timestamp before = std::chrono::floor<Millis>(SystemClock{}.now());
  writer->on_trade(0, {});
  writer->stop();
  open();
  ASSERT_TRUE(writer->last_heard());
  EXPECT_GE(*writer->last_heard(), before);
}

TEST_F(MarketWriterTest, AFullJournalHoldsBarsBackSaysSoOnceAndGoesOnInOrder) {
  open();
  {
    const NoRoom no_room{journal.path()};
    hear(0);
    ASSERT_TRUE(witness.until([&] { return !witness.errors.empty(); }));
    const auto health = writer->health();
    ASSERT_TRUE(health.journal);
    EXPECT_EQ(health.journal->code, Errc::disk_full) << health.journal->message;
    EXPECT_EQ(health.journal_at, Timestamp{}) << "nothing was appended yet";
    hear(1);
    EXPECT_TRUE(witness.minutes.empty()) << "a bar that is not on disk is not said";
  }
  ASSERT_TRUE(witness.until([&] { return witness.minutes.size() == 2; }));
  writer->stop();
  EXPECT_EQ(witness.minutes, (std::vector{bar_at(0), bar_at(1)}));
  EXPECT_EQ(store.all(kBtc1m), (std::vector{bar_at(0), bar_at(1)}));
  EXPECT_FALSE(writer->health().journal);
  EXPECT_EQ(witness.errors, (std::vector<std::string>{"journal failed"}));
}

TEST_F(MarketWriterTest, AFullStoreDisturbsNeitherJournalNorReadersAndLosesNoBar) {
  open();
  used_share = 0.98;
  hear(0);
  hear(1);
  ASSERT_TRUE(witness.until([&] { return witness.minutes.size() == 2; })) << "the journal has them";
  {
    const auto health = writer->health();
    ASSERT_TRUE(health.store);
    EXPECT_EQ(health.store->code, Errc::disk_full);
    EXPECT_FALSE(health.journal);
    EXPECT_NE(health.store->message.find("98 % full"), std::string::npos) << health.store->message;
  }
  EXPECT_TRUE(store.all(kBtc1m).empty());
  used_share = 0.5;
  hear(2);
  ASSERT_TRUE(witness.until([&] { return witness.minutes.size() == 3; }));
  writer->stop();
  EXPECT_FALSE(writer->health().store);
  EXPECT_EQ(store.all(kBtc1m), (std::vector{bar_at(0), bar_at(1), bar_at(2)}));
  EXPECT_EQ(counted("candlewick_market_unstored_total"), 0);
  EXPECT_EQ(witness.errors, (std::vector<std::string>{"candle store failed"}));
}

TEST_F(MarketWriterTest, HistoryThatFindsNoRoomWaitsForItUpToItsBound) {
  open();
  used_share = 0.98;
  constexpr int kTooMany = 2;
  for (int page = 0; page < static_cast<int>(MarketWriter::kHistoryKept) + kTooMany; ++page) {
    const auto rows = bars(-5 * (page + 1), -5 * page);
    writer->on_history(0, Timeframe::m1, rows.view());
  }
  ASSERT_TRUE(witness.until([&] { return !witness.errors.empty(); }));
  writer->stop();  // after it took in what waits
  EXPECT_EQ(counted("candlewick_market_unstored_total"), 5 * kTooMany);
  EXPECT_TRUE(store.all(kBtc1m).empty());
}

TEST_F(MarketWriterTest, StopTakesInWhatWaits) {
  open();
  for (std::int64_t minute = 0; minute < 1'000; ++minute) hear(minute);
  writer->stop();
  EXPECT_EQ(witness.minutes.size(), 1'000u);
  EXPECT_EQ(store.all(kBtc1m).size(), 1'000u);
  hear(1'000);  // nobody takes it, and nobody waits
  EXPECT_EQ(witness.minutes.size(), 1'000u);
}

TEST_F(MarketWriterTest, PassesOnWhatTheFeedSaysOfItself) {
  open();
  std::vector<std::string> said;
  writer->state_listener = [&](const exchange::FeedStatus& status) { said.emplace_back(exchange::name(status.state)); };
  writer->history_listener = [&](exchange::FollowedIndex, Timeframe, const exchange::HistoryStatus& status) {
    said.emplace_back(exchange::name(status.state));
  };
  writer->on_state({exchange::FeedState::stale, {}, {}});
  writer->on_history_status(0, Timeframe::m1, {.state = exchange::HistoryStatus::State::queued});
  EXPECT_EQ(said, (std::vector<std::string>{"stale", "queued"}));
}

}  // namespace
}  // namespace cw::app
