#include "backtest/sweep/block.h"

#include <algorithm>

#include <fmt/format.h>

#include "backtest/lower_bars.h"
#include "expr/plan.h"

namespace cw::backtest {
namespace {

constexpr std::size_t kNowhere = static_cast<std::size_t>(-1);
constexpr std::size_t kPiece = 32'768;  // bars between two looks at whether to go on

}  // namespace

std::size_t Block::Instrument::place_of(expr::NodeId node) const {
  return node < place_of_node.size() ? place_of_node[node] : kNowhere;
}

std::size_t Block::Instrument::columns_with(const strategy::Program& more) const {
  const auto is_new = [this](expr::NodeId node) { return place_of(node) == kNowhere; };
  return nodes.size() + static_cast<std::size_t>(std::ranges::count_if(more.nodes, is_new));
}

void Block::Instrument::take(strategy::Program program) {
  place_of_node.resize(graph.nodes().size(), kNowhere);
  for (const auto node : program.nodes) {
    if (place_of(node) != kNowhere) continue;
    place_of_node[node] = nodes.size();
    nodes.push_back(node);
  }
  programs.push_back(std::move(program));
}

Result<bool> Block::Instrument::run(std::size_t end, const std::function<bool()>& go_on) {
  auto made = plan_of(part, graph, nodes);
  if (!made) return pass_on(made);
  if (columns.size() < nodes.size()) columns.resize(nodes.size());
  std::vector<double*> out(nodes.size());
  for (std::size_t i = 0; i < out.size(); ++i) columns[i].resize(end);
  for (std::size_t from = 0; from < end; from += kPiece) {
    if (go_on && !go_on()) return false;
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = columns[i].data() + from;
    made->plan.run(part.bars.subspan(from, std::min(kPiece, end - from)), out);
  }
  return true;
}

Block::Block(const SweepPlan& plan, const SweepData& data, std::size_t bytes_most, Memory& memory)
    : plan_(plan), data_(data), bytes_most_(bytes_most) {
  memory.resize(data.parts.size());
  for (std::size_t i = 0; i < data.parts.size(); ++i)
    instruments_.push_back({data.parts[i], expr::Graph(data.timeframe), memory[i]});
}

bool Block::has_room(std::span<const strategy::Program> programs) const {
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < programs.size(); ++i) {
    const std::size_t columns = instruments_[i].columns_with(programs[i]);
    if (columns > expr::Plan::kOutputsMost) return empty();
    bytes += columns * sizeof(double) * instruments_[i].part.bars.size();
  }
  return empty() || bytes <= bytes_most_;
}

Block::Added Block::add(std::uint64_t cell, CellResult& why) {
  auto given = plan_.space.inputs(cell);
  given.insert(plan_.fixed.begin(), plan_.fixed.end());
  std::vector<strategy::Program> programs;
  for (Instrument& one : instruments_) {
    auto program = strategy::compile(plan_.document, given, one.part.language, one.graph);
    if (!program) {
      const auto& fault = program.error().front();
      // The graph may be full of the programs before.
      if (fault.code == Errc::limit_exceeded && !empty()) return Added::full;
      why.why = fault.field.starts_with("require[") ? WhyNot::forbidden : WhyNot::unusable;
      why.text = why.why == WhyNot::forbidden ? fault.message : fault.text().substr(0, 200);
      return Added::forbidden;
    }
    programs.push_back(std::move(*program));
  }
  if (!has_room(programs)) return Added::full;
  for (std::size_t i = 0; i < programs.size(); ++i) instruments_[i].take(std::move(programs[i]));
  return Added::yes;
}

Result<bool> Block::run(std::size_t end, const std::function<bool()>& go_on) {
  for (std::size_t i = 0; i < instruments_.size(); ++i) {
    auto ran = instruments_[i].run(data_.rows_of(i, 0, end).to, go_on);
    if (!ran || !*ran) return ran;
  }
  return true;
}

Block::Ready::Ready(const Block& block, std::size_t member, std::size_t from, std::size_t to)
    : columns_(block.instruments_.size()) {
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const Instrument& one = block.instruments_[i];
    const auto& program = one.programs[member];
    const auto rows = block.data_.rows_of(i, from, to);
    for (const auto node : program.nodes) columns_[i].push_back(one.columns[one.place_of(node)].data() + rows.from);
    parts_.push_back({.program = program,
                      .columns = columns_[i],
                      .instrument = one.part.rules,
                      .bars = one.part.bars.subspan(rows.from, rows.to - rows.from),
                      .name = one.part.name,
                      .lower_bars = one.part.lower.empty() ? trading::LowerBars{}
                                                           : lower_bars_of(one.part.lower, block.data_.timeframe)});
  }
}

}  // namespace cw::backtest
