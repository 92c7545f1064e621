#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "backtest/engine.h"

namespace cw::backtest {

/// One instrument of a run. All that it names outlives the run.
struct RunPart {
  const strategy::Program& program;  // the rules, compiled for this instrument
  const expr::Plan& plan;            // of the program's nodes; has seen no bar
  trading::InstrumentRules instrument;
  market::CandleSpan bars;          // all of them, those of its warm-up with them; none is no fault
  std::string_view name{};          // for errors
  trading::LowerBars lower_bars{};  // of this instrument; none: the magnifier has nothing to walk
};

/// One instrument of a run whose columns are computed elsewhere, as in a sweep, where many programs share them. All that it
/// names outlives the run.
struct ReadyPart {
  const strategy::Program& program;
  std::span<const double* const> columns;  // column i is of `program.nodes[i]` and has a value for each bar
  trading::InstrumentRules instrument;
  market::CandleSpan bars;          // none is no fault
  std::string_view name{};          // for errors
  trading::LowerBars lower_bars{};  // as RunPart has it
};

/// Asked now and then, with the share that is done, 0 to 1; false: stop.
using RunProgress = std::function<bool(double share)>;

/// One strategy over several instruments that share one account: its cash, its limits, its protections.
///
/// At each moment at which a bar of any of them opens
///   the broker takes the bars of that moment together (Broker::on_bars), then looks at the account,
///   then each instrument's rules speak, in the order given: where money is short the first one is served first.
/// An instrument without a bar at a moment stands at its newest close. Nothing of a moment depends on a later one.
///
/// The account's limits count over all of them; `limits.pyramiding` is the strategy's. Of one instrument the result is
/// Engine's, to the last bit.
class Portfolio {
 public:
  /// At least one part; all programs are of one document, its inputs and timeframe. `settings` are valid, and their
  /// `instrument` does not count.
  Portfolio(std::span<const RunPart> parts, const RunSettings& settings);
  /// The same of columns that are ready: the same bits.
  Portfolio(std::span<const ReadyPart> parts, const RunSettings& settings);
  ~Portfolio();
  Portfolio(Portfolio&&) noexcept;
  Portfolio& operator=(Portfolio&&) noexcept;

  /// All bars. Once. Errors  those of Broker::submit, naming the bar; cancelled
  Result<void> run(const RunProgress& progress = {});

  /// How an instrument stands after its last bar.
  Engine::Standing standing(std::size_t part) const;

  /// The run's end. Trades are in the order of their ends, those that are still open last; `warm_up_bars` is that of the
  /// instrument with the most.
  RunResult finish();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// A run over one instrument or several, each by the fastest way to the same result. `settings.instrument` does not count.
/// Errors  as Portfolio::run
Result<RunResult> run_parts(std::span<const RunPart> parts, const RunSettings& settings,
                            const RunProgress& progress = {});

/// The same of columns that are ready. `memory`: another run's trades, whose memory may be used anew. Errors  as above
Result<RunResult> run_parts(std::span<const ReadyPart> parts, const RunSettings& settings,
                            std::vector<Trade> memory = {});

}  // namespace cw::backtest
