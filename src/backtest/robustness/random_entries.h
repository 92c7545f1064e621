#pragma once

#include <cstdint>
#include <span>

#include "backtest/robustness/resampling.h"
#include "base/error.h"

namespace cw::backtest {

/// The entries of one side of a strategy, beside what entries anywhere would have been worth.
struct EntryPool {
  std::span<const double> returns;  // of a trade that enters at this bar, held as the strategy holds; NaN: none can
  std::span<const std::uint32_t> entries;  // the bars at which the strategy did, rising
};

/// How the entries are put elsewhere.
enum class EntryDraw : std::uint8_t {
  scatter,  // at as many different bars, anywhere: what is tested is the choice of single bars
  rotate  // all moved on by one random number of bars, the end joined to the begin: their distances stay, so overlapping
          // trades overlap as before and the p-value holds for them too
};

struct EntryTestOptions {
  std::uint32_t draws = 2000;  // kLeastPaths to kMostPaths
  EntryDraw draw = EntryDraw::rotate;
  std::uint64_t seed = 1;
};

/// Whether a strategy's entries were better than random ones.
struct EntryTest {
  std::size_t n = 0;    // entries
  double observed = 0;  // mean return of the strategy's entries
  Spread random;        // of random entries' mean return
  double p_value = 1;   // (1 + draws with a mean at least as good) / (1 + draws): never 0
};

/// Permutation test of entries, over the pools together (long and short ones, each symbol's own): each pool's entries are put
/// at random bars of that pool.
///
/// Errors  Errc::bad_parameter for `draws` out of bounds; Errc::bad_input for under 10 entries, an entry at a bar without a
///         return, entries that do not rise
/// Source  B. Phipson, G. K. Smyth, Permutation P-values Should Never Be Zero, 2010
Result<EntryTest> test_entries(std::span<const EntryPool> pools, const EntryTestOptions& options);

}  // namespace cw::backtest
