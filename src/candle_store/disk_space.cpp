#include "candle_store/disk_space.h"

#include <utility>

#include <fmt/format.h>
#include <sys/statvfs.h>

namespace cw::candle_store {

std::optional<double> used_share_of_disk(const std::filesystem::path& folder) {
  struct statvfs info{};
  if (::statvfs(folder.c_str(), &info) != 0) return std::nullopt;
  const auto used = static_cast<double>(info.f_blocks - info.f_bfree);
  const auto reachable = used + static_cast<double>(info.f_bavail);
  if (reachable <= 0) return std::nullopt;
  return used / reachable;
}

DiskWatch::DiskWatch(std::filesystem::path folder,
                     std::function<std::optional<double>(const std::filesystem::path&)> used_share, Logger& logger,
                     Metrics& metrics)
    : folder_(std::move(folder)),
      used_share_(used_share ? std::move(used_share) : used_share_of_disk),
      logger_(logger),
      gauge_(metrics.gauge("candlewick_store_disk_used_share", "Used share of the disk that holds the candle store")) {}

DiskState DiskWatch::state() const {
  const auto share = used_share_(folder_);
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
