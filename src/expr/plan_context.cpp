#include "expr/plan_context.h"

#include <algorithm>
#include <atomic>
#include <functional>

#include "base/require.h"

namespace cw::expr {

thread_local PlanContext::Scratch PlanContext::scratch_;

PlanContext::PlanContext(const PlanContext& other, std::size_t block_rows)
    : block_rows_(block_rows),
      bars_seen_(other.bars_seen_),
      layout_(other.layout_),
      shares_columns_(other.shares_columns_ && block_rows == 1) {
  CW_REQUIRE(other.added_.empty());
  operators_.reserve(other.operators_.size());
  for (const auto& made : other.operators_) operators_.push_back(made->clone());
  lay_out();
  const std::size_t past = layout_->past;
  for (std::size_t i = 0; i < layout_->columns_with_past; ++i)
    std::copy_n(&other.with_past_[i * (past + other.block_rows_)], past, &with_past_[i * (past + block_rows_)]);
}

PlanContext PlanContext::copy_for_steps() const {
  PlanContext copy(*this, 1);
  copy.shares_columns_ = true;
  copy.columns_ = std::vector<double>();  // and not {}, which would keep its memory
  return copy;
}

Slot PlanContext::add_column() { return static_cast<Slot>(layout_->slots++); }

void PlanContext::add_constant(Slot slot, double value) { layout_->constants.push_back({slot, value}); }

void PlanContext::add_bar_column(Slot slot, BarField field) { layout_->bar_columns.push_back({slot, field}); }

void PlanContext::add_operator(std::unique_ptr<Operator> made, std::vector<Slot> inputs, std::vector<Slot> outputs,
                               int level) {
  CW_REQUIRE(made->inputs() == inputs.size() && made->outputs() == outputs.size());
  CW_REQUIRE(inputs.size() <= kPortsMost && outputs.size() <= kPortsMost);
  added_.push_back({std::move(made), std::move(inputs), std::move(outputs), level});
}

void PlanContext::finish() {
  static std::atomic<std::uint64_t> finished{0};
  layout_->id = ++finished;
  order();
  find_past();
  lay_out();
}

/// By level, and of one level by kind, so that those that may run side by side are neighbours.
void PlanContext::order() {
  std::ranges::sort(added_, [](const Added& a, const Added& b) {
    if (a.level != b.level) return a.level < b.level;
    if (a.made->kind() != b.made->kind()) return std::less<>{}(a.made->kind(), b.made->kind());
    return a.outputs.front() < b.outputs.front();
  });
  auto& nodes = layout_->nodes;
  auto& ports = layout_->ports;
  for (std::size_t i = 0; i < added_.size();) {
    std::size_t size = 1;
    const void* kind = added_[i].made->kind();
    while (kind != nullptr && size < kBesideMost && i + size < added_.size() && added_[i + size].made->kind() == kind &&
           added_[i + size].level == added_[i].level) {
      ++size;
    }
    for (std::size_t end = i + size; i < end; ++i) {
      auto& [made, inputs, outputs, level] = added_[i];
      Node node{.first_port = static_cast<std::uint32_t>(ports.size()),
                .inputs = static_cast<std::uint8_t>(inputs.size()),
                .outputs = static_cast<std::uint8_t>(outputs.size()),
                .beside = static_cast<std::uint8_t>(end - i)};
      ports.insert(ports.end(), inputs.begin(), inputs.end());
      ports.insert(ports.end(), outputs.begin(), outputs.end());
      if (made->stateless()) {
        node.shared = std::move(made);
      } else {
        operators_.push_back(std::move(made));
      }
      nodes.push_back(std::move(node));
    }
  }
  added_.clear();
  added_.shrink_to_fit();
}

/// Operators that look at rows before are given them where all that they read are fields of the bars: one memory of those
/// serves them all.
void PlanContext::find_past() {
  layout_->with_past.assign(layout_->slots, 0);
  const auto is_bar_column = [this](Slot slot) {
    return std::ranges::any_of(layout_->bar_columns, [slot](const BarColumn& column) { return column.slot == slot; });
  };
  auto own = operators_.begin();
  for (Node& node : layout_->nodes) {
    if (node.shared) continue;
    const std::size_t past = (*own++)->past();
    const std::span inputs{&layout_->ports[node.first_port], node.inputs};
    if (past == 0 || !std::ranges::all_of(inputs, is_bar_column)) continue;
    node.after_past = true;
    layout_->past = std::max(layout_->past, past);
    for (const Slot slot : inputs) {
      auto& place = layout_->with_past[slot];
      if (place == 0) place = static_cast<std::uint8_t>(++layout_->columns_with_past);
    }
  }
}

void PlanContext::lay_out() {
  with_past_.assign(layout_->columns_with_past * (layout_->past + block_rows_), 0.0);
  if (shares_columns_) return;
  columns_.assign(layout_->slots * block_rows_, 0.0);
  put_constants(columns_.data());
}

void PlanContext::put_constants(double* columns) const {
  for (const Constant& constant : layout_->constants)
    std::fill_n(columns + constant.slot * block_rows_, block_rows_, constant.value);
}

void PlanContext::take_scratch() {
  if (!shares_columns_ || scratch_.constants_of == layout_->id) return;
  if (scratch_.columns.size() < layout_->slots) scratch_.columns.resize(layout_->slots);
  put_constants(scratch_.columns.data());
  scratch_.constants_of = layout_->id;
}

void PlanContext::load(const market::CandleSpan& rows) {
  const std::size_t n = rows.size();
  take_scratch();
  for (const auto& [slot, field] : layout_->bar_columns) {
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

void PlanContext::find(const Node& node, double* columns, Ports& ports) {
  const Slot* port = layout_->ports.data() + node.first_port;
  for (std::size_t i = 0; i < node.inputs; ++i) ports.in[i] = at(*port++, columns);
  for (std::size_t i = 0; i < node.outputs; ++i) ports.out[i] = at(*port++, columns);
}

void PlanContext::run(std::size_t rows) {
  double* const columns = this->columns();
  const auto* own = operators_.data();
  const auto of = [&own](const Node& node) { return node.shared ? node.shared.get() : (own++)->get(); };
  const auto& nodes = layout_->nodes;
  for (std::size_t i = 0; i < nodes.size();) {
    const std::size_t size = nodes[i].beside;
    Operator* const first = of(nodes[i]);
    std::array<Ports, kBesideMost> ports;
    find(nodes[i], columns, ports[0]);
    if (nodes[i].after_past) {
      first->run_after_past(ports[0].in.data(), ports[0].out.data(), rows);
    } else if (size == 1) {
      first->run(ports[0].in.data(), ports[0].out.data(), rows);
    } else {
      std::array<Operator*, kBesideMost> others{};
      std::array<const double* const*, kBesideMost> in{ports[0].in.data()};
      std::array<double* const*, kBesideMost> out{ports[0].out.data()};
      for (std::size_t b = 1; b < size; ++b) {
        others[b - 1] = of(nodes[i + b]);
        find(nodes[i + b], columns, ports[b]);
        in[b] = ports[b].in.data();
        out[b] = ports[b].out.data();
      }
      first->run_beside({others.data(), size - 1}, {in.data(), size}, {out.data(), size}, rows);
    }
    i += size;
  }
  keep_past(rows);
}

/// The last rows go in front of the columns for the next block.
void PlanContext::keep_past(std::size_t rows) {
  const std::size_t past = layout_->past;
  for (std::size_t i = 0; i < layout_->columns_with_past; ++i) {
    double* const begin = &with_past_[i * (past + block_rows_)];
    std::copy_n(begin + rows, past, begin);
  }
}

}  // namespace cw::expr
