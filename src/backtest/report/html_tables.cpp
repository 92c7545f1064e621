#include <algorithm>
#include <cmath>
#include <map>

#include <fmt/format.h>

#include "backtest/report/html_sections.h"
#include "backtest/report/html_text.h"

// The tables: months, policies, robustness, leaks, every figure.
namespace cw::backtest {
namespace {

constexpr std::string_view kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr double kSteps[] = {0.01, 0.03, 0.07, 0.15};  // changes from which on a cell is of the next colour

/// A cell of the heat map, its colour by sign and size.
void append_change(std::string& out, const CalendarRow* row) {
  if (row == nullptr || !std::isfinite(row->change)) {
    out += "<td></td>";
    return;
  }
  const auto step = std::ranges::upper_bound(kSteps, std::abs(row->change)) - std::begin(kSteps);
  const std::string_view side = row->change < 0 ? "down" : "up";
  out += fmt::format("<td class=\"heat {}{}\" title=\"{} days with bars\">{}</td>", side, row->change == 0 ? 0 : step,
                     row->days, grouped(100 * row->change, 1));
}

std::string told(const FigureValue& value, Figure figure) { return escaped(shown(value, info(figure))); }

void append_summary_cells(std::string& out, const RunSummary& summary) {
  out += fmt::format("<td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td>",
                     told(summary.net_profit, Figure::net_profit), told(summary.total_return, Figure::total_return),
                     told(summary.sharpe, Figure::sharpe), told(summary.max_drawdown, Figure::max_drawdown),
                     grouped(static_cast<double>(summary.trades), 0),
                     grouped(static_cast<double>(summary.ambiguous_bars), 0));
}

void append_check(std::string& out, std::string_view label, const Verdict& verdict) {
  out += fmt::format("<tr><th>{}</th><td><span class=\"grade {}\">{}</span></td><td class=\"text\">{}</td></tr>\n",
                     label, name(verdict.grade), verdict.grade == Grade::unknown ? "n/a" : name(verdict.grade),
                     escaped(verdict.text));
}

void append_folds(std::string& out, const std::vector<Fold>& folds) {
  out +=
      "<div class=\"wide\"><table class=\"numbers\"><caption>The same parameters on each stretch of the "
      "run</caption><thead><tr>"
      "<th>From</th><th>To</th><th>Return</th><th>Sharpe</th><th>Deepest "
      "drawdown</th><th>Trades</th></tr></thead><tbody>\n";
  for (const auto& fold : folds) {
    out += fmt::format("<tr><th>{}</th><th>{}</th><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>\n",
                       minute_text(fold.from_ms).substr(0, 10), minute_text(fold.to_ms).substr(0, 10),
                       told(fold.total_return, Figure::total_return), told(fold.sharpe, Figure::sharpe),
                       told(fold.max_drawdown, Figure::max_drawdown), fold.trades);
  }
  out += "</tbody></table></div>\n";
}

std::string words(std::string_view key) {
  std::string text{key};
  std::ranges::replace(text, '_', ' ');
  return text;
}

}  // namespace

void append_calendar(std::string& out, const Metrics& metrics) {
  std::map<int, std::map<int, const CalendarRow*>> years;
  for (const auto& row : metrics.months) years[row.year][row.month] = &row;
  for (const auto& row : metrics.years) years[row.year][0] = &row;
  out +=
      "<section id=\"calendar\"><h2>Months and years <small>change in percent</small></h2>\n<div class=\"wide\"><table "
      "class=\"months\">"
      "<thead><tr><th>Year</th>";
  for (const auto month : kMonths) out += fmt::format("<th>{}</th>", month);
  out += "<th>Whole</th></tr></thead><tbody>\n";
  for (const auto& [year, months] : years) {
    out += fmt::format("<tr><th>{}</th>", year);
    for (int month = 1; month <= 13; ++month) {
      const auto at = months.find(month % 13);  // the year itself last
      append_change(out, at == months.end() ? nullptr : at->second);
    }
    out += "</tr>\n";
  }
  out += "</tbody></table></div></section>\n";
}

void append_symbols(std::string& out, const ReportInput& input) {
  const auto& instruments = input.facts.instruments;
  if (instruments.size() == 1) return;
  out +=
      "<section id=\"symbols\"><h2>By symbol</h2>\n<div class=\"wide\"><table "
      "class=\"numbers\"><thead><tr><th>Symbol</th>"
      "<th>Trades</th><th>Won</th><th>Net profit</th><th>Fees</th><th>Slippage</th></tr></thead><tbody>\n";
  const auto summaries = summaries_of(input.result.trades, instruments.size());
  for (std::size_t i = 0; i < summaries.size(); ++i) {
    const auto& one = summaries[i];
    const double won = one.trades == 0 ? 0 : 100 * static_cast<double>(one.won) / static_cast<double>(one.trades);
    out += fmt::format("<tr><th>{}</th><td>{}</td><td>{}</td><td class=\"{}\">{}</td><td>{}</td><td>{}</td></tr>\n",
                       escaped(instruments[i].text()), one.trades,
                       one.trades == 0 ? std::string("n/a") : grouped(won, 1) + " %",
                       one.net_profit > 0   ? "up"
                       : one.net_profit < 0 ? "down"
                                            : "",
                       grouped(one.net_profit, 2), grouped(one.fees, 2), grouped(one.slippage, 2));
  }
  out += "</tbody></table></div></section>\n";
}

void append_policies(std::string& out, const RunExtras& extras) {
  if (!extras.policies) return;
  out +=
      "<section id=\"policies\"><h2>Under each fill policy</h2>\n<p>A bar tells four prices and not their order. Where "
      "the result "
      "hangs on what is assumed, so does what it is worth.</p>\n<div class=\"wide\"><table "
      "class=\"numbers\"><thead><tr><th>Orders "
      "fill</th><th>Inside a bar</th><th>Net profit</th><th>Return</th><th>Sharpe</th><th>Deepest "
      "drawdown</th><th>Trades</th>"
      "<th>Ambiguous bars</th></tr></thead><tbody>\n";
  for (const auto& run : *extras.policies) {
    out += fmt::format("<tr{}><th>{}</th><th>{}</th>", run.is_asked ? " class=\"asked\"" : "",
                       run.policy.time == trading::FillTime::close ? "at the close" : "at the next open",
                       trading::name(run.policy.intrabar));
    if (run.is_run) {
      append_summary_cells(out, run.summary);
    } else {
      out += "<td colspan=\"6\" class=\"none\">n/a: no bars of a lower timeframe were given</td>";
    }
    out += "</tr>\n";
  }
  out += "</tbody></table></div></section>\n";
}

void append_robustness(std::string& out, const RunExtras& extras) {
  if (!extras.robustness) return;
  const auto& told_of = *extras.robustness;
  out += fmt::format(
      "<section id=\"robustness\"><h2>Against chance</h2>\n<p>{} {}</p>\n"
      "<div class=\"wide\"><table class=\"checks\"><tbody>\n",
      escaped(told_of.overall().text),
      told_of.options.are_trials_recorded
          ? fmt::format("Variants tried so far, as recorded: {:.0f}.", told_of.options.trials)
          : "Tries are not recorded on the command line.");
  append_check(out, "Probabilistic Sharpe", told_of.sharpe_verdict);
  append_check(out, "Deflated Sharpe", told_of.trials_verdict);
  append_check(out, "Monte Carlo", told_of.monte_carlo_verdict);
  append_check(out, "Order of trades", told_of.shuffle_verdict);
  append_check(out, "Random entries", told_of.entries_verdict);
  append_check(out, "Stretches of time", told_of.folds_verdict);
  out += "</tbody></table></div>\n";
  if (!told_of.folds.empty()) append_folds(out, told_of.folds);
  out += "</section>\n";
}

void append_leaks(std::string& out, const RunExtras& extras) {
  if (!extras.leaks) return;
  const auto& report = *extras.leaks;
  out += fmt::format("<section id=\"leaks\"><h2>Leak checks</h2>\n<p class=\"{}\">{}</p>\n",
                     report.passed() ? "" : "loud", escaped(report.text()));
  if (!report.passed()) {
    out += "<ul>\n";
    for (const auto& leak : report.leaks) out += fmt::format("<li>{}</li>\n", escaped(leak.text()));
    out += "</ul>\n";
  }
  out += "</section>\n";
}

void append_peer(std::string& out, const RunExtras& extras) {
  if (!extras.peer) return;
  out += fmt::format(
      "<section id=\"peer\"><details><summary>The run as {} {} would print it</summary>\n<table "
      "class=\"numbers\"><tbody>\n",
      name(extras.peer->peer), version(extras.peer->peer));
  for (const auto& figure : extras.peer->figures)
    out += fmt::format("<tr><th>{}</th><td>{:.6g}</td></tr>\n", escaped(figure.key), figure.value);
  out += "</tbody></table></details></section>\n";
}

void append_all_figures(std::string& out, const Metrics& metrics) {
  out +=
      "<section id=\"figures\"><details><summary>Every figure, with its formula, year and sample</summary>\n<div "
      "class=\"wide\"><table "
      "class=\"numbers "
      "figures\"><thead><tr><th>Figure</th><th>All</th><th>Long</th><th>Short</th><th>Sample</th><th>Year</th>"
      "<th>Formula</th></tr></thead><tbody>\n";
  for (const auto& one : figures()) {
    const auto& value = metrics.figures[one.figure];
    const auto cell = [&one](const FigureValue& of) {
      return fmt::format("<td{}>{}</td>", of.told() ? "" : " class=\"none\"", escaped(shown(of, one)));
    };
    const bool of_trades = one.figure >= Figure::trades;
    out += fmt::format("<tr><th>{}</th>{}{}{}<td>{} {}</td><td>{}</td><td class=\"text\">{}</td></tr>\n",
                       words(one.key), cell(value), of_trades ? cell(metrics.long_side[one.figure]) : "<td></td>",
                       of_trades ? cell(metrics.short_side[one.figure]) : "<td></td>",
                       grouped(static_cast<double>(value.n), 0), name(one.sample),
                       one.year_days == 0 ? "" : fmt::format("{} days", one.year_days), escaped(one.formula));
  }
  out += "</tbody></table></div></details></section>\n";
}

}  // namespace cw::backtest
