#include <algorithm>
#include <thread>

#include <fmt/format.h>

#include "app/commands/commands.h"
#include "app/commands/progress.h"
#include "app/commands/sweep_state.h"
#include "app/commands/sweep_told.h"
#include "app/commands/sweep_workers.h"
#include "app/commands/tested_chart.h"
#include "backtest/sweep/cell_program.h"
#include "backtest/sweep/leaks.h"
#include "backtest/sweep/state_json.h"
#include "backtest/sweep/tpe.h"
#include "lab/sweep_bars.h"

// Tries many values of a strategy's inputs on history.
namespace cw::app {
namespace {

using std::chrono::steady_clock;

constexpr std::size_t kPortionMost = 256;
constexpr std::chrono::milliseconds kLook{50};

std::size_t threads_of(const SweepArgs& args) {
  return args.threads.value_or(std::max(1U, std::thread::hardware_concurrency()));
}

/// A sweep that was asked for, with what it runs over.
struct Case {
  const SweepArgs& args;
  const backtest::SweepPlan& plan;
  const backtest::SweepData& data;
  const backtest::SweepShape& shape;
  const backtest::SweepFacts& facts;
  lab::OtherSymbols* others;  // that rules may look at; null: there are none
};

/// Before the first cell: see check_sweep_leaks.
Result<void> check_leaks(Console& console, const Case& of) {
  if (!of.args.run.checks) return {};
  const std::uint64_t all_looks = 2 * of.data.parts.size();
  ProgressBar bar(console, "leak checks");
  std::uint64_t looks = 0;
  const auto look = [&](const backtest::LeakInput& input) {
    bar.show(looks++, all_looks, std::string_view{});
    return backtest::check_leaks(input);
  };
  auto sound = backtest::check_sweep_leaks(of.plan, of.data, look, [&console] { return console.cancelled(); });
  if (!sound && sound.error().code == Errc::bad_input) sound.error().message += "\n  (--no-checks sweeps all the same)";
  return sound;
}

std::string eta_text(const backtest::SweepProgress& progress, std::uint64_t done_before,
                     steady_clock::time_point began) {
  const std::uint64_t done = progress.done - done_before;
  std::string text = fmt::format("{} of {}", with_commas(progress.done), with_commas(progress.total));
  if (done == 0) return text;
  const double took = std::chrono::duration<double, std::milli>(steady_clock::now() - began).count();
  const double left = took * static_cast<double>(progress.total - progress.done) / static_cast<double>(done);
  return text + ", " + format_duration(Millis{static_cast<std::int64_t>(left)}) + " left";
}

/// Runs what is missing. Cancelled: what is finished until then is taken and saved.
Result<void> run_all(Console& console, const Case& of, backtest::Sweep& sweep, SweepState& state) {
  const std::size_t threads = threads_of(of.args);
  const auto shares = sweep.progress().total / (4 * threads) + 1;
  const std::size_t portion = of.plan.search == backtest::Search::tpe
                                  ? std::max<std::size_t>(1, backtest::kTpeGeneration / threads)
                                  : std::min<std::size_t>(kPortionMost, shares);
  ProgressBar bar(console, "sweep");
  SweepWorkers workers(of.plan, of.shape, of.data, threads);
  const auto began = steady_clock::now();
  const auto done_before = sweep.progress().done;
  bool is_stopping = false;
  while (!sweep.is_done()) {
    while (!is_stopping && workers.under_way() < 2 * threads) {
      auto trials = sweep.next(portion);
      if (trials.empty()) break;
      workers.give(std::move(trials));
    }
    if (workers.under_way() == 0) break;
    auto results = workers.fetch(kLook);
    if (results && !*results) return pass_on(*results);
    if (results) {
      state.add(**results);
      sweep.take(std::move(**results));
    }
    bar.show(sweep.progress().done, sweep.progress().total, eta_text(sweep.progress(), done_before, began));
    if (auto saved = state.save(false); !saved && !console.cancelled()) return saved;
    if (console.cancelled() && !is_stopping) {
      is_stopping = true;
      workers.stop();
    }
  }
  if (auto saved = state.save(true); !saved && !is_stopping) return saved;
  if (sweep.is_done()) return {};
  return is_stopping ? fail(Errc::cancelled, "stopped") : fail(Errc::internal, "the sweep has nothing left to run");
}

std::string stopped_text(const Case& of, const backtest::Sweep& sweep) {
  const auto progress = sweep.progress();
  const std::string how_far = fmt::format("stopped after {} of {} runs", progress.done, progress.total);
  if (of.args.state.empty()) return how_far + "; with --state FILE it could go on";
  return fmt::format("{}; the same command goes on from what {} holds", how_far, of.args.state);
}

/// The heat map that the command line asks for, in place of that of the first two inputs.
Result<void> choose_heat_map(const Case& of, const backtest::Sweep& sweep, backtest::SweepReport& report) {
  if (of.args.heat_map.empty()) return {};
  std::vector<std::size_t> axes;
  for (const auto& name : of.args.heat_map) {
    const auto at = of.plan.space.find(name);
    if (!at) return fail(Errc::bad_parameter, fmt::format("--heat-map: '{}' is no input that is tried", name));
    axes.push_back(*at);
  }
  const auto what = of.args.heat_map_of_mean ? backtest::HeatMap::Of::mean : backtest::HeatMap::Of::best;
  auto map = backtest::heat_map(sweep, axes[0], axes[1], what);
  if (!map) return pass_on(map);
  report.heat_maps = {std::move(*map)};
  return {};
}

int run_case(Console& console, const Case& of) {
  if (auto sound = check_leaks(console, of); !sound) return report(console, sound.error());
  backtest::Sweep sweep(of.plan, of.shape);
  SweepState state(console, of.args.state, backtest::question_json(of.facts, of.plan, of.data), of.others);
  auto finished = state.load();
  if (!finished) return report(console, finished.error());
  if (auto restored = sweep.restore(std::move(*finished)); !restored)
    return report(console, with_place(restored.error(), of.args.state));
  if (auto done = run_all(console, of, sweep, state); !done) {
    Error error = done.error();
    if (error.code == Errc::cancelled) error.message = stopped_text(of, sweep);
    return report(console, error);
  }
  auto found = backtest::report_of(sweep, of.data, [&console] { return !console.cancelled(); });
  if (!found) {
    Error error = found.error();
    if (error.code == Errc::cancelled) error.message = stopped_text(of, sweep);
    return report(console, error);
  }
  if (auto chosen = choose_heat_map(of, sweep, *found); !chosen) return report(console, chosen.error());
  console.out(of.args.run.json ? backtest::sweep_json(of.facts, sweep, of.data, *found) + '\n'
                               : sweep_table(of.facts, sweep, of.data, *found, console.columns()));
  return kGood;
}

/// The bars of all that is swept.
Result<std::vector<market::CandleColumns>> read_bars(Console& console, const TestedCharts& charts) {
  ProgressBar bar(console, "bars");
  std::uint64_t about = 0;
  for (const auto& chart : charts.charts) about += chart.market.bars_about;
  return lab::read_sweep_bars(charts.markets(), lab::RunLimits{}.bars, [&](double share) {
    const auto done = static_cast<std::uint64_t>(share * static_cast<double>(about));
    bar.show(done, about, done);
    return !console.cancelled();
  });
}

int sweep_over(Console& console, const SweepArgs& args, const strategy::Document& document,
               const TestedCharts& charts) {
  const auto settings = lab::settings_of(request_of(args.run), charts.charts.size());
  if (!settings) return report(console, by_flag(settings.error()));
  strategy::GivenInputs fixed;
  for (const auto& [name, value] : args.run.inputs) fixed[name] = value;
  const auto plan = backtest::plan_sweep(args.sweep, document, fixed, *settings);
  if (!plan) return report(console, plan.error());
  const auto bars = read_bars(console, charts);
  if (!bars) return report(console, bars.error());
  const auto instruments = charts.instruments();
  std::vector<market::CandleColumns> lower;
  if (args.run.intrabar == trading::Intrabar::magnifier) {
    auto read = lab::read_sweep_lower(instruments, charts.markets(), *bars, lab::RunLimits{}.bars,
                                      [&console](double) { return !console.cancelled(); });
    if (!read) return report(console, read.error());
    lower = std::move(*read);
  }
  auto data = lab::sweep_data(instruments, *bars, lower, settings->from, charts.timeframe, charts.language);
  if (!data) return report(console, data.error());
  for (std::size_t i = 0; i < instruments.size(); ++i) {
    data->parts[i].series = charts.charts[i].named_on_threads;
    if (const auto others = charts.charts[i].market.others)
      data->parts[i].others = [others](expr::Plan& plan) { return others->give(plan); };
  }
  if (const auto sound = backtest::check_rules(*plan, *data); !sound)
    return report(console, with_place(sound.error(), args.run.strategy));
  const auto shape = backtest::shape_of(*plan, *data);
  if (!shape) return report(console, shape.error());
  backtest::SweepFacts facts{.instruments = {},
                             .timeframe = charts.timeframe,
                             .commission = args.run.commission,
                             .slippage = args.run.slippage,
                             .funding = args.run.funding};
  for (const auto& instrument : instruments) facts.instruments.push_back(instrument.id);
  facts.warnings = lab::sweep_warnings(request_of(args.run), settings->from, *data);
  return run_case(console, {args, *plan, *data, *shape, facts, charts.charts.front().market.others.get()});
}

}  // namespace

int run_sweep(FolderCommand& command, const SweepArgs& args) {
  return on_stored_charts(command, args.run, [&](const strategy::Document& document, const TestedCharts& charts) {
    return sweep_over(command.console, args, document, charts);
  });
}

int run_sweep_file(Console& console, const SweepArgs& args) {
  return on_file_chart(console, args.run, [&](const strategy::Document& document, const TestedCharts& charts) {
    return sweep_over(console, args, document, charts);
  });
}

}  // namespace cw::app
