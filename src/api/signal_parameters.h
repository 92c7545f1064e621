#pragma once

#include <cstddef>
#include <vector>

#include "api/router.h"
#include "base/error.h"
#include "market/timeframe.h"
#include "signals/timeframes.h"

namespace cw::api {

/// `timeframes=1h,4h`: the places of the scored ones, finest first; all where it is not given.
/// Errors  unknown_timeframe (field `timeframes`)
Result<std::vector<std::size_t>> read_places(const Call& call);

/// `horizon`. Errors  bad_parameter
Result<signals::Horizon> read_horizon(const Call& call, signals::Horizon fallback);

/// `timeframe`, of signals; 1h where it is not given. Errors  unknown_timeframe
Result<market::Timeframe> read_signal_timeframe(const Call& call);

}  // namespace cw::api
