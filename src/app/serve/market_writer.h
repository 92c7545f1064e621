#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <variant>
#include <vector>

#include "app/serve/bar_keeper.h"
#include "app/serve/inbox.h"
#include "app/serve/shown_market.h"
#include "base/log.h"
#include "base/metrics.h"
#include "candle_store/candle_store.h"
#include "desk/desk.h"
#include "exchange/feed.h"
#include "records/journal.h"

namespace cw::app {

/// Takes what the market thread says, on whichever loop its owner likes. Calls come on the market thread and must not block
/// for long.
class MarketOutput {
 public:
  virtual ~MarketOutput() = default;
  /// A closed, or revised, bar of any timeframe is on disk.
  virtual void bar(exchange::FollowedIndex instrument, market::Timeframe timeframe, const market::Candle& bar,
                   bool gapped, bool revised) = 0;
  /// What is to be shown of an instrument now; only the newest matters.
  virtual void shown(exchange::FollowedIndex instrument, const ShownInstrument& shown) = 0;
  virtual void history_stored(exchange::FollowedIndex instrument) = 0;
};

/// The market thread: the single writer of journal, desk and live candles.
///
/// The feed's loop calls the sinks. Bars and history wait in a bounded inbox (`kInboxMost`); when it is full the feed's loop
/// waits, so nothing is lost (`candlewick_market_inbox_waits_total`). Trades, quotes and forming bars do not queue: only
/// the newest of each instrument is kept until the thread gets to it.
/// Bars that wait together go together: to the journal first, durable; then to the store, where readers find them; then each to
/// the desk and to the output; at last the store makes them durable too (until then a crash finds them in the journal). What
/// the store cannot take (a full disk, a series under import) is tried again every `kStoreRetryEvery`: bars out of the
/// journal, of history at most `kHistoryKept` pages, which wait here; the desk's snapshot waits with them.
class MarketWriter final : public exchange::FeedSink, public exchange::HistorySink {
 public:
  static constexpr std::size_t kInboxMost = 4'096;
  static constexpr std::size_t kBarsAtOnce = 512;  // journaled by one write
  static constexpr int kHandfulsUnsynced = 8;      // told before the store is made durable, while more wait
  static constexpr Millis kSnapshotEvery{60'000};
  static constexpr Millis kStoreRetryEvery{5'000};
  static constexpr std::size_t kHistoryKept = 64;

  struct Parts {
    candle_store::CandleStore& store;
    std::filesystem::path journal_folder;
    std::vector<market::InstrumentId> followed;
    MarketOutput& output;
    Logger& logger;
    Metrics& metrics;
  };

  /// Opens the journal and brings the desk up to it; bars that a crash kept from the store go there now.
  /// Errors  those of Journal::open and recover_desk
  static Result<std::unique_ptr<MarketWriter>> open(Parts parts);
  ~MarketWriter() override;

  /// Open time of the newest bar that the desk has consumed of an instrument. Before `start`.
  std::optional<Timestamp> last_bar(const market::InstrumentId& id) const;

  /// When the feed was heard last, by this process or an earlier one: as noted (at most every minute, and at a clean end),
  /// else the end of the newest bar. None where it never was. Before `start`.
  std::optional<Timestamp> last_heard() const;

  void start();
  /// Takes in what waits, saves the desk, ends the thread. The feed must have ended.
  void stop();

  /// How the last journal append and the last store write went, for health.
  struct Health {
    std::optional<Error> journal;
    std::optional<Error> store;
    Timestamp journal_at{};  // of the last good append; 1970 before the first
  };
  Health health() const;

  void on_bar(exchange::FollowedIndex instrument, const market::BarEvent& event) override;
  void on_trade(exchange::FollowedIndex instrument, const market::Trade& trade) override;
  void on_forming(exchange::FollowedIndex instrument, const market::FormingCandle& bar) override;
  void on_quote(exchange::FollowedIndex instrument, const market::Quote& quote) override;
  void on_state(const exchange::FeedStatus& status) override;
  void on_history(exchange::FollowedIndex instrument, market::Timeframe timeframe,
                  const market::CandleSpan& rows) override;
  void on_history_progress(exchange::FollowedIndex instrument, market::Timeframe timeframe, Timestamp oldest,
                           Timestamp goal, bool done) override;
  void on_history_status(exchange::FollowedIndex instrument, market::Timeframe timeframe,
                         const exchange::HistoryStatus& status) override;

  /// Set before `start`: the feed's own loop passes states and progress on, past the thread.
  std::function<void(const exchange::FeedStatus&)> state_listener;
  std::function<void(exchange::FollowedIndex, market::Timeframe, Timestamp, Timestamp, bool)> progress_listener;
  std::function<void(exchange::FollowedIndex, market::Timeframe, const exchange::HistoryStatus&)> history_listener;

 private:
  struct BarItem {
    exchange::FollowedIndex instrument;
    market::BarEvent event;
  };
  struct Journaled {
    std::uint64_t offset;
    BarItem item;
  };
  struct HistoryItem {
    exchange::FollowedIndex instrument;
    market::Timeframe timeframe;
    market::CandleColumns rows;
  };
  using Item = std::variant<BarItem, HistoryItem>;

  explicit MarketWriter(Parts parts);
  Result<void> recover();
  Result<void> follow();
  void run();
  void put(Item item);
  void take_in(std::vector<Item>& items);
  void take_bars(std::vector<BarItem>& bars);
  void consume(const Journaled& journaled);
  void publish(const desk::Output& output, exchange::FollowedIndex instrument);
  void store_bars();
  void publish_revised(const BarItem& item);
  void take_history(HistoryItem item);
  Result<void> store_history(const HistoryItem& item);
  void retry_store();
  void show_fresh();
  void sync_store(bool can_wait);
  void save_desk();
  void note_heard();
  void note_journal(std::optional<Error> error);
  void note_store(std::optional<Error> error);

  Parts parts_;
  std::unique_ptr<records::Journal> journal_;
  desk::Desk desk_;
  std::vector<desk::InstrumentNumber> numbers_;  // by FollowedIndex
  ShownMarket shown_;                            // what is displayed; of the market thread
  Inbox<Item> inbox_;
  struct Fresh {
    std::optional<market::FormingCandle> forming;
    std::optional<market::Quote> quote;
    std::optional<market::Trade> trade;
  };
  std::mutex fresh_mutex_;
  std::vector<Fresh> fresh_;  // by FollowedIndex
  mutable std::mutex health_mutex_;
  Health health_;
  std::vector<Journaled> journaled_;  // appended, and not yet known to be on disk
  std::vector<desk::Output> outputs_;
  std::optional<BarKeeper> keeper_;
  std::vector<HistoryItem> kept_history_;  // the store could not take them yet
  Timestamp saved_at_{};
  int handfuls_unsynced_ = 0;
  std::atomic<std::int64_t> heard_ms_{0};  // 0: not since the start
  std::int64_t noted_ms_ = 0;
  Timestamp retried_at_{};
  SystemClock clock_;
  Counter& bars_;
  Counter& gaps_;
  Counter& revised_;
  Counter& waits_;
  Counter& unstored_;
  Gauge& waiting_;
  std::thread thread_;
};

}  // namespace cw::app
