#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <vector>

#include "expr/compile.h"
#include "expr/graph.h"

namespace cw::evaluation {

/// Expressions that run together at most.
inline constexpr std::size_t kExpressionsMost = 32;

/// One or several texts, compiled for one symbol and timeframe into one graph.
struct Program {
  market::Timeframe timeframe{};
  expr::Graph graph;
  std::vector<expr::Expression> expressions;  // one a text

  /// All plots of all texts, in order: the columns of an answer.
  std::vector<expr::Plot> plots() const;
  std::vector<expr::NodeId> outputs() const;
};

/// A text that does not compile: which, and why.
struct Refusal {
  std::size_t expression = 0;
  expr::Diagnostic diagnostic;
};

std::expected<Program, Refusal> compile_program(std::span<const std::string> texts, market::Timeframe timeframe,
                                                const expr::CompileOptions& options);

/// What it counts as to score one bar for `signal.*`: all components and patterns, one after the other.
inline constexpr std::uint64_t kSignalWork = 300;

/// Holds the work of a program against a bound: bars times the nodes of its graph, and `signal_work` (SignalLibrary::work).
/// Errors  limit_exceeded, naming both and the bound
Result<void> check_work(std::uint64_t bars, const Program& program, std::uint64_t work_most,
                        std::uint64_t signal_work = 0);

/// The refusal as an error of the API and the commands: code bad_expression, the three lines of Diagnostic::text().
Error error_of(const Refusal& refusal, std::span<const std::string> texts);

}  // namespace cw::evaluation
