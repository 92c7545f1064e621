#include "backtest/engine.h"

#include <cmath>

#include <gtest/gtest.h>

#include <fmt/format.h>
#include "base/random.h"
#include "strategy/built_in.h"

namespace cw::backtest {
namespace {

using market::Candle;
using market::Timeframe;

constexpr std::int64_t kHour = 3'600'000;
constexpr std::int64_t kStart = 1'704'067'200'000;

market::CandleColumns walk(std::size_t count, std::uint64_t seed, double step = 0.02) {
  Random random{seed};
  market::CandleColumns bars;
  double price = 100;
  for (std::size_t i = 0; i < count; ++i) {
    const double open =
        price * (random.below(20) == 0 ? 1 + step * (random.uniform() - 0.5) : 1);  // now and then a gap
    price = open * (1 + step * (random.uniform() - 0.5));
    bars.push_back({from_ms(kStart + static_cast<std::int64_t>(i) * kHour), open,
                    std::max(open, price) * (1 + 0.3 * step * random.uniform()),
                    std::min(open, price) * (1 - 0.3 * step * random.uniform()), price, 1 + random.uniform()});
  }
  return bars;
}

struct Compiled {
  expr::Graph graph{Timeframe::h1};
  strategy::Program program;
};

Compiled compiled(std::string_view text) {
  Compiled made;
  auto document = strategy::parse_document(text);
  if (!document) throw std::runtime_error(strategy::error_of(document.error()).message);
  auto program = strategy::compile(*document, {}, {.symbol = {"binance", "BTCUSDT"}}, made.graph);
  if (!program) throw std::runtime_error(strategy::error_of(program.error()).message);
  made.program = std::move(*program);
  return made;
}

RunSettings plain(double commission_percent = 0) {
  RunSettings settings;
  settings.account.protections = trading::Protections::none();
  if (commission_percent > 0)
    settings.account.costs.commission =
        trading::parse_commission(fmt::format("percent:{}", commission_percent)).value();
  return settings;
}

constexpr std::string_view kCross = R"(
name: cross
timeframe: 1h
long:
  entry: ta.crossover(ta.sma(close, 3), ta.sma(close, 8))
  exit: ta.crossunder(ta.sma(close, 3), ta.sma(close, 8))
)";

constexpr std::string_view kBothSides = R"(
name: both
timeframe: 1h
long:
  entry: ta.crossover(ta.sma(close, 3), ta.sma(close, 8))
  stop: {percent: 1.5}
  target: {percent: 2}
short:
  entry: ta.crossunder(ta.sma(close, 3), ta.sma(close, 8))
  stop: {percent: 1.5}
  target: {percent: 2}
sizing: {percent_of_equity: 50}
)";

double sma(const market::CandleColumns& bars, std::size_t at, std::size_t length) {
  double sum = 0;
  for (std::size_t k = 0; k < length; ++k) sum += bars.close[at - k];
  return sum / static_cast<double>(length);
}

/// What a person with a pencil would write down: averages anew at each bar, one position, fills at the next open, the stop
/// before the target.
struct Pencil {
  struct Done {
    double entry, exit;
    int side;
    std::size_t from, to;
  };
  std::vector<Done> trades;

  Pencil(const market::CandleColumns& bars, bool both, double stop, double target) {
    int held = 0, wish = 0;
    double entry = 0;
    std::size_t since = 0;
    for (std::size_t i = 0; i < bars.size(); ++i) {
      const auto end = [&](double price) { trades.push_back({entry, price, held, since, i}), held = 0; };
      if (wish != held && wish != 9) {
        if (held != 0) end(bars.open[i]);
        if (wish != 0) held = wish, entry = bars.open[i], since = i;
      }
      wish = 9;
      if (held != 0 && stop > 0) {
        const double stop_at = entry * (1 - held * stop), target_at = entry * (1 + held * target);
        const bool opens = since == i;
        if (!opens && held * (bars.open[i] - stop_at) <= 0) {
          end(bars.open[i]);
        } else if (!opens && held * (bars.open[i] - target_at) >= 0) {
          end(bars.open[i]);
        } else if (held > 0 ? bars.low[i] <= stop_at : bars.high[i] >= stop_at) {
          end(stop_at);
        } else if (held > 0 ? bars.high[i] >= target_at : bars.low[i] <= target_at) {
          end(target_at);
        }
      }
      if (i < 8) continue;
      const double now = sma(bars, i, 3) - sma(bars, i, 8), before = sma(bars, i - 1, 3) - sma(bars, i - 1, 8);
      if (now > 0 && before <= 0) wish = 1;
      if (now < 0 && before >= 0) wish = both ? -1 : 0;
      if (wish == held) wish = 9;
    }
  }
};

