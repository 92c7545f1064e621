#include "backtest/sweep/sweep_json.h"

#include <cmath>

#include <fmt/format.h>

#include "backtest/run_json.h"
#include "backtest/sweep/json_parts.h"

namespace cw::backtest {
namespace {

using json_parts::append_member;
using json_parts::append_values;

void append_inputs(std::string& out, const SweepPlan& plan, std::uint64_t cell) {
  out += R"("inputs":{)";
  const auto places = plan.space.places(cell);
  for (std::size_t i = 0; i < places.size(); ++i) {
    if (i > 0) out += ',';
    append_json_string(out, plan.space.axes()[i].name);
    out += ':';
    json_parts::append_value(out, plan.space.axes()[i], places[i]);
  }
  out += '}';
}

void append_figures(std::string& out, const CellFigures& figures) {
  for (std::size_t i = 0; i < kCellFigures.size(); ++i)
    append_member(out, info(kCellFigures[i]).key, figures.values[i]);
}

/// Why a cell has no objective, for a person.
std::string why_text(const CellResult& cell) {
  switch (cell.why) {
    case WhyNot::none: return {};
    case WhyNot::untold: return fmt::format("untold: {}", name(cell.missing));
    default: return fmt::format("{}: {}", name(cell.why), cell.text);
  }
}

void append_best(std::string& out, const SweepPlan& plan, const std::optional<BestCell>& best) {
  out += R"(,"best":)";
  if (!best) {
    out += "null";
    return;
  }
  out += fmt::format(R"({{"index":{},)", best->cell);
  append_inputs(out, plan, best->cell);
  append_member(out, "objective", best->objective);
  append_figures(out, best->figures);
  append_member(out, "deflated_sharpe", best->deflated_sharpe);
  out += fmt::format(R"(,"trials":{})", best->trials);
  append_member(out, "trials_sharpe_variance", best->trials_sharpe_variance);
  append_member(out, "verdict", name(best->verdict));
  append_member(out, "text", verdict_text(*best));
  out += '}';
}

void append_overfitting(std::string& out, const SweepReport& report) {
  out += R"(,"pbo":)";
  if (!report.overfitting) {
    out += "null";
    return;
  }
  const auto& found = *report.overfitting;
  out += fmt::format(R"({{"variants":{},"splits":{},"by":"sharpe")", found.variants, found.splits);
  append_member(out, "probability", found.pbo);
  append_member(out, "chance_of_loss", found.chance_of_loss);
  append_member(out, "slope", found.slope);
  out += '}';
}

void append_stability(std::string& out, const SweepReport& report) {
  out += R"(,"stability":)";
  if (!report.stability) {
    out += "null";
    return;
  }
  const auto& found = *report.stability;
  out += fmt::format(R"({{"neighbours":{},"silent":{})", found.neighbours, found.silent);
  append_member(out, "best", found.best);
  append_member(out, "mean", found.mean);
  append_member(out, "worst", found.worst);
  append_member(out, "kept", found.kept);
  out += '}';
}

void append_heat_map(std::string& out, const SweepPlan& plan, const std::vector<HeatMap>& maps) {
  out += R"(,"heat_map":)";
  if (maps.empty()) {
    out += "null";
    return;
  }
  const HeatMap& map = maps.front();
  const auto& axes = plan.space.axes();
  out += R"({"x":)";
  append_json_string(out, axes[map.x].name);
  append_member(out, "y", axes[map.y].name);
  append_member(out, "of", map.of == HeatMap::Of::best ? "best" : "mean");
  out += R"(,"values":[)";
  const std::size_t width = axes[map.x].values.size();
  for (std::size_t i = 0; i < map.values.size(); ++i) {
    out += i % width == 0 ? (i == 0 ? "[" : "],[") : ",";
    append_json_number(out, map.values[i]);
  }
  out += "]]}";
}

void append_window(std::string& out, const SweepData& data, std::string_view member, std::size_t from, std::size_t to) {
  const auto times = data.times();
  out += fmt::format(R"(,"{}":{{"from":{},"to":{},"bars":{}}})", member, times[from],
                     times[to - 1] + market::duration(data.timeframe).count(), to - from);
}

void append_fold(std::string& out, const SweepPlan& plan, const SweepData& data, const FoldResult& fold) {
  out += fmt::format(R"({{"index":{})", fold.is_chosen ? fmt::to_string(fold.cell) : "null");
  if (fold.is_chosen) {
    out += ',';
    append_inputs(out, plan, fold.cell);
  } else {
    out += R"(,"inputs":null)";
  }
  append_window(out, data, "train", fold.window.train_from, fold.window.train_to);
  append_window(out, data, "test", fold.window.test_from, fold.window.test_to);
  append_member(out, "in_sample", fold.in_sample);
  append_member(out, "out_of_sample", fold.out_of_sample);
  out += R"(,"in_sample_figures":{"objective":)";
  append_json_number(out, fold.in_sample);
  append_figures(out, fold.in_sample_figures);
  out += R"(},"out_of_sample_figures":{"objective":)";
  append_json_number(out, fold.out_of_sample);
  append_figures(out, fold.out_of_sample_figures);
  out += "}}";
}

void append_walk_forward(std::string& out, const SweepPlan& plan, const SweepData& data, const SweepReport& report) {
  out += R"(,"walk_forward":)";
  if (!report.walk_forward) {
    out += "null";
    return;
  }
  const auto& found = *report.walk_forward;
  out += fmt::format(R"({{"kind":"{}","purge":{},"embargo":{},"folds":[)", plan.folds.anchored ? "anchored" : "rolling",
                     plan.folds.purge, plan.folds.embargo);
  for (std::size_t i = 0; i < found.folds.size(); ++i) {
    if (i > 0) out += ',';
    append_fold(out, plan, data, found.folds[i]);
  }
  out += ']';
  append_member(out, "efficiency", found.efficiency);
  append_member(out, "initial_capital", found.initial_capital);
  append_member(out, "final_equity", found.final_equity);
  const auto figures = CellFigures::of(found.figures);
  out += R"(,"figures":{"objective":)";
  append_json_number(out, figures[plan.objective.figure]);
  append_figures(out, figures);
  out += R"(},"equity":[)";
  for (std::size_t i = 0; i < found.equity.size(); ++i) {
    out += fmt::format(R"({}{{"time":{},"equity":)", i > 0 ? "," : "", found.equity[i].day * 86'400'000);
    append_json_number(out, found.equity[i].equity);
    out += '}';
  }
  out += "]}";
}

}  // namespace

std::string verdict_text(const BestCell& best) {
  const std::string over = fmt::format("over {} trial{}", best.trials, best.trials == 1 ? "" : "s");
  switch (best.verdict) {
    case LuckVerdict::unknown: break;
    case LuckVerdict::not_better_than_luck:
      return fmt::format("deflated Sharpe {:.3f} {}: luck alone could look like this", best.deflated_sharpe, over);
    case LuckVerdict::better_than_luck:
      return fmt::format("deflated Sharpe {:.3f} {}: luck alone would hardly look like this", best.deflated_sharpe,
                         over);
  }
  return fmt::format("deflated Sharpe n/a {}: there is too little to tell skill from luck", over);
}

std::string cell_summary_json(const SweepPlan& plan, const CellResult& cell) {
  std::string out = fmt::format(R"({{"index":{},)", cell.trial.cell);
  append_inputs(out, plan, cell.trial.cell);
  append_member(out, "objective", cell.objective);
  append_figures(out, cell.figures);
  if (cell.why == WhyNot::none) return out + R"(,"why":null})";
  append_member(out, "why", std::string_view{why_text(cell)});
  return out + '}';
}

std::string sweep_json(const SweepFacts& facts, const Sweep& sweep, const SweepData& data, const SweepReport& report) {
  const auto& plan = sweep.plan();
  std::string out = "{";
  if (!facts.id.empty()) {
    out += R"("id":)";
    append_json_string(out, facts.id);
    out += ',';
  }
  out += R"("status":)";
  append_json_string(out, facts.status);
  json_parts::append_question(out, facts, plan, data);
  json_parts::append_costs(out, facts, true);
  append_limits(out, plan.settings.account.limits);
  out += R"(,"cells":[)";
  const auto cells = sweep.finished(0);
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i > 0) out += ',';
    out += cell_summary_json(plan, *cells[i]);
  }
  const auto progress = sweep.progress();
  out += fmt::format(R"(],"done":{},"total":{},"skipped":{})", progress.done, progress.total, progress.skipped);
  append_best(out, plan, best_cell(sweep));
  append_overfitting(out, report);
  append_stability(out, report);
  append_heat_map(out, plan, report.heat_maps);
  append_walk_forward(out, plan, data, report);
  out += R"(,"warnings":)";
  auto warnings = facts.warnings;
  warnings.insert(warnings.end(), report.warnings.begin(), report.warnings.end());
  append_values(out, warnings);
  return out + '}';
}

