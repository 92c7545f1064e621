#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>

#include "base/config.h"
#include "base/error.h"
#include "base/time.h"
#include "db/database.h"
#include "market/timeframe.h"

namespace cw::app {

/// How long kept signals stay: those of 1m and 5m, which are nearly all, and those of the longer timeframes. None: for ever.
struct SignalRetention {
  std::optional<std::chrono::days> fast{};
  std::optional<std::chrono::days> slow{};

  std::optional<std::chrono::days> of(market::Timeframe timeframe) const;
};

/// [signals] keep_…_days.
SignalRetention signal_retention_of(const Config& config);

/// Deletes the signals of bars that opened before the day that is as many days before `now`, each with its outcomes, in
/// batches that share the database with everybody else. Those of which an outcome is open stay. Whole days are cut: what was
/// emitted together goes together, as far as it is kept as long. Answers how many went.
/// Errors  those of the database; what was deleted before stays so. `cancelled` ends it early, which is none
Result<std::uint64_t> apply_signal_retention(db::Database& records, const SignalRetention& retention, Timestamp now,
                                             const std::function<bool()>& cancelled);

}  // namespace cw::app
