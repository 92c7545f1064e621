// The language at work: what a plan costs beside its kernels alone, a bar of a large plan live, a compilation.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "base/require.h"
#include "expr/compile.h"
#include "expr/operators.h"
#include "expr/plan.h"

namespace {

using namespace cw;        // NOLINT: a program of one file
using namespace cw::expr;  // NOLINT

constexpr std::size_t kBars = 10'000'000;
constexpr int kTurns = 3;

double seconds(const auto& work) {
  const auto begun = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
}

market::CandleColumns market_of(std::size_t n) {
  market::CandleColumns rows;
  rows.reserve(n);
  std::mt19937_64 random(1);
  std::normal_distribution<double> normal;
  double price = 100;
  for (std::size_t i = 0; i < n; ++i) {
    const double open = price;
    price *= 1 + 0.001 * normal(random);
    const double high = std::max(open, price) * 1.0003;
    const double low = std::min(open, price) * 0.9997;
    rows.push_back({from_ms(1'500'000'000'000 + static_cast<std::int64_t>(i) * 60'000), open, high, low, price,
                    1 + normal(random) * normal(random)});
  }
  return rows;
}

std::vector<NodeId> compile_all(const std::vector<std::string>& texts, Graph& graph) {
  std::vector<NodeId> outputs;
  for (const auto& text : texts) {
    const auto compiled = compile(text, {.symbol = {"binance", "BTCUSDT"}}, graph);
    if (!compiled) std::printf("%s\n", compiled.error().text().c_str());
    CW_REQUIRE(compiled.has_value());
    for (const auto& plot : compiled->plots) outputs.push_back(plot.node);
  }
  return outputs;
}

/// The kernels of a graph one after the other, each over whole columns.
struct Alone {
  std::vector<std::vector<double>> columns;  // a node's first output
  double total = 0;
};

Alone run_alone(const Graph& graph, const market::CandleColumns& rows) {
  Alone alone;
  std::vector<std::vector<std::vector<double>>> answers(graph.nodes().size());
  for (NodeId id = 0; id < graph.nodes().size(); ++id) {
    const Node& node = graph.node(id);
    auto& mine = answers[id];
    if (node.op == Op::Bar) {
      const auto view = rows.view();
      const auto column = node.field == BarField::Open    ? view.open
                          : node.field == BarField::High  ? view.high
                          : node.field == BarField::Low   ? view.low
                          : node.field == BarField::Close ? view.close
                                                          : view.volume;
      mine.emplace_back(column.begin(), column.end());
    } else if (node.op == Op::Constant) {
      mine.emplace_back(rows.size(), node.number);
    } else if (node.op == Op::Output) {
      mine.push_back(answers[node.inputs[0]][static_cast<std::size_t>(node.number)]);
    } else {
      const auto make = [&] {
        if (node.op == Op::Call) return node.function->make(Settings(node.numbers, node.texts, node.seed));
        return node.op == Op::History ? make_history(static_cast<int>(node.number)) : make_arithmetic(node.op);
      };
      std::vector<const double*> in;
      for (const NodeId input : node.inputs) in.push_back(answers[input][0].data());
      double best = 1e9;
      for (int turn = 0; turn < kTurns; ++turn) {
        const auto made = make();
        mine.assign(made->outputs(), std::vector<double>(rows.size()));
        std::vector<double*> out;
        for (auto& column : mine) out.push_back(column.data());
        best = std::min(best, seconds([&] { made->run(in.data(), out.data(), rows.size()); }));
      }
      alone.total += best;
    }
  }
  for (auto& mine : answers) alone.columns.push_back(std::move(mine[0]));
  return alone;
}

void bench_columns() {
  const std::vector<std::string> texts{
      "fast = ta.ema(close, 12)\nslow = ta.ema(close, 26)\nfast - slow",
      "ta.ema(ta.ema(close, 12) - ta.ema(close, 26), 9)",
      "ta.crossover(ta.ema(close, 12), ta.ema(close, 26))",
      "ta.rsi(close, 14) < 30 and close > ta.sma(close, 200)",
      "(close - ta.sma(close, 20)) / ta.stdev(close, 20)",
      "ta.sma(volume, 20)",
      "ta.highest(high, 20) - ta.lowest(low, 20)",
      "ta.atr(14) / close",
  };
  const auto rows = market_of(kBars);
  Graph graph(market::Timeframe::m1);
  const auto outputs = compile_all(texts, graph);
  const Alone alone = run_alone(graph, rows);

  std::vector<std::vector<double>> answers(outputs.size(), std::vector<double>(rows.size()));
  std::vector<double*> out;
  for (auto& column : answers) out.push_back(column.data());
  double best = 1e9;
  std::size_t nodes = 0;
  for (int turn = 0; turn < kTurns; ++turn) {
    auto plan = Plan::make(graph, outputs).value();
    nodes = plan.nodes();
    best = std::min(best, seconds([&] { plan.run(rows.view(), out); }));
  }
  for (std::size_t o = 0; o < outputs.size(); ++o) {
    for (std::size_t row = 0; row < rows.size(); ++row) {
      const double a = answers[o][row];
      const double b = alone.columns[outputs[o]][row];
      CW_REQUIRE(a == b || (a != a && b != b));
    }
  }
  std::printf("%zu bars through a plan of %zu shared nodes      %8.3f s   %6.2f ns a bar\n", kBars, nodes, best,
              best * 1e9 / kBars);
  std::printf("its kernels alone, over whole columns, together      %8.3f s   ratio %.2f (asked: at most 1.2)\n",
              alone.total, best / alone.total);
}

void bench_streaming() {
  std::vector<std::string> texts;
  for (int length = 5; length < 55; length += 1)
    texts.push_back("close > ta.ema(close, " + std::to_string(length) + ")");
  Graph graph(market::Timeframe::m1);
  const auto outputs = compile_all(texts, graph);
  auto plan = Plan::make(graph, outputs).value();
  const auto rows = market_of(200'000);
  std::vector<double> values(outputs.size());
  double best = 1e9;
  for (int turn = 0; turn < kTurns; ++turn) {
    best = std::min(best, seconds([&] {
                      for (std::size_t row = 0; row < rows.size(); ++row) plan.step(rows[row], values);
                    }));
  }
  std::printf("one bar of a plan of %zu nodes, live                  %8.0f ns (asked: under 3,000)\n", plan.nodes(),
              best * 1e9 / static_cast<double>(rows.size()));
}

void bench_compile() {
  const std::string text =
      "fast = input.int(12, \"Fast\", 1, 200)\n[macd, signal, hist] = ta.macd(close, fast, 26, 9)\n"
      "trend = request.security(syminfo.tickerid, \"240\", ta.ema(close, 50))\n"
      "ta.crossover(macd, signal) and close > trend and ta.rsi(close, 14) < 70 and volume > 1.5 * ta.sma(volume, 20)";
  std::vector<double> times;
  for (int turn = 0; turn < 2'000; ++turn) {
    Graph graph(market::Timeframe::h1);
    times.push_back(seconds([&] { CW_REQUIRE(compile(text, {.symbol = {"binance", "BTCUSDT"}}, graph).has_value()); }));
  }
  std::ranges::nth_element(times, times.begin() + 1'000);
  std::printf("a compilation (%zu bytes, with request.security)      %8.1f us (asked: under 200)\n", text.size(),
              times[1'000] * 1e6);
}

}  // namespace

int main() {
  bench_columns();
  bench_streaming();
  bench_compile();
}