std::string sweep_summary_json(const Sweep& sweep) {
  const auto progress = sweep.progress();
  std::string out =
      fmt::format(R"({{"done":{},"total":{},"skipped":{})", progress.done, progress.total, progress.skipped);
  json_parts::append_axes(out, sweep.plan());
  append_best(out, sweep.plan(), best_cell(sweep));
  return out + '}';
}

Result<SweepReport> report_of(const Sweep& sweep, const SweepData& data, const std::function<bool()>& go_on) {
  SweepReport report;
  const auto best = best_cell(sweep);
  const auto cells = sweep.finished(0);
  const auto skipped = sweep.progress().skipped;
  if (skipped > 0)
    report.warnings.push_back(
        fmt::format("{} of {} cells were skipped: their values do not go together.", skipped, cells.size()));
  if (!best) {
    std::string why;
    for (const CellResult* one : cells) {
      if (why = why_text(*one); !why.empty()) break;
    }
    report.warnings.push_back(fmt::format("No cell has an objective ({}).", why));
  }
  if (auto overfitting = overfitting_of(sweep)) {
    report.overfitting = std::move(*overfitting);
    if (sweep.shape().variant_stride > 1)
      report.warnings.push_back(fmt::format("The probability of overfitting is that of a sample of {} of the cells.",
                                            report.overfitting->variants));
  } else {
    report.warnings.push_back("The probability of overfitting is not told: " + overfitting.error().message + '.');
  }
  if (best) {
    auto stability = stability_of(sweep, data, *best, go_on);
    if (!stability) return pass_on(stability);
    report.stability = *stability;
  }
  const auto& axes = sweep.plan().space.axes();
  if (axes.size() >= 2) {
    if (auto map = heat_map(sweep, 0, 1, HeatMap::Of::best)) report.heat_maps.push_back(std::move(*map));
  }
  if (!sweep.shape().folds.empty()) {
    auto walked = judge_walk_forward(sweep, data, go_on);
    if (!walked) return pass_on(walked);
    report.walk_forward = std::move(*walked);
  }
  return report;
}

}  // namespace cw::backtest
