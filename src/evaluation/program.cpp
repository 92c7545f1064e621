#include "evaluation/program.h"

#include <utility>

#include <fmt/format.h>

namespace cw::evaluation {

std::vector<expr::Plot> Program::plots() const {
  std::vector<expr::Plot> all;
  for (const auto& expression : expressions) all.insert(all.end(), expression.plots.begin(), expression.plots.end());
  return all;
}

std::vector<expr::NodeId> Program::outputs() const {
  std::vector<expr::NodeId> all;
  for (const auto& expression : expressions) {
    for (const auto& plot : expression.plots) all.push_back(plot.node);
  }
  return all;
}

std::expected<Program, Refusal> compile_program(std::span<const std::string> texts, market::Timeframe timeframe,
                                                const expr::CompileOptions& options) {
  Program program{timeframe, expr::Graph(timeframe), {}};
  for (std::size_t i = 0; i < texts.size(); ++i) {
    auto compiled = expr::compile(texts[i], options, program.graph);
    if (!compiled) return std::unexpected(Refusal{i, std::move(compiled.error())});
    program.expressions.push_back(std::move(*compiled));
  }
  return program;
}

Result<void> check_work(std::uint64_t bars, const Program& program, std::uint64_t work_most,
                        std::uint64_t signal_work) {
  double nodes = 0;
  for (const auto& node : program.graph.nodes()) {
    ++nodes;
    if (node.function != nullptr && node.function->work != nullptr)
      nodes += node.function->work(expr::Settings(node.numbers, node.texts, node.seed));
  }
  const double of_bars = nodes * static_cast<double>(bars);
  if (of_bars + static_cast<double>(signal_work) <= static_cast<double>(work_most)) return {};
  if (of_bars <= static_cast<double>(work_most)) {
    return fail(Errc::limit_exceeded,
                fmt::format("{} bars would have to be scored for the signals, each counted as {} nodes, beside {} bars "
                            "times {:.0f} nodes: over the limit of {} of one request; ask for the signals of a higher "
                            "timeframe or of fewer symbols",
                            signal_work / kSignalWork, kSignalWork, bars, nodes, work_most));
  }
  return fail(
      Errc::limit_exceeded,
      fmt::format("{} bars times {:.0f} nodes is over the limit of {} of one request (a function that looks at its "
                  "whole window counts as many); take a higher timeframe, shorter lengths or fewer expressions",
                  bars, nodes, work_most));
}

Error error_of(const Refusal& refusal, std::span<const std::string> texts) {
  Error error{Errc::bad_expression, refusal.diagnostic.text(), refusal.diagnostic.suggestions, "expr"};
  if (texts.size() > 1) error = with_place(std::move(error), "expression " + std::to_string(refusal.expression + 1));
  return error;
}

}  // namespace cw::evaluation
