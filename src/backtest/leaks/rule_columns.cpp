#include "backtest/leaks/rule_columns.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "backtest/leaks/leak_check.h"

namespace cw::backtest {
namespace {

using expr::Op;

/// Everything under these nodes, themselves with them.
std::vector<expr::NodeId> all_under(const expr::Graph& graph, std::span<const expr::NodeId> nodes) {
  std::vector<expr::NodeId> found(nodes.begin(), nodes.end());
  std::vector<bool> is_found(graph.nodes().size());
  for (const expr::NodeId id : found) is_found[id] = true;
  for (std::size_t i = 0; i < found.size(); ++i) {
    for (const expr::NodeId input : graph.node(found[i]).inputs) {
      if (is_found[input]) continue;
      is_found[input] = true;
      found.push_back(input);
    }
  }
  return found;
}

bool compares(const expr::Node& node) {
  if (node.op >= Op::Less && node.op <= Op::NotEqual) return true;
  // ta.crossover and its like: a yes or no of two series.
  return node.op == Op::Call && node.type == expr::Type::Bool && node.inputs.size() == 2;
}

struct Namer {
  std::vector<RuleColumn>& columns;

  void put(std::size_t column, std::string rule, bool is_condition) {
    if (columns[column].rule.empty()) columns[column] = {std::move(rule), is_condition};
  }
  void put(const std::optional<strategy::DistanceRule>& rule, const std::string& field) {
    if (rule && rule->column) put(*rule->column, field, false);
  }
  void put(const std::optional<strategy::SideRules>& side, const std::string& field) {
    if (!side) return;
    put(side->entry, field + ".entry", true);
    if (side->exit) put(*side->exit, field + ".exit", true);
    if (side->order) put(side->order->price, field + ".order", false);
    put(side->stop, field + ".stop");
    for (std::size_t i = 0; i < side->targets.size(); ++i)
      put(side->targets[i].distance,
          side->targets.size() == 1 ? field + ".target" : fmt::format("{}.target[{}]", field, i));
    put(side->trailing_stop, field + ".trailing_stop");
  }
};

}  // namespace

std::vector<RuleColumn> rule_columns(const strategy::Program& program) {
  std::vector<RuleColumn> columns(program.nodes.size());
  Namer namer{columns};
  namer.put(program.long_side, "long");
  namer.put(program.short_side, "short");
  if (program.sizing.column) namer.put(*program.sizing.column, "sizing", false);
  return columns;
}

std::size_t line_of(const strategy::Places* places, std::string_view rule) {
  return places == nullptr ? 0 : strategy::line_of(*places, rule);
}

std::vector<Compared> compared_under(const expr::Graph& graph, expr::NodeId condition) {
  std::vector<Compared> found;
  for (const expr::NodeId id : all_under(graph, std::array{condition})) {
    const expr::Node& node = graph.node(id);
    if (found.size() == kComparedMost) break;
    if (node.context == 0 && compares(node)) found.push_back({node.inputs[0], node.inputs[1]});
  }
  return found;
}

int unstated_look_back(const expr::Graph& graph, std::span<const expr::NodeId> nodes) {
  double bars = 0;
  for (const expr::NodeId id : all_under(graph, nodes)) {
    const expr::Node& node = graph.node(id);
    if (node.op != Op::Call || node.type != expr::Type::Bool || node.function->stateless) continue;
    bars += 1 + (node.numbers.empty() || std::isnan(node.numbers[0]) ? 0 : std::abs(node.numbers[0]));
  }
  return static_cast<int>(std::min(bars, 1e6));
}

bool remembers(const expr::Graph& graph, std::span<const expr::NodeId> nodes) {
  return std::ranges::any_of(all_under(graph, nodes), [&graph](expr::NodeId id) {
    const expr::Node& node = graph.node(id);
    if (node.op == Op::Bar) return node.field == expr::BarField::BarIndex;
    return node.op == Op::Call && remembers_all(node.function->name);
  });
}

}  // namespace cw::backtest
