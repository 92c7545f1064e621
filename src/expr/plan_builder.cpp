#include "expr/plan_builder.h"

#include <algorithm>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include "base/require.h"
#include "expr/operators.h"
#include "expr/plan_impl.h"

namespace cw::expr {
namespace {

constexpr std::size_t kCacheBytes =
    192 * 1024;  // what a block's columns should fit into, well inside a core's own cache
constexpr std::size_t kBlockLeast = 64;

/// Marks what the outputs need.
std::vector<bool> reachable(const Graph& graph, std::span<const NodeId> outputs) {
  std::vector<bool> needed(graph.nodes().size(), false);
  for (const NodeId id : outputs) needed[id] = true;
  for (std::size_t i = needed.size(); i-- > 0;) {
    if (!needed[i]) continue;
    for (const NodeId input : graph.node(static_cast<NodeId>(i)).inputs) needed[input] = true;
  }
  return needed;
}

/// Before the first bar a condition was not met: a bool is never without a value.
double before_first_bar(const Node& node) { return node.type == Type::Bool ? 0.0 : indicators::kNaN; }

std::size_t columns_of(const Node& node) { return node.op == Op::Call ? node.function->outputs.size() : 1; }

class Builder {
 public:
  Builder(const Graph& graph, NamedSeries* named) : graph_(graph), named_(named) {}

  Result<std::unique_ptr<Plan::Impl>> build(std::span<const NodeId> outputs) {
    if (outputs.size() > Plan::kOutputsMost) {
      return fail(Errc::limit_exceeded, fmt::format("a plan has at most {} outputs", Plan::kOutputsMost));
    }
    const auto needed = reachable(graph_, outputs);
    if (auto made = make_contexts(needed); !made) return pass_on(made);
    places_.resize(graph_.nodes().size());
    for (NodeId id = 0; id < needed.size(); ++id) {
      if (!needed[id]) continue;
      if (auto placed = place(id); !placed) return pass_on(placed);
    }
    for (const NodeId id : outputs) {
      CW_REQUIRE(graph_.node(id).context == 0);
      impl_->outputs.push_back(places_[id].slots.front());
    }
    impl_->chart.finish();
    for (Link& link : impl_->links) link.context.finish();
    return std::move(impl_);
  }

 private:
  struct Place {
    std::vector<Slot> slots{};
    int level = 0;
  };

  Result<void> make_contexts(const std::vector<bool>& needed) {
    std::vector<std::size_t> columns(graph_.contexts().size(), 0);
    for (NodeId id = 0; id < needed.size(); ++id) {
      if (needed[id]) columns[graph_.node(id).context] += columns_of(graph_.node(id));
    }
    const auto block = [&](std::size_t context) {
      const std::size_t rows = kCacheBytes / sizeof(double) / std::max<std::size_t>(1, columns[context]);
      return std::clamp(rows, kBlockLeast, Plan::kBlockMost);
    };
    impl_.reset(new Plan::Impl{.chart = PlanContext(block(0)), .links = {}, .outputs = {}, .feeds = {}});
    link_of_.resize(columns.size());
    const auto chart = graph_.contexts()[0].timeframe;
    for (std::size_t c = 1; c < columns.size(); ++c) {
      if (columns[c] == 0) continue;
      const Context& context = graph_.contexts()[c];
      Link link{.context = PlanContext(block(c)), .folder = {}};
      if (context.symbol.empty()) {
        if (!market::folds_into(chart, context.timeframe)) {
          return fail(Errc::unsupported, fmt::format("bars of {} are not made of whole bars of {}",
                                                     market::name(context.timeframe), market::name(chart)));
        }
        link.folder.emplace(chart, context.timeframe);
      } else {
        link.feed = impl_->feeds.size();
        impl_->feeds.push_back(context);
      }
      link_of_[c] = impl_->links.size();
      impl_->links.push_back(std::move(link));
    }
    return {};
  }

  PlanContext& context_of(const Node& node) {
    return node.context == 0 ? impl_->chart : impl_->links[link_of_[node.context]].context;
  }

  Result<void> place(NodeId id) {
    const Node& node = graph_.node(id);
    Place& place = places_[id];
    if (node.op == Op::Output) {  // a name for a column that is there
      const Place& call = places_[node.inputs[0]];
      place = {{call.slots[static_cast<std::size_t>(node.number)]}, call.level};
      return {};
    }
    PlanContext& context = context_of(node);
    for (std::size_t i = 0; i < columns_of(node); ++i) place.slots.push_back(context.add_column());
    if (node.op == Op::Constant) {
      context.add_constant(place.slots[0], node.number);
    } else if (node.op == Op::Bar) {
      context.add_bar_column(place.slots[0], node.field);
    } else if (node.op == Op::Security) {
      CW_REQUIRE(node.context == 0);
      const Node& seen = graph_.node(node.inputs[0]);
      impl_->links[link_of_[seen.context]].seen.push_back(
          {places_[node.inputs[0]].slots[0], place.slots[0], before_first_bar(node)});
    } else {
      auto made = make_operator(node);
      if (!made) return pass_on(made);
      std::vector<Slot> inputs;
      for (const NodeId input : node.inputs) {
        inputs.push_back(places_[input].slots[0]);
        place.level = std::max(place.level, places_[input].level);
      }
      ++place.level;
      context.add_operator(std::move(*made), std::move(inputs), place.slots, place.level);
    }
    return {};
  }

  Result<std::unique_ptr<Operator>> make_operator(const Node& node) {
    if (node.op == Op::History) return make_history(static_cast<int>(node.number), before_first_bar(node));
    if (node.op == Op::Call) return node.function->make(Settings(node.numbers, node.texts, node.seed));
    if (node.op == Op::Named) {
      const auto timeframe = graph_.contexts()[node.context].timeframe;
      if (named_ == nullptr) return fail(Errc::unsupported, fmt::format("'{}' is not available yet", node.name));
      return named_->make({node.name, node.numbers, node.texts, timeframe});
    }
    return make_arithmetic(node.op);
  }

  const Graph& graph_;
  NamedSeries* named_;
  std::unique_ptr<Plan::Impl> impl_;
  std::vector<std::size_t> link_of_;  // by context
  std::vector<Place> places_;         // by node
};

}  // namespace

Result<std::unique_ptr<Plan::Impl>> build_plan(const Graph& graph, std::span<const NodeId> outputs,
                                               NamedSeries* named) {
  return Builder(graph, named).build(outputs);
}

}  // namespace cw::expr
