#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "backtest/engine.h"
#include "backtest/robustness/walk_forward.h"
#include "backtest/sweep/objective.h"
#include "backtest/sweep/space.h"

namespace cw::backtest {

/// How the cells of a space are chosen.
enum class Search : std::uint8_t {
  grid,    // all of them, in their order
  random,  // some, none twice
  tpe      // some, guided by those before: see tpe.h
};
std::string_view name(Search search);

/// Runs of a sweep at most: the results of all are kept.
inline constexpr std::uint64_t kTrialsMost = 1'000'000;
inline constexpr std::uint64_t kUsualTrials = 200;  // of a search that is not told how many
inline constexpr std::size_t kFoldsMost = 50;
inline constexpr std::int64_t kFoldGapMost = 1'000'000;  // bars of a purge, and of an embargo

/// Choosing on the past, judging on what comes after it; see robustness/walk_forward.h. Counts are bars.
struct FoldSettings {
  std::size_t folds = 0;  // tests; 0: no walk-forward
  bool anchored = false;
  std::size_t purge = 0;
  std::size_t embargo = 0;
  double train_per_test = 3;  // how many times as long as a test the training is; the first one where it is anchored

  friend bool operator==(const FoldSettings&, const FoldSettings&) = default;
};

/// A sweep as a person or a request says it, unchecked.
struct SweepRequest {
  std::vector<std::pair<std::string, std::string>> grid{};  // input and its values, as parse_axis reads them
  std::string search = "grid";
  std::optional<std::int64_t> trials{};  // none: all of a grid, else kUsualTrials
  std::uint64_t seed = 1;
  std::string objective = "sharpe";
  std::int64_t folds = 0;
  std::string walk_forward = "rolling";  // or anchored
  std::int64_t purge = 0;
  std::int64_t embargo = 0;

  friend bool operator==(const SweepRequest&, const SweepRequest&) = default;
};

/// A sweep that makes sense.
struct SweepPlan {
  strategy::Document document;
  strategy::GivenInputs fixed;  // values of inputs that are not tried
  Space space;
  Search search = Search::grid;
  std::uint64_t trials =
      0;  // cells that are looked at, those that are skipped among them; of a guided search for each fold
  std::uint64_t seed = 1;
  Objective objective;
  FoldSettings folds;
  RunSettings settings;
  std::uint64_t earlier_trials = 0;  // of this strategy before this sweep: they count where luck is reckoned
};

/// Checks a request against the strategy. `settings` are valid. `cells_most`: kTrialsMost at most.
///
/// Errors  Errc::bad_parameter with the field: those of parse_axis and Space::make; `search`, `objective`,
///         `walk_forward` that are none; `trials`, `folds`, `purge`, `embargo` out of range; `inputs.<name>` that is
///         tried as well, or not taken by the strategy; Errc::limit_exceeded, field `grid`: over `cells_most` cells of a
///         grid
Result<SweepPlan> plan_sweep(const SweepRequest& request, strategy::Document document, strategy::GivenInputs fixed,
                             const RunSettings& settings, std::uint64_t cells_most = kTrialsMost);

}  // namespace cw::backtest
