#include "app/serve/market_choice.h"

#include <fmt/format.h>

namespace cw::app {

std::string_view name(MarketMode mode) {
  switch (mode) {
    case MarketMode::live: return "live";
    case MarketMode::practice: return "practice";
    case MarketMode::replay: return "replay";
  }
  return "live";
}

Result<MarketMode> choose_market(std::string_view wanted, std::optional<FolderMarket> noted,
                                 const std::function<bool()>& can_reach) {
  // A replay keeps its bars in a store of its own, made anew at each start: whatever the folder is, nothing is mixed.
  if (wanted == "replay") return MarketMode::replay;
  if (wanted == "live" && noted == FolderMarket::practice) {
    return fail(
        Errc::conflict,
        "this data folder is a practice folder, and practice prices are never mixed with real ones; give another "
        "--data-dir for the live market");
  }
  if (wanted == "practice" && noted == FolderMarket::live) {
    return fail(
        Errc::conflict,
        "this data folder has followed a real exchange, and practice prices are never mixed with real ones; give "
        "another --data-dir for the practice market");
  }
  if (wanted == "live") return MarketMode::live;
  if (wanted == "practice") return MarketMode::practice;
  if (noted) return *noted == FolderMarket::live ? MarketMode::live : MarketMode::practice;
  return can_reach() ? MarketMode::live : MarketMode::practice;
}

Result<std::int64_t> choose_seed(std::int64_t configured, bool is_given, std::optional<std::int64_t> noted) {
  if (!noted) return configured;
  if (is_given && configured != *noted) {
    return fail(
        Errc::bad_parameter,
        fmt::format("this data folder is the practice market of seed {}, and seed {} is another market; leave the "
                    "seed out, or give another --data-dir",
                    *noted, configured));
  }
  return *noted;
}

}  // namespace cw::app
