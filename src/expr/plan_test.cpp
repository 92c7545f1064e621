#include "expr/plan.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

#include "indicators/testing.h"

namespace cw::expr {
namespace {

using indicators::is_nan;
using indicators::testing::same_bits;
using market::CandleColumns;
using market::Timeframe;

constexpr std::int64_t kMonday = 1'700'438'400'000;  // 2023-11-20 00:00 UTC

/// Bars of a walk, on the grid of `timeframe`, some missing.
CandleColumns market_of(Timeframe timeframe, std::size_t n, std::uint64_t seed, bool with_gaps = true) {
  const auto bars = indicators::testing::walk("walk", n, 1, 0.01, seed);
  std::mt19937_64 random(seed);
  CandleColumns columns;
  std::int64_t time = kMonday;
  for (std::size_t i = 0; i < n; ++i) {
    columns.push_back({from_ms(time), bars.open[i], bars.high[i], bars.low[i], bars.close[i], bars.volume[i]});
    time += duration(timeframe).count() *
            (with_gaps && random() % 20 == 0 ? static_cast<std::int64_t>(random() % 90 + 1) : 1);
  }
  return columns;
}

/// A graph with words for what tests ask of it.
struct Sketch {
  explicit Sketch(Timeframe chart) : graph(chart) {}
  Graph graph;

  NodeId add(Node node) { return graph.add(std::move(node)).value(); }
  NodeId bar(BarField field, ContextId context = 0) { return add({.op = Op::Bar, .context = context, .field = field}); }
  NodeId number(double x, ContextId context = 0) { return add({.op = Op::Constant, .context = context, .number = x}); }
  NodeId call(std::string_view name, NodeId source, double length) {
    return add({.op = Op::Call,
                .context = graph.node(source).context,
                .inputs = {source},
                .function = &overloads(name).front(),
                .numbers = {length},
                .texts = {""}});
  }
  NodeId op(Op op, std::vector<NodeId> inputs, double number_ = 0) {
    const auto context = graph.node(inputs[0]).context;
    return add({.op = op, .context = context, .inputs = std::move(inputs), .number = number_});
  }
  NodeId security(NodeId seen) { return add({.op = Op::Security, .inputs = {seen}}); }
};

/// Bars of other symbols out of columns.
class Feeds final : public OtherBars {
 public:
  explicit Feeds(const Plan& plan, std::vector<CandleColumns> bars) : bars_(std::move(bars)), at_(bars_.size(), 0) {
    for (const Context& feed : plan.feeds()) lengths_.push_back(duration(feed.timeframe));
  }
  bool next(std::size_t feed, Timestamp time, market::Candle& bar) override {
    if (at_[feed] == bars_[feed].size()) return false;
    const auto candidate = bars_[feed][at_[feed]];
    if (candidate.open_time + lengths_[feed] > time) return false;
    ++at_[feed];
    bar = candidate;
    return true;
  }

