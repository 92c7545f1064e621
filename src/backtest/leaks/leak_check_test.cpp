#include "backtest/leaks/leak_check.h"

#include <cmath>
#include <map>
#include <set>

#include <gtest/gtest.h>

#include <fmt/format.h>
#include "backtest/leaks/rule_columns.h"
#include "expr/compile.h"
#include "strategy/built_in.h"
#include "strategy/testing.h"

namespace cw::backtest {
namespace {

using market::Timeframe;
using strategy::testing::walk;

/// A strategy over its bars, ready to be looked at.
struct Case {
  strategy::Document document;
  expr::Graph graph{Timeframe::h1};
  strategy::Program program;
  strategy::testing::FakeSignals signals;

  explicit Case(const strategy::Document& of) : document(of) {
    expr::CompileOptions language{.symbol = {"binance", "BTCUSDT"}};
    language.named = &signals;
    program = strategy::testing::compiled(document, graph, {}, language);
  }
  explicit Case(std::string_view text) : Case(strategy::testing::parsed(text)) {}

  LeakReport check(const market::CandleColumns& bars, PlanFactory plan = {}) {
    if (!plan) plan = plans_of(graph, &signals);
    auto report = check_leaks({.program = program,
                               .graph = graph,
                               .plan = std::move(plan),
                               .bars = bars.view(),
                               .settings = {},
                               .places = &document.places});
    if (report) return *report;
    ADD_FAILURE() << report.error().message;
    return {};
  }
};

std::string texts(const LeakReport& report) {
  std::string out = report.text() + '\n';
  for (const auto& leak : report.leaks) out += leak.text() + '\n';
  return out;
}

/// A series that knows the bars of its run, as one read from a file would: the close of `ahead` bars later.
class Cheat final : public expr::NamedSeries {
 public:
  Cheat(const market::CandleSpan& bars, std::size_t ahead) {
    for (std::size_t i = 0; i + ahead < bars.size(); ++i) later_[bars.open_time_ms[i]] = bars.close[i + ahead];
  }
  bool has(std::string_view name) const override { return name.starts_with("signal."); }
  Result<std::unique_ptr<expr::Operator>> make(const expr::NamedRequest&) override {
    return std::make_unique<Knows>(later_);
  }

 private:
  struct Knows final : expr::Operator {
    std::map<double, double> later;
    explicit Knows(const std::map<std::int64_t, double>& of) : later(of.begin(), of.end()) {}
    void run(const double* const* in, double* const* out, std::size_t rows) override {
      for (std::size_t i = 0; i < rows; ++i) {
        const auto at = later.find(in[0][i]);
        out[0][i] = at == later.end() ? std::nan("") : at->second;
      }
    }
    std::unique_ptr<expr::Operator> clone() const override { return std::make_unique<Knows>(*this); }
    std::size_t inputs() const override { return 1; }
    std::size_t outputs() const override { return 1; }
    int lookback() const override { return 0; }
  };
  std::map<std::int64_t, double> later_;
};

/// One that peeks at the next row of the block it is handed.
class Peek final : public expr::NamedSeries {
 public:
  bool has(std::string_view name) const override { return name.starts_with("signal."); }
  Result<std::unique_ptr<expr::Operator>> make(const expr::NamedRequest&) override { return std::make_unique<Peeks>(); }

