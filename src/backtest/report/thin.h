#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace cw::backtest {

inline constexpr std::size_t kLeastPoints = 4;

/// The rows that a drawing of a column needs: the first, the last, and of each of as many equal stretches as fit the
/// lowest and the highest; rising, at most `most` of them (at least kLeastPoints; 0: all rows). A spike is never lost.
std::vector<std::size_t> thinned(std::span<const double> column, std::size_t most);

}  // namespace cw::backtest
