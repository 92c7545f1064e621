#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "backtest/equity_pass.h"
#include "backtest/figures.h"
#include "backtest/result.h"

namespace cw::backtest {

/// One month or year of a run.
struct CalendarRow {
  int year = 0;
  int month = 0;  // 1..12; 0 of a year's row
  double start_equity = 0;
  double end_equity = 0;
  double change = 0;       // end / start - 1; NaN where the start was not above zero
  std::uint32_t days = 0;  // periods with bars in it: the first and the last month are seldom whole
};

/// What a run was worth.
struct Metrics {
  Figures figures;
  Figures long_side;   // the figures of trades alone, of the long ones
  Figures short_side;  // likewise
  std::vector<CalendarRow> months;
  std::vector<CalendarRow> years;
  DrawdownFacts drawdown;  // the deepest one's instants
};

/// Every metric of a run, of its rows (through EquityPass) and its trades in the order in which they ended.
///
/// Units   as `info(figure).unit`; returns are those of UTC days, or of bars where these are longer
/// Errors  none: what can not be told is NaN and says why
/// Cost    O(days log days + trades)
Metrics measure(const EquityFacts& facts, std::span<const Trade> trades);

/// The figures of `measure` alone, without its sides and its calendar.
void measure_figures(const EquityFacts& facts, std::span<const Trade> trades, Figures& into);

/// Months of a run; of no periods none. A month without bars is not there.
std::vector<CalendarRow> calendar_months(const EquityFacts& facts);
std::vector<CalendarRow> calendar_years(const EquityFacts& facts);

/// The figures of returns and drawdowns (net_profit to largest_exposure but those of trades), put into `into`.
void measure_equity(const EquityFacts& facts, Figures& into);

/// Which trades: all, or those of one side.
enum class Sides : std::uint8_t { both, long_only, short_only };

/// The figures of trades, put into `into`.
void measure_trades(std::span<const Trade> trades, Sides sides, Figures& into);

}  // namespace cw::backtest
