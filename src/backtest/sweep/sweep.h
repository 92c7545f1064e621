#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "backtest/sweep/cell.h"

namespace cw::backtest {

/// Searches of a plan: one on all bars, and of a guided search one more on the training of each fold. Of the others the
/// folds share the cells of the first.
std::uint32_t studies_of(const SweepPlan& plan, const SweepShape& shape);

struct SweepProgress {
  std::uint64_t done = 0;     // runs that are finished, skipped ones among them
  std::uint64_t total = 0;    // of all studies
  std::uint64_t skipped = 0;  // cells whose values do not go together, of the first study
  std::uint64_t tried = 0;    // cells that ran, of the first study: the trials that its best one was chosen among
};

/// A sweep under way: gives out trials, takes results. It runs nothing itself and knows no thread: the caller asks for
/// trials, has them run by run_cells on as many threads as it likes, and hands the results back in any order.
///
///     while (!sweep.is_done()) {
///       const auto trials = sweep.next(64);            // none where results must come first
///       sweep.take(run_cells(plan, shape, data, trials).value());
///     }
///
/// The results are the same whatever the sizes and the order: a guided search proposes a generation only when all
/// before it is in. What it keeps are the results; a new Sweep of the same plan that is given them goes on where this
/// one was.
///
/// Not thread-safe.
class Sweep {
 public:
  /// Both outlive it.
  Sweep(const SweepPlan& plan, const SweepShape& shape);

  /// What an earlier sitting finished, before anything else is asked.
  /// Errors  Errc::corrupt: a result of a trial that the plan does not have, or of another cell than the plan tries
  ///         there
  Result<void> restore(std::vector<CellResult> finished);

  /// Up to `most` trials that nobody has been given yet, all of one study. Empty: all are given out, or the next ones
  /// depend on results that are still missing.
  std::vector<Trial> next(std::size_t most);

  /// Results of trials that were given out, each once.
  void take(std::vector<CellResult> results);

  /// Trials that were given out and will not come back as results; next() gives them again.
  void give_back(std::span<const Trial> trials);

  bool is_done() const;
  SweepProgress progress() const;
  const SweepPlan& plan() const { return plan_; }
  const SweepShape& shape() const { return shape_; }

  /// The finished results of a study, by trial.
  std::vector<const CellResult*> finished(std::uint32_t study) const;
  /// That of a cell in the first study, if it is finished.
  const CellResult* of_cell(std::uint64_t cell) const;

 private:
  enum class State : std::uint8_t { open, given, done };
  struct Study {
    std::vector<std::uint64_t> proposed{};  // cells of a guided search
    std::vector<State> states{};            // of the trials that there are so far
    std::vector<CellResult> results{};      // likewise
    std::uint64_t done = 0;
    std::uint64_t asked = 0;  // all trials before it are not open
  };
  std::uint64_t cell_of(const Study& study, std::uint64_t trial) const;
  /// Makes the trials that can be made; whether there are more than before.
  bool grow(std::uint32_t number);

  const SweepPlan& plan_;
  const SweepShape& shape_;
  CellOrder order_;
  std::vector<Study> studies_;
  std::uint64_t skipped_ = 0;
  std::uint64_t tried_ = 0;
};

}  // namespace cw::backtest
