#include "backtest/sweep/objective.h"

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/nearest.h"
#include "base/printable.h"
#include "base/require.h"

namespace cw::backtest {
namespace {

constexpr std::array kObjectives{Figure::sharpe,       Figure::sortino, Figure::calmar,        Figure::omega,
                                 Figure::total_return, Figure::cagr,    Figure::profit_factor, Figure::win_rate,
                                 Figure::expectancy,   Figure::sqn,     Figure::max_drawdown};

}  // namespace

CellFigures CellFigures::of(const Figures& figures) {
  CellFigures kept;
  for (std::size_t i = 0; i < kCellFigures.size(); ++i) {
    const auto& value = figures[kCellFigures[i]];
    // No -0: what is stored as text comes back the same.
    kept.values[i] = value.told() ? value.value + 0.0 : std::numeric_limits<double>::quiet_NaN();
  }
  return kept;
}

double CellFigures::operator[](Figure figure) const {
  const auto at = std::ranges::find(kCellFigures, figure);
  CW_REQUIRE(at != kCellFigures.end());
  return values[static_cast<std::size_t>(at - kCellFigures.begin())];
}

Result<Objective> parse_objective(std::string_view text) {
  if (text == "return") return Objective{Figure::total_return};
  std::vector<std::string> names;
  for (const Figure figure : kObjectives) {
    if (info(figure).key == text) return Objective{figure};
    names.emplace_back(info(figure).key);
  }
  auto nearest = nearest_names(text, names);
  return std::unexpected(Error{Errc::bad_parameter,
                               fmt::format("objective: '{}' is none of {}", printable(text), fmt::join(names, ", ")),
                               std::move(nearest), "objective"});
}

}  // namespace cw::backtest
