#include "app/serve/json_log.h"

#define SPDLOG_NO_SOURCE_LOC
#include <spdlog/async.h>
#include <spdlog/async_logger.h>
#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>

#include "base/json_text.h"
#include "base/time.h"

namespace cw::app {
namespace {

constexpr std::size_t kBufferLines = 8'192;

std::string_view name(LogLevel level) {
  switch (level) {
    case LogLevel::debug: return "debug";
    case LogLevel::info: return "info";
    case LogLevel::warn: return "warn";
    case LogLevel::error: return "error";
  }
  return "error";
}

void append_value(std::string& line, const LogField& field) {
  if (const auto* text = std::get_if<std::string_view>(&field.value)) {
    append_json_string(line, *text);
  } else if (const auto* whole = std::get_if<std::int64_t>(&field.value)) {
    line += fmt::to_string(*whole);
  } else if (const auto* number = std::get_if<double>(&field.value)) {
    append_json_number(line, *number);
  } else {
    line += std::get<bool>(field.value) ? "true" : "false";
  }
}

}  // namespace

struct JsonLogger::Impl {
  LogLevel least;
  Gauge& dropped;
  std::shared_ptr<spdlog::details::thread_pool> pool;
  std::shared_ptr<spdlog::async_logger> logger;
};

std::unique_ptr<JsonLogger> JsonLogger::make(const LogSettings& settings, Metrics& metrics, std::string& failure) {
  try {
    std::vector<spdlog::sink_ptr> sinks{std::make_shared<spdlog::sinks::stderr_sink_mt>()};
    if (settings.file) {
      sinks.push_back(std::make_shared<spdlog::sinks::rotating_file_sink_mt>(settings.file->string(),
                                                                             settings.file_bytes, settings.files));
    }
    auto pool = std::make_shared<spdlog::details::thread_pool>(kBufferLines, 1);
    auto logger = std::make_shared<spdlog::async_logger>("candlewick", sinks.begin(), sinks.end(), pool,
                                                         spdlog::async_overflow_policy::overrun_oldest);
    logger->set_level(spdlog::level::trace);  // the choice is made before a line is formatted
    logger->set_pattern("%v");
    logger->flush_on(spdlog::level::trace);
    logger->set_error_handler([](const std::string&) {});  // a full disk must not flood stderr
    return std::unique_ptr<JsonLogger>{new JsonLogger{std::make_unique<Impl>(
        Impl{settings.least, metrics.gauge("candlewick_log_dropped_lines", "Log lines dropped at a full buffer."), pool,
             logger})}};
  } catch (const spdlog::spdlog_ex& error) {
    failure = error.what();
    return nullptr;
  }
}

JsonLogger::JsonLogger(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

JsonLogger::~JsonLogger() {
  impl_->pool.reset();  // writes what waits and joins its thread, which uses the logger until then
  impl_->logger.reset();
}

void JsonLogger::write(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) {
  if (level < impl_->least) return;
  std::string line = R"({"time":")";
  line += format_time(SystemClock{}.now());
  line += R"(","level":")";
  line += name(level);
  line += R"(","event":)";
  append_json_string(line, event);
  for (const LogField& field : fields) {
    line += ',';
    append_json_string(line, field.name);
    line += ':';
    append_value(line, field);
  }
  line += '}';
  impl_->logger->log(spdlog::level::info, "{}", line);
  impl_->dropped.set(static_cast<double>(impl_->pool->overrun_counter()));
}

}  // namespace cw::app
