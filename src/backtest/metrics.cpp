#include "backtest/metrics.h"

#include <chrono>
#include <limits>

namespace cw::backtest {
namespace {

/// Rows of periods for which `key_of` gives the same year and month.
template <class KeyOf>
std::vector<CalendarRow> calendar(const EquityFacts& facts, KeyOf&& key_of) {
  std::vector<CalendarRow> rows;
  double before = facts.capital;
  for (const auto& period : facts.periods) {
    const std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days{period.day}}};
    const auto [year, month] = key_of(date);
    if (rows.empty() || rows.back().year != year || rows.back().month != month) {
      rows.push_back({year, month, before, before, 0, 0});
    }
    auto& row = rows.back();
    row.end_equity = before = period.equity;
    row.change =
        row.start_equity > 0 ? row.end_equity / row.start_equity - 1 : std::numeric_limits<double>::quiet_NaN();
    ++row.days;
  }
  return rows;
}

}  // namespace

std::vector<CalendarRow> calendar_months(const EquityFacts& facts) {
  return calendar(facts, [](const std::chrono::year_month_day& date) {
    return std::pair{static_cast<int>(date.year()), static_cast<int>(static_cast<unsigned>(date.month()))};
  });
}

std::vector<CalendarRow> calendar_years(const EquityFacts& facts) {
  return calendar(facts,
                  [](const std::chrono::year_month_day& date) { return std::pair{static_cast<int>(date.year()), 0}; });
}

void measure_figures(const EquityFacts& facts, std::span<const Trade> trades, Figures& into) {
  measure_equity(facts, into);
  measure_trades(trades, Sides::both, into);
  double value = 0;
  std::uint64_t fills = 0;
  for (const auto& trade : trades) {
    value += trade.entry_value() + (trade.is_open() ? 0 : trade.exit_price * trade.quantity);
    fills += trade.is_open() ? 1 : 2;
  }
  const double times = facts.mean_equity > 0 ? value / facts.mean_equity : std::numeric_limits<double>::quiet_NaN();
  into.put(Figure::turnover, fills, times);
  into.put(Figure::turnover_a_year, facts.periods.size(), times / facts.years());
}

Metrics measure(const EquityFacts& facts, std::span<const Trade> trades) {
  Metrics metrics;
  metrics.drawdown = facts.drawdown;
  measure_figures(facts, trades, metrics.figures);
  measure_trades(trades, Sides::long_only, metrics.long_side);
  measure_trades(trades, Sides::short_only, metrics.short_side);
  metrics.months = calendar_months(facts);
  metrics.years = calendar_years(facts);
  return metrics;
}

}  // namespace cw::backtest
