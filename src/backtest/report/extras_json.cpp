#include <cmath>

#include "backtest/report/extras.h"
#include "backtest/report/json_parts.h"

namespace cw::backtest {
namespace {

void append_figure(std::string& out, std::string_view name, const FigureValue& value) {
  append_number(out, name, value.told() ? value.value : std::nan(""));
}

void append_summary(std::string& out, const RunSummary& summary) {
  append_figure(out, "net_profit", summary.net_profit);
  append_figure(out, "total_return", summary.total_return);
  append_figure(out, "sharpe", summary.sharpe);
  append_figure(out, "max_drawdown", summary.max_drawdown);
  out += fmt::format(R"(,"trades":{},"ambiguous_bars":{})", summary.trades, summary.ambiguous_bars);
}

void append_leaks(std::string& out, const LeakReport& report) {
  out += fmt::format(R"(,"leaks":{{"version":{},"passed":{},"bars":{},"cuts":{},"look_back":{},"remembers":{})",
                     kLeakChecksVersion, report.passed(), report.bars, report.cuts, report.look_back, report.remembers);
  out += fmt::format(R"(,"begin_told":{},"settles_after":{})", report.begin_told, report.settles_after);
  append_text(out, "text", report.text());
  append_list(out, "found", report.leaks, [&out](const Leak& leak) {
    out += fmt::format(R"({{"kind":"{}","line":{},"bar":{},"changed":{})", name(leak.kind),
                       leak.line == 0 ? "null" : fmt::to_string(leak.line), leak.bar_ms,
                       leak.kind == LeakKind::stream ? "null" : fmt::to_string(leak.changed_ms));
    append_text(out, "rule", leak.rule);
    append_number(out, "before", leak.before);
    append_number(out, "after", leak.after);
    append_text(out, "text", leak.text());
    out += '}';
  });
  out += '}';
}

void append_policies(std::string& out, const std::vector<PolicyRun>& runs) {
  append_list(out, "policies", runs, [&out](const PolicyRun& run) {
    out += fmt::format(R"({{"time":"{}","intrabar":"{}","asked":{},"run":{})", trading::name(run.policy.time),
                       trading::name(run.policy.intrabar), run.is_asked, run.is_run);
    if (run.is_run) append_summary(out, run.summary);
    out += '}';
  });
}

void append_costs(std::string& out, const CostCurve& curve) {
  append_list(out, "cost_curve", curve.points, [&out](const CostPoint& point) {
    out += fmt::format(R"({{"bps":{})", point.bps);
    append_summary(out, point.summary);
    out += '}';
  });
  append_number(out, "break_even_bps", curve.break_even_bps.value_or(std::nan("")));
  if (!curve.break_even_bps) append_text(out, "break_even_why", curve.why_none);
}

/// `"name":{"grade":…,"verdict":…` without its end.
void begin_part(std::string& out, std::string_view name_of_part, const Verdict& verdict) {
  out += fmt::format(R"(,"{}":{{"grade":"{}")", name_of_part, name(verdict.grade));
  append_text(out, "verdict", verdict.text);
}

void append_spread(std::string& out, std::string_view name_of_spread, const Spread& spread) {
  out += fmt::format(R"(,"{}":{{"mean":)", name_of_spread);
  append_json_number(out, spread.mean);
  for (std::size_t i = 0; i < kSpreadAt.size(); ++i)
    append_number(out, fmt::format("q{:02.0f}", 100 * kSpreadAt[i]), spread.quantile[i]);
  out += '}';
}

void append_folds(std::string& out, const std::vector<Fold>& folds) {
  append_list(out, "folds", folds, [&out](const Fold& fold) {
    out += fmt::format(R"({{"from":{},"to":{},"trades":{})", fold.from_ms, fold.to_ms, fold.trades);
    append_figure(out, "total_return", fold.total_return);
    append_figure(out, "sharpe", fold.sharpe);
    append_figure(out, "max_drawdown", fold.max_drawdown);
    out += '}';
  });
}

void append_robustness(std::string& out, const Assessment& told) {
  const auto overall = told.overall();
  out += fmt::format(R"(,"robustness":{{"seed":{},"trials":)", told.options.seed);
  append_json_number(out, told.options.trials);
  append_text(out, "grade", name(overall.grade));
  append_text(out, "verdict", overall.text);
  begin_part(out, "psr", told.sharpe_verdict);
  if (told.sharpe) {
    append_number(out, "value", told.sharpe->probabilistic);
    append_number(out, "n", static_cast<double>(told.sharpe->n));
    append_number(out, "least_track_record", told.sharpe->least_track_record);
  }
  out += '}';
  begin_part(out, "dsr", told.trials_verdict);
  if (told.sharpe) append_number(out, "value", told.sharpe->deflated);
  out += '}';
  begin_part(out, "monte_carlo", told.monte_carlo_verdict);
  if (told.monte_carlo) append_monte_carlo(out, *told.monte_carlo);
  out += '}';
  begin_part(out, "shuffle", told.shuffle_verdict);
  if (told.shuffle) {
    append_number(out, "n", static_cast<double>(told.shuffle->n));
    append_number(out, "observed", told.shuffle->observed);
    append_number(out, "chance_deeper", told.shuffle->chance_deeper);
    append_spread(out, "max_drawdown", told.shuffle->max_drawdown);
  }
  out += '}';
  begin_part(out, "random_entries", told.entries_verdict);
  if (told.entries) {
    append_number(out, "n", static_cast<double>(told.entries->n));
    append_number(out, "observed", told.entries->observed);
    append_number(out, "p_value", told.entries->p_value);
    append_spread(out, "random", told.entries->random);
    out += fmt::format(R"(,"held_bars":{{"long":{},"short":{}}})", told.held_bars_long, told.held_bars_short);
  }
  out += '}';
  begin_part(out, "stretches", told.folds_verdict);
  append_folds(out, told.folds);
  out += "}}";
}

}  // namespace

void append_monte_carlo(std::string& out, const MonteCarlo& paths) {
  append_number(out, "n", static_cast<double>(paths.n));
  append_number(out, "block", paths.block);
  append_number(out, "chance_of_loss", paths.chance_of_loss);
  append_spread(out, "total_return", paths.total_return);
  append_spread(out, "max_drawdown", paths.max_drawdown);
  append_spread(out, "sharpe", paths.sharpe);
  append_list(out, "after", paths.after, [&out](std::uint32_t after) { out += fmt::to_string(after); });
  append_list(out, "growth", paths.growth, [&out](const Spread& spread) {
    out += '[';
    for (std::size_t i = 0; i < spread.quantile.size(); ++i) {
      if (i > 0) out += ',';
      append_json_number(out, spread.quantile[i]);
    }
    out += ']';
  });
}

void append_extras(std::string& out, const RunExtras& extras) {
  if (extras.leaks) append_leaks(out, *extras.leaks);
  if (extras.policies) append_policies(out, *extras.policies);
  if (extras.costs) append_costs(out, *extras.costs);
  if (extras.robustness) append_robustness(out, *extras.robustness);
  if (extras.peer) {
    out += fmt::format(R"(,"metrics_as":{{"peer":"{}","version":"{}","figures":{{)", name(extras.peer->peer),
                       version(extras.peer->peer));
    std::string figures;
    for (const auto& figure : extras.peer->figures) {
      figures += ',';
      append_json_string(figures, figure.key);
      figures += ':';
      append_json_number(figures, figure.value);
    }
    out += figures.empty() ? figures : figures.substr(1);
    out += "}}";
  }
}

}  // namespace cw::backtest
