#include "lab/run.h"

#include <algorithm>

#include <fmt/format.h>

#include "backtest/lower_bars.h"

namespace cw::lab {
namespace {

// Of the progress: reading the bars, and running over them.
constexpr double kReading = 0.2;

std::unexpected<Error> stopped() { return fail(Errc::cancelled, "The run was stopped."); }

Result<void> take_all(backtest::Engine& engine, const market::CandleSpan& bars, const Progress& progress) {
  constexpr std::size_t kPortion = 65'536;
  for (std::size_t from = 0; from < bars.size(); from += kPortion) {
    const std::size_t count = std::min(kPortion, bars.size() - from);
    if (auto done = engine.take(bars.subspan(from, count)); !done) return done;
    const auto share = static_cast<double>(from + count) / static_cast<double>(bars.size());
    if (!progress(kReading + (1 - kReading) * share)) return stopped();
  }
  return {};
}

}  // namespace

std::optional<market::Timeframe> finest_below(const candle_store::CandleStore& store,
                                              const market::InstrumentId& instrument, market::Timeframe timeframe) {
  for (const auto lower : market::kTimeframes) {
    if (lower == timeframe) break;
    if (market::folds_into(lower, timeframe) && evaluation::bars_at_most(store, instrument, lower) > 0) return lower;
  }
  return std::nullopt;
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
    if (!progress(kReading * share)) return stopped();
  }
}

Result<FinishedRun> make_run(const PreparedRun& run, const RunMarket& market, const RunLimits& limits,
                             const Progress& progress) {
  auto source = market.bars();
  if (!source) return pass_on(source);
  FinishedRun finished;
  auto bars = read_all(**source, limits.bars, progress, market.bars_about);
  if (!bars) return pass_on(bars);
  finished.bars = std::move(*bars);

  std::unique_ptr<expr::NamedSeries> named;
  if (market.named) {
    auto series = market.named(*run.graph);
    if (!series) return pass_on(series);
    named = std::move(*series);
  }
  auto plan = expr::Plan::make(*run.graph, run.program.nodes, named.get());
  if (!plan) return pass_on(plan);
  if (!plan->feeds().empty())
    return fail(Errc::unsupported, "A strategy that looks at another symbol cannot be tested yet.");
  trading::LowerBars lower_bars;
  if (run.settings.account.fills.intrabar == trading::Intrabar::magnifier && market.lower_bars) {
    auto lower = market.lower_bars();
    if (!lower) return pass_on(lower);
    if (*lower) {
      auto rows = read_all(**lower, limits.bars, [&](double) { return progress(kReading); }, 0);
      if (!rows) return pass_on(rows);
      finished.lower = std::move(*rows);
      lower_bars = backtest::lower_bars_of(finished.lower.view(), run.timeframe);
    }
  }
  backtest::Engine engine(run.program, std::move(*plan), run.settings, std::move(lower_bars));
  if (auto done = take_all(engine, finished.bars.view(), progress); !done) return pass_on(done);
  finished.result = engine.finish();
  const auto& result = finished.result;
  if (result.rows.equity.empty()) {
    return fail(Errc::not_found,
                fmt::format("No bar of {} {} lies in the period; {} were before it.", run.instrument.id.text(),
                            market::name(run.timeframe), result.warm_up_bars));
  }
  if (result.trades.size() > limits.trades)
    return fail(Errc::limit_exceeded,
                fmt::format("A run makes at most {} trades; this one made {}.", limits.trades, result.trades.size()));
  finished.metrics = backtest::metrics_of(result, run.timeframe);
  return finished;
}

}  // namespace cw::lab
