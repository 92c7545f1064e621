#include "backtest/report/thin.h"

#include <algorithm>
#include <numeric>

namespace cw::backtest {

std::vector<std::size_t> thinned(std::span<const double> column, std::size_t most) {
  const std::size_t n = column.size();
  std::vector<std::size_t> rows;
  most = std::max(most, most == 0 ? n : kLeastPoints);
  if (n <= most) {
    rows.resize(n);
    std::iota(rows.begin(), rows.end(), std::size_t{0});
    return rows;
  }
  rows.reserve(most);
  rows.push_back(0);
  const std::size_t stretches = (most - 2) / 2;
  for (std::size_t i = 0; i < stretches; ++i) {
    const auto from = column.begin() + static_cast<std::ptrdiff_t>(1 + (n - 2) * i / stretches);
    const auto to = column.begin() + static_cast<std::ptrdiff_t>(1 + (n - 2) * (i + 1) / stretches);
    const auto [lowest, highest] = std::minmax_element(from, to);
    const auto low = static_cast<std::size_t>(lowest - column.begin());
    const auto high = static_cast<std::size_t>(highest - column.begin());
    rows.push_back(std::min(low, high));
    if (low != high) rows.push_back(std::max(low, high));
  }
  rows.push_back(n - 1);
  return rows;
}

}  // namespace cw::backtest
