#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <optional>

#include "base/error.h"
#include "base/log.h"
#include "base/metrics.h"
#include "candle_store/candle_store.h"

namespace cw::candle_store {

/// Watches how full the disk is. Each change of state is logged once and shown as a metric. Thread-safe.
class DiskWatch {
 public:
  DiskWatch(std::filesystem::path folder, std::function<std::optional<double>(const std::filesystem::path&)> used_share,
            Logger& logger, Metrics& metrics);

  /// Asks the system (about a microsecond).
  DiskState state() const;

  /// The used share as the system says it now.
  std::optional<double> used_share() const { return used_share_(folder_); }

  /// Errc::disk_full in the state `full`, with a sentence; else nothing.
  Result<void> allow_write() const;

 private:
  std::filesystem::path folder_;
  std::function<std::optional<double>(const std::filesystem::path&)> used_share_;
  Logger& logger_;
  Gauge& gauge_;
  mutable std::atomic<DiskState> last_{DiskState::ok};
};

/// The used share of the disk that holds `folder`, as an unprivileged writer sees it: 0 to 1. None when the system does
/// not say.
std::optional<double> used_share_of_disk(const std::filesystem::path& folder);

}  // namespace cw::candle_store
