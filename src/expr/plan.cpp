#include "expr/plan.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <unordered_map>
#include <utility>

#include "base/require.h"
#include "expr/plan_builder.h"
#include "expr/plan_impl.h"

namespace cw::expr {

using indicators::kNaN;
using market::Candle;

/// Runs the bars of a higher or foreign context that become visible in these rows, and spreads what its nodes answer
/// over the rows that see them.
void Plan::Impl::advance(Link& link, const market::CandleSpan& rows, OtherBars* others) {
  link.bars.clear();
  link.visible_at.clear();
  std::size_t filled = 0;  // rows of the chart's block that have their values
  const auto take = [&](const Candle& bar, std::size_t row) {
    link.bars.push_back(bar);
    link.visible_at.push_back(row);
    if (link.bars.size() == link.context.block_rows()) spread(link, filled);
  };
  for (std::size_t row = 0; row < rows.size(); ++row) {
    if (link.folder) {
      const auto closed = link.folder->step(rows[row]);
      if (closed.earlier) take(closed.earlier->bar, row);
      if (closed.complete) take(closed.complete->bar, row);
    } else {
      const Timestamp opens = from_ms(rows.open_time_ms[row]);
      for (Candle bar; others != nullptr && others->next(link.feed, opens, bar);) take(bar, row);
    }
  }
  spread(link, filled);
  for (Seen& seen : link.seen) {
    double* const to = chart.column(seen.to);
    std::fill(to + filled, to + rows.size(), seen.value);
  }
}

void Plan::Impl::spread(Link& link, std::size_t& filled) {
  if (link.bars.empty()) return;
  link.context.load(link.bars.view());
  link.context.run(link.bars.size());
  for (Seen& seen : link.seen) {
    double* const to = chart.column(seen.to);
    const double* const values = link.context.column(seen.from);
    std::size_t at = filled;
    for (std::size_t i = 0; i < link.bars.size(); ++i) {
      while (at < link.visible_at[i]) to[at++] = seen.value;
      seen.value = values[i];
    }
  }
  filled = link.visible_at.back();
  link.bars.clear();
  link.visible_at.clear();
}

void Plan::Impl::run_block(const market::CandleSpan& rows, OtherBars* others) {
  chart.load(rows);
  for (Link& link : links) advance(link, rows, others);
  chart.run(rows.size());
}

KeptOtherBars::KeptOtherBars(FeedBars bars, const std::vector<Context>& feeds)
    : bars_(std::move(bars)), at_(bars_.size()) {
  for (const Context& feed : feeds) lengths_.push_back(market::duration(feed.timeframe));
}

bool KeptOtherBars::next(std::size_t feed, Timestamp time, Candle& bar) {
  const market::CandleColumns& bars = *bars_[feed];
  std::size_t& at = at_[feed];
  if (at == bars.size() || from_ms(bars.open_time_ms[at]) + lengths_[feed] > time) return false;
  bar = bars[at++];
  return true;
}

OtherBars* Plan::Impl::others_of(OtherBars* given) {
  CW_REQUIRE(given != nullptr || kept.bars().size() == feeds.size());
  return given != nullptr ? given : &kept;
}

Plan::Plan(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Plan::Plan(Plan&&) noexcept = default;
Plan& Plan::operator=(Plan&&) noexcept = default;
Plan::~Plan() = default;

Result<Plan> Plan::make(const Graph& graph, std::span<const NodeId> outputs, NamedSeries* named) {
  auto built = build_plan(graph, outputs, named);
  if (!built) return pass_on(built);
  return Plan(std::move(*built));
}

Plan Plan::clone() const { return Plan(std::make_unique<Impl>(*impl_)); }

Plan Plan::clone_for_steps() const {
  // What is seen of other contexts is put into the columns between load() and run(), while theirs run: no sharing then.
  auto chart = impl_->links.empty() ? impl_->chart.copy_for_steps() : PlanContext(impl_->chart, 1);
  auto narrow = std::make_unique<Impl>(Impl{std::move(chart), {}, impl_->outputs, impl_->feeds, impl_->kept});
  for (const Link& link : impl_->links)
    narrow->links.push_back({PlanContext(link.context, 1), link.folder, link.feed, link.seen});
  return Plan(std::move(narrow));
}

std::size_t Plan::outputs() const { return impl_->outputs.size(); }

std::size_t Plan::nodes() const {
  std::size_t count = impl_->chart.operators();
  for (const Link& link : impl_->links) count += link.context.operators();
  return count;
}

const std::vector<Context>& Plan::feeds() const { return impl_->feeds; }

void Plan::keep_others(FeedBars bars) {
  CW_REQUIRE(bars.size() == feeds().size());
  impl_->kept = KeptOtherBars(std::move(bars), feeds());
}

const FeedBars& Plan::kept_others() const { return impl_->kept.bars(); }

void Plan::run(const market::CandleSpan& rows, std::span<double* const> out, OtherBars* others) {
  CW_REQUIRE(out.size() == outputs());
  others = impl_->others_of(others);
  const std::size_t block = impl_->chart.block_rows();
  for (std::size_t from = 0; from < rows.size(); from += block) {
    const std::size_t count = std::min(block, rows.size() - from);
    impl_->run_block(rows.subspan(from, count), others);
    for (std::size_t o = 0; o < out.size(); ++o)
      std::copy_n(impl_->chart.column(impl_->outputs[o]), count, out[o] + from);
  }
}

void Plan::step(const Candle& bar, std::span<double> out, OtherBars* others) {
  CW_REQUIRE(out.size() == outputs());
  others = impl_->others_of(others);
  const std::int64_t time = to_ms(bar.open_time);
  impl_->run_block({{&time, 1}, {&bar.open, 1}, {&bar.high, 1}, {&bar.low, 1}, {&bar.close, 1}, {&bar.volume, 1}},
                   others);
  for (std::size_t o = 0; o < out.size(); ++o) out[o] = *impl_->chart.column(impl_->outputs[o]);
}

market::Provisional<std::vector<double>> Plan::peek(const market::FormingCandle& forming) const {
  struct Nothing final : OtherBars {
    bool next(std::size_t, Timestamp, Candle&) override { return false; }
  } nothing;
  std::vector<double> values(outputs());
  clone().step({forming.open_time, forming.open, forming.high, forming.low, forming.close, forming.volume}, values,
               &nothing);
  return market::Provisional(std::move(values));
}

}  // namespace cw::expr
