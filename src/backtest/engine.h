#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "backtest/equity_pass.h"
#include "backtest/marks.h"
#include "backtest/result.h"
#include "expr/plan.h"
#include "market/candle.h"
#include "strategy/compile.h"
#include "trading/broker.h"

namespace cw::backtest {

/// What a run is made with, besides its strategy and its bars.
struct RunSettings {
  trading::AccountSettings account;  // `limits.pyramiding` is the strategy's
  trading::InstrumentRules instrument;
  Timestamp from{};           // signals of bars that open before it are not acted on: warm-up
  bool close_at_end = false;  // an open position is closed at the last close
  bool keeps_rows = true;     // without them a result has no rows, and a run no memory that grows with its bars
  bool skips_bars = true;     // bars that mean nothing are passed many at once: the same bits, sooner
};

/// What came out of a run.
struct RunResult {
  RunRows rows;               // of `keeps_rows`
  EquityFacts facts;          // what the metrics of equity are made of
  std::vector<Trade> trades;  // in the order of their ends; one that is still open last
  trading::BrokerCounts counts;
  double initial_capital = 0;
  double final_equity = 0;
  double fees = 0;
  double slippage = 0;
  double funding = 0;
  std::uint64_t warm_up_bars = 0;
  std::uint64_t without_value =
      0;                        // entries that were not made: a stop, target or price had no value, or was not above 0
  std::uint64_t conflicts = 0;  // bars at which the rules contradicted themselves, so that nothing was done

  /// Takes what the account and its marks come to; once, at the end of the run.
  void close_account(const trading::Broker& broker, Marks& marks);
};

/// One strategy over one instrument's bars, in portions, oldest first: a plan gives the columns of its rules, and at each bar
/// the broker takes the bar, then the orders that the rules make of it. The same bars give the same result in any portions,
/// to the last bit; the paper account goes on with the same calls.
///
/// What the rules mean:
///   both sides' entries hold          nothing, a conflict
///   an entry and the exit of its side the exit, in the position; flat nothing, a conflict
///   the entry of the other side       closes and opens (a reversal)
///   the entry of the side that is held adds, as far as `pyramiding` allows
/// An entry that waits at a price is taken back where its side's exit or the other side's entry is said.
/// An entry whose stop, target or size has no value yet (NaN) is not made.
class Engine {
 public:
  /// `program` outlives it; `plan` is made of its nodes and has seen no bar. `settings` are valid.
  Engine(const strategy::Program& program, expr::Plan plan, const RunSettings& settings,
         trading::LowerBars lower_bars = {});
  /// One whose columns are computed elsewhere, as in a sweep, where many programs share them.
  Engine(const strategy::Program& program, const RunSettings& settings, trading::LowerBars lower_bars = {});
  ~Engine();
  Engine(Engine&&) noexcept;
  Engine& operator=(Engine&&) noexcept;

  /// The next bars. Of an engine with a plan.
  /// Errors  those of Broker::submit, naming the bar
  Result<void> take(const market::CandleSpan& bars);

  /// The next bars and their columns: column i is of `program.nodes[i]`, as many rows as there are bars. Of an engine without
  /// a plan. Errors: as above
  Result<void> take(const market::CandleSpan& bars, std::span<const double* const> columns);

  /// Memory of another run's trades, to be used anew for these. Before the first bar.
  void reuse(std::vector<Trade> trades);

  /// How the account stands after the bars so far: what a live desk tells.
  struct Standing {
    std::optional<Trade> open{};  // marked at the newest close; none: flat
    trading::Broker::Exits exits{};
  };
  Standing standing() const;
  /// The trades that have ended so far.
  std::span<const Trade> ended() const;

  /// The run's end. Nothing is taken afterwards.
  RunResult finish();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// All bars at once. Errors: those of Plan::make and Engine::take
Result<RunResult> run(const strategy::Program& program, const expr::Graph& graph, const market::CandleSpan& bars,
                      const RunSettings& settings, expr::NamedSeries* named = nullptr);

}  // namespace cw::backtest
