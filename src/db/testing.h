#pragma once

#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/log.h"
#include "base/metrics.h"
#include "db/connection.h"
#include "db/database.h"

namespace cw::db::testing {

/// A folder of its own for one test, gone at its end.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    static std::atomic<int> made{0};
    path_ =
        std::filesystem::temp_directory_path() / ("db-" + std::to_string(::getpid()) + "-" + std::to_string(made++));
    std::filesystem::create_directories(path_);
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  std::filesystem::path operator/(std::string_view name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

/// The value of a metric, of all labels together.
inline double sum_of(const Metrics& metrics, std::string_view name) {
  double sum = 0;
  for (const auto& sample : metrics.collect()) {
    if (sample.name == name) sum += sample.value;
  }
  return sum;
}

inline constexpr Migration kThings[] = {
    {"things", "CREATE TABLE things (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT"}};

/// A file with the table `things` and everything that a database wants beside it.
struct Story {
  explicit Story(DatabaseOptions wanted = {}, std::span<const Migration> steps = kThings)
      : options(wanted), migrations(steps) {
    open();
  }
  void open() { database = Database::open(file, migrations, logger, metrics, options).value(); }
  void close() { database.reset(); }

  Result<std::int64_t> add(std::string_view name) {
    return database->write([&](Connection& c) { return c.run("INSERT INTO things (name) VALUES (?)", name); });
  }
  std::int64_t count() {
    return database->read([](Connection& c) { return c.first<std::int64_t>("SELECT count(*) FROM things"); })
        .value()
        .value();
  }
  double metric(std::string_view name) const { return sum_of(metrics, name); }

  TemporaryFolder folder;
  std::filesystem::path file = folder / "core.db";
  NullLogger logger;
  Metrics metrics;
  DatabaseOptions options;
  std::span<const Migration> migrations;
  std::unique_ptr<Database> database;
};

}  // namespace cw::db::testing
