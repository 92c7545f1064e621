#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "backtest/engine.h"
#include "backtest/metrics.h"
#include "backtest/report/extras.h"
#include "market/instrument.h"

namespace cw::backtest {

/// What a run was asked for, as reports tell it.
struct RunFacts {
  market::InstrumentId instrument;
  market::Timeframe timeframe{};
  std::string strategy{};
  std::vector<std::pair<std::string, std::string>> inputs{};  // name and value in effect
  std::string commission{};
  std::string slippage{};
  trading::FillPolicy fills{};
  std::vector<std::string> warnings{};
};

/// What the metrics of a run of at least one bar are made of.
EquityFacts equity_facts_of(const RunResult& result, market::Timeframe timeframe);

/// The metrics of a run of at least one bar.
Metrics metrics_of(const RunResult& result, market::Timeframe timeframe);

/// What a person who reads the result must know, in sentences: the strategy's own warnings, that nothing was traded,
/// bars inside which the order of prices decided, contradictions, entries that were refused or large beside their bars.
std::vector<std::string> warnings_of(const RunFacts& facts, const RunResult& result);

/// The members of a result that are not of what was asked for: `"inputs":{…},"warm_up_bars":…`, to the trades, of which
/// the first `trades_most` are told. See run_json.
void append_result(std::string& out, const RunFacts& facts, const RunResult& result, const Metrics& metrics,
                   const RunExtras& extras, std::size_t equity_points_most, std::size_t trades_most);

/// One trade of a result, an object.
void append_trade(std::string& out, const Trade& trade);

/// The result contract: status, what was run, metrics with their samples, fills_policy, costs, warnings, the extras
/// that were asked for, equity, trades. Of equity at most `equity_points_most` rows (`thinned`), with 0 all; drawdowns
/// are those of all rows.
std::string run_json(const RunFacts& facts, const RunResult& result, const Metrics& metrics,
                     const RunExtras& extras = {}, std::size_t equity_points_most = 0);

}  // namespace cw::backtest
