#include <algorithm>

#include <fmt/format.h>

#include "backtest/report/html_sections.h"
#include "backtest/report/html_text.h"

// What was run and what came of it, in words and in the figures that people look at first.
namespace cw::backtest {
namespace {

void append_fact(std::string& out, std::string_view label, std::string_view value) {
  if (!value.empty()) out += fmt::format("<div><dt>{}</dt><dd>{}</dd></div>\n", label, escaped(value));
}

std::string inputs_text(const RunFacts& facts) {
  std::string text;
  for (const auto& [name, value] : facts.inputs)
    text += fmt::format("{}{} = {}", text.empty() ? "" : ", ", name, value);
  return text;
}

std::string costs_text(const ReportInput& input) {
  return fmt::format("commission {}, slippage {}; {} in fees, {} in slippage, {} in funding", input.facts.commission,
                     input.facts.slippage, grouped(input.result.fees, 2), grouped(input.result.slippage, 2),
                     grouped(input.result.funding, 2));
}

std::string fills_text(const ReportInput& input) {
  const auto ambiguous = input.result.counts.ambiguous_bars;
  return fmt::format("{}, {} inside a bar; {} of {} bars were ambiguous", trading::name(input.facts.fills.time),
                     trading::name(input.facts.fills.intrabar), grouped(static_cast<double>(ambiguous), 0),
                     grouped(static_cast<double>(input.result.rows.equity.size()), 0));
}

void append_verdict(std::string& out, std::string_view grade, std::string_view label, std::string_view text) {
  out += fmt::format("<li class=\"{}\"><b>{}</b> {}</li>\n", grade, label, escaped(text));
}

std::string outcome_text(const ReportInput& input) {
  const auto& figures = input.metrics.figures;
  std::string text =
      fmt::format("{} became {}", grouped(input.result.initial_capital, 2), grouped(input.result.final_equity, 2));
  const auto& total = figures[Figure::total_return];
  if (total.told()) text += fmt::format(" ({})", signed_percent(total.value));
  const auto& hold = figures[Figure::buy_and_hold_return];
  if (hold.told()) text += fmt::format("; buying at the first close and holding: {}", signed_percent(hold.value));
  return text + '.';
}

void append_verdicts(std::string& out, const ReportInput& input) {
  const auto& extras = input.extras;
  out += "<ul class=\"verdicts\">\n";
  const bool won = input.result.final_equity > input.result.initial_capital;
  append_verdict(out, won ? "good" : "bad", "Result", outcome_text(input));
  if (extras.leaks) append_verdict(out, extras.leaks->passed() ? "good" : "bad", "Leaks", extras.leaks->text());
  if (extras.robustness) {
    const auto overall = extras.robustness->overall();
    append_verdict(out, name(overall.grade), "Chance", overall.text);
  }
  if (extras.costs) {
    if (extras.costs->break_even_bps) {
      append_verdict(
          out, "plain", "Costs",
          fmt::format("It earns nothing any more where each fill costs {:.2f} bps.", *extras.costs->break_even_bps));
    } else {
      append_verdict(out, "plain", "Costs", extras.costs->why_none);
    }
  }
  out += "</ul>\n";
}

/// What several instruments share.
std::string account_text(const RunFacts& facts) {
  const auto& limits = facts.limits;
  return fmt::format("one for {} symbols; {} open at once; {} % of equity in all, {} % in one",
                     facts.instruments.size(),
                     limits.positions_most > 0 ? fmt::format("at most {}", limits.positions_most) : "any number",
                     grouped(limits.exposure_percent, 1), grouped(limits.symbol_exposure_percent, 1));
}

struct Shown {
  Figure figure;
  std::string_view label;
  bool signs = false;  // coloured by its sign
};

constexpr Shown kShown[] = {
    {Figure::net_profit, "Net profit", true},
    {Figure::total_return, "Return", true},
    {Figure::buy_and_hold_return, "Buy and hold", true},
    {Figure::cagr, "CAGR", true},
    {Figure::sharpe, "Sharpe", true},
    {Figure::sortino, "Sortino", true},
    {Figure::max_drawdown, "Deepest drawdown"},
    {Figure::calmar, "Calmar", true},
    {Figure::trades, "Trades"},
    {Figure::win_rate, "Won"},
    {Figure::profit_factor, "Profit factor"},
    {Figure::expectancy, "Expectancy", true},
    {Figure::sqn, "SQN", true},
    {Figure::time_in_market, "Time in market"},
    {Figure::fees_paid, "Fees"},
    {Figure::volatility, "Volatility a year"},
};

}  // namespace

void append_head(std::string& out, const ReportInput& input) {
  const auto& facts = input.facts;
  const auto& times = input.result.rows.open_time_ms;
  const std::string_view title = input.title.empty() ? std::string_view{facts.strategy} : input.title;
  const auto end = times.back() + market::duration(facts.timeframe).count();
  out += fmt::format("<header>\n<h1>{} <small>on {} {}</small></h1>\n", escaped(title),
                     escaped(instruments_text(facts)), market::name(facts.timeframe));
  if (!input.description.empty()) out += fmt::format("<p class=\"about\">{}</p>\n", escaped(input.description));
  append_verdicts(out, input);
  const auto warnings = warnings_of(facts, input.result);
  if (!warnings.empty()) {
    out += "<ul class=\"warnings\">\n";
    for (const auto& warning : warnings) out += fmt::format("<li>{}</li>\n", escaped(warning));
    out += "</ul>\n";
  }
  out += "<dl class=\"facts\">\n";
  append_fact(out, "Period", fmt::format("{} to {} UTC", minute_text(times.front()), minute_text(end)));
  append_fact(out, "Bars",
              fmt::format("{}, and {} before them to warm up", grouped(static_cast<double>(times.size()), 0),
                          grouped(static_cast<double>(input.result.warm_up_bars), 0)));
  append_fact(out, "Inputs", inputs_text(facts));
  append_fact(out, "Fills", fills_text(input));
  append_fact(out, "Costs", costs_text(input));
  if (facts.instruments.size() > 1) append_fact(out, "Account", account_text(facts));
  out += "</dl>\n</header>\n";
}

void append_key_figures(std::string& out, const ReportInput& input) {
  out += "<section id=\"key\"><h2>Key figures</h2>\n<div class=\"tiles\">\n";
  for (const auto& one : kShown) {
    const auto& of = info(one.figure);
    const auto& value = input.metrics.figures[one.figure];
    const bool coloured = one.signs && value.told() && value.value != 0;
    std::string basis = fmt::format("n = {} {}", grouped(static_cast<double>(value.n), 0), name(of.sample));
    if (of.year_days != 0) basis += fmt::format(", year of {} days", of.year_days);
    out += fmt::format(
        "<div class=\"tile{}\"><span>{}</span><strong{}>{}</strong><small>{}</small><small "
        "class=\"formula\">{}</small></div>\n",
        value.told() ? "" : " none", one.label,
        !coloured         ? ""
        : value.value > 0 ? " class=\"up\""
                          : " class=\"down\"",
        escaped(shown(value, of)), basis, escaped(of.formula));
  }
  out += "</div></section>\n";
}

}  // namespace cw::backtest
