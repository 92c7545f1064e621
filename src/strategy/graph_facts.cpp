#include "strategy/graph_facts.h"

#include <algorithm>
#include <cmath>

#include "expr/plan_builder.h"

namespace cw::strategy {
namespace {

/// What Graph::lookback counts of an input: nothing of another context's.
int counted(const expr::Graph& graph, expr::NodeId id) {
  return graph.node(id).op == expr::Op::Security ? 0 : graph.lookback(id);
}

Digest digest_of(const expr::Graph& graph, const expr::Node& node, const std::vector<Digest>& before) {
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
  for (const expr::NodeId input : node.inputs) digest.add(before[input]);
  return digest;
}

}  // namespace

int lookback_of(const expr::Graph& graph, std::span<const expr::NodeId> nodes) {
  const auto needed = expr::reachable(graph, nodes);
  std::vector<double> bars(needed.size(), 0);  // each in bars of its own context
  for (std::size_t i = 0; i < needed.size(); ++i) {
    if (!needed[i]) continue;
    const auto id = static_cast<expr::NodeId>(i);
    const expr::Node& node = graph.node(id);
    if (node.op == expr::Op::Security) {
      const expr::Node& seen = graph.node(node.inputs[0]);
      const auto length = [&](expr::ContextId context) {
        return static_cast<double>(market::duration(graph.contexts()[context].timeframe).count());
      };
      // A bar under way when the data begin is none of a longer timeframe's: one more of them.
      bars[i] = std::ceil((bars[node.inputs[0]] + 2) * length(seen.context) / length(node.context));
      continue;
    }
    int counted_most = 0;
    for (const expr::NodeId input : node.inputs) {
      bars[i] = std::max(bars[i], bars[input]);
      counted_most = std::max(counted_most, counted(graph, input));
    }
    bars[i] += std::max(0, graph.lookback(id) - counted_most);
  }
  double most = 0;
  for (const expr::NodeId id : nodes) most = std::max(most, bars[id]);
  return static_cast<int>(std::min(most, 1e9));
}

Digest digest_of(const expr::Graph& graph, std::span<const expr::NodeId> nodes) {
  const auto needed = expr::reachable(graph, nodes);
  std::vector<Digest> digests(needed.size());
  for (std::size_t i = 0; i < needed.size(); ++i) {
    if (needed[i]) digests[i] = digest_of(graph, graph.node(static_cast<expr::NodeId>(i)), digests);
  }
  Digest all;
  for (const expr::NodeId id : nodes) all.add(digests[id]);
  return all;
}

}  // namespace cw::strategy
