#pragma once

#include <string>

#include "backtest/report/report_html.h"

// The parts of the page that are text and tables; the drawings are page.js's.
namespace cw::backtest {

void append_head(std::string& out, const ReportInput& input);         // what was run, the verdict, warnings
void append_key_figures(std::string& out, const ReportInput& input);  // some, large
void append_calendar(std::string& out, const Metrics& metrics);       // months as a heat map, years beside them
void append_symbols(std::string& out, const ReportInput& input);      // what each of several instruments brought
void append_policies(std::string& out, const RunExtras& extras);
void append_robustness(std::string& out, const RunExtras& extras);
void append_leaks(std::string& out, const RunExtras& extras);
void append_peer(std::string& out, const RunExtras& extras);
void append_all_figures(std::string& out, const Metrics& metrics);  // every one, with formula, year and sample

/// The numbers of the drawings as one JSON object, safe inside a script element.
std::string page_data(const ReportInput& input);

}  // namespace cw::backtest
