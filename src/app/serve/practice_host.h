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

/// Passes on warnings and errors alone: the requests of our own feed are nobody's news.
class WarningsOnly final : public Logger {
 public:
  explicit WarningsOnly(Logger& to) : to_(to) {}
  void write(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) override {
    if (level >= LogLevel::warn) to_.write(level, event, fields);
  }

 private:
  Logger& to_;
};

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
  explicit PracticeHost(Logger& logger) : logger_(logger), runtime_(logger_) {}

  WarningsOnly logger_;
  net::SystemRuntime runtime_;
  exchange::practice::PracticeExchange* exchange_ = nullptr;  // while it runs; of its thread
  std::uint16_t port_ = 0;
  std::thread thread_;
};

}  // namespace cw::app
