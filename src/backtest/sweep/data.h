#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "expr/compile.h"
#include "expr/plan.h"
#include "market/candle.h"
#include "market/timeframe.h"
#include "trading/instrument_rules.h"

namespace cw::backtest {

/// One instrument of a sweep. What it points to outlives the sweep and may be read by several threads at once.
struct SweepPart {
  market::CandleSpan bars;  // those before `settings.from` with them: they warm up
  trading::InstrumentRules rules{};
  expr::CompileOptions language{};  // its symbol is this instrument's
  /// The series from outside that a graph asks for; none: there are none. Called by each thread that runs cells.
  std::function<Result<std::unique_ptr<expr::NamedSeries>>(const expr::Graph&)> series{};
  /// Gives a plan the bars of the other symbols that it looks at; none: there are none. Called as `series` is.
  std::function<Result<void>(expr::Plan&)> others{};
  std::string name{};          // for errors
  market::CandleSpan lower{};  // shorter ones of the same instrument for the magnifier; none: it has nothing to walk
};

/// A plan of a part's graph with all that it asks for.
struct SweepPartPlan {
  std::unique_ptr<expr::NamedSeries> named;
  expr::Plan plan;
};
/// Errors  those of SweepPart::series, SweepPart::others and Plan::make; unsupported: it looks at another symbol, and none is known
Result<SweepPartPlan> plan_of(const SweepPart& part, const expr::Graph& graph, std::span<const expr::NodeId> nodes);

/// What a sweep runs over: one instrument, or several that share one account (see Portfolio).
///
/// What is counted in bars elsewhere (folds, purge, embargo, windows) counts moments here: the opens at which any of them
/// has a bar, each once. Those are the rows of such an account's equity. Of one instrument they are its bars.
struct SweepData {
  std::vector<SweepPart> parts;         // at least one, in the order in which the account serves them
  market::Timeframe timeframe{};        // of all bars
  std::vector<std::int64_t> moments{};  // of several parts; of one it is empty: see times()

  /// Finds the moments. Cost: of several parts 8 bytes a moment; of one nothing
  static SweepData of(std::vector<SweepPart> parts, market::Timeframe timeframe);

  /// When the moments open, rising.
  std::span<const std::int64_t> times() const {
    return parts.size() == 1 ? parts.front().bars.open_time_ms : std::span<const std::int64_t>{moments};
  }

  /// The bars [from, to) of a part that open in a stretch of moments.
  struct Rows {
    std::size_t from;
    std::size_t to;
  };
  Rows rows_of(std::size_t part, std::size_t first_moment, std::size_t end_moment) const;

  std::size_t bar_count() const;  // of all parts
};

}  // namespace cw::backtest
