#include <algorithm>
#include <cmath>
#include <limits>

#include "backtest/metrics.h"
#include "backtest/statistics.h"

namespace cw::backtest {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kTail = 0.05;

double over(double value, double by) { return by == 0 ? kNaN : value / by; }

void put_growth(const EquityFacts& facts, Figures& into) {
  into.put(Figure::net_profit, facts.bars, facts.final_equity - facts.capital);
  into.put(Figure::total_return, facts.bars, facts.final_equity / facts.capital - 1);
  into.put(Figure::buy_and_hold_return, facts.bars,
           facts.periods.empty() ? kNaN : facts.periods.back().benchmark / facts.first_price - 1);
  const double growth = std::max(facts.final_equity / facts.capital, 0.0);
  const double cagr = std::pow(growth, 1 / facts.years()) - 1;
  into.put(Figure::cagr, facts.periods.size(), cagr);
  into.put(Figure::calmar, facts.periods.size(), over(cagr, facts.drawdown.depth));
}

void put_drawdowns(const EquityFacts& facts, Figures& into) {
  const auto& fell = facts.drawdown;
  const auto bars = facts.bars;
  const auto count = static_cast<double>(fell.count);
  into.put(Figure::max_drawdown, bars, fell.depth);
  into.put(Figure::max_drawdown_bars, bars, static_cast<double>(fell.bars));
  into.put(Figure::max_drawdown_recovery_bars, bars,
           fell.recovered_at_ms ? static_cast<double>(fell.bars - fell.bars_to_trough) : kNaN);
  into.put(Figure::longest_drawdown_bars, bars, static_cast<double>(fell.longest_bars));
  into.put(Figure::average_drawdown, fell.count, over(fell.sum_of_depths, count));
  into.put(Figure::average_drawdown_bars, fell.count, over(static_cast<double>(fell.sum_of_bars), count));
  into.put(Figure::ulcer_index, bars, std::sqrt(over(fell.sum_of_squares, static_cast<double>(bars))));
}

void put_exposure(const EquityFacts& facts, Figures& into) {
  if (!facts.exposure_known) return;
  const auto bars = static_cast<double>(facts.bars);
  into.put(Figure::time_in_market, facts.bars, static_cast<double>(facts.bars_in_market) / bars);
  into.put(Figure::average_exposure, facts.bars, facts.sum_of_exposure / bars);
  into.put(Figure::largest_exposure, facts.bars, facts.largest_exposure);
}

void put_ratios(std::span<const double> returns, const Moments& found, double a_year, Figures& into) {
  const auto n = returns.size();
  double gains = 0;
  double losses = 0;
  double squares = 0;  // of losses
  for (const double r : returns) {
    gains += std::max(r, 0.0);
    losses += std::max(-r, 0.0);
    squares += std::min(r, 0.0) * std::min(r, 0.0);
  }
  const double below = std::sqrt(squares / static_cast<double>(n));
  const bool flat = found.is_flat();
  const double deviation = found.deviation();
  into.put(Figure::volatility, n, deviation * std::sqrt(a_year));
  into.put(Figure::sharpe, n, flat ? kNaN : found.mean / deviation * std::sqrt(a_year), Missing::no_variation);
  into.put(Figure::sortino, n, is_flat(below, found.largest) ? kNaN : found.mean / below * std::sqrt(a_year),
           Missing::undefined);
  into.put(Figure::omega, n, is_flat(losses, found.largest) ? kNaN : gains / losses);
  into.put(Figure::skew, n, flat ? kNaN : found.skew(), Missing::no_variation);
  into.put(Figure::kurtosis, n, flat ? kNaN : found.kurtosis(), Missing::no_variation);
}

void put_tails(std::span<const double> returns, Figures& into) {
  const auto n = returns.size();
  if (n < info(Figure::var_95).least) {
    for (const auto figure : {Figure::var_95, Figure::cvar_95, Figure::tail_ratio}) into.put(figure, n, kNaN);
    return;
  }
  std::vector<double> sorted(returns.begin(), returns.end());
  std::ranges::sort(sorted);
  const double low = quantile_of_sorted(sorted, kTail);
  const double high = quantile_of_sorted(sorted, 1 - kTail);
  const auto under = std::ranges::upper_bound(sorted, low) - sorted.begin();
  double sum = 0;
  for (std::ptrdiff_t i = 0; i < under; ++i) sum += sorted[static_cast<std::size_t>(i)];
  into.put(Figure::var_95, n, -low);
  into.put(Figure::cvar_95, n, -sum / static_cast<double>(under));
  const double largest = std::max(std::abs(sorted.front()), std::abs(sorted.back()));
  into.put(Figure::tail_ratio, n, is_flat(std::abs(low), largest) ? kNaN : std::abs(high / low));
}

void put_market(std::span<const double> returns, std::span<const double> market, const Moments& found, double a_year,
                Figures& into) {
  const Moments its = moments(market);
  double together = 0;
  for (std::size_t i = 0; i < returns.size(); ++i) together += (returns[i] - found.mean) * (market[i] - its.mean);
  const double beta = its.is_flat() ? kNaN : together / static_cast<double>(returns.size()) / its.m2;
  into.put(Figure::beta, returns.size(), beta, Missing::no_variation);
  into.put(Figure::alpha, returns.size(), (found.mean - beta * its.mean) * a_year, Missing::no_variation);
}

}  // namespace

void measure_equity(const EquityFacts& facts, Figures& into) {
  put_growth(facts, into);
  put_drawdowns(facts, into);
  put_exposure(facts, into);

  bool ruined = false;
  const auto returns = facts.returns(&ruined);
  if (ruined) {
    for (const auto figure :
         {Figure::volatility, Figure::sharpe, Figure::sortino, Figure::omega, Figure::skew, Figure::kurtosis,
          Figure::var_95, Figure::cvar_95, Figure::tail_ratio, Figure::alpha, Figure::beta}) {
      into.put(figure, returns.size(), kNaN, Missing::ruined);
    }
    return;
  }
  const Moments found = moments(returns);
  put_ratios(returns, found, facts.periods_a_year(), into);
  put_tails(returns, into);
  put_market(returns, facts.benchmark_returns(), found, facts.periods_a_year(), into);
}

}  // namespace cw::backtest
