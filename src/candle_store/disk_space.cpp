#include "candle_store/disk_space.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <sys/statvfs.h>

namespace cw::candle_store {

std::optional<DiskUse> use_of_disk(const std::filesystem::path& folder) {
  struct statvfs info{};
  if (::statvfs(folder.c_str(), &info) != 0) return std::nullopt;
  const auto block = static_cast<double>(info.f_frsize);
  const auto used = static_cast<double>(info.f_blocks - info.f_bfree);
  const auto reachable = used + static_cast<double>(info.f_bavail);
  if (reachable <= 0) return std::nullopt;
  return DiskUse{used * block, reachable * block};
}

DiskWatch::AskDisk ask_disk(const StoreOptions& options) {
  if (!options.disk_used_share) return use_of_disk;
  return [share = options.disk_used_share](const std::filesystem::path& folder) -> std::optional<DiskUse> {
    const auto use = use_of_disk(folder);
    const auto used = share(folder);
    if (!use || !used) return std::nullopt;
    return DiskUse{*used * use->reachable_bytes, use->reachable_bytes};
  };
}

DiskWatch::DiskWatch(std::filesystem::path folder, AskDisk disk_use, AskStore reusable_bytes, Logger& logger,
                     Metrics& metrics)
    : folder_(std::move(folder)),
      disk_use_(std::move(disk_use)),
      reusable_bytes_(std::move(reusable_bytes)),
      logger_(logger),
      gauge_(metrics.gauge("candlewick_store_disk_used_share",
                           "Used share of the disk that holds the candle store; from 0.9 on without the room that the "
                           "store's own file has inside")) {}

std::optional<double> DiskWatch::used_share() const {
  const auto use = disk_use_(folder_);
  if (!use) return std::nullopt;
  const double share = use->used_bytes / use->reachable_bytes;
  if (share < kDiskNearlyFullShare) return share;
  return std::max(0.0, use->used_bytes - static_cast<double>(reusable_bytes_())) / use->reachable_bytes;
}

DiskState DiskWatch::state() const {
  const auto share = used_share();
  if (!share) return last_.load();
  gauge_.set(*share);
  const auto state = *share >= kDiskFullShare         ? DiskState::full
                     : *share >= kDiskNearlyFullShare ? DiskState::nearly_full
                                                      : DiskState::ok;
  if (const auto before = last_.exchange(state); before != state) {
    const std::string folder = folder_.string();
    switch (state) {
      case DiskState::ok:
        logger_.info("store disk has room again", {{"folder", folder}, {"used_share", *share}});
        break;
      case DiskState::nearly_full:
        logger_.warn("store disk nearly full", {{"folder", folder}, {"used_share", *share}});
        break;
      case DiskState::full:
        logger_.error("store disk full, market data is no longer written",
                      {{"folder", folder}, {"used_share", *share}});
        break;
    }
  }
  return state;
}

Result<void> DiskWatch::allow_write() const {
  if (state() != DiskState::full) return {};
  return fail(Errc::disk_full,
              fmt::format("the disk that holds {} is {:.0f} % full; market data is not written above {:.0f} "
                          "%: free some space or prune old candles",
                          folder_.string(), gauge_.value() * 100, kDiskFullShare * 100));
}

}  // namespace cw::candle_store
