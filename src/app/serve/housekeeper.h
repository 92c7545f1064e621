#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "app/serve/signal_retention.h"
#include "base/config.h"
#include "base/log.h"
#include "candle_store/candle_store.h"
#include "candle_store/retention.h"
#include "db/database.h"
#include "market/instrument.h"

namespace cw::app {

/// Prunes the followed instruments' bars that are older than the configured retention: a minute after the start, then every
/// hour, on a thread of its own. What a person imported of other instruments is theirs: only `candles prune` removes it. With
/// them the kept signals that are older than their retention go.
class Housekeeper {
 public:
  Housekeeper(candle_store::CandleStore& store, const Config& config, std::vector<market::InstrumentId> followed,
              db::Database* records, Logger& logger, std::function<void()> on_change);
  ~Housekeeper();

 private:
  void run();
  void keep_house();
  void prune_signals();
  bool is_ending();

  candle_store::CandleStore& store_;
  candle_store::RetentionPolicy policy_;
  std::vector<market::InstrumentId> followed_;
  db::Database* records_;  // where signals are kept; null: they are not
  SignalRetention signals_;
  Logger& logger_;
  std::function<void()> on_change_;
  std::mutex mutex_;
  std::condition_variable ending_;
  bool is_ending_ = false;
  std::thread thread_;
};

/// [store] keep_…_days as a policy.
candle_store::RetentionPolicy retention_of(const Config& config);

}  // namespace cw::app
