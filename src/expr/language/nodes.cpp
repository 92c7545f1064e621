// Nodes with the type and qualifier of what they are made of.
#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "expr/language/lowering.h"

namespace cw::expr {
namespace {

/// Whether what comes out is still a price: a price moved by a distance or scaled by a number, or the choice of two prices.
bool stays_price(Op op, const std::vector<Value>& inputs) {
  const auto is_price = [&](std::size_t i) { return inputs[i].is_price; };
  const auto is_number = [&](std::size_t i) { return inputs[i].is_known(); };
  switch (op) {
    case Op::Add: return is_price(0) || is_price(1);
    case Op::Subtract: return is_price(0) && !is_price(1);
    case Op::Multiply: return (is_price(0) && is_number(1)) || (is_number(0) && is_price(1));
    case Op::Divide: return is_price(0) && is_number(1);
    case Op::Select:
      return (is_price(1) || inputs[1].is_na) && (is_price(2) || inputs[2].is_na) && (is_price(1) || is_price(2));
    default: return false;
  }
}

}  // namespace

std::optional<Value> Lowering::add(Node node, Qualifier known, Place place) {
  const Type type = node.type;
  const auto id = graph_.add(std::move(node));
  if (!id) return complain(place.end > 0 ? place : place_, "limit_exceeded", id.error().message);
  Value value{.type = type, .qualifier = known, .node = *id};
  const Node& made = graph_.node(*id);
  if (made.op == Op::Constant) {
    value.number = made.number;
  } else {
    value.qualifier = Qualifier::Series;
  }
  return value;
}

std::optional<Value> Lowering::constant(double number, Type type, ContextId context) {
  return add({.op = Op::Constant, .type = type, .context = context, .number = number}, Qualifier::Const, {});
}

std::optional<Value> Lowering::bar(BarField field, ContextId context) {
  const bool is_whole = field == BarField::Time || field == BarField::BarIndex;
  auto value = add({.op = Op::Bar, .type = is_whole ? Type::Int : Type::Float, .context = context, .field = field},
                   Qualifier::Series, {});
  if (value) value->is_price = !is_whole && field != BarField::Volume;
  return value;
}

std::optional<Value> Lowering::operate(Op op, Type type, const std::vector<Value>& inputs, ContextId context,
                                       Place place) {
  Node node{.op = op, .type = type, .context = context};
  Qualifier known = Qualifier::Const;
  for (const Value& input : inputs) {
    node.inputs.push_back(input.node);
    known = std::max(known, input.qualifier);
  }
  auto made = add(std::move(node), known, place);
  if (!made) return made;
  // A choice that is made before the first bar is still no constant where one of its answers is none.
  made->qualifier = std::max(made->qualifier, known);
  made->is_price = stays_price(op, inputs);
  return made;
}

}  // namespace cw::expr
