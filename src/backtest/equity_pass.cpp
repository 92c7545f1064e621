#include "backtest/equity_pass.h"

#include <algorithm>
#include <cmath>

#include "base/require.h"

namespace cw::backtest {
namespace {

constexpr std::int64_t kDayMs = 86'400'000;

template <std::size_t N>
double in_order(const std::array<double, N>& lanes) {
  double sum = 0;
  for (const double lane : lanes) sum += lane;
  return sum;
}

/// Of a block: lanes of it at once, and no stop on the way.
bool is_zero(std::span<const double> values) {
  std::array<double, 8> most{};
  std::size_t i = 0;
  for (; i + most.size() <= values.size(); i += most.size()) {
    for (std::size_t k = 0; k < most.size(); ++k) {
      const double size = std::abs(values[i + k]);
      most[k] = size > most[k] ? size : most[k];
    }
  }
  for (; i < values.size(); ++i) most[0] = std::max(most[0], std::abs(values[i]));
  return *std::ranges::max_element(most) == 0;
}

std::int64_t day_of(std::int64_t ms) { return (ms >= 0 ? ms : ms - (kDayMs - 1)) / kDayMs; }

}  // namespace

double EquityFacts::years() const { return static_cast<double>(ends_at_ms - begins_at_ms) / (365.0 * kDayMs); }

double EquityFacts::periods_a_year() const {
  return 365.0 * kDayMs / static_cast<double>(std::max(market::duration(timeframe).count(), kDayMs));
}

std::vector<double> EquityFacts::returns(bool* ruined) const {
  std::vector<double> found;
  found.reserve(periods.size());
  if (ruined != nullptr) *ruined = false;
  double before = capital;
  for (const auto& period : periods) {
    if (!(period.equity > 0)) {
      found.push_back(-1);
      if (ruined != nullptr) *ruined = true;
      break;
    }
    found.push_back(period.equity / before - 1);
    before = period.equity;
  }
  return found;
}

std::vector<double> EquityFacts::benchmark_returns() const {
  std::vector<double> found;
  found.reserve(periods.size());
  double before = first_price;
  for (const auto& period : periods) {
    found.push_back(period.benchmark / before - 1);
    before = period.benchmark;
  }
  return found;
}

EquityPass::EquityPass(double capital, double first_price, market::Timeframe timeframe)
    : bar_ms_(market::duration(timeframe).count()), drawdown_(capital, 0, bar_ms_) {
  CW_REQUIRE(capital > 0 && first_price > 0);
  facts_.capital = facts_.final_equity = capital;
  facts_.first_price = first_price;
  facts_.timeframe = timeframe;
}

void EquityPass::add(const EquityRows& rows) {
  const std::size_t n = rows.size();
  CW_REQUIRE(rows.open_time_ms.size() == n && rows.benchmark.size() == n);
  CW_REQUIRE(rows.position_value.empty() || rows.position_value.size() == n);
  if (n == 0) return;
  if (facts_.bars == 0) {
    facts_.begins_at_ms = rows.open_time_ms.front();
    facts_.exposure_known = !rows.position_value.empty();
    drawdown_ = DrawdownPass(facts_.capital, facts_.begins_at_ms, bar_ms_);
  }
  CW_REQUIRE(facts_.exposure_known == !rows.position_value.empty());
  facts_.bars += n;
  facts_.ends_at_ms = rows.open_time_ms.back() + bar_ms_;
  facts_.final_equity = rows.equity.back();
  add_periods(rows);

  std::size_t at = 0;
  if (kept_ > 0) {
    at = std::min(n, kBlock - kept_);
    keep(rows.subspan(0, at));
    if (kept_ < kBlock) return;
    add_block(kept());
    kept_ = 0;
  }
  for (; at + kBlock <= n; at += kBlock) add_block(rows.subspan(at, kBlock));
  if (at < n) keep(rows.subspan(at, n - at));
}

void EquityPass::keep(const EquityRows& rows) {
  std::ranges::copy(rows.open_time_ms, time_.begin() + kept_);
  std::ranges::copy(rows.equity, equity_.begin() + kept_);
  std::ranges::copy(rows.position_value, position_.begin() + kept_);
  kept_ += rows.size();
}

EquityRows EquityPass::kept() const {
  return {{time_.data(), kept_}, {equity_.data(), kept_}, {}, {position_.data(), facts_.exposure_known ? kept_ : 0}};
}

// Lane k takes the rows k, k + 8, … of every block, so the sums do not depend on how the rows came.
void EquityPass::add_block(const EquityRows& rows) {
  const double* equity = rows.equity.data();
  std::array<double, kLanes> low;
  std::array<double, kLanes> high;
  auto sum = equity_sum_;  // a copy of its own: a member could be any double of the rows, for all the compiler knows
  low.fill(equity[0]);
  high.fill(equity[0]);
  std::size_t i = 0;
  for (; i + kLanes <= rows.size(); i += kLanes) {
    for (std::size_t k = 0; k < kLanes; ++k) {
      const double e = equity[i + k];
      low[k] = e < low[k] ? e : low[k];
      high[k] = e > high[k] ? e : high[k];
      sum[k] += e;
    }
  }
  for (std::size_t k = 0; i + k < rows.size(); ++k) sum[k] += equity[i + k];
  equity_sum_ = sum;
  // Of a block that is not whole the extremes are not asked for.
  drawdown_.add_block(rows.open_time_ms, rows.equity, *std::ranges::min_element(low), *std::ranges::max_element(high));
  if (facts_.exposure_known) add_exposure(rows);
}

void EquityPass::add_exposure(const EquityRows& rows) {
  const double* position = rows.position_value.data();
  const double* equity = rows.equity.data();
  if (is_zero(rows.position_value)) return;
  std::array<double, kLanes> bars{};
  std::array<double, kLanes> high{};
  auto sum = exposure_sum_;
  const auto take = [&](std::size_t k, std::size_t row) {
    const double ratio = std::abs(position[row]) / equity[row];
    const double share = equity[row] > 0 ? ratio : 0;
    sum[k] += share;
    bars[k] += position[row] != 0 ? 1 : 0;
    high[k] = share > high[k] ? share : high[k];
  };
  std::size_t i = 0;
  for (; i + kLanes <= rows.size(); i += kLanes) {
    for (std::size_t k = 0; k < kLanes; ++k) take(k, i + k);
  }
  for (std::size_t k = 0; i + k < rows.size(); ++k) take(k, i + k);
  exposure_sum_ = sum;
  facts_.bars_in_market += static_cast<std::uint64_t>(in_order(bars));
  facts_.largest_exposure = std::max(facts_.largest_exposure, *std::ranges::max_element(high));
}

void EquityPass::add_periods(const EquityRows& rows) {
  const auto& time = rows.open_time_ms;
  for (std::size_t at = 0; at < time.size();) {
    if (facts_.periods.empty() || time[at] > last_of_day_ms_) {
      const std::int64_t day = day_of(time[at] + bar_ms_ - 1);
      last_of_day_ms_ = (day + 1) * kDayMs - bar_ms_;
      facts_.periods.push_back({day, 0, 0});
    }
    // Without gaps the day's last bar is known; with them it comes earlier.
    const auto left = static_cast<std::size_t>((last_of_day_ms_ - time[at]) / bar_ms_) + 1;
    std::size_t end = std::min(time.size(), at + left);
    if (time[end - 1] > last_of_day_ms_ || (end < time.size() && time[end] <= last_of_day_ms_)) {
      end = static_cast<std::size_t>(
          std::upper_bound(time.begin() + static_cast<std::ptrdiff_t>(at), time.end(), last_of_day_ms_) - time.begin());
    }
    facts_.periods.back().equity = rows.equity[end - 1];
    facts_.periods.back().benchmark = rows.benchmark[end - 1];
    at = end;
  }
}

EquityFacts EquityPass::finish() {
  if (kept_ > 0) add_block(kept());
  kept_ = 0;
  facts_.drawdown = drawdown_.finish();
  facts_.sum_of_exposure = in_order(exposure_sum_);
  facts_.mean_equity = facts_.bars == 0 ? facts_.capital : in_order(equity_sum_) / static_cast<double>(facts_.bars);
  return std::move(facts_);
}

}  // namespace cw::backtest
