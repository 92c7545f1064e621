// Every row of the table, by its own example: batch = stream = any portions, NaN for the look-back, nothing of the future.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "expr/compile.h"
#include "expr/plan.h"
#include "indicators/testing.h"

namespace cw::expr {
namespace {

using indicators::is_nan;
using indicators::testing::same_bits;

constexpr std::int64_t kStart = 1'700'438'400'000;
constexpr std::size_t kRows = 700;

market::CandleColumns market_of(std::uint64_t seed) {
  const auto bars = indicators::testing::walk("walk", kRows, 1, 0.01, seed);
  market::CandleColumns rows;
  for (std::size_t i = 0; i < kRows; ++i) {
    rows.push_back({from_ms(kStart + static_cast<std::int64_t>(i) * 3'600'000), bars.open[i], bars.high[i], bars.low[i],
                    bars.close[i], bars.volume[i]});
  }
  return rows;
}

struct Example {
  const Function* function;
  std::string text;
};

/// The examples, and those of seeded functions with Pine's first bars too.
std::vector<Example> examples() {
  std::vector<Example> all;
  for (const Function& function : functions()) {
    all.push_back({&function, std::string{function.example}});
    if (function.seeded) all.push_back({&function, "//@seed=pine\n" + std::string{function.example}});
  }
  return all;
}

struct Compiled1 {
  Graph graph{market::Timeframe::h1};
  Expression expression;
  std::vector<NodeId> outputs;
};

std::unique_ptr<Compiled1> compiled(const std::string& text) {
  auto made = std::make_unique<Compiled1>();
  auto expression = compile(text, {.symbol = {"binance", "BTCUSDT"}}, made->graph);
  if (!expression) {
    ADD_FAILURE() << expression.error().text();
    return nullptr;
  }
  made->expression = std::move(*expression);
  for (const Plot& plot : made->expression.plots) made->outputs.push_back(plot.node);
  return made;
}

std::vector<std::vector<double>> run(const Compiled1& what, const market::CandleColumns& rows, std::size_t portion) {
  auto plan = Plan::make(what.graph, what.outputs).value();
  std::vector<std::vector<double>> out(plan.outputs(), std::vector<double>(rows.size()));
  for (std::size_t from = 0; from < rows.size(); from += portion) {
    std::vector<double*> columns;
    for (auto& column : out) columns.push_back(column.data() + from);
    plan.run(rows.view().subspan(from, std::min(portion, rows.size() - from)), columns);
  }
  return out;
}

void expect_same(const std::vector<std::vector<double>>& a, const std::vector<std::vector<double>>& b, std::size_t rows,
                 const std::string& what) {
  for (std::size_t o = 0; o < a.size(); ++o) {
    for (std::size_t row = 0; row < rows; ++row) {
      ASSERT_TRUE(same_bits(a[o][row], b[o][row]))
          << what << ", output " << o << " row " << row << ": " << a[o][row] << " and " << b[o][row];
    }
  }
}

TEST(EveryFunction, AnswersTheSameBitsWholeInPortionsAndBarByBar) {
  const auto rows = market_of(1);
  for (const auto& [function, text] : examples()) {
    const auto what = compiled(text);
    ASSERT_TRUE(what);
    const auto whole = run(*what, rows, kRows);
    expect_same(whole, run(*what, rows, 1), kRows, text + ": bar by bar");
    expect_same(whole, run(*what, rows, 37), kRows, text + ": in portions");
  }
}

TEST(EveryFunction, SeesNothingOfTheFuture) {
  const auto rows = market_of(2);
  for (const auto& [function, text] : examples()) {
    const auto what = compiled(text);
    ASSERT_TRUE(what);
    const auto truth = run(*what, rows, kRows);
    for (const std::size_t cut : {1u, 30u, 301u, 650u}) {
      auto changed = rows;
      for (std::size_t row = cut; row < kRows; ++row) {
        for (auto* column : {&changed.open, &changed.high, &changed.low, &changed.close, &changed.volume})
          (*column)[row] *= 1e6;
      }
      expect_same(truth, run(*what, changed, kRows), cut, text + ": a changed future");
    }
  }
}

TEST(EveryFunction, IsNaNForItsLookBackAndThenNoMore) {
  const auto rows = market_of(3);
  for (const auto& [function, text] : examples()) {
    const auto what = compiled(text);
    ASSERT_TRUE(what);
    const auto out = run(*what, rows, kRows);
    for (std::size_t o = 0; o < out.size(); ++o) {
      const Plot& plot = what->expression.plots[o];
      if (plot.event || plot.type == Type::Bool) continue;
      bool begun = false;
      for (std::size_t row = 0; row < kRows; ++row) {
        ASSERT_FALSE(begun && is_nan(out[o][row])) << text << ": NaN after a value, output " << o << " row " << row;
        begun = begun || !is_nan(out[o][row]);
      }
      ASSERT_TRUE(begun) << text << ": output " << o << " never begins";
    }
    if (function->name == "nz") continue;  // it is there to have a value before
    for (std::size_t o = 0; o < out.size(); ++o) {
      const Plot& plot = what->expression.plots[o];
      if (plot.event || plot.type == Type::Bool) continue;
      const auto lookback = static_cast<std::size_t>(plot.lookback);
      EXPECT_FALSE(is_nan(out[o][lookback]))
          << text << ": output " << o << " has no value at its look-back " << lookback;
      EXPECT_TRUE(lookback == 0 || is_nan(out[o][lookback - 1]))
          << text << ": output " << o << " has a value before its look-back " << lookback;
    }
  }
}

TEST(EveryFunction, SaysWhatItIs) {
  for (const Function& function : functions()) {
    const std::string name{function.name};
    EXPECT_FALSE(function.title.empty()) << name;
    EXPECT_FALSE(function.summary.empty()) << name;
    EXPECT_FALSE(function.example.empty()) << name;
    EXPECT_FALSE(function.lookback.empty()) << name;
    EXPECT_FALSE(function.group.empty()) << name;
    EXPECT_FALSE(function.outputs.empty()) << name;
    EXPECT_NE(function.make, nullptr) << name;
    EXPECT_FALSE(overloads(name).empty()) << name << ": its rows are not neighbours";
  }
}

}  // namespace
}  // namespace cw::expr
