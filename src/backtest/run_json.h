#pragma once

#include <span>
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
  std::vector<market::InstrumentId> instruments;  // at least one
  market::Timeframe timeframe{};
  std::string strategy{};
  std::vector<std::pair<std::string, std::string>> inputs{};  // name and value in effect
  std::string commission{};
  std::string slippage{};
  std::string funding = "none";
  trading::FillPolicy fills{};
  trading::Limits limits{};
  std::vector<std::string> warnings{};
};

/// Their symbols, or their venues: of several with commas between them, a venue that is all of theirs once.
std::string symbols_text(std::span<const market::InstrumentId> instruments);
std::string venues_text(std::span<const market::InstrumentId> instruments);
/// "binance:BTCUSDT", of several "BTCUSDT, ETHUSDT (binance)", of many "BTCUSDT, ETHUSDT and 7 more (binance)".
std::string instruments_text(std::span<const market::InstrumentId> instruments);
std::string instruments_text(const RunFacts& facts);

/// `,"limits":{…}`
void append_limits(std::string& out, const trading::Limits& limits);

/// What one instrument of a run brought.
struct InstrumentSummary {
  std::uint64_t trades = 0;  // closed ones
  std::uint64_t won = 0;     // of them
  double net_profit = 0;     // of all trades, an open one at its mark
  double fees = 0;
  double slippage = 0;
};

/// One for each of `count` instruments.
std::vector<InstrumentSummary> summaries_of(std::span<const Trade> trades, std::size_t count);

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

/// One trade of a result, an object. `instruments` are the run's.
void append_trade(std::string& out, const Trade& trade, std::span<const market::InstrumentId> instruments);

/// The result contract: status, what was run, metrics with their samples, fills_policy, costs, warnings, the extras
/// that were asked for, equity, trades. Of equity at most `equity_points_most` rows (`thinned`), with 0 all; drawdowns
/// are those of all rows.
std::string run_json(const RunFacts& facts, const RunResult& result, const Metrics& metrics,
                     const RunExtras& extras = {}, std::size_t equity_points_most = 0);

}  // namespace cw::backtest
