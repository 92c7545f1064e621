#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "api/lab_desk.h"
#include "app/serve/live_strategies.h"
#include "lab/lab.h"
#include "realtime/market_channels.h"

namespace cw::app {

/// Runs and sweeps on the server: their queue, and the channel `backtests`, on which each account hears of its own. But for
/// `put_instruments`, everything is called on the server's loop.
class LabHost final : public realtime::BacktestTopics {
 public:
  struct Parts {
    api::MarketView& view;
    accounts::Accounts& accounts;
    api::LanguageDesk& work;
    db::Database& records;
    realtime::Hub& hub;
    Clock& clock;
    Logger& logger;
    Metrics& metrics;
    bool is_idle = true;
    std::string made_by;
    std::function<void(std::function<void()>)> post;  // onto the loop, from any thread
    LiveStrategies& live;
  };

  explicit LabHost(Parts parts);
  ~LabHost() override;

  std::vector<api::Route> routes();
  api::LabDesk& desk() { return *desk_; }

  /// Every instrument that there is, as runs look it up.
  void put_instruments(std::vector<market::Instrument> instruments);

  /// Goes on with what an earlier process left unfinished. Once the instruments are known.
  void resume();

  Result<realtime::Topic> open(const realtime::Subscribe& subscribe) override;

 private:
  void heard(const std::string& user_id, const lab::LabEvent& event);
  std::optional<market::Instrument> find(const market::InstrumentId& id) const;
  std::optional<market::InstrumentId> find_symbol(std::string_view text) const;

  Parts parts_;
  mutable std::mutex mutex_;
  market::InstrumentBook instruments_;
  struct Listener {
    realtime::SourceId source = 0;
    std::map<std::string, std::string> standing;  // the newest event of what waits or runs, by id
  };
  Listener& listener(const std::string& user_id);
  std::map<std::string, Listener> listeners_;  // by account; as many as ran something since the start
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
  std::unique_ptr<lab::Lab> lab_;
  std::unique_ptr<api::LabDesk> desk_;
};

}  // namespace cw::app
