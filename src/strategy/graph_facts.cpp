#include "strategy/graph_facts.h"

#include <algorithm>
#include <cmath>

namespace cw::strategy {
namespace {

/// The nodes that these ones need, themselves among them, in order. What is asked of a small part of a graph costs no walk
/// through all of it: a sweep puts thousands of programs into one.
class Needed {
 public:
  Needed(const expr::Graph& graph, std::span<const expr::NodeId> nodes) : ids_(nodes.begin(), nodes.end()) {
    std::vector<expr::NodeId> open = ids_;
    std::ranges::sort(ids_);
    while (!open.empty()) {
      const expr::NodeId id = open.back();
      open.pop_back();
      for (const expr::NodeId input : graph.node(id).inputs) {
        const auto at = std::ranges::lower_bound(ids_, input);
        if (at != ids_.end() && *at == input) continue;
        ids_.insert(at, input);
        open.push_back(input);
      }
    }
    const auto twice = std::ranges::unique(ids_);
    ids_.erase(twice.begin(), twice.end());
  }

  const std::vector<expr::NodeId>& ids() const { return ids_; }
  std::size_t place(expr::NodeId id) const {
    return static_cast<std::size_t>(std::ranges::lower_bound(ids_, id) - ids_.begin());
  }

 private:
  std::vector<expr::NodeId> ids_;
};

/// What Graph::lookback counts of an input: nothing of another context's.
int counted(const expr::Graph& graph, expr::NodeId id) {
  return graph.node(id).op == expr::Op::Security ? 0 : graph.lookback(id);
}

Digest digest_of(const expr::Graph& graph, const expr::Node& node, const Needed& needed,
                 const std::vector<Digest>& before) {
  Digest digest;
  digest.add((static_cast<std::uint64_t>(node.op) << 24) | (static_cast<std::uint64_t>(node.type) << 16) |
             (static_cast<std::uint64_t>(node.field) << 8) | static_cast<std::uint64_t>(node.seed));
  const expr::Context& context = graph.contexts()[node.context];
  digest.add(context.symbol);
  digest.add(market::name(context.timeframe));
  digest.add(node.number);
  digest.add(node.function == nullptr ? std::string_view{} : node.function->name);
  for (const double number : node.numbers) digest.add(number);
  for (const std::string& text : node.texts) digest.add(std::string_view{text});
  digest.add(std::string_view{node.name});
  for (const expr::NodeId input : node.inputs) digest.add(before[needed.place(input)]);
  return digest;
}

}  // namespace

int lookback_of(const expr::Graph& graph, std::span<const expr::NodeId> nodes) {
  const Needed needed(graph, nodes);
  std::vector<double> bars(needed.ids().size(), 0);  // each in bars of its own context
  for (std::size_t i = 0; i < bars.size(); ++i) {
    const expr::Node& node = graph.node(needed.ids()[i]);
    if (node.op == expr::Op::Security) {
      const expr::Node& seen = graph.node(node.inputs[0]);
      const auto length = [&](expr::ContextId context) {
        return static_cast<double>(market::duration(graph.contexts()[context].timeframe).count());
      };
      // A longer bar under way when the data begin is not whole, so it counts as one more.
      bars[i] = std::ceil((bars[needed.place(node.inputs[0])] + 2) * length(seen.context) / length(node.context));
      continue;
    }
    int counted_most = 0;
    for (const expr::NodeId input : node.inputs) {
      bars[i] = std::max(bars[i], bars[needed.place(input)]);
      counted_most = std::max(counted_most, counted(graph, input));
    }
    bars[i] += std::max(0, graph.lookback(needed.ids()[i]) - counted_most);
  }
  double most = 0;
  for (const expr::NodeId id : nodes) most = std::max(most, bars[needed.place(id)]);
  return static_cast<int>(std::min(most, 1e9));
}

Digest digest_of(const expr::Graph& graph, std::span<const expr::NodeId> nodes) {
  const Needed needed(graph, nodes);
  std::vector<Digest> digests;
  for (const expr::NodeId id : needed.ids()) digests.push_back(digest_of(graph, graph.node(id), needed, digests));
  Digest all;
  for (const expr::NodeId id : nodes) all.add(digests[needed.place(id)]);
  return all;
}

}  // namespace cw::strategy
