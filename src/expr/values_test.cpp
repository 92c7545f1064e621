// What texts answer on bars, where a number could have been no number: each whole, bar by bar and ahead, to the bit.
#include <cmath>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "expr/language/testing.h"
#include "expr/plan.h"
#include "indicators/testing.h"

namespace cw::expr {
namespace {

using indicators::is_nan;
using indicators::kNaN;
using indicators::testing::same_bits;
using Answers = std::vector<double>;

struct Bar {
  double close = 1;
  double volume = 1;
};

market::CandleColumns rows_of(const std::vector<Bar>& bars) {
  market::CandleColumns rows;
  std::int64_t time = 1'700'438'400'000;
  for (const auto& [close, volume] : bars) {
    rows.push_back({from_ms(time), close, close, close, close, volume});
    time += 3'600'000;
  }
  return rows;
}

/// The first plot's answers over the whole; that a bar at a time and a look ahead answer the same bits is checked too.
Answers answers(std::string_view text, const std::vector<Bar>& bars) {
  Graph graph = test_graph();
  const std::vector<NodeId> outputs{compiled(text, graph).plots.at(0).node};
  const auto rows = rows_of(bars);
  Plan whole = Plan::make(graph, outputs).value();
  Answers out(rows.size());
  double* column = out.data();
  whole.run(rows.view(), {&column, 1});
  Plan stepping = Plan::make(graph, outputs).value();
  for (std::size_t row = 0; row < rows.size(); ++row) {
    const auto bar = rows[row];
    const auto ahead =
        stepping.peek({bar.open_time, bar.open, bar.high, bar.low, bar.close, bar.volume, bar.open_time}).for_display();
    double stepped = 0;
    stepping.step(bar, {&stepped, 1});
    EXPECT_TRUE(same_bits(stepped, out[row])) << text << ", row " << row << ": " << stepped << " and " << out[row];
    EXPECT_TRUE(same_bits(ahead[0], out[row])) << text << ", looking ahead at row " << row;
  }
  return out;
}

void expect_answers(std::string_view text, const std::vector<Bar>& bars, const Answers& wanted) {
  const Answers out = answers(text, bars);
  ASSERT_EQ(out.size(), wanted.size());
  for (std::size_t row = 0; row < out.size(); ++row) {
    EXPECT_TRUE(same_bits(out[row], wanted[row])) << text << ", row " << row << ": " << out[row];
  }
}

const std::vector<Bar> kThree{{.close = 4}, {.close = 0}, {.close = 2}};

TEST(NoValue, IsWhatIsDividedByZero) {
  expect_answers("1 / close", kThree, {0.25, kNaN, 0.5});
  expect_answers("na(1 / close)", kThree, {0, 1, 0});
  expect_answers("nz(1 / close, 5)", kThree, {0.25, 5, 0.5});
  expect_answers("1 / close > 0", kThree, {1, 0, 1});
  expect_answers("7 % close", kThree, {3, kNaN, 1});
  expect_answers("na(close / 0)", kThree, {1, 1, 1});
  expect_answers("na(1 / 0)", kThree, {1, 1, 1});
  expect_answers("nz(-1 / 0, 5)", kThree, {5, 5, 5});
}

TEST(NoValue, IsWhatIsTooLargeForANumber) {
  const std::vector<Bar> bars{{.close = 3}, {.close = 1e308}};
  for (const char* text :
       {"close + close", "-close - close", "close * close", "close / 0.001", "math.pow(close, 2)", "math.exp(close)",
        "math.round(close, 300)", "math.todegrees(close)", "math.avg(close, close)"}) {
    const Answers out = answers(text, bars);
    EXPECT_FALSE(is_nan(out[0])) << text;
    EXPECT_TRUE(is_nan(out[1])) << text;
  }
  expect_answers("math.pow(0, -1)", kThree, {kNaN, kNaN, kNaN});
  expect_answers("math.log(close)", {{.close = 1}, {.close = 0}}, {0, kNaN});
  expect_answers("math.log10(close)", {{.close = 1}, {.close = 0}}, {0, kNaN});
  expect_answers("int(1 / close)", kThree, {0, kNaN, 0});
  expect_answers("bool(1 / close)", kThree, {1, 0, 1});
}

// Volume 2, 0, 4, 8: the quotients are 0, a division by 0, 2. What remembers skips the bar without a value and lives on.
TEST(NoValue, IsSkippedByWhatRemembers) {
  const std::vector<Bar> bars{{.volume = 2}, {.volume = 0}, {.volume = 4}, {.volume = 8}};
  expect_answers("ta.cum(volume / volume[1])", bars, {kNaN, 0, kNaN, 2});
  expect_answers("ta.sma(volume / volume[1], 2)", bars, {kNaN, kNaN, kNaN, 1});
  expect_answers("ta.ema(volume / volume[1], 2)", bars, {kNaN, kNaN, kNaN, 1});
}

// Every function, fed bars of which some have no volume and some are flat, and a quotient that is without a value there.
TEST(NoValue, LeavesEveryFunctionAlive) {
  std::vector<Bar> bars;
  for (int i = 0; i < 400; ++i) {
    bars.push_back({.close = 100 + 10 * std::sin(i / 7.0), .volume = i % 50 == 49 ? 0.0 : 5.0 + i % 3});
  }
  for (const Function& function : functions()) {
    for (const bool is_quotient : {false, true}) {
      std::string text{function.example};
      if (is_quotient && !text.contains("(close")) continue;
      if (is_quotient) text.replace(text.find("(close"), 6, "(volume / volume[1]");
      Graph graph = test_graph();
      const Expression made = compiled(text, graph);
      for (const Plot& plot : made.plots) {
        Plan plan = Plan::make(graph, {&plot.node, 1}).value();
        Answers out(bars.size());
        double* column = out.data();
        plan.run(rows_of(bars).view(), {&column, 1});
        for (const double answer : out) ASSERT_FALSE(std::isinf(answer)) << text << ", " << plot.title;
        if (is_quotient && !plot.event && plot.type != Type::Bool) {
          EXPECT_FALSE(is_nan(out[bars.size() - 2])) << text << ", " << plot.title;
        }
      }
    }
  }
}

TEST(ACondition, WasNotMetBeforeTheFirstBar) {
  expect_answers("(close > 1)[1]", kThree, {0, 1, 0});
  expect_answers("(close > 1)[1] == false", kThree, {1, 0, 1});
  expect_answers("not (close > 1)[2]", kThree, {1, 1, 0});
  expect_answers("na((close > 1)[1] ? 1 : 0)", kThree, {0, 0, 0});
  expect_answers("close[1]", kThree, {kNaN, 4, 0});
  expect_answers("request.security(\"4h\", close > 1)", kThree, {0, 0, 0});
  expect_answers("request.security(\"4h\", close)", kThree, {kNaN, kNaN, kNaN});
}

}  // namespace
}  // namespace cw::expr
