#pragma once

#include <filesystem>
#include <memory>
#include <mutex>

#include "base/error.h"
#include "base/log.h"
#include "base/metrics.h"
#include "db/database.h"

namespace cw::app {

/// `record.db` of a data folder, opened (and made) at the first use. Thread-safe.
class FolderRecords {
 public:
  FolderRecords(std::filesystem::path folder, Logger& logger, Metrics& metrics)
      : folder_(std::move(folder)), logger_(logger), metrics_(metrics) {}

  /// Errors  those of Database::open
  Result<db::Database*> get();

 private:
  std::filesystem::path folder_;
  Logger& logger_;
  Metrics& metrics_;
  std::mutex mutex_;
  std::unique_ptr<db::Database> database_;
};

}  // namespace cw::app
