#include <set>

#include <fmt/format.h>

#include "app/commands/backtest_told.h"
#include "app/commands/progress.h"
#include "app/version.h"
#include "backtest/report/csv.h"
#include "base/printable.h"

// What a backtest is asked besides its result, and the files it is told in.
namespace cw::app {
namespace {

// How often each asks whether to stop, about: for the progress bar.
constexpr std::uint64_t kLeakSteps = 40;
constexpr std::uint64_t kPolicySteps = 6;
constexpr std::uint64_t kCostSteps = 24;
constexpr std::size_t kBarsToCheck = 3;

/// Draws a step at each question whether to stop.
std::function<bool()> stepping(Console& console, ProgressBar& bar, std::uint64_t steps, std::size_t rows) {
  return [&console, &bar, steps, rows, step = std::uint64_t{0}]() mutable {
    ++step;
    bar.show(std::min(step, steps), steps, rows);
    return console.cancelled();
  };
}

}  // namespace

Result<std::optional<backtest::LeakReport>> leaks_of(Console& console, const BacktestCase& of) {
  std::optional<backtest::LeakReport> first;
  std::set<std::string> looked_at;
  for (std::size_t i = 0; i < of.run.parts.size(); ++i) {
    const auto& part = of.run.parts[i];
    const auto bars = of.loaded.bars[i].view();
    if (bars.size() < kBarsToCheck || !looked_at.insert(part.program.fingerprint).second) continue;
    ProgressBar bar(console, "leaks");
    auto settings = of.run.settings;
    settings.instrument = part.rules;
    auto report = backtest::check_leaks(
        {.program = part.program,
         .graph = *part.graph,
         .plan = backtest::plans_of(*part.graph, of.loaded.named[i].get(), of.loaded.plans[i].kept_others()),
         .bars = bars,
         .settings = settings,
         .places = &of.run.document.places,
         .cancelled = stepping(console, bar, kLeakSteps, bars.size())});
    if (!report) return pass_on(report);
    if (!report->passed()) return std::optional{std::move(*report)};
    if (!first) first = std::move(*report);
  }
  return first;
}

Result<backtest::RunExtras> extras_of(Console& console, const BacktestArgs& args, const BacktestCase& of,
                                      const backtest::RunResult& result) {
  backtest::RunExtras extras;
  ProgressBar bar(console, "costs");
  const bool all = args.json || !args.report.empty() || result.counts.ambiguous_bars > 0;
  // Its parts learn of finer bars below.
  const backtest::Rerun rerun{
      .parts = of.loaded.parts,
      .settings = of.run.settings,
      .cancelled = stepping(console, bar, kCostSteps + (all ? kPolicySteps : 0), of.loaded.bar_count())};
  if (all) {
    if (result.counts.ambiguous_bars > 0) {
      const auto go_on = [&console](double) { return !console.cancelled(); };
      auto lower = lab::load_lower_to_compare(of.run, of.markets, {}, go_on, of.loaded);
      if (!lower) return pass_on(lower);
    }
    auto policies = backtest::under_each_policy(rerun);
    if (!policies) return pass_on(policies);
    extras.policies = std::move(*policies);
  }
  auto costs = backtest::cost_curve(rerun);
  if (!costs) return pass_on(costs);
  extras.costs = std::move(*costs);
  const auto prices = of.loaded.views();
  auto assessed = backtest::assess(result, backtest::equity_facts_of(result, of.facts.timeframe), {}, prices);
  if (!assessed) return pass_on(assessed);
  extras.robustness = std::move(*assessed);
  if (args.metrics_as) {
    extras.peer = {*args.metrics_as, backtest::metrics_as(*args.metrics_as, {.capital = result.initial_capital,
                                                                             .timeframe = of.facts.timeframe,
                                                                             .rows = result.rows.view(),
                                                                             .trades = result.trades})};
  }
  return extras;
}

Result<void> tell_backtest(Console& console, const BacktestArgs& args, const BacktestCase& of,
                           const backtest::RunResult& result, const backtest::RunExtras& extras) {
  const auto metrics = backtest::metrics_of(result, of.facts.timeframe);
  if (!args.report.empty()) {
    const auto charts = of.loaded.views();
    const std::string page =
        backtest::report_html({.facts = of.facts,
                               .result = result,
                               .metrics = metrics,
                               .extras = extras,
                               .bars = charts,
                               .title = of.run.document.title,
                               .description = of.run.document.description,
                               .made_by = fmt::format("candlewick {}{}", kVersion, build_suffix())});
    if (auto written = console.write_file(args.report, page); !written) return written;
  }
  if (!args.trades_csv.empty()) {
    if (auto written = console.write_file(args.trades_csv, backtest::trades_csv(result.trades, of.facts.instruments));
        !written)
      return written;
  }
  if (!args.equity_csv.empty()) {
    if (auto written = console.write_file(args.equity_csv, backtest::equity_csv(result.rows)); !written) return written;
  }
  console.out(args.json ? backtest::run_json(of.facts, result, metrics, extras) + '\n'
                        : backtest_table(of.facts, result, metrics, extras));
  for (const auto* file : {&args.report, &args.trades_csv, &args.equity_csv}) {
    if (!file->empty()) console.err(fmt::format("wrote {}\n", printable(*file)));
  }
  return {};
}

}  // namespace cw::app
