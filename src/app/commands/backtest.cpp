#include <algorithm>

#include <fmt/format.h>

#include "app/commands/backtest_told.h"
#include "app/commands/progress.h"
#include "app/commands/tested_chart.h"
#include "backtest/lower_bars.h"

// Tests a strategy on history: stored candles, or a file's.
namespace cw::app {
namespace {

constexpr std::size_t kPortion = 65'536;
constexpr std::size_t kBarsToCheck = 3;

/// The run itself. Errors  those of Engine::take; cancelled
Result<backtest::RunResult> run_of(Console& console, const BacktestCase& of) {
  ProgressBar bar(console, "backtest");
  backtest::Engine engine(of.program, of.plan.clone(), of.settings, of.lower_bars);
  for (std::size_t from = 0; from < of.bars.size(); from += kPortion) {
    const auto portion = of.bars.subspan(from, std::min(kPortion, of.bars.size() - from));
    if (auto done = engine.take(portion); !done) return pass_on(done);
    bar.show(from + portion.size(), of.bars.size(), from + portion.size());
    if (console.cancelled()) return fail(Errc::cancelled, "stopped");
  }
  return engine.finish();
}

/// A leak ends the command before the result is shown.
int report_leaks(Console& console, const backtest::LeakReport& leaks) {
  std::string text = "candlewick: " + leaks.text() + '\n';
  for (const auto& leak : leaks.leaks) text += "  " + leak.text() + '\n';
  console.err(text + "  (--no-checks shows the result all the same)\n");
  return kFailed;
}

int run_case(Console& console, const BacktestArgs& args, const BacktestCase& of) {
  std::optional<backtest::LeakReport> leaks;
  if (args.checks && of.bars.size() >= kBarsToCheck) {
    auto found = leaks_of(console, of);
    if (!found) return report(console, found.error());
    if (!found->passed()) return report_leaks(console, *found);
    leaks = std::move(*found);
  }
  const auto result = run_of(console, of);
  if (!result) return report(console, result.error());
  if (result->rows.equity.empty()) {
    return report(console,
                  {Errc::not_found,
                   fmt::format("no bar of {} {} lies in the period; {} were before it", of.facts.instrument.text(),
                               market::name(of.facts.timeframe), result->warm_up_bars),
                   {},
                   {}});
  }
  auto extras = extras_of(console, args, of, *result);
  if (!extras) return report(console, extras.error());
  extras->leaks = std::move(leaks);
  const auto told = tell_backtest(console, args, of, *result, *extras);
  return told ? kGood : report(console, told.error());
}

int run_on(Console& console, const BacktestArgs& args, const strategy::Document& document, TestedChart& chart) {
  expr::Graph graph(chart.timeframe);
  strategy::GivenInputs given;
  for (const auto& [name, value] : args.inputs) given[name] = value;
  chart.language.seed = document.seed;
  const auto program = strategy::compile(document, given, chart.language, graph);
  if (!program) return report(console, with_place(strategy::error_of(program.error()), args.strategy));
  const auto settings = settings_of(args, chart.instrument);
  if (!settings) return report(console, settings.error());
  std::unique_ptr<expr::NamedSeries> named;
  if (chart.signals) {
    auto series = chart.signals(graph, [&console] { return console.cancelled(); });
    if (!series) return report(console, series.error());
    named = std::move(*series);
  }
  const auto plan = expr::Plan::make(graph, program->nodes, named.get());
  if (!plan) return report(console, plan.error());
  if (!plan->feeds().empty())
    return report(console, {Errc::unsupported, "a strategy that looks at another symbol cannot be tested yet", {}, {}});
  const auto bars = read_all(console, chart.bars, chart.bars_about, "bars");
  if (!bars) return report(console, bars.error());
  market::CandleColumns lower;
  const bool is_magnified = args.intrabar == trading::Intrabar::magnifier || !args.lower_candles.empty();
  if (is_magnified || (!args.report.empty() && !args.symbol.empty())) {
    auto read = chart.lower_bars();
    if (!read && (is_magnified || read.error().code != Errc::not_found)) return report(console, read.error());
    if (read) lower = std::move(*read);
  }
  BacktestCase of{.document = document,
                  .program = *program,
                  .graph = graph,
                  .named = named.get(),
                  .plan = *plan,
                  .bars = bars->view(),
                  .settings = *settings,
                  .facts = {.instrument = chart.instrument.id,
                            .timeframe = chart.timeframe,
                            .strategy = program->name,
                            .commission = args.commission,
                            .slippage = args.slippage,
                            .fills = settings->account.fills,
                            .warnings = program->warnings}};
  if (!lower.empty()) of.lower_bars = backtest::lower_bars_of(lower.view(), chart.timeframe);
  for (std::size_t i = 0; i < program->inputs.size(); ++i)
    of.facts.inputs.emplace_back(program->inputs[i].first,
                                 strategy::value_text(document.inputs[i], program->inputs[i].second));
  return run_case(console, args, of);
}

}  // namespace

int run_backtest(FolderCommand& command, const BacktestArgs& args) {
  return on_stored_chart(command, args, [&](const strategy::Document& document, TestedChart& chart) {
    return run_on(command.console, args, document, chart);
  });
}

int run_backtest_file(Console& console, const BacktestArgs& args) {
  return on_file_chart(console, args, [&](const strategy::Document& document, TestedChart& chart) {
    return run_on(console, args, document, chart);
  });
}

}  // namespace cw::app
