#pragma once

#include <optional>

#include "api/market_view.h"
#include "candle_store/candle_store.h"

namespace cw::app {

/// The check `disk` of /health/ready: how full the disk is, in whole per cent rounded down, and where it warns.
/// `used_share` is 0 to 1, or none where the system does not say.
api::Check disk_check(candle_store::DiskState state, std::optional<double> used_share);

}  // namespace cw::app
