#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "db/connection.h"
#include "market/instrument.h"
#include "market/timeframe.h"

namespace cw::records {

/// What is gone of a symbol and timeframe.
struct SignalPruning {
  Timestamp kept_from{};    // signals of bars that opened before it are gone, where there were any
  bool with_model = false;  // one of them at least had a model in its score

  friend bool operator==(const SignalPruning&, const SignalPruning&) = default;
};

/// None where nothing was pruned.
Result<std::optional<SignalPruning>> signal_pruning(db::Connection& connection, const market::InstrumentId& instrument,
                                                    market::Timeframe timeframe);

/// A symbol and a timeframe that signals are kept of.
struct SignalSeries {
  market::InstrumentId instrument;
  market::Timeframe timeframe{};
};
/// All of them. Cost    a look-up each
Result<std::vector<SignalSeries>> signal_series(db::Connection& connection);

/// A batch of this many rows and their outcomes is deleted in a few milliseconds.
inline constexpr std::size_t kPruneBatch = 100;

/// Deletes the oldest signals of `series` whose bars open before `before`, `most` of them at most, each with its outcomes.
/// One of which an outcome is open stays, and all after it. Says first what is gone: in one transaction of its caller's.
/// Answers how many went; fewer than `most`: that was all.
Result<std::size_t> prune_signals(db::Connection& connection, const SignalSeries& series, Timestamp before,
                                  std::size_t most = kPruneBatch);

}  // namespace cw::records
