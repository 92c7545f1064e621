#include "backtest/drawdown.h"

#include <algorithm>
#include <array>

namespace cw::backtest {
namespace {

constexpr std::size_t kLanes = 8;

/// The sum of (peak - equity)^2 of a whole block, eight lanes side by side, added up in one fixed order. (The loop is over
/// the span's size, not kBlock: unrolled whole, it would not become vectors.)
double squares_under(double peak, std::span<const double> equity) {
  std::array<double, kLanes> lane{};
  for (std::size_t i = 0; i + kLanes <= equity.size(); i += kLanes) {
    for (std::size_t k = 0; k < kLanes; ++k) {
      const double under = peak - equity[i + k];
      lane[k] += under * under;
    }
  }
  return ((lane[0] + lane[4]) + (lane[1] + lane[5])) + ((lane[2] + lane[6]) + (lane[3] + lane[7]));
}

}  // namespace

void DrawdownPass::fall(std::int64_t open_ms, double equity, std::uint64_t bar) {
  low_ = equity;
  low_at_ms_ = open_ms + bar_ms_;
  low_bar_ = bar;
}

void DrawdownPass::close(std::optional<std::int64_t> recovered_at_ms, std::uint64_t bar) {
  const double depth = (peak_ - low_) / peak_;
  const std::uint64_t bars = bar - peak_bar_;
  ++facts_.count;
  facts_.sum_of_depths += depth;
  facts_.sum_of_bars += bars;
  facts_.longest_bars = std::max(facts_.longest_bars, bars);
  if (depth <= facts_.depth) return;
  facts_.depth = depth;
  facts_.peak_at_ms = peak_at_ms_;
  facts_.trough_at_ms = low_at_ms_;
  facts_.recovered_at_ms = recovered_at_ms;
  facts_.bars = bars;
  facts_.bars_to_trough = low_bar_ - peak_bar_;
}

void DrawdownPass::add_row(std::int64_t open_ms, double equity) {
  ++bars_;
  if (equity >= peak_) {
    if (low_ < peak_) close(open_ms + bar_ms_, bars_);
    peak_ = low_ = equity;
    peak_at_ms_ = open_ms + bar_ms_;
    peak_bar_ = bars_;
    return;
  }
  if (equity < low_) fall(open_ms, equity, bars_);
  const double under = (peak_ - equity) / peak_;
  facts_.sum_of_squares += under * under;
}

void DrawdownPass::add_block(std::span<const std::int64_t> open_time_ms, std::span<const double> equity, double lowest,
                             double highest) {
  const bool whole = equity.size() == kBlock;
  if (whole && highest < peak_) {
    if (lowest < low_) {
      const auto at = static_cast<std::size_t>(std::ranges::find(equity, lowest) - equity.begin());
      fall(open_time_ms[at], lowest, bars_ + at + 1);
    }
    facts_.sum_of_squares += squares_under(peak_, equity) / (peak_ * peak_);
    bars_ += kBlock;
  } else if (whole && lowest == peak_ && highest == peak_ && low_ == peak_) {
    bars_ += kBlock;
    peak_at_ms_ = open_time_ms.back() + bar_ms_;
    peak_bar_ = bars_;
  } else {
    for (std::size_t i = 0; i < equity.size(); ++i) add_row(open_time_ms[i], equity[i]);
  }
}

DrawdownFacts DrawdownPass::finish() {
  if (low_ < peak_) close(std::nullopt, bars_);
  facts_.peak = peak_;
  return facts_;
}

}  // namespace cw::backtest
