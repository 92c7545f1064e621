#include "backtest/sweep/data.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/require.h"

namespace cw::backtest {

SweepData SweepData::of(std::vector<SweepPart> parts, market::Timeframe timeframe) {
  CW_REQUIRE(!parts.empty());
  SweepData data{.parts = std::move(parts), .timeframe = timeframe};
  if (data.parts.size() == 1) return data;
  for (const SweepPart& part : data.parts) {
    const auto& own = part.bars.open_time_ms;
    if (std::ranges::equal(own, data.moments)) continue;
    std::vector<std::int64_t> both;
    both.reserve(std::max(own.size(), data.moments.size()));
    std::ranges::set_union(data.moments, own, std::back_inserter(both));
    data.moments = std::move(both);
  }
  data.moments.shrink_to_fit();
  return data;
}

SweepData::Rows SweepData::rows_of(std::size_t part, std::size_t first_moment, std::size_t end_moment) const {
  if (parts.size() == 1) return {first_moment, end_moment};
  const auto& own = parts[part].bars.open_time_ms;
  const auto row_of = [&](std::size_t moment) {
    if (moment == moments.size()) return own.size();
    return static_cast<std::size_t>(std::ranges::lower_bound(own, moments[moment]) - own.begin());
  };
  return {row_of(first_moment), row_of(end_moment)};
}

std::size_t SweepData::bar_count() const {
  std::size_t count = 0;
  for (const SweepPart& part : parts) count += part.bars.size();
  return count;
}

}  // namespace cw::backtest
