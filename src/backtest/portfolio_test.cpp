#include "backtest/portfolio.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>

#include <gtest/gtest.h>

#include <fmt/format.h>
#include "backtest/random_runs.h"
#include "backtest/run_json.h"

namespace cw::backtest {
namespace {

using market::Timeframe;
using testing::Case;
using testing::expect_same;
using testing::kHour;
using testing::kRunStart;

/// The same rules over several instruments, each with bars of its own.
struct Several {
  explicit Several(std::string text) : text(std::move(text)) {}

  void add(market::CandleColumns bars, trading::InstrumentRules rules = {}) {
    auto& one = *each.emplace_back(std::make_unique<One>());
    one.bars = std::move(bars);
    one.rules = rules;
    auto parsed = strategy::parse_document(text);
    if (!parsed) throw std::runtime_error(strategy::error_of(parsed.error()).message + text);
    const market::InstrumentId id{"binance", fmt::format("C{}USDT", each.size())};
    auto compiled = strategy::compile(*parsed, {}, {.symbol = id}, one.graph);
    if (!compiled) throw std::runtime_error(strategy::error_of(compiled.error()).message + text);
    one.program = std::move(*compiled);
    one.plan.emplace(expr::Plan::make(one.graph, one.program.nodes).value());
  }

  std::vector<RunPart> parts() const {
    std::vector<RunPart> all;
    for (const auto& one : each)
      all.push_back({.program = one->program, .plan = *one->plan, .instrument = one->rules, .bars = one->bars.view()});
    return all;
  }

  RunResult result(const RunSettings& by) const {
    auto made = run_parts(parts(), by);
    if (!made) throw std::runtime_error(made.error().message);
    return std::move(*made);
  }

