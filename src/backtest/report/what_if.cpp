#include "backtest/report/what_if.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "backtest/run_json.h"

namespace cw::backtest {
namespace {

constexpr double kFartherBps[] = {200, 500, kDearestBps};
constexpr double kExactToBps = 0.01;

Result<RunSummary> summary_of(const Rerun& of, const RunSettings& settings) {
  if (of.cancelled && of.cancelled()) return fail(Errc::cancelled, "stopped");
  auto made = run_parts(of.parts, settings);
  if (!made) return pass_on(made);
  const RunResult result = std::move(*made);
  if (result.rows.equity.empty()) return fail(Errc::bad_input, "no bar lies in the period");
  const auto figures = metrics_of(result, of.parts.front().program.timeframe).figures;
  return RunSummary{.net_profit = figures[Figure::net_profit],
                    .total_return = figures[Figure::total_return],
                    .sharpe = figures[Figure::sharpe],
                    .max_drawdown = figures[Figure::max_drawdown],
                    .trades = figures[Figure::trades].n,
                    .ambiguous_bars = result.counts.ambiguous_bars};
}

Result<RunSummary> at_cost(const Rerun& of, double bps) {
  RunSettings settings = of.settings;
  auto& costs = settings.account.costs;
  costs.commission = {};
  costs.commission.tiers[0].maker_e8 = costs.commission.tiers[0].taker_e8 = std::llround(bps * 1e4);
  costs.slippage = {};
  return summary_of(of, settings);
}

/// Halves [low, high], a net profit above 0 at its low end and not at its high one.
Result<double> where_it_falls(const Rerun& of, double low, double high) {
  while (high - low > kExactToBps) {
    const double middle = (low + high) / 2;
    const auto summary = at_cost(of, middle);
    if (!summary) return pass_on(summary);
    (summary->net_profit.value > 0 ? low : high) = middle;
  }
  return (low + high) / 2;
}

}  // namespace

Result<std::vector<PolicyRun>> under_each_policy(const Rerun& of) {
  using trading::FillTime;
  using trading::Intrabar;
  std::vector<PolicyRun> runs;
  const auto& asked = of.settings.account.fills;
  const bool has_lower = std::ranges::any_of(of.parts, [](const RunPart& part) { return bool{part.lower_bars}; });
  for (const FillTime time : {FillTime::next_open, FillTime::close}) {
    for (const Intrabar intrabar : {Intrabar::pessimistic, Intrabar::adaptive, Intrabar::magnifier}) {
      RunSettings settings = of.settings;
      settings.account.fills.time = time;
      settings.account.fills.intrabar = intrabar;
      PolicyRun run{.policy = settings.account.fills, .is_asked = settings.account.fills == asked};
      if (intrabar != Intrabar::magnifier || has_lower) {
        const auto summary = summary_of(of, settings);
        if (!summary) return pass_on(summary);
        run.is_run = true;
        run.summary = *summary;
      }
      runs.push_back(run);
    }
  }
  return runs;
}

Result<CostCurve> cost_curve(const Rerun& of) {
  CostCurve curve;
  for (const double bps : kCostsBps) {
    const auto summary = at_cost(of, bps);
    if (!summary) return pass_on(summary);
    curve.points.push_back({bps, *summary});
  }
  if (curve.points[0].summary.net_profit.value <= 0) {
    curve.why_none = curve.points[0].summary.trades == 0 && curve.points[0].summary.net_profit.value == 0
                         ? "It never traded."
                         : "It does not earn anything even where trading costs nothing.";
    return curve;
  }
  double low = 0;
  const auto falls_at = [&](double bps, double net_profit) -> Result<bool> {
    if (net_profit > 0) {
      low = bps;
      return false;
    }
    const auto found = where_it_falls(of, low, bps);
    if (!found) return pass_on(found);
    curve.break_even_bps = *found;
    return true;
  };
  for (const auto& point : curve.points) {
    const auto fell = falls_at(point.bps, point.summary.net_profit.value);
    if (!fell) return pass_on(fell);
    if (*fell) return curve;
  }
  for (const double bps : kFartherBps) {
    const auto summary = at_cost(of, bps);
    if (!summary) return pass_on(summary);
    const auto fell = falls_at(bps, summary->net_profit.value);
    if (!fell) return pass_on(fell);
    if (*fell) return curve;
  }
  curve.why_none =
      fmt::format("It still earns where each fill costs {} bps: costs are not what decides here.", kDearestBps);
  return curve;
}

}  // namespace cw::backtest