 private:
  std::vector<CandleColumns> bars_;
  std::vector<std::size_t> at_;
  std::vector<Millis> lengths_;
};

using Columns = std::vector<std::vector<double>>;

Columns run_all(Plan plan, const CandleColumns& rows, const std::vector<CandleColumns>& others = {},
                const std::vector<std::size_t>& portions = {}) {
  Columns out(plan.outputs(), std::vector<double>(rows.size()));
  Feeds feeds(plan, others);
  std::size_t from = 0;
  for (std::size_t i = 0; from < rows.size(); ++i) {
    const std::size_t count =
        std::min(portions.empty() ? rows.size() : portions[i % portions.size()], rows.size() - from);
    std::vector<double*> columns;
    for (auto& column : out) columns.push_back(column.data() + from);
    plan.run(rows.view().subspan(from, count), columns, &feeds);
    from += count;
  }
  return out;
}

Columns step_all(Plan plan, const CandleColumns& rows, const std::vector<CandleColumns>& others = {}) {
  Columns out(plan.outputs(), std::vector<double>(rows.size()));
  Feeds feeds(plan, others);
  std::vector<double> values(plan.outputs());
  for (std::size_t row = 0; row < rows.size(); ++row) {
    plan.step(rows[row], values, &feeds);
    for (std::size_t o = 0; o < values.size(); ++o) out[o][row] = values[o];
  }
  return out;
}

void expect_same(const Columns& a, const Columns& b, std::size_t rows, const char* what) {
  for (std::size_t o = 0; o < a.size(); ++o) {
    for (std::size_t row = 0; row < rows; ++row) {
      ASSERT_TRUE(same_bits(a[o][row], b[o][row]))
          << what << ": output " << o << " row " << row << ": " << a[o][row] << " and " << b[o][row];
    }
  }
}

/// Averages of several lengths, arithmetic on them, history, an hour's and a day's view, another symbol's.
struct Everything {
  Sketch sketch{Timeframe::m15};
  std::vector<NodeId> outputs;
  Everything() {
    const auto close = sketch.bar(BarField::Close);
    for (const double length : {3.0, 5.0, 8.0, 13.0, 21.0, 34.0})
      outputs.push_back(sketch.call("ta.ema", close, length));
    outputs.push_back(sketch.op(Op::Subtract, {outputs[0], outputs[5]}));
    outputs.push_back(sketch.op(Op::Greater, {outputs[0], sketch.op(Op::History, {outputs[5]}, 7)}));
    outputs.push_back(sketch.op(Op::Select, {outputs.back(), close, sketch.number(-1)}));
    const auto hour = sketch.graph.context({"", Timeframe::h1}).value();
    const auto day = sketch.graph.context({"", Timeframe::d1}).value();
    const auto other = sketch.graph.context({"binance:ETHUSDT", Timeframe::h1}).value();
    for (const auto context : {hour, day, other}) {
      const auto seen = sketch.security(sketch.call("ta.ema", sketch.bar(BarField::Close, context), 4));
      outputs.push_back(seen);
      outputs.push_back(sketch.security(sketch.bar(BarField::Time, context)));
      outputs.push_back(sketch.op(Op::Divide, {close, seen}));
      outputs.push_back(sketch.call("ta.sma", seen, 6));
    }
    outputs.push_back(sketch.bar(BarField::BarIndex));
  }
  Plan plan() const { return Plan::make(sketch.graph, outputs).value(); }
};

TEST(Plan, AnswersTheSameBitsInOneRunInPortionsAndBarByBar) {
  const Everything everything;
  const auto rows = market_of(Timeframe::m15, 3'000, 1);
  const std::vector others{market_of(Timeframe::h1, 900, 2)};
  const auto whole = run_all(everything.plan(), rows, others);
  expect_same(whole, step_all(everything.plan(), rows, others), rows.size(), "streaming");
  expect_same(whole, run_all(everything.plan(), rows, others, {1, 2, 3, 700, 1'024, 5, 1}), rows.size(), "portions");
}

TEST(Plan, GoesOnInSingleStepsFromWhereItStands) {
  const Everything everything;
  const auto rows = market_of(Timeframe::m15, 2'000, 7);
  const std::vector others{market_of(Timeframe::h1, 600, 8)};
  const auto whole = run_all(everything.plan(), rows, others);
  for (const std::size_t half : {0U, 1U, 777U, 1'500U}) {
    auto plan = everything.plan();
    Feeds feeds(plan, others);
    Columns out(plan.outputs(), std::vector<double>(rows.size()));
    std::vector<double*> columns;
    for (auto& column : out) columns.push_back(column.data());
    plan.run(rows.view().subspan(0, half), columns, &feeds);
    auto narrow = plan.clone_for_steps();
    std::vector<double> values(narrow.outputs());
    for (std::size_t row = half; row < rows.size(); ++row) {
      narrow.step(rows[row], values, &feeds);
      for (std::size_t o = 0; o < values.size(); ++o) out[o][row] = values[o];
    }
    expect_same(whole, out, rows.size(), "steps after a run");
  }
}

TEST(Plan, SeesNothingOfTheFuture) {
  const Everything everything;
  const auto rows = market_of(Timeframe::m15, 1'200, 3);
  const std::vector others{market_of(Timeframe::h1, 400, 4)};
  const auto truth = run_all(everything.plan(), rows, others);
  for (const std::size_t cut : {1u, 3u, 50u, 333u, 777u, 1'199u}) {
    auto changed = rows;
    auto changed_others = others;
    for (std::size_t row = cut; row < rows.size(); ++row) {
      for (auto* column : {&changed.open, &changed.high, &changed.low, &changed.close, &changed.volume})
        (*column)[row] *= 1e6;
    }
    // Of the other symbol what closes after the last unchanged row opens.
    for (std::size_t row = 0; row < others[0].size(); ++row) {
      if (others[0].open_time_ms[row] + 3'600'000 <= rows.open_time_ms[cut - 1]) continue;
      for (auto* column :
           {&changed_others[0].open, &changed_others[0].high, &changed_others[0].low, &changed_others[0].close}) {
        (*column)[row] *= 1e6;
      }
    }
    expect_same(truth, run_all(everything.plan(), changed, changed_others), cut, "a changed future");
  }
}

TEST(Plan, PeeksAtWhatTheNextStepWouldAnswerAndStaysWhereItIs) {
  const Everything everything;
  const auto rows = market_of(Timeframe::m15, 600, 5);
  auto plan = everything.plan();
  Feeds feeds(plan, {CandleColumns{}});
  std::vector<double> values(plan.outputs());
  for (std::size_t row = 0; row < rows.size(); ++row) {
    const auto bar = rows[row];
    (void)plan.peek({bar.open_time, 1, 2, 0.5, 1.5, 9, bar.open_time});
    const auto peeked = plan.peek({bar.open_time, bar.open, bar.high, bar.low, bar.close, bar.volume, bar.open_time});
    plan.step(bar, values, &feeds);
    for (std::size_t o = 0; o < values.size(); ++o) {
      ASSERT_TRUE(same_bits(peeked.for_display()[o], values[o])) << "output " << o << " row " << row;
    }
  }
}

// 15-minute closes 1, 2, 3, …: the hour's close is seen by the row that ends it, 0:45, and stays until 1:45.
TEST(Plan, ShowsAHigherBarToTheRowThatClosesItAndNotBefore) {
  Sketch sketch(Timeframe::m15);
  const auto hour = sketch.graph.context({"", Timeframe::h1}).value();
  const auto seen = sketch.security(sketch.bar(BarField::Close, hour));
  CandleColumns rows;
  for (int i = 0; i < 12; ++i) {
    const double x = i + 1;
    rows.push_back({from_ms(kMonday + i * 900'000), x, x, x, x, 1});
  }
  const auto out = run_all(Plan::make(sketch.graph, std::vector{seen}).value(), rows)[0];
  EXPECT_TRUE(is_nan(out[0]) && is_nan(out[2]));
  EXPECT_EQ((std::vector<double>{out.begin() + 3, out.end()}), (std::vector<double>{4, 4, 4, 4, 8, 8, 8, 8, 12}));
}

// The other symbol's hours close at 1:00 and 2:00; the row that opens at 1:00 is the first to see the first of them.
TEST(Plan, ShowsAnotherSymbolsBarToTheFirstRowThatOpensAtItsClose) {
  Sketch sketch(Timeframe::m15);
  const auto other = sketch.graph.context({"binance:ETHUSDT", Timeframe::h1}).value();
  const auto seen = sketch.security(sketch.bar(BarField::Close, other));
  CandleColumns rows;
  for (int i = 0; i < 9; ++i) rows.push_back({from_ms(kMonday + i * 900'000), 1, 1, 1, 1, 1});
  CandleColumns hours;
  for (int i = 0; i < 3; ++i) hours.push_back({from_ms(kMonday + i * 3'600'000), 1, 1, 1, 10.0 + i, 1});
  const auto out = run_all(Plan::make(sketch.graph, std::vector{seen}).value(), rows, {hours})[0];
  EXPECT_TRUE(is_nan(out[3]));
  EXPECT_EQ((std::vector<double>{out.begin() + 4, out.end()}), (std::vector<double>{10, 10, 10, 10, 11}));
}

TEST(Plan, RefusesBarsThatAreNotMadeOfWholeOnes) {
  Sketch sketch(Timeframe::h6);
  const auto eight = sketch.graph.context({"", Timeframe::h8}).value();
  const auto made = Plan::make(sketch.graph, std::vector{sketch.security(sketch.bar(BarField::Close, eight))});
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, Errc::unsupported);
}

TEST(Plan, RunsNoNodeThatNobodyAskedFor) {
  Sketch sketch(Timeframe::m1);
  const auto close = sketch.bar(BarField::Close);
  const auto wanted = sketch.call("ta.sma", close, 5);
  (void)sketch.call("ta.sma", close, 50);
  EXPECT_EQ(Plan::make(sketch.graph, std::vector{wanted, wanted}).value().nodes(), 1U);
}

}  // namespace
}  // namespace cw::expr
