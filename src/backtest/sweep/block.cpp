#include "backtest/sweep/block.h"

#include <algorithm>

#include <fmt/format.h>

#include "expr/plan.h"

namespace cw::backtest {
namespace {

constexpr std::size_t kNowhere = static_cast<std::size_t>(-1);
constexpr std::size_t kPiece = 32'768;  // bars between two looks at whether to go on

}  // namespace

Block::Block(const SweepPlan& plan, const SweepData& data, std::size_t bytes_most, Memory& memory)
    : plan_(plan),
      data_(data),
      columns_most_(std::min(expr::Plan::kOutputsMost,
                             bytes_most / (sizeof(double) * std::max<std::size_t>(1, data.bars.size())))),
      graph_(data.timeframe),
      columns_(memory) {}

std::size_t Block::place_of(expr::NodeId node) const {
  return node < place_of_node_.size() ? place_of_node_[node] : kNowhere;
}

bool Block::has_room(const strategy::Program& program) const {
  const auto more = std::ranges::count_if(program.nodes, [&](auto node) { return place_of(node) == kNowhere; });
  return empty() || nodes_.size() + static_cast<std::size_t>(more) <= columns_most_;
}

Block::Added Block::add(std::uint64_t cell, CellResult& why) {
  auto given = plan_.space.inputs(cell);
  given.insert(plan_.fixed.begin(), plan_.fixed.end());
  auto program = strategy::compile(plan_.document, given, data_.language, graph_);
  if (!program) {
    const auto& fault = program.error().front();
    // The graph may be full of the programs before.
    if (fault.code == Errc::limit_exceeded && !empty()) return Added::full;
    why.why = fault.field.starts_with("require[") ? WhyNot::forbidden : WhyNot::unusable;
    why.text = why.why == WhyNot::forbidden ? fault.message : fault.text().substr(0, 200);
    return Added::forbidden;
  }
  if (!has_room(*program)) return Added::full;
  place_of_node_.resize(graph_.nodes().size(), kNowhere);
  for (const auto node : program->nodes) {
    if (place_of(node) != kNowhere) continue;
    place_of_node_[node] = nodes_.size();
    nodes_.push_back(node);
  }
  programs_.push_back(std::move(*program));
  return Added::yes;
}

Result<bool> Block::run(std::size_t end, const std::function<bool()>& go_on) {
  std::unique_ptr<expr::NamedSeries> series;
  if (data_.series) {
    auto made = data_.series(graph_);
    if (!made) return pass_on(made);
    series = std::move(*made);
  }
  auto plan = expr::Plan::make(graph_, nodes_, series.get());
  if (!plan) return pass_on(plan);
  if (!plan->feeds().empty())
    return fail(Errc::unsupported, "a strategy that looks at another symbol cannot be tested yet");
  if (columns_.size() < nodes_.size()) columns_.resize(nodes_.size());
  std::vector<double*> out(nodes_.size());
  for (std::size_t i = 0; i < out.size(); ++i) columns_[i].resize(end);
  for (std::size_t from = 0; from < end; from += kPiece) {
    if (go_on && !go_on()) return false;
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = columns_[i].data() + from;
    plan->run(data_.bars.subspan(from, std::min(kPiece, end - from)), out);
  }
  return true;
}

std::vector<const double*> Block::columns(std::size_t member, std::size_t from) const {
  std::vector<const double*> found;
  for (const auto node : programs_[member].nodes) found.push_back(columns_[place_of(node)].data() + from);
  return found;
}

}  // namespace cw::backtest