  struct One {
    market::CandleColumns bars;
    trading::InstrumentRules rules;
    expr::Graph graph{Timeframe::h1};
    strategy::Program program;
    std::optional<expr::Plan> plan{};
  };
  std::string text;
  std::vector<std::unique_ptr<One>> each;
};

/// Bars that stand at one price each: open = high = low = close.
market::CandleColumns flat_bars(const std::vector<double>& prices, std::int64_t from_bar = 0) {
  market::CandleColumns bars;
  std::int64_t bar = from_bar;
  for (const double price : prices)
    bars.push_back({from_ms(kRunStart + bar++ * kHour), price, price, price, price, 1e9});
  return bars;
}

RunSettings plain() {
  RunSettings by;
  by.account.protections = trading::Protections::none();
  by.account.capital = trading::money_of_steps(1'000 * kStepsPerOne);
  return by;
}

std::vector<std::string> told(const RunResult& result) {
  std::vector<std::string> out;
  for (const Trade& trade : result.trades)
    out.push_back(fmt::format("{} {}@{} x{} {}@{}", trade.instrument, (trade.entry_time - kRunStart) / kHour,
                              trade.entry_price, trade.quantity, (trade.exit_time - kRunStart) / kHour,
                              trade.exit_price));
  return out;
}

TEST(Portfolio, OfOneIsTheEnginesRun) {
  for (std::uint64_t seed = 1; seed <= 150 && !::testing::Test::HasFailure(); ++seed) {
    Case made(seed);
    SCOPED_TRACE(fmt::format("seed {}\n{}", seed, made.text));
    const auto plan = expr::Plan::make(made.graph, made.program.nodes).value();
    const RunPart part{
        .program = made.program, .plan = plan, .instrument = made.by.instrument, .bars = made.bars.view()};
    Portfolio portfolio({&part, 1}, made.by);
    const auto done = portfolio.run();
    ASSERT_TRUE(done) << done.error().message;
    expect_same(portfolio.finish(), made.result(true, 3'000));
  }
}

// Columns that are ready, as a sweep has them, give the bits that plans give.
TEST(Portfolio, OfReadyColumnsIsThatOfItsPlans) {
  for (std::uint64_t seed = 1; seed <= 60 && !::testing::Test::HasFailure(); ++seed) {
    Random random(seed);
    Several several(testing::random_document(random));
    SCOPED_TRACE(fmt::format("seed {}\n{}", seed, several.text));
    const std::size_t count = 1 + random.below(3);
    for (std::size_t i = 0; i < count; ++i) several.add(testing::random_bars(random, 300 + random.below(2'500)));
    RunSettings by = testing::random_settings(random);
    by.account.limits.positions_most = static_cast<int>(random.below(3));
    std::vector<std::vector<std::vector<double>>> memory(count);
    std::vector<std::vector<const double*>> columns(count);
    std::vector<ReadyPart> ready;
    for (std::size_t i = 0; i < count; ++i) {
      const auto& one = *several.each[i];
      memory[i].assign(one.program.nodes.size(), std::vector<double>(one.bars.size()));
      std::vector<double*> out;
      for (auto& column : memory[i]) out.push_back(column.data());
      columns[i].assign(out.begin(), out.end());
      one.plan->clone().run(one.bars.view(), out);
      ready.push_back(
          {.program = one.program, .columns = columns[i], .instrument = one.rules, .bars = one.bars.view()});
    }
    auto made = run_parts(ready, by);
    ASSERT_TRUE(made) << made.error().message;
    expect_same(*made, several.result(by));
  }
}

// Sizes that do not depend on the account, and an account that is never short: each instrument goes its own way.
TEST(Portfolio, OfInstrumentsThatDoNotMeetIsEachByItself) {
  for (std::uint64_t seed = 1; seed <= 40 && !::testing::Test::HasFailure(); ++seed) {
    Random random(seed);
    std::string text = testing::random_document(random);
    text = text.substr(0, text.find("sizing:")) + "sizing: {fixed: 500}\n";
    SCOPED_TRACE(fmt::format("seed {}\n{}", seed, text));
    Several several(text);
    for (int i = 0; i < 4; ++i) several.add(testing::random_bars(random, 500 + random.below(1'500)));
    RunSettings by = plain();
    by.account.capital = trading::money_of_steps(10'000'000 * kStepsPerOne);
    by.account.costs.commission = trading::parse_commission("percent:0.1").value();
    by.account.protections.cool_down_bars = 3;
    by.close_at_end = random.chance(0.5);
    by.from = from_ms(kRunStart + static_cast<std::int64_t>(random.below(200)) * kHour);
    const auto whole = several.result(by);
    double earned = 0;
    for (std::size_t i = 0; i < several.each.size(); ++i) {
      const auto part = several.parts()[i];
      auto alone = run_parts({&part, 1}, by);
      ASSERT_TRUE(alone);
      std::vector<Trade> own;
      std::ranges::copy_if(whole.trades, std::back_inserter(own),
                           [i](const Trade& trade) { return trade.instrument == i; });
      ASSERT_EQ(own.size(), alone->trades.size()) << i;
      for (std::size_t k = 0; k < own.size(); ++k) {
        const Trade &a = own[k], &b = alone->trades[k];
        ASSERT_EQ(std::tuple(a.side, a.entry_time, a.entry_price, a.exit_time, a.exit_price, a.quantity, a.pnl, a.mae,
                             a.mfe, a.bars, a.exit_reason),
                  std::tuple(b.side, b.entry_time, b.entry_price, b.exit_time, b.exit_price, b.quantity, b.pnl, b.mae,
                             b.mfe, b.bars, b.exit_reason))
            << i << " trade " << k;
      }
      earned += alone->final_equity - alone->initial_capital;
    }
    EXPECT_NEAR(whole.final_equity - whole.initial_capital, earned, 1e-6 * (1 + std::fabs(earned)));
    for (std::size_t i = 0; i < whole.trades.size(); ++i) {
      EXPECT_EQ(whole.trades[i].id, i + 1);
      if (i > 0 && !whole.trades[i].is_open()) EXPECT_LE(whole.trades[i - 1].exit_time, whole.trades[i].exit_time);
    }
  }
}

// Nothing of a moment depends on what any instrument does later.
TEST(Portfolio, KnowsNothingOfTheFuture) {
  for (std::uint64_t seed = 1; seed <= 40 && !::testing::Test::HasFailure(); ++seed) {
    Random random(seed);
    Several several(testing::random_document(random));
    SCOPED_TRACE(fmt::format("seed {}\n{}", seed, several.text));
    for (int i = 0; i < 3; ++i) several.add(testing::random_bars(random, 800));
    RunSettings by = testing::random_settings(random);
    by.close_at_end = false;
    by.account.limits.positions_most = static_cast<int>(random.below(3));
    const auto before = several.result(by);
    const std::int64_t cut = kRunStart + static_cast<std::int64_t>(300 + random.below(300)) * kHour;
    for (auto& one : several.each) {
      for (std::size_t i = 0; i < one->bars.size(); ++i) {
        if (one->bars.open_time_ms[i] < cut) continue;
        const double factor = 0.95 + 0.1 * random.uniform();
        for (auto* column : {&one->bars.open, &one->bars.high, &one->bars.low, &one->bars.close})
          (*column)[i] *= factor;
      }
    }
    const auto after = several.result(by);
    for (std::size_t i = 0; before.rows.open_time_ms[i] < cut; ++i)
      ASSERT_EQ(before.rows.equity[i], after.rows.equity[i]) << "row " << i;
    const auto ended = [cut](const RunResult& result) {
      return std::ranges::count_if(result.trades,
                                   [cut](const Trade& trade) { return !trade.is_open() && trade.exit_time < cut; });
    };
    EXPECT_EQ(ended(before), ended(after));
  }
}

constexpr std::string_view kStep = R"(
name: step
timeframe: 1h
long:
  entry: close > close[1]
  exit: close < close[1]
)";

// Two rise at the same close, and the money is enough for one: the first in the list has it, the second when that is sold.
TEST(Portfolio, SharesOneAccountsCash) {
  Several several{std::string(kStep)};
  several.add(flat_bars({100, 101, 102, 103, 102, 101, 101}));
  several.add(flat_bars({50, 51, 52, 53, 54, 55, 56}));
  const auto result = several.result(plain());
  // The first falls at bar 4 and is sold at the open of bar 5, which pays for the second's entry at that very open.
  const double worth = 1'000 * 101.0 / 102;
  ASSERT_EQ(result.trades.size(), 2U);
  EXPECT_EQ(told(result)[0], fmt::format("0 2@102 x{} 5@101", std::floor(1'000 / 102.0 * 1e8) / 1e8));
  EXPECT_EQ(result.trades[1].instrument, 1U);
  EXPECT_EQ((result.trades[1].entry_time - kRunStart) / kHour, 5);
  EXPECT_EQ(result.trades[1].entry_price, 55);
  EXPECT_NEAR(result.trades[1].quantity, worth / 55, 1e-6);
  EXPECT_TRUE(result.trades[1].is_open());
  EXPECT_GT(result.counts.refused_for(trading::Refusal::exposure), 0U);
  EXPECT_NEAR(result.final_equity, worth * 56 / 55, 1e-5);
}

TEST(Portfolio, HoldsAtMostSoManyPositions) {
  Several several{std::string(kStep) + "sizing: {percent_of_equity: 10}\n"};
  for (int i = 0; i < 4; ++i) several.add(flat_bars({100, 101, 102, 103, 104, 105}));
  RunSettings by = plain();
  by.account.limits.positions_most = 3;
  const auto result = several.result(by);
  ASSERT_EQ(result.trades.size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(result.trades[i].instrument, i);
  EXPECT_GT(result.counts.refused_for(trading::Refusal::max_positions), 0U);
}

TEST(Portfolio, LimitsWhatOneInstrumentAndAllOfThemMayHold) {
  Several several{std::string(kStep)};
  for (int i = 0; i < 4; ++i) several.add(flat_bars({100, 101, 102, 102, 102, 102}));
  RunSettings by = plain();
  by.account.limits.symbol_exposure_percent = 30;
  by.account.limits.exposure_percent = 70;
  const auto result = several.result(by);
  ASSERT_EQ(result.trades.size(), 3U);
  EXPECT_NEAR(result.trades[0].entry_value(), 300, 0.01);
  EXPECT_NEAR(result.trades[1].entry_value(), 300, 0.01);
  EXPECT_NEAR(result.trades[2].entry_value(), 100, 0.01);
  EXPECT_NEAR(result.facts.largest_exposure, 0.7, 1e-4);
}

// An instrument's stop inside a bar frees money that another one's entry at the same bar's open cannot have had.
TEST(Portfolio, DoesNotPayAnOpenWithWhatIsEarnedLater) {
  Several several{std::string(kStep) + "  stop: {percent: 10}\n"};
  auto first = flat_bars({100, 101, 102, 103, 104, 104, 104});
  first.low[4] = 50;  // stopped inside bar 4
  several.add(std::move(first));
  several.add(flat_bars({100, 99, 98, 99, 100, 100, 100}));  // wants in at the open of bar 4
  const auto result = several.result(plain());
  ASSERT_EQ(result.trades.size(), 2U);
  EXPECT_EQ(result.trades[0].exit_reason, trading::Reason::stop);
  EXPECT_EQ((result.trades[0].exit_time - kRunStart) / kHour, 4);
  // Its next wish: the close of bar 4 is above that of bar 3 as well.
  EXPECT_EQ((result.trades[1].entry_time - kRunStart) / kHour, 5);
  EXPECT_GT(result.counts.refused_for(trading::Refusal::exposure), 0U);
}

TEST(Portfolio, StandsAtTheNewestCloseWhereThereIsNoBar) {
  Several several{"name: hold\ntimeframe: 1h\nlong: {entry: close > 0}\nsizing: {percent_of_equity: 50}\n"};
  several.add(flat_bars({100, 100, 110}));              // ends early
  several.add(flat_bars({10, 10, 20, 20, 20, 30}, 2));  // begins late
  RunSettings by = plain();
  const auto result = several.result(by);
  EXPECT_EQ(result.rows.open_time_ms.size(), 8U);
  ASSERT_EQ(result.trades.size(), 2U);
  const double first = 5 * 110.0;  // bought at the open of bar 1
  // At the open of bar 3 half of an equity of 1050, and what is left is enough for it: 500 in cash.
  const double second = 500.0 / 10;
  EXPECT_NEAR(result.rows.equity[3], first + second * 10, 1e-6);
  EXPECT_NEAR(result.rows.equity.back(), first + second * 30, 1e-6);
  // Held from the first bar of each: a tenth and two hundred percent.
  EXPECT_NEAR(result.rows.close.back(), (1.1 + 3.0) / 2, 1e-12);
  EXPECT_EQ(result.rows.close.front(), 1);
}

TEST(Portfolio, ClosesAllAtTheEnd) {
  Several several{std::string(kStep) + "sizing: {percent_of_equity: 40}\n"};
  several.add(flat_bars({100, 101, 102, 103}));
  several.add(flat_bars({100, 101, 102, 104}));
  RunSettings by = plain();
  by.close_at_end = true;
  by.account.costs.commission = trading::parse_commission("percent:1").value();
  const auto result = several.result(by);
  ASSERT_EQ(result.trades.size(), 2U);
  double sum = 0;
  for (const Trade& trade : result.trades) {
    EXPECT_EQ(trade.exit_reason, trading::Reason::end);
    sum += trade.pnl;
  }
  EXPECT_NEAR(result.final_equity, 1'000 + sum, 1e-9);
  EXPECT_EQ(result.rows.position_value.back(), 0);
}

TEST(Portfolio, StopsWhereItIsAsked) {
  Several several{std::string(kStep)};
  several.add(flat_bars(std::vector<double>(10, 100)));
  several.add(flat_bars(std::vector<double>(10, 100)));
  const auto stopped = run_parts(several.parts(), plain(), [](double) { return false; });
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code, Errc::cancelled);
}

// A stop that would lie under zero: the error says where, when and which rule.
TEST(Portfolio, NamesTheSymbolTheBarAndTheRuleOfAnError) {
  Several several{"name: wide\ntimeframe: 1h\nlong:\n  entry: close > close[1]\n  stop: {expression: close - 60}\n"};
  several.add(flat_bars({100, 99, 98, 97}));
  several.add(flat_bars({50, 49, 50, 51}));
  auto parts = several.parts();
  parts[0].name = "AAAUSDT";
  parts[1].name = "BBBUSDT";
  const auto made = run_parts(parts, plain());
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().field, "long.stop");
  EXPECT_TRUE(made.error().message.starts_with("BBBUSDT: the bar of 2024-01-01T02:00:00Z, long.stop: "))
      << made.error().message;
}

TEST(Portfolio, OfNoBarsAtAllHasNoRows) {
  Several several{std::string(kStep)};
  several.add({});
  several.add({});
  EXPECT_TRUE(several.result(plain()).rows.equity.empty());
}

}  // namespace
}  // namespace cw::backtest
