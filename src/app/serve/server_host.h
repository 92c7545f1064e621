#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <variant>
#include <vector>

#include "api/api_handler.h"
#include "api/language_desk.h"
#include "api/market_view.h"
#include "api/signal_desk.h"
#include "api/worker_pool.h"
#include "app/serve/account_host.h"
#include "app/serve/feed_board.h"
#include "app/serve/lab_host.h"
#include "app/serve/live_signals.h"
#include "app/serve/live_values.h"
#include "app/serve/market_writer.h"
#include "app/serve/server_tls.h"
#include "base/config.h"
#include "candle_store/candle_store.h"
#include "db/database.h"
#include "net/system_runtime.h"
#include "realtime/market_channels.h"
#include "realtime/socket_server.h"

namespace cw::app {

/// What the server says about itself.
struct ServerIdentity {
  std::string version;
  std::string market;  // live, practice, replay
  std::string venue;
  bool replays_practice = false;  // a replay, of prices that were invented
};

/// The server's thread: one loop with HTTP, WebSockets and the board that both show. What the market thread says comes by
/// `MarketOutput`: closed bars wait in a bounded queue, and the market thread waits when it is full; of prices only the
/// newest of each instrument is kept.
class ServerHost final : public MarketOutput, public api::MarketView, public api::SocketDoor {
 public:
  static constexpr std::size_t kBarsWaitingMost = 65'536;

  struct Parts {
    const Config& config;
    accounts::Accounts& accounts;
    candle_store::CandleStore& store;
    ServerIdentity identity;
    std::vector<market::InstrumentId> followed;
    Logger& logger;
    Metrics& metrics;
    std::function<MarketWriter::Health()> market_health;
    /// Asks the venue for older bars of a followed instrument.
    std::function<void(exchange::FollowedIndex, market::Timeframe, Timestamp)> request_older;
    /// Where the series of other instruments are; null where all are in `store`. A replay has a store of its own.
    const candle_store::CandleStore* archive = nullptr;
    /// What the listener speaks; null: plain HTTP.
    ServerTls* tls = nullptr;
    signals::SignalRules rules{};
    db::Database* records = nullptr;                   // where signals are kept; null: they are not
    signals::PredictionSource* predictions = nullptr;  // null: there is no model
    db::Database* backtests = nullptr;                 // where runs are kept; null: there are none
  };

  explicit ServerHost(Parts parts);
  ~ServerHost() override;

  /// Listens and starts the thread; answers the port.
  /// Errors  busy: the port is taken; not_found: no such web_dir
  Result<std::uint16_t> start();
  /// From now on market paths answer. Any thread.
  void set_serving(bool serving);
  /// Takes nothing new, answers what is under way, closes the sockets, ends the thread.
  void stop();

  /// When an earlier process heard the feed last. Before `start`.
  void heard_before(Timestamp at) { feed_.heard(at); }

  /// From the feed's thread.
  void feed_state(const exchange::FeedStatus& status);
  void history_progress(exchange::FollowedIndex instrument, market::Timeframe timeframe, Timestamp oldest,
                        Timestamp goal, bool done);
  void history_status(exchange::FollowedIndex instrument, market::Timeframe timeframe,
                      const exchange::HistoryStatus& status);
  void instruments_known(const std::vector<market::Instrument>& instruments);
  /// Names of market.follow that the venue does not list, and what is to be said of each.
  void names_unknown(std::vector<std::string> symbols, std::vector<std::string> sentences);
  /// Something was imported or pruned: look again at what is stored. Any thread.
  void stored_changed();

  void bar(exchange::FollowedIndex instrument, market::Timeframe timeframe, const market::Candle& bar, bool gapped,
           bool revised) override;
  void shown(exchange::FollowedIndex instrument, const ShownInstrument& shown) override;
  void history_stored(exchange::FollowedIndex instrument) override;

  const realtime::MarketBoard& board() const override { return channels_.board(); }
  std::vector<api::SymbolView> symbols() override;
  net::Task<Result<net::HttpResponse>> candles(api::CandleRequest request, api::CandleAnswer answer) override;
  std::string status_json() override;
  std::vector<api::Check> checks() override;
  bool is_serving() const override { return phase_ == Phase::serving; }

  bool is_full(bool for_stranger) const override { return sockets_.is_full(for_stranger); }
  net::Task<void> serve(net::HttpRequest request, net::StreamPtr stream, std::string already_read,
                        std::optional<accounts::Principal> principal) override;

 private:
  enum class Phase { starting, serving, draining };
  struct BarSaid {
    exchange::FollowedIndex instrument;
    market::Timeframe timeframe;
    market::Candle bar;
    bool gapped;
    bool revised;
  };
  net::Task<void> tick();
  net::Task<void> drain();
  void wake();
  void take_in();
  void put_stored();
  /// Tells the lab which instruments there are.
  void show_instruments();
  void show_stored(realtime::BoardIndex index);
  void stored_changed(realtime::BoardIndex index);
  /// None for what is only stored, and for a name that the venue does not list.
  std::optional<exchange::FollowedIndex> followed_index(const market::InstrumentId& id) const;
  const candle_store::CandleStore& store_of(const market::InstrumentId& id) const;
  /// Every stored series that is shown.
  std::vector<candle_store::SeriesInfo> stored_series() const;
  Result<std::string> full_name(std::string_view text) const;
  void post(std::function<void()> work);
  api::Check feed_check() const;
  api::Check store_check() const;
  api::Check journal_check() const;

  Parts parts_;
  net::SystemRuntime runtime_;
  realtime::MarketChannels channels_;
  realtime::Hub hub_;
  AccountHost accounts_;
  realtime::SocketServer sockets_;
  evaluation::SignalLibrary signal_library_;
  api::WorkerPool workers_;
  api::LanguageDesk language_;  // outlives the jobs of `evaluators_`
  api::WorkerPool evaluators_;  // expressions, which may take long: apart from the pages of candles
  LiveValues live_;
  LiveSignals signals_;
  api::SignalDesk signal_desk_;
  SystemClock clock_;
  LiveStrategies strategies_;
  std::unique_ptr<LabHost> lab_;
  FeedBoard feed_;
  std::vector<std::string> unlisted_;  // followed names that the venue does not list
  std::unique_ptr<api::ApiHandler> handler_;
  std::unique_ptr<net::HttpServer> http_;
  std::atomic<Phase> phase_{Phase::starting};
  Timestamp phase_since_;
  bool ending_ = false;  // of the loop

  std::mutex said_mutex_;
  std::condition_variable said_room_;
  std::vector<BarSaid> bars_said_;
  std::vector<std::optional<ShownInstrument>> shown_said_;
  bool is_woken_ = false;
  bool is_stopped_ = false;
  std::thread thread_;
};

}  // namespace cw::app
