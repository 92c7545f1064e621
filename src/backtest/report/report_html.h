#pragma once

#include <string>
#include <string_view>

#include "backtest/run_json.h"

namespace cw::backtest {

/// What a report is made of.
struct ReportInput {
  const RunFacts& facts;
  const RunResult& result;  // of at least one bar
  const Metrics& metrics;
  const RunExtras& extras;
  std::span<const market::CandleSpan>
      bars{};                      // of each instrument, those of its warm-up with them; none of one: prices are
                                   // drawn as the closes of its rows
  std::string_view title{};        // the strategy's; empty: its name
  std::string_view description{};  // what the strategy is about
  std::string_view made_by{};      // the program and its version
};

inline constexpr std::size_t kReportTradesMost = 1'000;  // shown in the table, on the chart and in the scatter
inline constexpr std::size_t kReportPointsMost = 2'000;  // of each column that is drawn

/// The run as one page for a browser: nothing is loaded from anywhere, script and style are inside, it follows the
/// system's light or dark colours and prints. What was not asked for in the extras is left out.
///
/// Texts of people (names, descriptions, warnings) are shown as text whatever they hold. The page's own policy (a CSP
/// meta element) forbids every request; a server may send a stricter one with the hashes of report_script() and
/// report_style().
///
/// Cost    O(bars + trades); some hundred kilobytes, however long the run is
std::string report_html(const ReportInput& input);

/// The text of the page's only script and only style element.
std::string_view report_script();
std::string_view report_style();

}  // namespace cw::backtest
