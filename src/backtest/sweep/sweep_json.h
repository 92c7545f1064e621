#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "backtest/sweep/report.h"
#include "backtest/sweep/walk_forward_result.h"
#include "market/instrument.h"

namespace cw::backtest {

/// What a sweep was asked for beside its plan, as reports and stored states tell it.
struct SweepFacts {
  std::string id{};                               // of a kept one; else empty
  std::string status = "done";                    // or running, stopped, failed
  std::vector<market::InstrumentId> instruments;  // at least one, as SweepData::parts
  market::Timeframe timeframe{};
  std::string commission{};
  std::string slippage{};
  std::string funding = "none";
  std::vector<std::string> warnings{};
};

/// What is known of a sweep at its end; under way the later parts are missing.
struct SweepReport {
  std::optional<Overfitting> overfitting{};
  std::optional<Stability> stability{};
  std::optional<WalkForwardResult> walk_forward{};
  std::vector<HeatMap> heat_maps{};
  std::vector<std::string> warnings{};  // why something is missing, and what a person must know
};

/// All of it, each as far as it can be told.
/// Errors  those of run_cells; Errc::cancelled where `go_on` answered no
Result<SweepReport> report_of(const Sweep& sweep, const SweepData& data, const std::function<bool()>& go_on = {});

/// The result contract: `{id?, status, strategy, symbol, venue, timeframe, inputs{}, from, to, bars, objective, search,
/// seed, axes[], cells[], done, total, skipped, best{index, inputs, objective, …, deflated_sharpe, trials,
/// verdict}|null, pbo|null, stability|null, heat_map|null, walk_forward|null, costs{}, fills_policy{}, limits{}, warnings[]}`.
/// Of several instruments `symbol` and `venue` name them as a run's do, and `bars` counts moments: see SweepData.
/// Numbers that are not told are null. A best cell is never there without its deflated Sharpe ratio (null where that
/// can not be told, with the verdict `unknown`) and the number of trials.
std::string sweep_json(const SweepFacts& facts, const Sweep& sweep, const SweepData& data, const SweepReport& report);

/// What a list tells of a sweep: the members done, total, skipped, axes and best of sweep_json, which may be a thousand times as
/// long.
std::string sweep_summary_json(const Sweep& sweep);

/// One cell as in `cells`: `{index, inputs{}, objective, sharpe, …, why|null}`. For clients that follow a sweep.
std::string cell_summary_json(const SweepPlan& plan, const CellResult& cell);

/// One sentence that a best cell is told with, always: "deflated Sharpe 0.62 over 160 trials: luck alone could do
/// that".
std::string verdict_text(const BestCell& best);

}  // namespace cw::backtest
