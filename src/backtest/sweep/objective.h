#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "backtest/figures.h"
#include "base/error.h"

namespace cw::backtest {

/// What is kept of each run of a sweep.
inline constexpr std::array kCellFigures{
    Figure::sharpe,     Figure::sortino,    Figure::calmar,         Figure::omega,         Figure::total_return,
    Figure::cagr,       Figure::volatility, Figure::max_drawdown,   Figure::profit_factor, Figure::win_rate,
    Figure::expectancy, Figure::sqn,        Figure::time_in_market, Figure::trades,        Figure::fees_paid};

/// Values of kCellFigures, in their order; NaN where one is not told.
struct CellFigures {
  std::array<double, kCellFigures.size()> values{};

  static CellFigures of(const Figures& figures);
  double operator[](Figure figure) const;  // one of kCellFigures

  friend bool operator==(const CellFigures&, const CellFigures&) = default;
};

/// What a sweep looks for the most of; of drawdowns the least.
struct Objective {
  Figure figure = Figure::sharpe;

  /// As a number of which more is better; NaN stays.
  double worth(double value) const { return figure == Figure::max_drawdown ? -value : value; }
  std::string_view name() const { return info(figure).key; }

  friend bool operator==(const Objective&, const Objective&) = default;
};

/// Reads `sharpe`, `sortino`, `calmar`, `omega`, `total_return` (or `return`), `cagr`, `profit_factor`, `win_rate`,
/// `expectancy`, `sqn`, `max_drawdown`.
///
/// Errors  Errc::bad_parameter, field `objective`: none of these
Result<Objective> parse_objective(std::string_view text);

}  // namespace cw::backtest
