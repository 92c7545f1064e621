#pragma once

#include <cmath>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "base/random.h"
#include "expr/plan.h"
#include "strategy/compile.h"

/// For tests of this room.
namespace cw::strategy::testing {

/// The document; a refusal fails the test and shows itself.
inline Document parsed(std::string_view text) {
  auto document = parse_document(text);
  if (document) return std::move(*document);
  ADD_FAILURE() << error_of(document.error()).message << "\nin\n" << text;
  return {};
}

/// What is said of a text: each fault's text, one a line; empty where the document is good.
inline std::string refusal(std::string_view text) {
  const auto document = parse_document(text);
  return document ? std::string{} : error_of(document.error()).message;
}

inline Program compiled(const Document& document, expr::Graph& graph, const GivenInputs& given = {},
                        const expr::CompileOptions& language = {}) {
  auto program = compile(document, given, language, graph);
  if (program) return std::move(*program);
  ADD_FAILURE() << error_of(program.error()).message;
  return {};
}

/// Signals of the desk that are no signals: a number of each bar's time.
class FakeSignals final : public expr::NamedSeries {
 public:
  bool has(std::string_view name) const override { return name.starts_with("signal."); }
  Result<std::unique_ptr<expr::Operator>> make(const expr::NamedRequest&) override { return std::make_unique<Wave>(); }

 private:
  struct Wave final : expr::Operator {
    void run(const double* const* in, double* const* out, std::size_t rows) override {
      for (std::size_t i = 0; i < rows; ++i) out[0][i] = 50 + 45 * std::sin(in[0][i] / 3.6e7);
    }
    std::unique_ptr<expr::Operator> clone() const override { return std::make_unique<Wave>(); }
    std::size_t inputs() const override { return 1; }
    std::size_t outputs() const override { return 1; }
    int lookback() const override { return 0; }
  };
};

/// A random walk of bars with trends in it, from a Monday 00:00 UTC on.
inline market::CandleColumns walk(std::uint64_t seed, std::size_t bars, market::Timeframe timeframe) {
  Random random{seed};
  market::CandleColumns made;
  double price = 100;
  double drift = 0;
  for (std::size_t i = 0; i < bars; ++i) {
    if (i % 97 == 0) drift = 0.004 * (2 * random.uniform() - 1);
    const double open = price;
    price *= 1 + drift + 0.02 * (random.uniform() - 0.5);
    const double high = std::max(open, price) * (1 + 0.003 * random.uniform());
    const double low = std::min(open, price) * (1 - 0.003 * random.uniform());
    const auto time = from_ms(1'704'067'200'000) + static_cast<std::int64_t>(i) * market::duration(timeframe);
    made.push_back({time, open, high, low, price, 1 + 10 * random.uniform()});
  }
  return made;
}

using Columns = std::vector<std::vector<double>>;

inline Columns run(const expr::Graph& graph, const Program& program, const market::CandleSpan& rows,
                   expr::NamedSeries* named = nullptr) {
  auto plan = expr::Plan::make(graph, program.nodes, named);
  if (!plan) {
    ADD_FAILURE() << plan.error().message;
    return {};
  }
  Columns columns(program.nodes.size(), std::vector<double>(rows.size()));
  std::vector<double*> out;
  for (auto& column : columns) out.push_back(column.data());
  plan->run(rows, out);
  return columns;
}

}  // namespace cw::strategy::testing
