#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/signal_json.h"
#include "api/signal_view.h"
#include "api/worker_pool.h"
#include "app/serve/live_strategies.h"
#include "base/log.h"
#include "base/metrics.h"
#include "db/database.h"
#include "evaluation/bar_source.h"
#include "net/runtime.h"
#include "realtime/hub.h"
#include "realtime/market_channels.h"
#include "records/signal_rows.h"
#include "signals/symbol_signals.h"

namespace cw::app {

/// Who goes on from signals as they are emitted. Of the server's loop.
class SignalListener {
 public:
  virtual ~SignalListener() = default;
  /// All bars of an instant are in, and the signals of them are made: of these timeframes there is a new one.
  virtual void signals_settled(realtime::BoardIndex instrument, const signals::SymbolSignals& symbol,
                               const std::vector<std::size_t>& fresh) = 0;
  /// The symbol's signals are those of a new run over history; what it made of bars that had closed is not told one by one.
  virtual void signals_begun_anew(realtime::BoardIndex instrument) = 0;
};

/// The signals of every symbol that something is stored of, kept up bar by bar as the desk closes them.
///
/// A symbol's history is run on a worker, one symbol after the other; bars that close meanwhile are kept and taken by it when
/// it comes. After stored history has changed it is run again. Of the server's loop.
///
/// At a start the newest page of history and the first live bars need not meet: what is missing between them is fetched a
/// moment later. Until it is there nothing is news, as the same candles would soon give something else. A hole that stays one
/// for kJoins runs is the market's own.
class LiveSignals final : public api::SignalView, public realtime::SignalTopics {
 public:
  static constexpr std::size_t kKeptMost = 100'000;  // bars of one symbol while its history is run
  static constexpr Millis kRunAgainAfter{3'000};     // history arrives in many pages
  static constexpr int kJoins = 3;
  static constexpr Millis kHoleMatters = std::chrono::hours{24};  // older ones will not be filled
  // A minute's burst is told before its rows are written: the writing takes a core from it for as long as it lasts.
  static constexpr Millis kKeepAfter{25};
  static constexpr std::size_t kPeeksATick = 16;  // symbols whose bars under way are looked at for subscribers

  struct Parts {
    net::Runtime& runtime;
    api::WorkerPool& workers;
    realtime::Hub& hub;
    const realtime::MarketBoard& board;
    evaluation::StoreOf store_of;
    const signals::SignalRules& rules;  // outlive the workers
    db::Database* records;              // where signals are kept; null: they are not
    Logger& logger;
    Metrics& metrics;
    SignalListener* listener = nullptr;
    signals::PredictionSource* predictions = nullptr;  // asked on the loop; null: scores are technical only
  };
  explicit LiveSignals(Parts parts);
  /// What waits is handed to `record.db`.
  ~LiveSignals() override;

  /// A symbol is on the board: its history is to be run.
  void put(realtime::BoardIndex instrument);
  /// A closed bar, in the order of the desk.
  void closed(realtime::BoardIndex instrument, market::Timeframe timeframe, const market::Candle& bar);
  /// A stored bar was replaced, or older ones came.
  void stored_changed(realtime::BoardIndex instrument);
  /// Whose entries and exits are told beside the signals to who asks for them. It outlives this.
  void set_strategies(LiveStrategies& strategies) { strategies_ = &strategies; }
  /// Begins what waits; tells what bars under way would say, and whose signals have become old.
  void tick();

  const signals::SymbolSignals* symbol(realtime::BoardIndex index) const override;
  std::uint64_t version(realtime::BoardIndex index) const override;
  std::string why_not(realtime::BoardIndex index) const override;
  const Provisional& provisional(realtime::BoardIndex index) override;

  Result<realtime::Topic> open(const realtime::Subscribe& subscribe) override;
  void left(const std::string& key) override;

 private:
  LiveStrategies* strategies_ = nullptr;
  struct Closed {
    market::Timeframe timeframe;
    market::Candle bar;
  };
  struct Symbol {
    std::unique_ptr<signals::SymbolSignals> signals;
    std::vector<Closed> instant;             // the bars that have closed together so far
    std::optional<market::Candle> minute{};  // the one that they close with, once it is there
    std::deque<Closed> kept;                 // while its history is run
    std::uint64_t version = 0;
    bool wants_run = false;
    bool is_running = false;
    bool lost = false;       // a kept bar had to go
    bool is_joined = false;  // its history and the live bars are one
    int joins_left = kJoins;
    Timestamp run_from{};
    std::string trouble{};  // why there is nothing
    std::shared_ptr<records::SignalRun>
        run{};  // that the kept signals are of; of the database's thread, which numbers it
    std::array<realtime::SourceId, signals::kTimeframes> sources{};
    std::array<realtime::SourceId, signals::kTimeframes> provisional_sources{};
    realtime::SourceId state_source{};
    std::optional<bool> told_stale{};  // what subscribers know
    std::optional<Provisional> provisional{};
    std::uint64_t provisional_version = 0;
    std::array<std::string, signals::kTimeframes> told_provisional{};  // so that the same is not sent again
  };
  struct Made {
    std::unique_ptr<signals::SymbolSignals> signals;
    std::vector<signals::Outcome> outcomes;  // of signals that are kept, as far as they are known
  };
  static Result<Made> run_over(const Parts& parts, const market::InstrumentId& instrument);
  Symbol& at(realtime::BoardIndex instrument);
  void take(realtime::BoardIndex instrument, const Closed& closed, bool is_news);
  void settle(realtime::BoardIndex instrument, Timestamp now, double price, bool is_news);
  bool waits_for_hole(Symbol& symbol, Timestamp now);
  void keep(realtime::BoardIndex instrument, const std::vector<std::size_t>& fresh,
            std::vector<signals::Outcome> outcomes);
  net::Task<void> post_soon();
  void post_kept();
  signals::SymbolSignals::Ask ask_of(realtime::BoardIndex instrument, Timestamp now) const;
  static signals::SymbolSignals::Ask ask_nobody(const Parts& parts);
  api::SignalAsked shown(realtime::BoardIndex instrument) const;
  Result<std::vector<std::size_t>> places_of(const realtime::Subscribe& subscribe) const;
  void say_states();
  void say_provisional();
  void say_provisional(realtime::BoardIndex instrument);
  net::Task<void> run();
  net::Task<void> run_history(realtime::BoardIndex instrument);

  Parts parts_;
  std::vector<std::unique_ptr<Symbol>> symbols_;  // by BoardIndex
  bool is_running_ = false;
  std::vector<std::move_only_function<Result<void>(db::Connection&)>> unkept_;  // writes that wait to be posted
  std::map<std::string, realtime::BoardIndex> watched_;                         // topics with bars under way, by key
  std::string watched_last_;                                                    // the key whose turn it was
  Counter& emitted_;
  Counter& runs_;
};

}  // namespace cw::app
