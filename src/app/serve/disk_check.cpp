#include "app/serve/disk_check.h"

#include <fmt/format.h>

namespace cw::app {
namespace {

constexpr int percent(double share) { return static_cast<int>(share * 100 + 1e-9); }
constexpr int kWarns = percent(candle_store::kDiskNearlyFullShare);
constexpr int kStops = percent(candle_store::kDiskFullShare);

}  // namespace

api::Check disk_check(candle_store::DiskState state, std::optional<double> used_share) {
  using candle_store::DiskState;
  const std::string used = used_share ? fmt::format("{} % of the disk is used", percent(*used_share))
                                      : "How full the disk is cannot be told";
  switch (state) {
    case DiskState::ok: return {"disk", api::CheckStatus::pass, fmt::format("{}; this warns at {} %.", used, kWarns)};
    case DiskState::nearly_full:
      return {"disk", api::CheckStatus::warn,
              fmt::format("{}. Free some space: at {} % market data is not stored any more.", used, kStops)};
    case DiskState::full: break;
  }
  return {"disk", api::CheckStatus::fail,
          fmt::format("{}: from {} % on market data is not stored any more. Free some space.", used, kStops)};
}

}  // namespace cw::app
