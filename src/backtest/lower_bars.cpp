#include "backtest/lower_bars.h"

#include <algorithm>

namespace cw::backtest {

trading::LowerBars lower_bars_of(const market::CandleSpan& lower, market::Timeframe timeframe) {
  return [lower, length = market::duration(timeframe).count()](std::size_t, Timestamp bar_open) -> market::CandleSpan {
    const auto& times = lower.open_time_ms;
    const auto first = std::ranges::lower_bound(times, to_ms(bar_open));
    if (first == times.end() || *first != to_ms(bar_open)) return {};
    const auto last = std::ranges::lower_bound(first, times.end(), to_ms(bar_open) + length);
    return lower.subspan(static_cast<std::size_t>(first - times.begin()), static_cast<std::size_t>(last - first));
  };
}

}  // namespace cw::backtest
