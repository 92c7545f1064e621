#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "app/commands/backtest_told.h"
#include "app/commands/progress.h"
#include "app/commands/tested_chart.h"
#include "lab/coverage.h"

// Tests a strategy on history: stored candles, or a file's.
namespace cw::app {
namespace {

constexpr std::uint64_t kSteps = 1'000;  // of a progress bar

/// Tells the share that is done on a bar; false where somebody wants it to end.
lab::Progress telling(Console& console, ProgressBar& bar, std::uint64_t rows) {
  return [&console, &bar, rows](double share) {
    const auto done = static_cast<std::uint64_t>(share * static_cast<double>(kSteps));
    bar.show(std::min(done, kSteps), kSteps, static_cast<std::uint64_t>(share * static_cast<double>(rows)));
    return !console.cancelled();
  };
}

/// A leak ends the command before the result is shown.
int report_leaks(Console& console, const backtest::LeakReport& leaks) {
  std::string text = "candlewick: " + leaks.text() + '\n';
  for (const auto& leak : leaks.leaks) text += "  " + leak.text() + '\n';
  console.err(text + "  (--no-checks shows the result all the same)\n");
  return kFailed;
}

int run_case(Console& console, const BacktestArgs& args, BacktestCase of) {
  std::optional<backtest::LeakReport> leaks;
  if (args.checks) {
    auto found = leaks_of(console, of);
    if (!found) return report(console, lab::with_line(found.error(), of.run.document));
    if (*found && !(*found)->passed()) return report_leaks(console, **found);
    leaks = std::move(*found);
  }
  Result<backtest::RunResult> result = backtest::RunResult{};
  {
    ProgressBar bar(console, "backtest");
    result = backtest::run_parts(of.loaded.parts, of.run.settings, telling(console, bar, of.loaded.bar_count()));
  }
  if (!result) return report(console, lab::with_line(result.error(), of.run.document));
  if (result->rows.equity.empty()) {
    return report(console, {Errc::not_found,
                            fmt::format("no bar of {} {} lies in the period; {} were before it",
                                        backtest::instruments_text(of.facts), market::name(of.facts.timeframe),
                                        result->warm_up_bars),
                            {},
                            {}});
  }
  auto extras = extras_of(console, args, of, *result);
  if (!extras) return report(console, extras.error());
  extras->leaks = std::move(leaks);
  const auto told = tell_backtest(console, args, of, *result, *extras);
  return told ? kGood : report(console, told.error());
}

/// Bars that are further apart than their timeframe, all of them, are of another one.
Result<void> check_spacing(const market::CandleSpan& bars, market::Timeframe timeframe) {
  if (bars.size() < 3) return {};
  std::int64_t least = std::numeric_limits<std::int64_t>::max();
  for (std::size_t i = 1; i < bars.size(); ++i)
    least = std::min(least, bars.open_time_ms[i] - bars.open_time_ms[i - 1]);
  if (least <= market::duration(timeframe).count()) return {};
  return fail(Errc::bad_parameter,
              fmt::format("--timeframe: no two bars of the file are nearer than {} minutes, so they are not of {}",
                          least / 60'000, market::name(timeframe)));
}

int run_on(Console& console, const BacktestArgs& args, const strategy::Document& document, const TestedCharts& charts) {
  auto request = request_of(args);
  request.timeframe = charts.timeframe;
  const auto run = lab::prepare(std::move(request), document, charts.instruments(), charts.language);
  if (!run) {
    const auto& refusal = run.error();
    return report(console, refusal.faults.empty() ? by_flag(refusal.error) : with_place(refusal.error, args.strategy));
  }
  const auto markets = charts.markets();
  std::uint64_t about = 0;
  for (const auto& market : markets) about += market.bars_about;
  Result<lab::LoadedRun> loaded = lab::LoadedRun{};
  {
    ProgressBar bar(console, "bars");
    loaded = lab::load_run(*run, markets, {}, telling(console, bar, about));
  }
  if (!loaded) return report(console, loaded.error());
  if (!args.lower_candles.empty()) {  // who names them wants them read
    const auto go_on = [&console](double) { return !console.cancelled(); };
    if (const auto lower = lab::load_lower(*run, markets, {}, go_on, *loaded); !lower)
      return report(console, lower.error());
  }
  if (args.symbol.empty()) {
    if (const auto sound = check_spacing(loaded->bars.front().view(), charts.timeframe); !sound)
      return report(console, sound.error());
  }
  if (const auto there = lab::check_bars(run->names(), loaded->views(), run->settings.from, run->timeframe); !there)
    return report(console, there.error());
  auto facts = run->facts();
  for (auto& text : lab::coverage_of(*run, *loaded)) facts.warnings.push_back(std::move(text));
  return run_case(console, args, {.run = *run, .markets = markets, .loaded = *loaded, .facts = std::move(facts)});
}

}  // namespace

int run_backtest(FolderCommand& command, const BacktestArgs& args) {
  return on_stored_charts(command, args, [&](const strategy::Document& document, const TestedCharts& charts) {
    return run_on(command.console, args, document, charts);
  });
}

int run_backtest_file(Console& console, const BacktestArgs& args) {
  return on_file_chart(console, args, [&](const strategy::Document& document, const TestedCharts& charts) {
    return run_on(console, args, document, charts);
  });
}

}  // namespace cw::app
