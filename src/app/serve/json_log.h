#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "base/log.h"
#include "base/metrics.h"

namespace cw::app {

struct LogSettings {
  LogLevel least = LogLevel::info;
  std::optional<std::filesystem::path> file{};  // none: stderr alone
  std::size_t file_bytes = 10 * 1024 * 1024;
  std::size_t files = 5;
};

/// JSON lines on stderr and, rotated at a size, in a file. Lines are written by a thread of its own: at a full buffer
/// (8,192 lines) the oldest give way and are counted (`candlewick_log_dropped_lines`).
class JsonLogger final : public Logger {
 public:
  /// Null where the file cannot be made; `failure` then says why.
  static std::unique_ptr<JsonLogger> make(const LogSettings& settings, Metrics& metrics, std::string& failure);
  /// Writes what waits.
  ~JsonLogger() override;

  void write(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) override;

 private:
  struct Impl;
  explicit JsonLogger(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace cw::app
