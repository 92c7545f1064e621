#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "base/config.h"
#include "base/log.h"
#include "candle_store/candle_store.h"
#include "candle_store/retention.h"

namespace cw::app {

/// Prunes what is older than the configured retention: a minute after the start, then every hour, on a thread of its own.
class Housekeeper {
 public:
  Housekeeper(candle_store::CandleStore& store, const Config& config, Logger& logger, std::function<void()> on_change);
  ~Housekeeper();

 private:
  void run();
  void keep_house();

  candle_store::CandleStore& store_;
  candle_store::RetentionPolicy policy_;
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
