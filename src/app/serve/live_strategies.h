#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "api/worker_pool.h"
#include "evaluation/signal_library.h"
#include "lab/stand.h"
#include "realtime/hub.h"
#include "realtime/market_board.h"
#include "records/backtest_rows.h"

namespace cw::app {

/// The strategies that people let run on the desk. At each closed bar of its symbols and timeframe the run that it came from is
/// made anew, from its first bar to this one, so what is told live is what a backtest of the same bars says, trade for trade.
/// Entries and exits go out on the channel `signals` to their owner; nothing that was told is told otherwise later.
/// Of the server's loop.
class LiveStrategies {
 public:
  static constexpr std::size_t kOfOneOwnerMost = 20;
  static constexpr Millis kLookAgain{250};  // for a bar that is not stored yet
  static constexpr int kLooksMost = 40;
  static constexpr int kLooksForOthers =
      8;  // for the bars of a run's other symbols; what comes later is in the next look

  struct Parts {
    net::Runtime& runtime;
    api::WorkerPool& workers;
    realtime::Hub& hub;
    const realtime::MarketBoard& board;
    evaluation::StoreOf store_of;
    evaluation::SignalLibrary& signals;
    Logger& logger;
  };
  explicit LiveStrategies(Parts parts) : parts_(std::move(parts)) {}

  /// From the next closed bar on. One that is live already stays as it is.
  void begin(const records::BacktestRow& row, std::shared_ptr<const lab::PreparedRun> run);
  void end(const std::string& id);

  void closed(realtime::BoardIndex instrument, market::Timeframe timeframe, const market::Candle& bar);

  /// What an owner's strategies on an instrument say.
  realtime::SourceId source(const std::string& user_id, realtime::BoardIndex instrument);

 private:
  struct Live {
    std::string user_id;
    std::string name;  // of the run
    std::shared_ptr<const lab::PreparedRun> run;
    std::optional<std::int64_t> told_until_ms{};  // close of the newest bar that was looked at; none: none was yet
    std::set<std::string> told_at_end{};          // events at that instant, or of the bar before it, that were told
    std::optional<Timestamp> wanted{};            // open of the newest bar that is to be looked at
    bool is_at_work = false;
  };
  net::Task<void> follow(std::string id);
  void tell(const std::string& id, Live& live, const lab::StandRun& made, Timestamp until);
  std::optional<realtime::BoardIndex> index_of(const market::InstrumentId& id) const;

  Parts parts_;
  std::map<std::string, Live> live_;
  std::map<std::pair<std::string, realtime::BoardIndex>, realtime::SourceId> sources_;
};

}  // namespace cw::app
