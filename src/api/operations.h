#pragma once

#include <functional>
#include <string>
#include <vector>

#include "api/market_view.h"
#include "api/router.h"
#include "base/metrics.h"

namespace cw::api {

/// /health/live, /health/ready (in full for loopback and administrators alone) and /metrics.
std::vector<Route> operations_routes(MarketView& view, Metrics& metrics);

/// The document of /health/ready; its status is the worst of the checks.
struct Readiness {
  CheckStatus status;
  std::string json;
};
Readiness readiness(const std::vector<Check>& checks);

/// Every metric, and what the system says of this process, in Prometheus' text format 0.0.4.
std::string metrics_text(const Metrics& metrics);

}  // namespace cw::api
