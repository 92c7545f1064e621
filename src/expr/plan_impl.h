#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "expr/plan.h"
#include "expr/plan_context.h"
#include "market/fold.h"

namespace cw::expr {

/// A value of another context as the chart's rows see it.
struct Seen {
  Slot from;                        // in the other context
  Slot to;                          // in the chart's
  double value = indicators::kNaN;  // as of the newest bar that is visible
};

/// Another context and how its bars come: folded from the chart's rows, or from a feed.
struct Link {
  PlanContext context;
  std::optional<market::Folder> folder;
  std::size_t feed = 0;
  std::vector<Seen> seen{};
  market::CandleColumns bars{};           // of the block under way
  std::vector<std::size_t> visible_at{};  // the row of the chart that each is seen by first
};

/// Bars of the feeds that a plan has with it, and how far it took them.
class KeptOtherBars final : public OtherBars {
 public:
  KeptOtherBars() = default;
  KeptOtherBars(FeedBars bars, const std::vector<Context>& feeds);
  bool next(std::size_t feed, Timestamp time, market::Candle& bar) override;
  const FeedBars& bars() const { return bars_; }

 private:
  FeedBars bars_;
  std::vector<Millis> lengths_;
  std::vector<std::size_t> at_;  // the next bar of each
};

struct Plan::Impl {
  PlanContext chart;
  std::vector<Link> links;
  std::vector<Slot> outputs;
  std::vector<Context> feeds;
  KeptOtherBars kept{};

  /// Where the rows' other bars come from: what is given, else what is kept.
  OtherBars* others_of(OtherBars* given);

  void run_block(const market::CandleSpan& rows, OtherBars* others);
  void advance(Link& link, const market::CandleSpan& rows, OtherBars* others);
  void spread(Link& link, std::size_t& filled);
};

}  // namespace cw::expr