void expect_pencil(const RunResult& result, const market::CandleColumns& bars, const Pencil& pencil) {
  std::vector<Trade> closed;
  for (const auto& trade : result.trades) {
    if (!trade.is_open()) closed.push_back(trade);
  }
  ASSERT_EQ(closed.size(), pencil.trades.size());
  for (std::size_t i = 0; i < closed.size(); ++i) {
    const auto& got = closed[i];
    const auto& want = pencil.trades[i];
    EXPECT_EQ(got.side == TradeSide::long_side ? 1 : -1, want.side) << i;
    EXPECT_EQ(got.entry_time, bars.open_time_ms[want.from]) << i;
    EXPECT_EQ(got.exit_time, bars.open_time_ms[want.to]) << i;
    EXPECT_NEAR(got.entry_price, want.entry, 1e-7) << i;
    EXPECT_NEAR(got.exit_price, want.exit, 1e-6) << i;
    EXPECT_EQ(got.bars, want.to - want.from) << i;
  }
}

TEST(Engine, TradesAsAPersonWithAPencilWould) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    const auto bars = walk(2'000, seed);
    const auto long_only = compiled(kCross);
    const auto result = run(long_only.program, long_only.graph, bars.view(), plain());
    ASSERT_TRUE(result) << result.error().message;
    expect_pencil(*result, bars, Pencil(bars, false, 0, 0));
    EXPECT_EQ(result->conflicts, 0U) << "while the averages have no value nothing holds";
    const auto both = compiled(kBothSides);
    const auto two = run(both.program, both.graph, bars.view(), plain());
    ASSERT_TRUE(two) << two.error().message;
    expect_pencil(*two, bars, Pencil(bars, true, 0.015, 0.02));
    EXPECT_GT(two->trades.size(), 50U);
  }
}

