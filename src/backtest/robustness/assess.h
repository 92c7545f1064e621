#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "backtest/engine.h"
#include "backtest/metrics.h"
#include "backtest/robustness/random_entries.h"
#include "backtest/robustness/resampling.h"

namespace cw::backtest {

/// How a run stands in one regard. `unknown`: it can not be told, and the sentence says why.
enum class Grade : std::uint8_t { good, doubtful, bad, unknown };
std::string_view name(Grade grade);

/// A grade, and a sentence for people who know no statistics.
struct Verdict {
  Grade grade = Grade::unknown;
  std::string text{};
};

struct AssessOptions {
  double trials = 1;  // variants of the strategy that were looked at so far, this run with them; at least 1
  bool are_trials_recorded = false;  // whether each try is kept, so that `trials` are all that the account made
  std::optional<double> variance{};  // of the trials' Sharpe ratios, of one period; none: not recorded
  std::uint32_t paths = 1'000;       // of the Monte Carlo and of the shuffled trades; kLeastPaths to kMostPaths
  std::uint32_t draws = 2'000;       // of the random entries
  std::size_t folds = 6;             // stretches of the run; fewer where it is short
  std::uint64_t seed = 1;
};

/// Whether the Sharpe ratio is more than luck.
struct SharpeChance {
  std::size_t n = 0;  // returns
  double trials = 1;
  double probabilistic = 0;  // chance that the true Sharpe ratio is above 0
  double deflated = 0;       // that it is above what the best of as many worthless trials shows
  double least_track_record =
      0;  // returns until `probabilistic` is 0.95; infinite where the Sharpe ratio is not above 0
};

/// One stretch of the run.
struct Fold {
  std::int64_t from_ms = 0;  // open of its first bar
  std::int64_t to_ms = 0;    // close of its last
  std::uint64_t trades = 0;  // that ended in it
  FigureValue total_return{};
  FigureValue sharpe{};
  FigureValue max_drawdown{};
};

/// What one run says of itself, against chance. What has no value can not be told; its verdict says why.
struct Assessment {
  AssessOptions options{};
  std::optional<SharpeChance> sharpe{};  // of the returns of periods, as in docs/metrics.md
  Verdict sharpe_verdict{};              // of PSR and minimum track record
  Verdict trials_verdict{};              // of DSR
  std::optional<MonteCarlo> monte_carlo{};
  Verdict monte_carlo_verdict{};
  std::optional<TradeShuffle> shuffle{};
  Verdict shuffle_verdict{};
  std::optional<EntryTest> entries{};
  std::uint32_t held_bars_long = 0;  // how long the random entries were held
  std::uint32_t held_bars_short = 0;
  Verdict entries_verdict{};
  std::vector<Fold> folds{};
  Verdict folds_verdict{};

  /// The worst grade of all, and how many are known.
  Verdict overall() const;
};

/// Everything that can be told of one run without another one. `facts` and `metrics` are of `result`.
///
/// `instruments`: the run's bars where it had several instruments; none: prices are the closes of its rows.
///
/// Random entries  An entry is worth the return from the close before it over as many bars as the side's trades were
/// held on
///                 average, so it is the choice of the moment that is tested, not the exits; entries are moved on
///                 together (EntryDraw::rotate). The bars at the end that leave no such time are left out.
/// Folds           The run cut into equal numbers of bars, each with its own figures, the parameters staying: at least
///                 30 periods each and three of them, else nothing is told.
///
/// Errors  Errc::bad_parameter for an option outside its bounds
/// Cost    O((paths + draws) * (periods + trades) + bars)
Result<Assessment> assess(const RunResult& result, const EquityFacts& facts, const AssessOptions& options,
                          std::span<const market::CandleSpan> instruments = {});

}  // namespace cw::backtest