 private:
  struct Peeks final : expr::Operator {
    void run(const double* const* in, double* const* out, std::size_t rows) override {
      for (std::size_t i = 0; i < rows; ++i) out[0][i] = i + 1 < rows ? in[0][i + 1] - in[0][i] : 0;
    }
    std::unique_ptr<expr::Operator> clone() const override { return std::make_unique<Peeks>(*this); }
    std::size_t inputs() const override { return 1; }
    std::size_t outputs() const override { return 1; }
    int lookback() const override { return 0; }
  };
};

constexpr std::string_view kOracle = R"(
name: oracle
timeframe: 1h
let:
  calm: ta.atr(14) < 1000 * close
long:
  entry: calm and close < ta.sma(close, 5) * 0.985 and signal.score() > close
  exit: close > ta.sma(close, 5)
)";

TEST(LeakCheck, ShippedStrategiesPass) {
  const auto bars = walk(7, 24'000, Timeframe::h1);
  for (const auto& built_in : strategy::built_ins()) {
    SCOPED_TRACE(built_in.document.name);
    Case one(built_in.document);
    const auto report = one.check(bars);
    EXPECT_TRUE(report.passed()) << texts(report);
    EXPECT_GE(report.cuts, 4U);
    EXPECT_EQ(report.bars, 24'000U);
  }
}

TEST(LeakCheck, CatchesASeriesThatKnowsTheNextBar) {
  const auto bars = walk(8, 6'000, Timeframe::h1);
  for (const std::size_t ahead : {std::size_t{1}, std::size_t{3}, std::size_t{500}}) {
    SCOPED_TRACE(ahead);
    Case one(kOracle);
    std::vector<std::unique_ptr<Cheat>> kept;
    const auto report = one.check(bars, [&](const market::CandleSpan& seen, std::span<const expr::NodeId> nodes) {
      kept.push_back(std::make_unique<Cheat>(seen, ahead));
      return expr::Plan::make(one.graph, nodes, kept.back().get());
    });
    ASSERT_FALSE(report.passed());
    const auto& leak = report.leaks.front();
    EXPECT_EQ(leak.kind, LeakKind::future);
    EXPECT_EQ(leak.rule, "long.entry");
    EXPECT_EQ(leak.line, 7U);
    EXPECT_NE(leak.before, leak.after);
    const auto hours = (leak.changed_ms - leak.bar_ms) / 3'600'000;
    EXPECT_GE(hours, 1);
    EXPECT_LE(hours, static_cast<std::int64_t>(ahead));
    EXPECT_TRUE(report.text().starts_with("LEAK")) << report.text();
    EXPECT_TRUE(leak.text().contains("long.entry (line 7)")) << leak.text();
  }
}

TEST(LeakCheck, CatchesAPeekIntoTheBlock) {
  Case one(R"(
name: peek
timeframe: 1h
long: {entry: signal.score() == 0}
)");
  Peek peek;
  const auto report = one.check(walk(9, 3'000, Timeframe::h1), plans_of(one.graph, &peek));
  ASSERT_FALSE(report.passed());
  EXPECT_TRUE(std::ranges::any_of(report.leaks, [](const Leak& leak) { return leak.kind == LeakKind::stream; }))
      << texts(report);
}

TEST(LeakCheck, NamesARuleThatDependsOnWhereTheDataBegin) {
  Case one(R"(
name: counter
timeframe: 1h
long:
  entry: bar_index % 10 == 3
  exit: close < ta.sma(close, 9)
)");
  const auto report = one.check(walk(10, 9'000, Timeframe::h1));
  ASSERT_EQ(report.leaks.size(), 1U) << texts(report);
  EXPECT_EQ(report.leaks[0].kind, LeakKind::begin);
  EXPECT_EQ(report.leaks[0].rule, "long.entry");
  EXPECT_EQ(report.leaks[0].line, 5U);
  // However far it counts, and where nothing else is compared that could be equal by chance.
  for (const int every : {2, 3, 10, 24, 35}) {
    Case other(fmt::format("name: c\ntimeframe: 1h\nlong: {{entry: \"bar_index % {} == 1\"}}\n", every));
    EXPECT_FALSE(other.check(walk(10, 9'000, Timeframe::h1)).passed()) << every;
  }
}

TEST(LeakCheck, TellsHowLongAveragesRemember) {
  Case one(R"(
name: averages
timeframe: 1h
long:
  entry: ta.crossover(close, ta.ema(close, 50))
  stop: {atr: 2, length: 30}
)");
  const auto report = one.check(walk(11, 20'000, Timeframe::h1));
  EXPECT_TRUE(report.passed()) << texts(report);
  EXPECT_TRUE(report.remembers);
  EXPECT_TRUE(report.begin_told);
  // Wilder's average of 30 forgets a part of e in 30 bars: ln(1e6) * 30 is 414, begun at the 30th.
  EXPECT_GT(report.settles_after, 100U);
  EXPECT_LT(report.settles_after, 600U);
  // Too few bars to forget in: nothing is said, and nothing is called a leak.
  const auto few = one.check(walk(11, 2'000, Timeframe::h1));
  EXPECT_TRUE(few.passed()) << texts(few);
  EXPECT_FALSE(few.begin_told);
}

TEST(LeakCheck, FindsALookBackThatIsStatedTooShort) {
  Case one(R"(
name: short
timeframe: 1h
long: {entry: "close > ta.highest(high, 40)[1]"}
)");
  const auto bars = walk(12, 4'000, Timeframe::h1);
  ASSERT_EQ(one.program.lookback, 40);
  const auto sound = one.check(bars);
  EXPECT_TRUE(sound.passed()) << texts(sound);
  EXPECT_EQ(sound.settles_after, 0U);
  one.program.lookback = 3;  // the begin is then seen for 37 bars more, and a bar of them is one that mattered
  bool found = false;
  for (std::uint64_t seed = 1; seed < 20 && !found; ++seed)
    found = !one.check(walk(seed, 4'000, Timeframe::h1)).passed();
  EXPECT_TRUE(found);
}

// ta.crossover needs the bar before and can not say so: it answers 'no' there. That is no leak, wherever a crossing
// falls.
TEST(LeakCheck, KnowsWhatYesOrNoFunctionsLookBackOn) {
  Case one(R"(
name: cross
timeframe: 1h
long:
  entry: ta.crossover(close, ta.sma(close, 2))
  exit: ta.rising(close, 3) or ta.crossunder(ta.sma(close, 2), ta.sma(close, 3))
)");
  for (std::size_t count = 600; count < 700; ++count) {
    const auto report = one.check(walk(16, count, Timeframe::h1));
    EXPECT_TRUE(report.passed()) << texts(report);
    EXPECT_TRUE(report.begin_told);
  }
}

TEST(LeakCheck, RoundingBetweenEqualsIsNoLeak) {
  market::CandleColumns bars = walk(13, 30'000, Timeframe::h1);
  for (std::size_t i = 5'000; i < bars.size();
       ++i) {  // a dead market: averages come to rest within a rounding of the price
    for (auto* column : {&bars.open, &bars.high, &bars.low, &bars.close}) (*column)[i] = 0.1 + 0.2;
  }
  Case one(R"(
name: dead
timeframe: 1h
long:
  entry: close > ta.ema(close, 20)
  exit: ta.sma(close, 7) < ta.ema(close, 3)
)");
  const auto report = one.check(bars);
  EXPECT_TRUE(report.passed()) << texts(report);
}

TEST(LeakCheck, LooksAtTheLastBarsAloneAndStopsWhenAsked) {
  Case one(*&strategy::find_built_in("ema-cross")->document);
  const auto bars = walk(14, 9'000, Timeframe::h1);
  LeakInput input{.program = one.program, .graph = one.graph, .plan = plans_of(one.graph), .bars = bars.view()};
  input.bars_most = 5'000;
  EXPECT_EQ(check_leaks(input).value().bars, 5'000U);
  input.cancelled = [] { return true; };
  EXPECT_EQ(check_leaks(input).error().code, Errc::cancelled);
  input.bars = bars.view().subspan(0, 2);
  EXPECT_EQ(check_leaks(input).error().code, Errc::bad_input);
}

/// Whether a text's columns, run from a later begin on, are others than before behind their look-back.
bool depends_on_begin(const expr::Graph& graph, const expr::Expression& expression, const market::CandleColumns& bars) {
  std::vector<expr::NodeId> nodes;
  for (const auto& plot : expression.plots) nodes.push_back(plot.node);
  const auto answers = [&](std::size_t first) {
    const auto rest = bars.view().subspan(first, bars.size() - first);
    std::vector<std::vector<double>> columns(nodes.size(), std::vector<double>(rest.size()));
    std::vector<double*> out;
    for (auto& column : columns) out.push_back(column.data());
    expr::Plan::make(graph, nodes).value().run(rest, out);
    return columns;
  };
  const auto whole = answers(0);
  for (std::size_t first = 100; first < 1'600; first += 61) {
    const auto late = answers(first);
    for (std::size_t column = 0; column < nodes.size(); ++column) {
      const int look_back = expression.plots[column].lookback + unstated_look_back(graph, nodes);
      for (auto row = static_cast<std::size_t>(look_back); row < late[column].size(); ++row) {
        const double a = whole[column][row + first];
        const double b = late[column][row];
        if (std::isnan(a) != std::isnan(b) || std::abs(a - b) > 1e-9 * (std::abs(a) + std::abs(b) + 1)) return true;
      }
    }
  }
  return false;
}

// The list of functions that remember, held against each function's own example, run from many begins.
TEST(RemembersAll, IsTrueOfTheTable) {
  const auto bars = walk(15, 2'500, Timeframe::h1);
  std::set<std::string> unlisted;
  for (const auto& function : expr::functions()) {
    expr::Graph graph{Timeframe::h1};
    const auto compiled = expr::compile(function.example, {.symbol = {"binance", "BTCUSDT"}}, graph);
    if (!compiled) continue;
    const auto others = [&function](const expr::Node& node) {
      if (node.op == expr::Op::Bar) return node.field == expr::BarField::BarIndex;
      return node.op == expr::Op::Call && node.function->name != function.name && remembers_all(node.function->name);
    };
    if (std::ranges::any_of(graph.nodes(), others) || remembers_all(function.name)) continue;
    if (depends_on_begin(graph, *compiled, bars)) unlisted.insert(std::string(function.name));
  }
  std::string all;
  for (const auto& one : unlisted) all += '"' + one + "\", ";
  EXPECT_TRUE(unlisted.empty()) << all;
}

TEST(LeakReport, TellsEachLeakUpToABound) {
  LeakReport report;
  EXPECT_EQ(report.whole_text(), report.text());
  for (std::size_t i = 1; i <= LeakReport::kLeaksTold + 2; ++i)
    report.leaks.push_back({LeakKind::stream, fmt::format("rule{}", i), i, 1'714'564'800'000, 0, 1, 0});
  const auto text = report.whole_text();
  EXPECT_TRUE(text.contains("\n  rule1 (line 1) needs bars that were not there yet: at the bar of 2024-05-01T12:00:00"))
      << text;
  EXPECT_TRUE(text.contains("rule6 (line 6)")) << text;
  EXPECT_FALSE(text.contains("rule7")) << text;
  EXPECT_TRUE(text.ends_with("\n  And 2 more.")) << text;
}

}  // namespace
}  // namespace cw::backtest