TEST(Engine, LosesNoMoney) {
  for (const auto text : {kCross, kBothSides}) {
    const auto made = compiled(text);
    const auto bars = walk(5'000, 3);
    const auto result = run(made.program, made.graph, bars.view(), plain(0.1));
    ASSERT_TRUE(result);
    double earned = 0, fees = 0;
    for (const auto& trade : result->trades) earned += trade.pnl, fees += trade.fees;
    EXPECT_NEAR(result->final_equity - result->initial_capital, earned, 1e-6 * result->initial_capital);
    EXPECT_NEAR(result->fees, fees, 1e-9 * result->initial_capital);
    EXPECT_GT(fees, 0);
    EXPECT_EQ(result->rows.equity.size(), bars.size());
  }
}

TEST(Engine, PortionsChangeNothing) {
  const auto made = compiled(kBothSides);
  const auto bars = walk(9'000, 4);
  const auto whole = run(made.program, made.graph, bars.view(), plain(0.1)).value();
  for (const std::size_t portion : {std::size_t{1}, std::size_t{7}, std::size_t{4'096}}) {
    Engine engine(made.program, expr::Plan::make(made.graph, made.program.nodes).value(), plain(0.1));
    for (std::size_t from = 0; from < bars.size(); from += portion)
      ASSERT_TRUE(engine.take(bars.view().subspan(from, std::min(portion, bars.size() - from))));
    const auto parts = engine.finish();
    EXPECT_EQ(parts.rows.equity, whole.rows.equity);
    ASSERT_EQ(parts.trades.size(), whole.trades.size());
    for (std::size_t i = 0; i < parts.trades.size(); ++i) EXPECT_EQ(parts.trades[i].pnl, whole.trades[i].pnl);
  }
}

TEST(Engine, ColumnsThatAreGivenAreAsGoodAsItsOwn) {
  const auto made = compiled(kBothSides);
  const auto bars = walk(9'000, 4);
  const auto whole = run(made.program, made.graph, bars.view(), plain(0.1)).value();
  std::vector<std::vector<double>> columns(made.program.nodes.size(), std::vector<double>(bars.size()));
  std::vector<double*> out;
  for (auto& column : columns) out.push_back(column.data());
  expr::Plan::make(made.graph, made.program.nodes).value().run(bars.view(), out);
  Engine engine(made.program, plain(0.1));
  for (std::size_t from = 0; from < bars.size(); from += 2'500) {
    const std::vector<const double*> in(out.begin(), out.end());
    std::vector<const double*> here;
    for (const double* column : in) here.push_back(column + from);
    ASSERT_TRUE(engine.take(bars.view().subspan(from, std::min<std::size_t>(2'500, bars.size() - from)), here));
  }
  const auto given = engine.finish();
  EXPECT_EQ(given.rows.equity, whole.rows.equity);
  EXPECT_EQ(given.trades.size(), whole.trades.size());
}

// Whatever comes later, the equity and the trades up to a bar stay what they were.
TEST(Engine, TheFutureHasNoSay) {
  const auto bars = walk(3'000, 5);
  for (const auto& built_in : strategy::built_ins()) {
    expr::Graph graph{Timeframe::h1};
    const auto program = strategy::compile(built_in.document, {}, {.symbol = {"binance", "BTCUSDT"}}, graph);
    if (!program) continue;  // of series that are not here
    SCOPED_TRACE(built_in.document.name);
    const auto before = run(*program, graph, bars.view(), plain(0.1));
    ASSERT_TRUE(before) << before.error().message;
    for (const std::size_t cut : {std::size_t{900}, std::size_t{2'200}}) {
      auto changed = bars;
      for (std::size_t i = cut; i < changed.size(); ++i) {
        const double factor = 1.5 + 0.01 * static_cast<double>(i % 7);
        for (auto* column : {&changed.open, &changed.high, &changed.low, &changed.close}) (*column)[i] *= factor;
      }
      const auto after = run(*program, graph, changed.view(), plain(0.1));
      ASSERT_TRUE(after);
      for (std::size_t i = 0; i < cut; ++i) ASSERT_EQ(before->rows.equity[i], after->rows.equity[i]) << i;
    }
  }
}

TEST(Engine, ActsFromItsBeginningOnAndEndsAsItIsTold) {
  const auto made = compiled(kCross);
  const auto bars = walk(1'000, 6);
  auto settings = plain();
  settings.from = from_ms(kStart + 400 * kHour);
  const auto result = run(made.program, made.graph, bars.view(), settings).value();
  EXPECT_EQ(result.warm_up_bars, 400U);
  EXPECT_EQ(result.rows.equity.size(), 600U);
  for (const auto& trade : result.trades) EXPECT_GT(trade.entry_time, to_ms(settings.from));
  settings.close_at_end = true;
  for (std::size_t count = 900; count < 1'000; ++count) {
    const auto ended = run(made.program, made.graph, bars.view().subspan(0, count), settings).value();
    ASSERT_FALSE(ended.trades.empty());
    EXPECT_FALSE(ended.trades.back().is_open());
    EXPECT_NEAR(ended.final_equity, ended.rows.equity.back(), 1e-9);
  }
}

TEST(Engine, ARuleThatContradictsItselfDoesNothing) {
  const auto made = compiled(R"(
name: contradiction
timeframe: 1h
long: {entry: close > open, exit: close > open}
)");
  const auto result = run(made.program, made.graph, walk(300, 7).view(), plain()).value();
  EXPECT_TRUE(result.trades.empty());
  EXPECT_GT(result.conflicts, 100U);
}

/// Bars of four prices each, an hour apart.
market::CandleColumns bars_of(std::initializer_list<std::array<double, 4>> prices) {
  market::CandleColumns bars;
  std::int64_t time = kStart;
  for (const auto& p : prices) {
    bars.push_back({from_ms(time), p[0], p[1], p[2], p[3], 1e6});
    time += kHour;
  }
  return bars;
}

// A limit rests from bar 0 on; at bar 1 it is not wanted any more. In bar 2 the price comes to it.
TEST(Engine, AnEntryThatWaitsIsTakenBackByItsExitAndByTheOtherSidesEntry) {
  const auto bars = bars_of({{100, 100.5, 99.5, 100}, {100, 101, 99, 100}, {100, 101, 97, 99}, {99, 99, 99, 99}});
  constexpr std::string_view kWaits = "long:\n  entry: bar_index == 0\n  order: {limit: close * 0.98, bars: 5}\n";
  for (const bool skips : {true, false}) {
    RunSettings by = plain();
    by.skips_bars = skips;
    const auto trades = [&](const std::string& rest) {
      const auto made = compiled("name: a\ntimeframe: 1h\n" + std::string(kWaits) + rest);
      return run(made.program, made.graph, bars.view(), by).value().trades;
    };
    const auto left = trades("");
    ASSERT_EQ(left.size(), 1U) << "alone it fills";
    EXPECT_EQ(left.front().entry_price, 98);
    EXPECT_TRUE(trades("  exit: bar_index == 1\n").empty());
    const auto reversed = trades("short:\n  entry: bar_index == 1\n");
    ASSERT_EQ(reversed.size(), 1U);
    EXPECT_EQ(reversed.front().side, TradeSide::short_side);
    EXPECT_TRUE(reversed.front().is_open());
  }
}

TEST(Engine, BorrowsWhereTheLimitsAllowIt) {
  const auto bars = walk(200, 4, 0.002);
  const auto made = compiled("name: a\ntimeframe: 1h\nlong: {entry: close > 0}\nsizing: {percent_of_equity: 250}\n");
  for (const double most : {100.0, 200.0, 300.0}) {
    RunSettings by = plain();
    by.account.limits.exposure_percent = by.account.limits.symbol_exposure_percent = most;
    const auto result = run(made.program, made.graph, bars.view(), by).value();
    ASSERT_FALSE(result.trades.empty());
    EXPECT_NEAR(result.trades.front().entry_value(), 100 * std::min(most, 250.0), 1) << most;
    EXPECT_EQ(result.counts.cut > 0, most < 250) << most;
  }
}

TEST(Engine, CountsEntriesThatHaveNoValue) {
  const auto bars = walk(100, 5);
  const auto made = compiled("name: a\ntimeframe: 1h\nlong: {entry: close > 0, stop: {expression: na}}\n");
  const auto result = run(made.program, made.graph, bars.view(), plain()).value();
  EXPECT_TRUE(result.trades.empty());
  EXPECT_EQ(result.without_value, 100U);
}

}  // namespace
}  // namespace cw::backtest
