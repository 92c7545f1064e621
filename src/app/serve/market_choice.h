#pragma once

#include <functional>
#include <optional>
#include <string_view>

#include "app/market_note.h"
#include "base/error.h"

namespace cw::app {

/// What a server follows while it runs; never changes before its end.
enum class MarketMode { live, practice, replay };
std::string_view name(MarketMode mode);

/// Decides what a folder follows. `wanted` is market.mode; `noted` what the folder is, where it has chosen; `can_reach`
/// asks the real exchange and is called only where nothing else decides.
/// Errors  conflict: practice prices and real ones are never mixed in one folder
Result<MarketMode> choose_market(std::string_view wanted, std::optional<FolderMarket> noted,
                                 const std::function<bool()>& can_reach);

}  // namespace cw::app
