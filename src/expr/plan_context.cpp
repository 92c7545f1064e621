#include "expr/plan_context.h"

#include <algorithm>
#include <functional>

#include "base/require.h"

namespace cw::expr {

PlanContext::PlanContext(const PlanContext& other, std::size_t block_rows)
    : block_rows_(block_rows),
      slots_(other.slots_),
      bars_seen_(other.bars_seen_),
      bar_columns_(other.bar_columns_),
      constants_(other.constants_),
      groups_(other.groups_) {
  nodes_.reserve(other.nodes_.size());
  for (const Node& node : other.nodes_) {
    nodes_.push_back({node.made->clone(), node.inputs, node.outputs, node.level});
  }
  lay_out();
}

Slot PlanContext::add_column() { return static_cast<Slot>(slots_++); }

void PlanContext::add_constant(Slot slot, double value) { constants_.push_back({slot, value}); }

void PlanContext::add_bar_column(Slot slot, BarField field) { bar_columns_.push_back({slot, field}); }

void PlanContext::add_operator(std::unique_ptr<Operator> made, std::vector<Slot> inputs, std::vector<Slot> outputs,
                               int level) {
  CW_REQUIRE(made->inputs() == inputs.size() && made->outputs() == outputs.size());
  nodes_.push_back({std::move(made), std::move(inputs), std::move(outputs), level});
}

void PlanContext::finish() {
  // By level, and of one level by kind, so that those that may run side by side are neighbours.
  std::ranges::sort(nodes_, [](const Node& a, const Node& b) {
    if (a.level != b.level) return a.level < b.level;
    if (a.made->kind() != b.made->kind()) return std::less<>{}(a.made->kind(), b.made->kind());
    return a.outputs.front() < b.outputs.front();
  });
  for (std::size_t i = 0; i < nodes_.size();) {
    std::size_t size = 1;
    const void* kind = nodes_[i].made->kind();
    while (kind != nullptr && size < kBesideMost && i + size < nodes_.size() && nodes_[i + size].made->kind() == kind &&
           nodes_[i + size].level == nodes_[i].level) {
      ++size;
    }
    groups_.push_back(size);
    i += size;
  }
  lay_out();
}

void PlanContext::lay_out() {
  columns_.assign(slots_ * block_rows_, 0.0);
  for (Node& node : nodes_) {
    node.in.clear();
    node.out.clear();
    for (const Slot slot : node.inputs) node.in.push_back(column(slot));
    for (const Slot slot : node.outputs) node.out.push_back(column(slot));
  }
  for (const Constant& constant : constants_) std::fill_n(column(constant.slot), block_rows_, constant.value);
}

void PlanContext::load(const market::CandleSpan& rows) {
  const std::size_t n = rows.size();
  for (const auto& [slot, field] : bar_columns_) {
    double* const to = column(slot);
    switch (field) {
      case BarField::Open: std::ranges::copy(rows.open, to); break;
      case BarField::High: std::ranges::copy(rows.high, to); break;
      case BarField::Low: std::ranges::copy(rows.low, to); break;
      case BarField::Close: std::ranges::copy(rows.close, to); break;
      case BarField::Volume: std::ranges::copy(rows.volume, to); break;
      case BarField::Time:
        for (std::size_t i = 0; i < n; ++i) to[i] = static_cast<double>(rows.open_time_ms[i]);
        break;
      case BarField::BarIndex:
        for (std::size_t i = 0; i < n; ++i) to[i] = static_cast<double>(bars_seen_ + i);
        break;
    }
  }
  bars_seen_ += n;
}

void PlanContext::load(const market::Candle& bar) {
  const std::int64_t time = to_ms(bar.open_time);
  load({{&time, 1}, {&bar.open, 1}, {&bar.high, 1}, {&bar.low, 1}, {&bar.close, 1}, {&bar.volume, 1}});
}

void PlanContext::run(std::size_t rows) {
  std::size_t at = 0;
  for (const std::size_t size : groups_) {
    Node& first = nodes_[at];
    if (size == 1) {
      first.made->run(first.in.data(), first.out.data(), rows);
    } else {
      std::array<Operator*, kBesideMost> others{};
      std::array<const double* const*, kBesideMost> in{};
      std::array<double* const*, kBesideMost> out{};
      for (std::size_t i = 0; i < size; ++i) {
        Node& node = nodes_[at + i];
        if (i > 0) others[i - 1] = node.made.get();
        in[i] = node.in.data();
        out[i] = node.out.data();
      }
      first.made->run_beside({others.data(), size - 1}, {in.data(), size}, {out.data(), size}, rows);
    }
    at += size;
  }
}

}  // namespace cw::expr
