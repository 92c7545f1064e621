#include "backtest/sweep/data.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "base/require.h"

namespace cw::backtest {

Result<SweepPartPlan> plan_of(const SweepPart& part, const expr::Graph& graph, std::span<const expr::NodeId> nodes) {
  std::unique_ptr<expr::NamedSeries> named;
  if (part.series) {
    auto made = part.series(graph);
    if (!made) return pass_on(made);
    named = std::move(*made);
  }
  auto plan = expr::Plan::make(graph, nodes, named.get());
  if (!plan) return pass_on(plan);
  if (part.others) {
    if (auto done = part.others(*plan); !done) return pass_on(done);
  } else if (!plan->feeds().empty()) {
    return fail(Errc::unsupported, fmt::format("the strategy looks at {}, and other symbols are not known here",
                                               plan->feeds().front().symbol));
  }
  return SweepPartPlan{std::move(named), std::move(*plan)};
}

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
