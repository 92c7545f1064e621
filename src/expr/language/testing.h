#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "expr/compile.h"

namespace cw::expr {

/// The chart that the tests of the language read texts for: binance:BTCUSDT, 1h. Of other symbols there is ETHUSDT.
inline CompileOptions test_options() {
  CompileOptions options;
  options.symbol = {"binance", "BTCUSDT"};
  options.find_symbol = [](std::string_view text) -> std::optional<market::InstrumentId> {
    const bool is_ether = text == "ETHUSDT" || text == "binance:ETHUSDT" || text == "BINANCE:ETHUSDT";
    const bool is_own = text == "BINANCE:BTCUSDT";
    if (is_ether) return market::InstrumentId{"binance", "ETHUSDT"};
    return is_own ? std::optional{market::InstrumentId{"binance", "BTCUSDT"}} : std::nullopt;
  };
  return options;
}

inline Graph test_graph() { return Graph{market::Timeframe::h1}; }

/// The text compiled for that chart; a refusal fails the test and shows itself.
inline Expression compiled(std::string_view text, Graph& graph, const CompileOptions& options = test_options()) {
  auto made = compile(text, options, graph);
  if (made) return std::move(*made);
  ADD_FAILURE() << made.error().text();
  return {};
}

inline std::string canonical(std::string_view text) {
  Graph graph = test_graph();
  return compiled(text, graph).canonical;
}

/// The node of the text's first value.
inline const Node& node_of(std::string_view text, Graph& graph) {
  const Expression made = compiled(text, graph);
  return graph.node(made.plots.empty() ? 0 : made.plots[0].node);
}

/// Whether two texts are the very same nodes.
inline testing::AssertionResult same_nodes(std::string_view a, std::string_view b) {
  Graph graph = test_graph();
  const Expression first = compiled(a, graph);
  const Expression second = compiled(b, graph);
  if (first.plots.size() != second.plots.size()) {
    return testing::AssertionFailure() << first.plots.size() << " and " << second.plots.size() << " values";
  }
  for (std::size_t i = 0; i < first.plots.size(); ++i) {
    if (first.plots[i].node == second.plots[i].node) continue;
    return testing::AssertionFailure() << "value " << i << " of '" << a << "' and '" << b << "' differ";
  }
  return testing::AssertionSuccess();
}

/// The refusal of a text; a text that compiles fails the test.
inline Diagnostic refusal(std::string_view text, const CompileOptions& options = test_options()) {
  Graph graph = test_graph();
  auto made = compile(text, options, graph);
  if (!made) return std::move(made.error());
  ADD_FAILURE() << "this compiles: " << text;
  return {};
}

}  // namespace cw::expr
