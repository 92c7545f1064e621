#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>

#include "base/error.h"
#include "base/log.h"
#include "base/metrics.h"
#include "candle_store/candle_store.h"

namespace cw::candle_store {

/// How much of a disk is used, and how much of it an unprivileged writer can use in all.
struct DiskUse {
  double used_bytes = 0;
  double reachable_bytes = 0;  // above zero
};

/// The use of the disk that holds `folder`. None when the system does not say.
std::optional<DiskUse> use_of_disk(const std::filesystem::path& folder);

/// Watches how full the disk is. Room inside the store's own file counts as free: the file never shrinks, but what was
/// pruned makes room in it for new candles. Each change of state is logged once and shown as a metric. Thread-safe.
class DiskWatch {
 public:
  using AskDisk = std::function<std::optional<DiskUse>(const std::filesystem::path&)>;
  using AskStore = std::function<std::uint64_t()>;

  /// `reusable_bytes` answers how much room the store's file has inside; it is asked only where the disk is nearly full.
  DiskWatch(std::filesystem::path folder, AskDisk disk_use, AskStore reusable_bytes, Logger& logger, Metrics& metrics);

  /// Asks the system (about a microsecond).
  DiskState state() const;

  /// The used share as the system says it now.
  std::optional<double> used_share() const { return used_share_(folder_); }

  /// Errc::disk_full in the state `full`, with a sentence; else nothing.
  Result<void> allow_write() const;

 private:
  std::optional<double> used_share() const;

  std::filesystem::path folder_;
  AskDisk disk_use_;
  AskStore reusable_bytes_;
  Logger& logger_;
  Gauge& gauge_;
  mutable std::atomic<DiskState> last_{DiskState::ok};
};

/// Asks the system, or, where the options say a share, takes that of the disk.
DiskWatch::AskDisk ask_disk(const StoreOptions& options);

}  // namespace cw::candle_store
