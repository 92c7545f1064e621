#include "strategy/read_document.h"

namespace cw::strategy {
namespace {

Tree tree_of(const Amount& amount) { return amount.input.empty() ? Tree::of(amount.number) : Tree::of(amount.input); }

Tree list_of(const std::vector<std::string>& texts, bool is_flow) {
  Tree list = Tree::list(is_flow);
  for (const std::string& text : texts) list.add(Tree::of(text));
  return list;
}

Tree tree_of(const Input& input, const InputValue& value) {
  if (const std::string* text = std::get_if<std::string>(&value)) return Tree::of(*text);
  if (input.kind == InputKind::Bool) return Tree::of(std::get<double>(value) != 0);
  return Tree::of(std::get<double>(value));
}

Tree tree_of(const Input& input) {
  Tree tree = Tree::map(true);
  tree.add("type", Tree::of(std::string{name(input.kind)}));
  tree.add("default", tree_of(input, input.default_value));
  if (input.min) tree.add("min", Tree::of(*input.min));
  if (input.max) tree.add("max", Tree::of(*input.max));
  if (input.step) tree.add("step", Tree::of(*input.step));
  if (!input.options.empty()) tree.add("options", list_of(input.options, true));
  if (!input.title.empty()) tree.add("title", Tree::of(input.title));
  return tree;
}

Tree tree_of(const Distance& distance) {
  Tree tree = Tree::map(true);
  const bool is_expression = distance.kind == DistanceKind::Expression;
  tree.add(std::string{name(distance.kind)}, is_expression ? Tree::of(distance.expr) : tree_of(distance.value));
  if (distance.kind == DistanceKind::Atr) tree.add("length", tree_of(distance.length));
  return tree;
}

Tree tree_of(const Target& target) {
  Tree tree = tree_of(target.distance);
  if (target.share) tree.add("share", tree_of(*target.share));
  return tree;
}

Tree tree_of(const EntryOrder& order) {
  Tree tree = Tree::map(true);
  tree.add(order.kind == EntryOrder::Kind::Limit ? "limit" : "stop", Tree::of(order.price));
  tree.add("bars", tree_of(order.bars));
  return tree;
}

Tree tree_of(const Side& side) {
  Tree tree = Tree::map();
  tree.add("entry", Tree::of(side.entry));
  if (!side.exit.empty()) tree.add("exit", Tree::of(side.exit));
  if (side.order) tree.add("order", tree_of(*side.order));
  if (side.stop) tree.add("stop", tree_of(*side.stop));
  if (side.targets.size() == 1) tree.add("target", tree_of(side.targets[0]));
  if (side.targets.size() > 1) {
    Tree targets = Tree::list();
    for (const Target& target : side.targets) targets.add(tree_of(target));
    tree.add("target", std::move(targets));
  }
  if (side.trailing_stop) tree.add("trailing_stop", tree_of(*side.trailing_stop));
  if (side.time_stop) tree.add("time_stop", Tree::map(true).add("bars", tree_of(*side.time_stop)));
  return tree;
}

Tree tree_of(const Sizing& sizing) {
  Tree tree = Tree::map(true);
  tree.add(std::string{name(sizing.kind)}, tree_of(sizing.value));
  const bool has_length = sizing.kind == SizingKind::VolatilityTarget || sizing.kind == SizingKind::Kelly;
  if (has_length) tree.add("length", tree_of(sizing.length));
  if (has_length || sizing.kind == SizingKind::RiskPercent) tree.add("max_percent", tree_of(sizing.max_percent));
  return tree;
}

}  // namespace

std::string_view name(InputKind kind) {
  switch (kind) {
    case InputKind::Int: return "int";
    case InputKind::Float: return "float";
    case InputKind::Bool: return "bool";
    case InputKind::Choice: return "choice";
    case InputKind::Source: return "source";
    case InputKind::Timeframe: return "timeframe";
  }
  return "";
}

std::string_view name(DistanceKind kind) {
  switch (kind) {
    case DistanceKind::Percent: return "percent";
    case DistanceKind::Atr: return "atr";
    case DistanceKind::Amount: return "amount";
    case DistanceKind::Risk: return "risk";
    case DistanceKind::Expression: return "expression";
  }
  return "";
}

std::string_view name(SizingKind kind) {
  switch (kind) {
    case SizingKind::PercentOfEquity: return "percent_of_equity";
    case SizingKind::Fixed: return "fixed";
    case SizingKind::RiskPercent: return "risk_percent";
    case SizingKind::VolatilityTarget: return "volatility_target";
    case SizingKind::Kelly: return "kelly";
  }
  return "";
}

Tree tree_of(const Document& document) {
  Tree tree = Tree::map();
  tree.add("name", Tree::of(document.name));
  if (!document.title.empty()) tree.add("title", Tree::of(document.title));
  if (!document.description.empty()) tree.add("description", Tree::of(document.description));
  if (!document.tags.empty()) tree.add("tags", list_of(document.tags, true));
  tree.add("timeframe", Tree::of(std::string{market::name(document.timeframe)}));
  if (document.seed == indicators::Seed::pine) tree.add("seed", Tree::of(std::string{"pine"}));
  if (!document.inputs.empty()) {
    Tree inputs = Tree::map();
    for (const Input& input : document.inputs) inputs.add(input.name, tree_of(input));
    tree.add("inputs", std::move(inputs));
  }
  if (!document.let.empty()) {
    Tree let = Tree::map();
    for (const Binding& binding : document.let) let.add(binding.head, Tree::of(binding.expr));
    tree.add("let", std::move(let));
  }
  if (!document.require.empty()) tree.add("require", list_of(document.require, false));
  if (document.long_side) tree.add("long", tree_of(*document.long_side));
  if (document.short_side) tree.add("short", tree_of(*document.short_side));
  tree.add("sizing", tree_of(document.sizing));
  tree.add("pyramiding", tree_of(document.pyramiding));
  return tree;
}

}  // namespace cw::strategy
