#pragma once

#include <cstdint>
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

/// The seed of a practice folder's prices: its own where it has one, else `configured`. `is_given`: somebody set it.
/// Errors  bad_parameter: another seed than the folder's own was given; two invented markets are never mixed
Result<std::int64_t> choose_seed(std::int64_t configured, bool is_given, std::optional<std::int64_t> noted);

}  // namespace cw::app
