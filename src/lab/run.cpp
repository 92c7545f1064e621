#include "lab/run.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "backtest/lower_bars.h"
#include "base/require.h"
#include "lab/coverage.h"
#include "lab/shorter_bars.h"

namespace cw::lab {
namespace {

// Of the progress: reading the bars, and running over them.
constexpr double kReading = 0.2;

std::unexpected<Error> stopped() { return fail(Errc::cancelled, "The run was stopped."); }

/// Bars of one instrument and what its plan is made of, appended to `into`.
Result<void> load_part(const PreparedPart& part, const RunMarket& market, std::uint64_t bars_most,
                       const Progress& progress, LoadedRun& into) {
  auto source = market.bars();
  if (!source) return pass_on(source);
  auto bars = read_all(**source, bars_most, progress, market.bars_about);
  if (!bars) return pass_on(bars);
  into.bars.push_back(std::move(*bars));
  auto made = plan_of(part, market, [&progress] { return !progress(1); });
  if (!made) return pass_on(made);
  into.named.push_back(std::move(made->named));
  into.plans.push_back(std::move(made->plan));
  into.lower.emplace_back();
  return {};
}

/// Whether finer bars are those that a bar is made of, judged by the opens that they share.
bool fit(const market::CandleSpan& bars, const market::CandleSpan& lower) {
  constexpr std::size_t kLooked = 200;
  constexpr double kNear = 0.02;
  std::size_t looked = 0;
  std::size_t near = 0;
  for (std::size_t i = 0; i < bars.size() && looked < kLooked; ++i) {
    const auto at = std::ranges::lower_bound(lower.open_time_ms, bars.open_time_ms[i]) - lower.open_time_ms.begin();
    const auto row = static_cast<std::size_t>(at);
    if (row == lower.size() || lower.open_time_ms[row] != bars.open_time_ms[i]) continue;
    ++looked;
    if (std::abs(lower.open[row] / bars.open[i] - 1) < kNear) ++near;
  }
  return 2 * near >= looked;
}

}  // namespace

Result<market::CandleColumns> read_lower(const RunMarket& market, const market::CandleSpan& bars,
                                         std::uint64_t bars_most, const Progress& progress) {
  if (!market.lower_bars) return market::CandleColumns{};
  auto finer = market.lower_bars();
  if (!finer) return pass_on(finer);
  if (!*finer) return market::CandleColumns{};
  auto rows = read_all(**finer, bars_most, progress, 0);
  if (rows && !fit(bars, rows->view()))
    return fail(Errc::bad_parameter,
                "The shorter candles are not of what is tested: most of them open at other prices than its bars.");
  return rows;
}

RunMarket stored_market(const candle_store::CandleStore& store, const market::InstrumentId& id,
                        market::Timeframe timeframe, Timestamp from, Timestamp end) {
  using Bars = Result<std::unique_ptr<evaluation::BarSource>>;
  RunMarket market;
  market.bars = [&store, id, timeframe, end]() -> Bars {
    return evaluation::stored_bars(store, id, timeframe, Timestamp{}, end);
  };
  market.bars_about = evaluation::bars_at_most(store, id, timeframe);
  market.lower_bars = [&store, id, timeframe, from, end]() -> Bars {
    return shorter_bars(store, id, timeframe, from, end);
  };
  return market;
}

Result<market::CandleColumns> read_all(evaluation::BarSource& source, std::uint64_t bars_most, const Progress& progress,
                                       std::uint64_t bars_about) {
  market::CandleColumns all;
  market::CandleColumns rows;
  for (;;) {
    const auto more = source.next(rows);
    if (!more) return pass_on(more);
    if (!*more) return all;
    if (all.size() + rows.size() > bars_most)
      return fail(
          Errc::limit_exceeded,
          fmt::format("A run takes at most {} bars; choose a shorter period or a longer timeframe.", bars_most));
    all.append(rows.view());
    const double share =
        bars_about == 0 ? 0 : std::min(1.0, static_cast<double>(all.size()) / static_cast<double>(bars_about));
    if (!progress(share)) return stopped();
  }
}

Result<PartPlan> plan_of(const PreparedPart& part, const RunMarket& market, const std::function<bool()>& cancelled) {
  std::unique_ptr<expr::NamedSeries> named;
  if (market.named) {
    auto series = market.named(*part.graph);
    if (!series) return pass_on(series);
    named = std::move(*series);
  }
  auto plan = expr::Plan::make(*part.graph, part.program.nodes, named.get());
  if (!plan) return pass_on(plan);
  if (!plan->feeds().empty() && !market.others)
    return fail(Errc::unsupported,
                fmt::format("The strategy looks at {}, and other symbols are not known where the candles are a file's.",
                            plan->feeds().front().symbol));
  if (market.others) {
    if (auto done = market.others->give(*plan, cancelled); !done) return pass_on(done);
  }
  return PartPlan{std::move(named), std::move(*plan)};
}

std::size_t LoadedRun::bar_count() const {
  std::size_t count = 0;
  for (const auto& one : bars) count += one.size();
  return count;
}

std::vector<market::CandleSpan> LoadedRun::views() const {
  std::vector<market::CandleSpan> out;
  for (const auto& one : bars) out.push_back(one.view());
  return out;
}

Result<LoadedRun> load_run(const PreparedRun& run, std::span<const RunMarket> markets, const RunLimits& limits,
                           const Progress& progress) {
  CW_REQUIRE(markets.size() == run.parts.size());
  LoadedRun loaded;
  loaded.plans.reserve(run.parts.size());
  const auto count = static_cast<double>(run.parts.size());
  for (std::size_t i = 0; i < run.parts.size(); ++i) {
    const auto told = [&](double share) { return progress((static_cast<double>(i) + share) / count); };
    const std::uint64_t left = limits.bars - loaded.bar_count();
    if (auto done = load_part(run.parts[i], markets[i], left, told, loaded); !done) {
      if (done.error().code != Errc::limit_exceeded) return pass_on(done);
      return fail(Errc::limit_exceeded,
                  fmt::format("A run takes at most {} bars of all its symbols; choose a shorter period or a longer "
                              "timeframe.",
                              limits.bars));
    }
  }
  for (std::size_t i = 0; i < run.parts.size(); ++i) {
    const PreparedPart& part = run.parts[i];
    loaded.parts.push_back({.program = part.program,
                            .plan = loaded.plans[i],
                            .instrument = part.rules,
                            .bars = loaded.bars[i].view(),
                            .name = part.instrument.id.symbol});
  }
  if (run.settings.account.fills.intrabar != trading::Intrabar::magnifier) return loaded;
  if (auto done = load_lower(run, markets, limits, progress, loaded); !done) return pass_on(done);
  return loaded;
}

Result<void> load_lower(const PreparedRun& run, std::span<const RunMarket> markets, const RunLimits& limits,
                        const Progress& progress, LoadedRun& loaded) {
  std::vector<market::CandleColumns> lower(run.parts.size());
  std::uint64_t count = 0;
  for (std::size_t i = 0; i < run.parts.size(); ++i) {
    if (!loaded.lower[i].empty()) continue;
    auto rows = read_lower(markets[i], loaded.bars[i].view(), limits.bars - count, [&](double) { return progress(1); });
    if (!rows && rows.error().code == Errc::limit_exceeded)
      return fail(
          Errc::limit_exceeded,
          fmt::format("A run walks at most {} shorter bars of all its symbols; choose a shorter period.", limits.bars));
    if (!rows) return pass_on(rows);
    count += rows->size();
    lower[i] = std::move(*rows);
  }
  // All of them, or none.
  for (std::size_t i = 0; i < run.parts.size(); ++i) {
    if (lower[i].empty()) continue;
    loaded.lower[i] = std::move(lower[i]);
    loaded.parts[i].lower_bars = backtest::lower_bars_of(loaded.lower[i].view(), run.timeframe);
  }
  return {};
}

Result<void> load_lower_to_compare(const PreparedRun& run, std::span<const RunMarket> markets, const RunLimits& limits,
                                   const Progress& progress, LoadedRun& loaded) {
  auto done = load_lower(run, markets, limits, progress, loaded);
  if (!done && done.error().code == Errc::limit_exceeded) return {};
  return done;
}

Error with_line(Error error, const strategy::Document& document) {
  const std::size_t line = error.field.empty() ? 0 : strategy::line_of(document.places, error.field);
  return line == 0 ? error : with_place(std::move(error), fmt::format("line {}", line));
}

Result<FinishedRun> make_run(const PreparedRun& run, std::span<const RunMarket> markets, const RunLimits& limits,
                             const Progress& progress) {
  auto loaded = load_run(run, markets, limits, [&](double share) { return progress(kReading * share); });
  if (!loaded) return pass_on(loaded);
  if (auto there = check_bars(run.names(), loaded->views(), run.settings.from, run.timeframe); !there)
    return pass_on(there);
  auto warnings = coverage_of(run, *loaded);
  FinishedRun finished{.loaded = std::move(*loaded), .warnings = std::move(warnings), .result = {}, .metrics = {}};
  auto made = backtest::run_parts(finished.loaded.parts, run.settings,
                                  [&](double share) { return progress(kReading + (1 - kReading) * share); });
  if (!made && made.error().code == Errc::cancelled) return stopped();
  if (!made) return std::unexpected(with_line(made.error(), run.document));
  finished.result = std::move(*made);
  const auto& result = finished.result;
  if (result.rows.equity.empty()) {
    return fail(Errc::not_found,
                fmt::format("No bar of {} {} lies in the period; {} were before it.",
                            backtest::instruments_text(run.facts()), market::name(run.timeframe), result.warm_up_bars));
  }
  if (result.trades.size() > limits.trades)
    return fail(Errc::limit_exceeded,
                fmt::format("A run makes at most {} trades; this one made {}.", limits.trades, result.trades.size()));
  finished.metrics = backtest::metrics_of(result, run.timeframe);
  return finished;
}

}  // namespace cw::lab
