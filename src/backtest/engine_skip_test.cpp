#include <cmath>
#include <string>

#include <gtest/gtest.h>

#include <fmt/format.h>
#include "backtest/engine.h"
#include "backtest/metrics.h"
#include "backtest/score_run.h"
#include "base/random.h"

namespace cw::backtest {
namespace {

using market::Timeframe;

constexpr std::int64_t kHour = 3'600'000;
constexpr std::int64_t kStart = 1'704'067'200'000;

/// Calm stretches and wild ones, jumps at opens, holes in time, bars without volume.
market::CandleColumns walk(Random& random, std::size_t count) {
  market::CandleColumns bars;
  double price = 100;
  double step = 0.02;
  std::int64_t time = kStart;
  for (std::size_t i = 0; i < count; ++i) {
    if (random.chance(0.01)) step = 0.001 + 0.05 * random.uniform();
    const double open = random.chance(0.05) ? price * (1 + 3 * step * (random.uniform() - 0.5)) : price;
    // Drawn back to 100, so that no run ends at nothing.
    price = open * (1 + step * (random.uniform() - 0.5) + 0.001 * (100 - open) / 100);
    bars.push_back({from_ms(time), open, std::max(open, price) * (1 + 0.3 * step * random.uniform()),
                    std::min(open, price) * (1 - 0.3 * step * random.uniform()), price,
                    random.chance(0.02) ? 0 : 5'000 * random.uniform()});
    time += kHour * (random.chance(0.003) ? 60 : 1);
  }
  return bars;
}

std::string number(double value) { return fmt::format("{:.3f}", value); }

std::string distance(Random& random, double most) {
  switch (random.below(3)) {
    case 0: return fmt::format("{{percent: {}}}", number(0.3 + most * random.uniform()));
    case 1: return fmt::format("{{atr: {}, length: 14}}", number(0.5 + most * random.uniform()));
    default: return fmt::format("{{amount: {}}}", number(0.3 + most * random.uniform()));
  }
}

std::string side(Random& random, bool is_long) {
  // NaN at the beginning, and at times in the middle; rare events, and states that last.
  const std::array entries{std::string(is_long ? "ta.crossover(ta.sma(close, 3), ta.sma(close, 11))"
                                               : "ta.crossunder(ta.sma(close, 3), ta.sma(close, 11))"),
                           std::string(is_long ? "close > ta.sma(close, 20)" : "close < ta.sma(close, 20)"),
                           std::string(is_long ? "ta.rsi(close, 7) < 25" : "ta.rsi(close, 7) > 75"),
                           std::string("ta.sma(math.log(close - 98), 3) > 0.2")};
  const std::array exits{
      std::string(is_long ? "ta.crossunder(ta.sma(close, 3), ta.sma(close, 11))" : "close > ta.sma(close, 30)"),
      std::string("ta.rsi(close, 5) > 60"), std::string(is_long ? "close < open" : "close > open")};
  std::string out = fmt::format("  entry: {}\n", entries[random.below(entries.size())]);
  if (random.chance(0.6)) out += fmt::format("  exit: {}\n", exits[random.below(exits.size())]);
  if (random.chance(0.6)) out += fmt::format("  stop: {}\n", distance(random, 4));
  if (random.chance(0.3)) out += fmt::format("  trailing_stop: {}\n", distance(random, 4));
  if (random.chance(0.6)) {
    if (random.chance(0.4)) {
      out += fmt::format("  target:\n    - {{percent: {}, share: 50}}\n    - {{percent: {}, share: 30}}\n",
                         number(0.3 + random.uniform()), number(2 + 3 * random.uniform()));
    } else {
      out += fmt::format("  target: {}\n", distance(random, 5));
    }
  }
  if (random.chance(0.3)) out += fmt::format("  time_stop: {{bars: {}}}\n", 1 + random.below(60));
  if (random.chance(0.3)) {
    const bool is_limit = random.chance(0.5);
    out += fmt::format("  order: {{{}: close * {}, bars: {}}}\n", is_limit ? "limit" : "stop",
                       is_limit == is_long ? "0.99" : "1.01", 1 + random.below(20));
  }
  return out;
}

std::string document(Random& random) {
  std::string out = "name: made\ntimeframe: 1h\n";
  const bool both = random.chance(0.5);
  const bool is_long = both || random.chance(0.5);
  if (is_long) out += "long:\n" + side(random, true);
  if (both || !is_long) out += "short:\n" + side(random, false);
  constexpr std::array kSizings{"percent_of_equity: 90", "percent_of_equity: 25", "fixed: 900", "volatility_target: 40",
                                "kelly: 0.5"};
  out += fmt::format("sizing: {{{}}}\n", kSizings[random.below(kSizings.size())]);
  if (random.chance(0.3)) out += "pyramiding: 3\n";
  return out;
}

RunSettings settings(Random& random) {
  RunSettings made;
  auto& account = made.account;
  account.fills.time = random.chance(0.3) ? trading::FillTime::close : trading::FillTime::next_open;
  account.fills.intrabar = static_cast<trading::Intrabar>(random.below(3));
  account.fills.participation = random.chance(0.2) ? 0.02 : 0;
  constexpr std::array kCommissions{"none", "percent:0.1/0.2", "fixed:0.37", "kraken"};
  constexpr std::array kSlippages{"none", "fixed_bps:7", "spread:11", "volatility:0.2", "volume_share:1"};
  account.costs = {trading::parse_commission(kCommissions[random.below(4)]).value(),
                   trading::parse_slippage(kSlippages[random.below(5)]).value(),
                   trading::parse_funding(random.chance(0.3) ? "perpetual:0.03" : "none").value()};
  if (random.chance(0.5))
    account.limits.exposure_percent = account.limits.symbol_exposure_percent = 1'000;  // borrowed money, liquidations
  if (random.chance(0.4)) account.protections = trading::Protections::none();
  if (random.chance(0.4)) account.protections.daily_loss_percent = 2;
  if (random.chance(0.4)) account.protections.drawdown_percent = 6;
  account.protections.close_positions = random.chance(0.5);
  made.instrument.tick_steps = random.chance(0.5) ? 1'000'000 : 1;
  made.instrument.lot_steps = random.chance(0.5) ? 100'000 : 1;
  made.from = from_ms(kStart + static_cast<std::int64_t>(random.below(200)) * kHour);
  made.close_at_end = random.chance(0.5);
  return made;
}

void expect_same(const RunResult& a, const RunResult& b) {
  EXPECT_EQ(a.rows.open_time_ms, b.rows.open_time_ms);
  EXPECT_EQ(a.rows.close, b.rows.close);
  EXPECT_EQ(a.rows.equity, b.rows.equity);
  EXPECT_EQ(a.rows.position_value, b.rows.position_value);
  ASSERT_EQ(a.trades.size(), b.trades.size());
  for (std::size_t i = 0; i < a.trades.size(); ++i) {
    const Trade& x = a.trades[i];
    const Trade& y = b.trades[i];
    const auto all = [](const Trade& t) {
      return std::tuple(t.id, t.side, t.entry_time, t.entry_price, t.exit_time, t.exit_price, t.quantity, t.pnl,
                        t.pnl_pct, t.fees, t.slippage, t.mae, t.mfe, t.bars, t.exit_reason);
    };
    ASSERT_EQ(all(x), all(y)) << "trade " << i;
  }
  EXPECT_EQ(a.final_equity, b.final_equity);
  EXPECT_EQ(a.fees, b.fees);
  EXPECT_EQ(a.slippage, b.slippage);
  EXPECT_EQ(a.funding, b.funding);
  EXPECT_EQ(a.conflicts, b.conflicts);
  EXPECT_EQ(a.warm_up_bars, b.warm_up_bars);
  const auto counts = [](const trading::BrokerCounts& c) {
    return std::tuple(c.ambiguous_bars, c.magnified_bars, c.unmagnified_bars, c.ambiguous_lower_bars, c.over_volume,
                      c.cut, c.expired, c.refused);
  };
  EXPECT_EQ(counts(a.counts), counts(b.counts));
}

void expect_same_figures(const Figures& a, const Figures& b) {
  for (const auto& info : figures()) {
    const auto x = a[info.figure], y = b[info.figure];
    EXPECT_TRUE(x.value == y.value || (std::isnan(x.value) && std::isnan(y.value))) << info.key;
    EXPECT_EQ(x.n, y.n) << info.key;
    EXPECT_EQ(x.missing, y.missing) << info.key;
  }
}

struct Case {
  explicit Case(std::uint64_t seed) : random(seed), bars(walk(random, 3'000)), text(document(random)) {
    compile();
    by = settings(random);
  }
  Case(std::uint64_t seed, std::string rules) : random(seed), bars(walk(random, 3'000)), text(std::move(rules)) {
    compile();
  }

  void compile() {
    auto parsed = strategy::parse_document(text);
    if (!parsed) throw std::runtime_error(strategy::error_of(parsed.error()).message + text);
    auto compiled = strategy::compile(*parsed, {}, {.symbol = {"binance", "BTCUSDT"}}, graph);
    if (!compiled) throw std::runtime_error(strategy::error_of(compiled.error()).message + text);
    program = std::move(*compiled);
  }

  /// In portions of random sizes, up to about `most` bars.
  RunResult result(bool skips, std::size_t most) {
    RunSettings with = by;
    with.skips_bars = skips;
    Engine engine(program, expr::Plan::make(graph, program.nodes).value(), with);
    for (std::size_t at = 0; at < bars.size();) {
      const std::size_t count = std::min(bars.size() - at, 1 + random.below(most));
      const auto done = engine.take(bars.view().subspan(at, count));
      EXPECT_TRUE(done) << done.error().message;
      at += count;
    }
    return engine.finish();
  }

  Random random;
  market::CandleColumns bars;
  std::string text;
  expr::Graph graph{Timeframe::h1};
  strategy::Program program;
  RunSettings by;
};

TEST(SkippingBars, ChangesNoBitOfAnyRun) {
  std::size_t trades = 0, refused = 0, expired = 0, halted = 0, funded = 0, trailed = 0, timed = 0;
  for (std::uint64_t seed = 1; seed <= 400 && !::testing::Test::HasFailure(); ++seed) {
    Case made(seed);
    SCOPED_TRACE(fmt::format("seed {}\n{}", seed, made.text));
    const auto each = made.result(false, 3'000);
    expect_same(each, made.result(true, 3'000));
    expect_same(each, made.result(true, 1 + made.random.below(1'500)));
    trades += each.trades.size();
    expired += each.counts.expired;
    funded += each.funding != 0 ? 1 : 0;
    for (const auto count : each.counts.refused) refused += count;
    for (const auto& trade : each.trades) {
      halted += trade.exit_reason == trading::Reason::protection ? 1 : 0;
      trailed += trade.exit_reason == trading::Reason::trailing_stop ? 1 : 0;
      timed += trade.exit_reason == trading::Reason::time_stop ? 1 : 0;
    }
  }
  // What the runs are to have met, or the test says little.
  EXPECT_GT(trades, 10'000U);
  const std::array met{refused, expired, halted, funded, trailed, timed};
  for (std::size_t i = 0; i < met.size(); ++i) EXPECT_GT(met[i], 20U) << i;
}

// Longs on borrowed money, and shorts, each in a market that goes against them until nothing is left.
TEST(SkippingBars, ChangesNothingOfALiquidation) {
  for (const std::string_view way : {"long", "short"}) {
    Case made(1, fmt::format("name: made\ntimeframe: 1h\n{}: {{entry: close > 0}}\n"
                             "sizing: {{volatility_target: 900, length: 20, max_percent: 500}}\n",
                             way));
    made.by.account.protections = trading::Protections::none();
    made.by.account.limits.exposure_percent = made.by.account.limits.symbol_exposure_percent = 500;
    const double drift = way == "long" ? 0.999 : 1.001;
    double factor = 1;
    for (std::size_t i = 0; i < made.bars.size(); ++i, factor *= drift) {
      for (auto* column : {&made.bars.open, &made.bars.high, &made.bars.low, &made.bars.close}) (*column)[i] *= factor;
    }
    const auto each = made.result(false, 3'000);
    expect_same(each, made.result(true, 3'000));
    ASSERT_FALSE(each.trades.empty());
    EXPECT_EQ(each.trades.front().exit_reason, trading::Reason::liquidation) << way;
  }
}

TEST(ScoreRun, IsTheRunsOwnFigures) {
  ScoreScratch scratch;
  for (std::uint64_t seed = 1; seed <= 60 && !::testing::Test::HasFailure(); ++seed) {
    Case made(seed);
    SCOPED_TRACE(fmt::format("seed {}\n{}", seed, made.text));
    const auto whole = made.result(true, 3'000);
    auto plan = expr::Plan::make(made.graph, made.program.nodes).value();
    std::vector<std::vector<double>> columns(plan.outputs(), std::vector<double>(made.bars.size()));
    std::vector<double*> into;
    for (auto& column : columns) into.push_back(column.data());
    plan.run(made.bars.view(), into);
    const std::vector<const double*> known(into.begin(), into.end());
    const auto score = score_run(made.program, made.bars.view(), known, made.by, scratch);
    ASSERT_TRUE(score) << score.error().message;
    expect_same_figures(score->figures, measure(whole.facts, whole.trades).figures);
    EXPECT_EQ(score->returns, whole.facts.returns());
    EXPECT_EQ(score->final_equity, whole.final_equity);
    EXPECT_EQ(score->trades, whole.trades.size());
    EXPECT_EQ(score->conflicts, whole.conflicts);
    // The rows that are kept tell the same as the facts that are left without them.
    EquityPass pass(whole.initial_capital, whole.rows.close.front(), Timeframe::h1);
    pass.add(whole.rows.view());
    expect_same_figures(measure(pass.finish(), whole.trades).figures, score->figures);
  }
}

}  // namespace
}  // namespace cw::backtest
