#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "backtest/robustness/overfitting.h"
#include "backtest/robustness/walk_forward.h"
#include "backtest/statistics.h"
#include "backtest/sweep/data.h"
#include "backtest/sweep/plan.h"

namespace cw::backtest {

/// What a sweep's moments are divided into. Indices are those of SweepData::times.
struct SweepShape {
  std::size_t first = 0;                   // moment that is acted on
  std::size_t periods = 0;                 // UTC days with bars, as EquityFacts counts them
  std::vector<WalkForwardWindow> folds{};  // of a walk-forward
  std::size_t overfitting_blocks = 0;      // 0: too few periods for that test
  std::uint64_t variant_stride = 1;        // one of so many trials enters it

  bool keeps_variant(std::uint64_t trial) const;
};

/// Variants that enter the test of overfitting at most: above it a mixed sample of the trials does.
inline constexpr std::size_t kVariantsMost = 20'000;

/// The trainings and tests of a walk-forward over so many moments; none where `folds` has none.
/// Errors  those of with_folds and walk_forward
Result<std::vector<WalkForwardWindow>> windows_of(const FoldSettings& folds, std::size_t moments);

/// Errors  Errc::not_found: no bar of any instrument from `settings.from` on; those of windows_of
Result<SweepShape> shape_of(const SweepPlan& plan, const SweepData& data);

/// Why a cell has no objective.
enum class WhyNot : std::uint8_t {
  none,       // it has one
  forbidden,  // a condition of the strategy's `require` does not hold: skipped
  unusable,   // the rules mean nothing with these values: skipped
  failed,     // the run stopped at an error
  untold      // too little happened for the figure: see `missing`
};
std::string_view name(WhyNot why);
/// Whether it was tried: its run came to its end.
constexpr bool has_run(WhyNot why) { return why == WhyNot::none || why == WhyNot::untold; }
constexpr bool is_skipped(WhyNot why) { return why == WhyNot::forbidden || why == WhyNot::unusable; }

/// A cell to run: in a guided search with folds study 0 chooses on all bars and study k on the training of fold k.
struct Trial {
  std::uint32_t study = 0;
  std::uint64_t number = 0;  // in its study, from 0
  std::uint64_t cell = 0;
};

/// What came out of a cell.
struct CellResult {
  Trial trial;
  WhyNot why = WhyNot::untold;
  Missing missing = Missing::none;  // of the objective where it is untold
  std::string text{};               // of an unusable or failed one
  double objective = 0;             // NaN where there is none
  CellFigures figures{};
  Moments returns{};                    // of its periods; n is 0 where it did not run or was ruined
  std::vector<double> train{};          // the objective in the training of each fold; of a guided search empty
  OverfittingTable::Variant variant{};  // without blocks where it is not kept
};

/// Whether two results are the same, NaN beside NaN too.
bool same(const CellResult& a, const CellResult& b);

/// Columns that the cells of one block share are at most so large, those of all instruments together, or those of one
/// cell. A sweep's memory: these once a thread, one run's rows, and some hundred bytes a result.
inline constexpr std::size_t kColumnBytesMost = std::size_t{64} << 20;

/// Runs cells, in blocks that fit `column_bytes_most`: the cells of a block are compiled into one graph an instrument, so
/// that what is equal in them is computed once. A result is that of run_parts with the cell's values; it depends on its cell alone, not on its neighbours in the list or in the
/// block.
///
/// Shape   one result a trial, in their order; fewer where `go_on` answered no, which is asked between pieces of work
/// Errors  those of plan_of(SweepPart)
/// Threads any number at once
Result<std::vector<CellResult>> run_cells(const SweepPlan& plan, const SweepShape& shape, const SweepData& data,
                                          std::span<const Trial> trials, const std::function<bool()>& go_on = {},
                                          std::size_t column_bytes_most = kColumnBytesMost);

}  // namespace cw::backtest
