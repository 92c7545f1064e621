#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "backtest/sweep/space.h"

namespace cw::backtest {

/// A cell that was looked at.
struct Tried {
  std::uint64_t cell = 0;
  double value = 0;  // the larger the better; NaN: it had none, which is worse than any
};

/// How a guided search goes on: its first kTpeStart cells are random, then each generation of kTpeGeneration is
/// proposed from all that came before it. The sizes are fixed, so a search is the same in any number of threads.
inline constexpr std::size_t kTpeStart = 20;
inline constexpr std::size_t kTpeGeneration = 8;
inline constexpr std::size_t kTpeCandidates = 24;     // drawn for each proposal
inline constexpr double kTpeGoodShare = 0.15;         // of the cells with a value: the good ones
inline constexpr std::size_t kTpeTrialsMost = 5'000;  // the cost of a proposal grows with what was tried

/// The next cells to try, by a tree-structured Parzen estimator: two densities over the space, one of the good cells
/// and one of the others, each a product of one density an axis; candidates are drawn from the first, and the one with
/// the greatest ratio of the first to the second is proposed, which is where the expected improvement is greatest.
///
/// On an ordered axis each tried place carries a normal curve as wide as the farther of its two neighbours is away
/// (within the bounds of the paper's authors: from the axis over the number of places, at most 100, to the whole axis),
/// cut off at the ends of the axis, and one curve more lies over the whole axis. On another axis each value counts what
/// it was tried, and one more.
///
/// Shape   `count` different cells, none of them tried; `tried` and `count` together are at most cells() (contract)
/// Errors  none; the same arguments give the same cells
/// Cost    O(axes * values * tried + count * kTpeCandidates * axes)
/// Source  J. Bergstra, R. Bardenet, Y. Bengio, B. Kégl, Algorithms for Hyper-Parameter Optimization, 2011, section 4
std::vector<std::uint64_t> propose_cells(const Space& space, std::span<const Tried> tried, std::size_t count,
                                         std::uint64_t seed);

}  // namespace cw::backtest
