#pragma once

#include <initializer_list>
#include <string_view>
#include <utility>
#include <variant>

#include <cstdint>

namespace cw {

enum class LogLevel { debug, info, warn, error };

/// One named fact of a log line. Never a secret, a token or a password.
struct LogField {
  std::string_view name;
  std::variant<std::string_view, std::int64_t, double, bool> value;
};

/// Where log lines go: an event in a few stable words plus named facts, one JSON object a line in the server.
/// Thread-safe. Never throws and never blocks its caller for long; what is dropped at a full buffer is counted.
class Logger {
 public:
  virtual ~Logger() = default;
  virtual void write(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) = 0;

  void debug(std::string_view event, std::initializer_list<LogField> fields = {}) {
    write(LogLevel::debug, event, fields);
  }
  void info(std::string_view event, std::initializer_list<LogField> fields = {}) {
    write(LogLevel::info, event, fields);
  }
  void warn(std::string_view event, std::initializer_list<LogField> fields = {}) {
    write(LogLevel::warn, event, fields);
  }
  void error(std::string_view event, std::initializer_list<LogField> fields = {}) {
    write(LogLevel::error, event, fields);
  }
};

/// Says nothing: for tests and for commands that speak on stderr themselves.
class NullLogger final : public Logger {
 public:
  void write(LogLevel, std::string_view, std::initializer_list<LogField>) override {}
};

}  // namespace cw
