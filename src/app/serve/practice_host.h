#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <thread>

#include "base/log.h"
#include "base/metrics.h"
#include "exchange/practice/practice_command.h"
#include "net/system_runtime.h"

namespace cw::app {

/// The practice exchange on a thread of its own, reached over real sockets like any exchange.
class PracticeHost {
 public:
  /// Starts it and waits until it listens.
  /// Errors  those of run_practice
  static Result<std::unique_ptr<PracticeHost>> start(exchange::practice::PracticeOptions options,
                                                     std::unique_ptr<exchange::practice::CandleSource> stored,
                                                     Logger& logger, Metrics& metrics);
  ~PracticeHost();

  std::string rest_url() const;
  std::string ws_url() const;
  void stop();

 private:
  explicit PracticeHost(Logger& logger) : runtime_(logger) {}

  net::SystemRuntime runtime_;
  exchange::practice::PracticeExchange* exchange_ = nullptr;  // while it runs; of its thread
  std::uint16_t port_ = 0;
  std::thread thread_;
};

}  // namespace cw::app
